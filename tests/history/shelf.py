"""What the tests of the history share: messages, journals, and a model that is a plain list."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from chatserver.history.entries import Kind, Message
from chatserver.history.files import history_file
from chatserver.history.journal import Journal

NOW = 1_800_000_000.0
DAY = 24 * 60 * 60.0
ROOMS = ["#lobby", "#Games"]
ALL = (-1, 2**63 - 1)  # the places before and behind everything


def said(id: int, text: str = "hello", room: str = "#lobby", nick: str = "bob") -> Message:
    return Message(id, NOW + id, Kind.SAID, room, nick, text)


def told(id: int, *to: str, waits_for: tuple[str, ...] = (), nick: str = "bob") -> Message:
    return Message(id, NOW + id, Kind.TOLD, "", nick, "a secret", to, waits_for)


def without_waits(message: Message) -> Message:
    """Return a message as it is read back: for whom it waits is not part of the line."""
    return Message(
        message.id, message.at, message.kind, message.room, message.nick, message.text, message.to
    )


class Clock:
    """Evenly counted seconds that a test moves on by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def finish(journal: Journal, now: float = NOW, most: int = 100_000) -> int:
    """Do all chores that are due; return how many bites it took."""
    for count in range(most):
        if not journal.chore(now):
            return count
    raise AssertionError("the chores never end")


def tidy(journal: Journal, clock: Clock, passed: float = 100.0) -> None:
    """Let time pass, and have everything indexed and trimmed."""
    clock.now += passed
    finish(journal, NOW + clock.now)


@contextmanager
def opened(directory: Path, **options: Any) -> Iterator[Journal]:
    journal = Journal(directory, **options)
    try:
        yield journal
    finally:
        journal.close()


def raw(directory: Path) -> "closing[sqlite3.Connection]":
    """Return another program's connection."""
    return closing(sqlite3.connect(history_file(directory), isolation_level=None, timeout=5))


def rows(directory: Path, query: str) -> list[Any]:
    with raw(directory) as connection:
        return connection.execute(query).fetchall()
