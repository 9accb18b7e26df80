"""Folding: many comings and goings in a row become one line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Final

from msgspec import Struct

from client.messages import PRESENCE, Entry, Kind

_VERBS: Final = {
    Kind.JOINED: "joined",
    Kind.LEFT: "left",
    Kind.QUIT: "left",
    Kind.RENAMED: "renamed",
}
_QUARTER: Final = 900  # seconds; in each time zone a day begins with one
_REMEMBERED: Final = 1_000
_MOST_NAMES: Final = 40  # more fit into no line


def day_of(at: float) -> int:
    """Return the number of a day, where the reader is."""
    return _day_of_quarter(int(at // _QUARTER))


@lru_cache(_REMEMBERED)
def _day_of_quarter(quarter: int) -> int:
    return datetime.fromtimestamp(quarter * _QUARTER).toordinal()


def run_around(entries: Sequence[Entry], index: int) -> tuple[int, int]:
    """Return from where to before where entries stand that make one line with the one at an index.

    Those of one's own stand alone: that one has come or gone should be seen.
    """
    if not _folds(entries[index]):
        return index, index + 1
    start, end, day = index, index + 1, day_of(entries[index].at)
    while start > 0 and _folds(entries[start - 1]) and day_of(entries[start - 1].at) == day:
        start -= 1
    while end < len(entries) and _folds(entries[end]) and day_of(entries[end].at) == day:
        end += 1
    return start, end


class _Person(Struct):
    """Somebody in a run: how they are called at its end, and whether they were called otherwise."""

    nick: str
    renamed: bool = False


def summarize(run: Iterable[Entry]) -> str:
    """Return « 4 joined, 2 left » with the names behind it.

    Who changes names is one person, however often they do, with the last of the names.
    """
    counts: Counter[str] = Counter()
    people: list[_Person] = []
    known: dict[str, _Person] = {}  # by how they are called so far
    for entry in run:
        person = known.pop(entry.nick, None)
        if person is None:
            person = _Person(entry.nick)
            people.append(person)
        again = entry.kind is Kind.RENAMED and person.renamed
        counts[_VERBS[entry.kind]] += not again
        if entry.kind is Kind.RENAMED:
            person.nick, person.renamed = entry.text, True
        known[person.nick] = person
    names = islice(dict.fromkeys(person.nick for person in people), _MOST_NAMES)
    return ", ".join(f"{n} {verb}" for verb, n in counts.items()) + f" ({', '.join(names)})"


def _folds(entry: Entry) -> bool:
    return entry.kind in PRESENCE and not entry.own
