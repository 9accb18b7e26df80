"""Somebody who asks for what was said: how long each answer takes."""

import socket
import time
from collections.abc import Iterator
from itertools import cycle, islice
from types import TracebackType
from typing import Final, Self

from scripts.benchmark.shelf import ROOMS, word

_PATIENCE: Final = 20.0
_READ: Final = 1 << 16
_END: Final = "sync_sync"  # nobody's name; the answer to a question about it ends another's


class Asker:
    """One person in all rooms of a shelf."""

    def __init__(self, port: int) -> None:
        self._sock = socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE)
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.ask("asker", *(f"/join #r{number}" for number in range(ROOMS)))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._sock.close()

    def ask(self, *lines: str) -> tuple[float, int]:
        """Type lines; return after how many milliseconds all answers were there, and their lines.

        A line is only read when the one before is answered, so the last answer is the last.
        """
        typed = "".join(f"{line}\n" for line in (*lines, f"/whois {_END}"))
        started = time.perf_counter()
        self._sock.sendall(typed.encode())
        answer = b""
        while _END.encode() not in answer:
            data = self._sock.recv(_READ)
            if not data:
                raise ConnectionError("the server has closed")
            answer += data
        took = (time.perf_counter() - started) * 1e3
        while not answer.endswith(b"\n"):
            answer += self._sock.recv(_READ)
        return took, answer.count(b"\n") - 1


def pages(count: int) -> Iterator[str]:
    """Requests for fifty lines, of one room after another, further and further back in each."""
    for number in range(count):
        yield f"/history 50 #r{number // 10 % ROOMS}"  # once more in a row: what is before


def searches(count: int) -> Iterator[str]:
    """Searches for frequent words and rare ones, for several, for phrases, of people and rooms."""
    kinds = [
        word(0),
        f"{word(5)} {word(70)}",
        word(20_000),
        f"{word(100)} {word(900)} from:bob7",
        f'"{word(1)} {word(2)}"',
        f'"{word(500)} {word(600)}"',
        "from:bob9",
        f"{word(5)} in:#r3",
        f"{word(3)} {word(9_000)}",
        "nothing",
    ]
    for kind in islice(cycle(kinds), count):
        yield f"/search {kind}"
