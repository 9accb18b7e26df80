"""Measure the terminal client: how long from a key to the screen, with a flood and without.

The client runs in a pseudo-terminal against a server of this program's own, which says what it is
told to and nothing else. A key is a letter that nobody says, so that it is found in what the client
writes; its time is from before it is written to the terminal to after it is read back from it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Self

from scripts.benchmark import drawings
from scripts.processes.process import ROOT
from scripts.processes.terminal import Terminal

COLUMNS: Final = 120
ROWS: Final = 40
LETTERS: Final = "бвгджзклмнпрстфхцчшщ"  # keys; the flood is in ASCII
PAGE_UP: Final = b"\x1b[5~"
END: Final = b"\x1b[F"
BACKSPACE: Final = b"\x7f"
PATIENCE: Final = 30.0
GOAL_MS: Final = 50.0
BURST_SECONDS: Final = 0.01


class Crier:
    """An IRC server for one client, in a thread: a room, and lines at a rate."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.rate = 0  # lines a second
        self.said = 0
        self._burst = 0
        self._ended = False
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._ended = True
        self._thread.join(PATIENCE)

    def burst(self, count: int) -> None:
        """Say so many lines at once."""
        goal = self.said + count
        self._burst = count
        while self.said < goal:
            time.sleep(0.05)

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._welcome, sock=self._listener)
        async with server:
            while not self._ended:
                await asyncio.sleep(0.1)

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b":s CAP * LS :message-tags server-time\r\n")
        answering = asyncio.create_task(self._answer(reader, writer))
        while not self._ended:
            await asyncio.sleep(BURST_SECONDS)
            count, self._burst = self._burst or round(self.rate * BURST_SECONDS), 0
            writer.write(b"".join(self._line() for _ in range(count)))
            await writer.drain()
        answering.cancel()
        writer.close()

    def _line(self) -> bytes:
        self.said += 1
        nick = f"nick{self.said % 37}"
        words = " ".join(["some", "words", "of", "a", "flood"][: self.said % 5 + 1])
        tags = f"@time={time.strftime('%Y-%m-%dT%H:%M:%S.000Z', time.gmtime())};msgid={self.said}"
        return f"{tags} :{nick}!u@h PRIVMSG #flood :{self.said} {words}\r\n".encode()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := (await reader.readline()).decode().split():
            match line:
                case ["CAP", "REQ", *caps]:
                    writer.write(f":s CAP * ACK {' '.join(caps)}\r\n".encode())
                case ["CAP", "END"]:
                    writer.write(b":s 001 ada :Welcome\r\n:s 422 ada :no motd\r\n")
                case ["JOIN", room, *_]:
                    writer.write(
                        f":ada!u@h JOIN {room}\r\n:s 353 ada = {room} :ada\r\n"
                        f":s 366 ada {room} :End\r\n".encode()
                    )
                case ["PING", *words]:
                    writer.write(f":s PONG s {' '.join(words)}\r\n".encode())


