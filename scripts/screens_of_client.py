"""Draw the screens of docs/client.md anew: a server, people, and the client in a terminal.

Each screen in the document stands between `<!-- screen NAME -->` and `<!-- end -->`; what is
between them is replaced. With --print the screens are printed, and the document stays as it is.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import pty
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import pyte

from client.layout.keys import help_rows

ROOT: Final = Path(__file__).parent.parent
DOCUMENTS: Final = (ROOT / "docs" / "client.md", ROOT / "README.md")
PATIENCE: Final = 20.0

_LISTENING: Final = re.compile(r"Listening on \S*:(\d+)\n")
_PLACE: Final = re.compile(r"(<!-- screen (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_KEYS: Final = re.compile(r"(<!-- keys -->\n).*?(<!-- end keys -->)", re.DOTALL)


class NotSeenError(Exception):
    """Something did not appear in time; the message shows the screen."""


class Seat:
    """The client in a terminal of its own; pyte draws what it writes."""

    def __init__(self, *arguments: str, folder: Path, columns: int = 80, rows: int = 24) -> None:
        """`folder` is where it keeps its settings."""
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self._master, slave = pty.openpty()
        self._size(columns, rows)
        changes = {"TERM": "xterm-256color", "XDG_CONFIG_HOME": str(folder)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "client", *arguments],
            cwd=ROOT,
            env=os.environ | changes | {"XDG_DATA_HOME": str(folder), "LC_ALL": "C.UTF-8"},
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=_take_terminal,  # noqa: PLW1509 - it makes one system call
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._master)

    def type(self, keys: str) -> Self:
        """Press keys."""
        os.write(self._master, keys.encode())
        return self

    def resize(self, columns: int, rows: int) -> None:
        """Pull the window to another size."""
        self.screen.resize(rows, columns)
        self._size(columns, rows)
        os.kill(self.process.pid, signal.SIGWINCH)

    def rows(self) -> list[str]:
        """Return the screen as it is now."""
        while select.select([self._master], [], [], 0.05)[0]:
            try:
                data = os.read(self._master, 65536)
            except OSError:  # EIO: the program has ended
                break
            self._stream.feed(data)
        return [str(row).rstrip() for row in self.screen.display]

    def sees(self, text: str) -> Self:
        """Wait until a text is on the screen.

        Raises:
            NotSeenError: it is not.
        """
        return self._until(lambda rows: any(text in row for row in rows), text)

    def loses(self, text: str) -> Self:
        """Wait until a text is not on the screen any more.

        Raises:
            NotSeenError: it is.
        """
        return self._until(lambda rows: not any(text in row for row in rows), f"no {text}")

    def shows_prompt(self, nick: str) -> Self:
        """Wait until the line to type in stands at the bottom: all of the screen is drawn.

        Raises:
            NotSeenError: it does not.
        """
        return self._until(lambda rows: rows[-1].startswith(f" {nick} ▸"), "the prompt")

    def _until(self, condition: Callable[[list[str]], bool], what: str) -> Self:
        deadline = time.monotonic() + PATIENCE
        while not condition(rows := self.rows()):
            if time.monotonic() > deadline:
                raise NotSeenError("\n".join((f"not seen: {what}", *rows)))
        return self

    def _size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def _take_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class House:
    """A server on a free port, for the time of `with`."""

    def __init__(self, folder: Path) -> None:
        log = folder / "server.log"
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "chatserver", "serve", "--host", "127.0.0.1"),
                    *("--port", "0", "--data", str(folder / "data")),
                ],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        deadline = time.monotonic() + PATIENCE
        while not (found := _LISTENING.search(log.read_text(encoding="utf-8"))):
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise NotSeenError(f"the server does not listen: {log.read_text(encoding='utf-8')}")
            time.sleep(0.05)
        self.port = int(found[1])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE)


class Guest:
    """Somebody else in the room, by the plain lines of a pipe."""

    def __init__(self, port: int, nick: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self.say(nick)

    def say(self, line: str) -> None:
        """Send a line."""
        self._socket.sendall(f"{line}\n".encode())

    def close(self) -> None:
        """Go away."""
        self._socket.close()


def draw() -> dict[str, list[str]]:
    """Return the screens by their names.

    Raises:
        NotSeenError: something that belongs on one did not appear.
    """
    screens: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Seat(folder=folder) as seat:
            screens["first_run"] = _trimmed(seat.sees("Your name").sees("mono").rows())
        with House(folder) as house:
            _talk(house, folder, screens)
    return screens


def _talk(house: House, folder: Path, screens: dict[str, list[str]]) -> None:
    at, rooms = f"@127.0.0.1:{house.port}", ("--room", "lobby", "--room", "games")
    bob = Guest(house.port, "bob")
    with (
        Seat(f"ada{at}", *rooms, folder=folder) as ada,
        Seat(f"cy{at}", *rooms, folder=folder) as cy,
    ):
        ada.sees("#games").type("\x1b1").sees("● bob")
        cy.sees("#games").type("\x1b1").sees("● bob")
        bob.say("hi ada, look at https://example.org")
        ada.sees("example.org")
        cy.sees("example.org").type("it works *here* too\r").sees("it works here")
        ada.sees("it works here too").type("\x1br").sees("↳ to cy").type(
            "great, `make test` too?\r"
        )
        cy.sees("make test").type("\x1be").sees("React to ada").type("1").sees("└ 👍")
        for nick in ("dan", "eve", "fay"):
            Guest(house.port, nick).close()
        ada.sees("└ 👍").sees("joined, 3 left")
        cy.type("\x1b2").sees("▸").type("anyone for chess?\r").sees("anyone for chess?")
        ada.sees("#games     1")
        screens["talk"] = ada.rows()
        screens["opening"] = _low(ada)
        screens["narrow"] = _narrow(ada)
        ada.type("/th").sees("Change the colours")
        screens["menu"] = ada.rows()[-8:]
        ada.type("\x03").loses("/th").type("\x1bOP").sees("Alt-Enter")
        screens["help"] = ada.rows()
        ada.type("\x1b").loses("Alt-Enter").type("/search chess\r").sees("1 line found")
        screens["search"] = ada.rows()
        bob.close()


def _low(seat: Seat) -> list[str]:
    seat.resize(80, 14)
    return seat.shows_prompt("ada").rows()


def _narrow(seat: Seat) -> list[str]:
    seat.resize(40, 15)
    rows = seat.loses("● bob").rows()
    seat.resize(80, 24)
    seat.sees("● bob")
    return rows


def _trimmed(rows: list[str]) -> list[str]:
    while rows and not rows[-1]:
        rows.pop()
    return rows


def put(document: str, screens: Mapping[str, Sequence[str]]) -> str:
    """Return a document with its screens replaced.

    Raises:
        KeyError: it wants one that is not drawn.
    """

    def screen(found: re.Match[str]) -> str:
        rows = "\n".join(row.rstrip() for row in screens[found[2]])
        return f"{found[1]}```text\n{rows}\n```\n{found[3]}"

    return _PLACE.sub(screen, document)


def put_keys(document: str) -> str:
    """Return a document with the table of keys replaced."""
    rows = ["| key | what it does |", "|---|---|"]
    for title, pairs in help_rows():
        rows.append(f"| **{title}** | |")
        rows += (f"| {key} | {does} |" for key, does in pairs)
    table = "\n".join(rows)
    return _KEYS.sub(lambda found: f"{found[1]}\n{table}\n\n{found[2]}", document)


def main(argv: Sequence[str] | None = None) -> int:
    """Draw, and write or print."""
    parser = argparse.ArgumentParser(prog="scripts/screens", description=__doc__)
    parser.add_argument("--print", action="store_true", dest="is_print", help="do not write")
    options = parser.parse_args(argv)
    screens = draw()
    if options.is_print:
        for name, rows in screens.items():
            print(f"--- {name}", *rows, sep="\n")
    else:
        for path in DOCUMENTS:
            document = path.read_text(encoding="utf-8")
            path.write_text(put_keys(put(document, screens)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
