"""Folding: who comes and goes in a row is one line, of one day."""

from datetime import datetime

from client.layout.folding import run_around
from client.messages import Entry, Kind


def entry(key: int, kind: Kind, day: int, hour: int) -> Entry:
    at = datetime(2026, 11, day, hour).timestamp()
    return Entry(key=key, kind=kind, at=at, nick="bob", text="")


def test_a_run_ends_where_a_day_does() -> None:
    entries = [
        entry(1, Kind.SAID, 28, 20),
        entry(2, Kind.QUIT, 28, 21),
        entry(3, Kind.QUIT, 28, 22),
        entry(4, Kind.JOINED, 30, 8),
        entry(5, Kind.JOINED, 30, 9),
        entry(6, Kind.SAID, 30, 9),
    ]
    assert [run_around(entries, at) for at in (1, 2)] == [(1, 3), (1, 3)]
    assert [run_around(entries, at) for at in (3, 4)] == [(3, 5), (3, 5)]