class Screen(Terminal):
    """The client in a pseudo-terminal."""

    def __init__(self, port: int, folder: Path) -> None:
        settings = folder / "chat.toml"
        settings.write_text('nick = "ada"\n', encoding="utf-8")
        super().__init__(
            [
                *(sys.executable, "-m", "client", f"127.0.0.1:{port}"),
                *("--room", "flood", "--config", str(settings)),
            ],
            columns=COLUMNS,
            rows=ROWS,
            environment={"XDG_DATA_HOME": str(folder)},
            folder=ROOT,
        )

    @property
    def megabytes(self) -> float:
        """Resident memory."""
        text = Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii")
        return int(text.split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6

    def until(self, wanted: bytes) -> bytes:
        """Read until something was written; return all that was read.

        Raises:
            TimeoutError: it was not.
        """
        found = b""
        deadline = time.monotonic() + PATIENCE
        while wanted not in found:
            data = self.read(max(deadline - time.monotonic(), 0))
            if not data:
                raise TimeoutError(f"{wanted!r} was not written; the last: {found[-300:]!r}")
            found += data
        return found

    def settle(self, seconds: float) -> None:
        """Read until nothing was written for a while."""
        while self.read(seconds):
            pass

    def drain(self, seconds: float) -> None:
        """Read for a while."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self.read(left)


def keys(screen: Screen, count: int) -> list[float]:
    """Return the milliseconds from each of some keys to the screen."""
    chance = random.Random(1)
    times = []
    for number in range(count):
        letter = LETTERS[number % len(LETTERS)].encode()
        before = time.perf_counter()
        screen.type(letter)
        screen.until(letter)
        times.append((time.perf_counter() - before) * 1000)
        screen.type(BACKSPACE)
        screen.drain(0.05 + chance.random() * 0.1)
    return times


def pages(screen: Screen, count: int, after: bytes = b"") -> list[float]:
    """Return the milliseconds from PageUp to a new screen; `after` each some key is pressed."""
    times = []
    for _ in range(count):
        screen.settle(0.15)
        before = time.perf_counter()
        screen.type(PAGE_UP)
        screen.until(b"\x1b[?25h")  # the cursor is shown again: the frame is done
        times.append((time.perf_counter() - before) * 1000)
        screen.type(after)
    return times


def measure(lines: int, rate: int, count: int) -> list[tuple[str, list[float], float]]:
    """Return what was measured: its name, milliseconds, and the client's megabytes then."""
    found = []
    with (
        tempfile.TemporaryDirectory() as folder,
        Crier() as crier,
        Screen(crier.port, Path(folder)) as screen,
    ):
        screen.until("▸".encode())
        screen.drain(1.0)
        found.append(("key, nothing else", keys(screen, count), screen.megabytes))
        crier.burst(50)
        screen.drain(1.0)
        found.append(("PageUp in 50 lines", pages(screen, count // 2, END), screen.megabytes))
        crier.rate = rate
        screen.drain(2.0)
        found.append((f"key, {rate} lines a second", keys(screen, count), screen.megabytes))
        crier.rate = 0
        crier.burst(max(lines - crier.said, 0))
        screen.drain(4.0)
        name = f"PageUp in {crier.said} lines"
        found.append((name, pages(screen, count // 2), screen.megabytes))
    return found


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which so many are."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def print_drawings(lines: int, count: int) -> None:
    """Print a table of what drawings take."""
    print("| drawn | least | median | p99 |\n|---|--:|--:|--:|")
    for name, times in drawings.measure(lines, count, COLUMNS, ROWS).items():
        shown = (min(times), percentile(times, 0.5), percentile(times, 0.99))
        print(f"| {name} | {' | '.join(f'{value:.1f} ms' for value in shown)} |")


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, and print a markdown table."""
    parser = argparse.ArgumentParser(prog="scripts/bench client", description=__doc__)
    parser.add_argument("--lines", type=int, default=50_000, help="in the room (default: 50000)")
    parser.add_argument("--rate", type=int, default=2000, help="lines a second (default: 2000)")
    parser.add_argument("--keys", type=int, default=200, help="keys of each kind (default: 200)")
    parser.add_argument(
        "--drawings",
        action="store_true",
        help="what a drawing takes of the processor's time; no other program counts in that",
    )
    options = parser.parse_args(argv)
    if options.drawings:
        print_drawings(options.lines, options.keys)
        return 0
    print("| from key to screen | median | p99 | most | memory |\n|---|--:|--:|--:|--:|")
    missed = False
    for name, times, megabytes in measure(options.lines, options.rate, options.keys):
        late = percentile(times, 0.99)
        missed = missed or late > GOAL_MS
        print(
            f"| {name} | {percentile(times, 0.5):.1f} ms | {late:.1f} ms | {max(times):.1f} ms "
            f"| {megabytes:.0f} MB |"
        )
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
