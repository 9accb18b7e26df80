"""Modes: what a room is set to, and what somebody has set there, in the words of telnet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from chatserver.mode_words import done, fact
from client.features import Features


class Change(Struct, frozen=True):
    """One letter that is set or taken away; the value is empty where it has none."""

    letter: str
    on: bool
    value: str = ""


def read_changes(features: Features, words: Sequence[str]) -> Iterator[Change]:
    """Yield what is written as `+o-v bob cy`; which letters have values the server has told."""
    letters, *values = words or ("",)
    on = True
    for letter in letters:
        if letter in "+-":
            on = letter == "+"
        else:
            takes = features.takes_value(letter, is_set=on)
            yield Change(letter, on, values.pop(0) if takes and values else "")


def changes_in_words(features: Features, room: str, words: Sequence[str]) -> str:
    """Return what somebody has done to a room: `banned *!*@host from #den`."""
    changes = read_changes(features, words)
    return _joined([done(room, one.letter, one.value, on=one.on) for one in changes])


def modes_in_words(features: Features, room: str, words: Sequence[str]) -> str:
    """Return what a room is set to, as one sentence."""
    facts = [fact(change.letter, change.value) for change in read_changes(features, words)]
    return f"{room}: {'; '.join(facts) or 'nothing is set'}."


def _joined(parts: Sequence[str]) -> str:
    """Return `a`, `a and b` or `a, b and c`."""
    *others, last = parts or ("changed nothing",)
    return f"{', '.join(others)} and {last}" if others else last
