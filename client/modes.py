"""Modes: what a room is set to, and what somebody has set there, in the words of telnet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from client.features import Features

DONE: Final = {
    ("o", True): "made {value} an operator of {room}",
    ("o", False): "took the rank of operator of {room} from {value}",
    ("v", True): "gave {value} a voice in {room}",
    ("v", False): "took the voice in {room} from {value}",
    ("b", True): "banned {value} from {room}",
    ("b", False): "lifted the ban of {value} from {room}",
    ("e", True): "excepted {value} from the bans of {room}",
    ("e", False): "took {value} off the exceptions to the bans of {room}",
    ("I", True): "invited {value} to {room} for good",
    ("I", False): "took {value} off those who are invited to {room} for good",
    ("k", True): "locked {room} with a key",
    ("k", False): "unlocked {room}",
    ("l", True): "limited {room} to {value} people",
    ("l", False): "took the limit of people from {room}",
    ("i", True): "closed {room} to all who are not invited",
    ("i", False): "opened {room} to all",
    ("m", True): "left speech in {room} to those with a voice",
    ("m", False): "let all speak in {room}",
    ("n", True): "closed {room} to words from outside",
    ("n", False): "opened {room} to words from outside",
    ("s", True): "made {room} secret",
    ("s", False): "made {room} known to all",
    ("t", True): "left the topic of {room} to its operators",
    ("t", False): "let all set the topic of {room}",
    ("C", True): "switched CTCP off in {room}",
    ("C", False): "switched CTCP on in {room}",
}
"""What somebody did to a room, by the letter and whether it was set."""

IS: Final = {
    "i": "only who is invited may come",
    "m": "only those with a voice may speak",
    "n": "only members may speak",
    "s": "only members know of it",
    "t": "only operators may set the topic",
    "C": "CTCP is off",
}
"""What a room is, by the letters that are set."""


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
    return _joined([_done(room, change) for change in read_changes(features, words)])


def _done(room: str, change: Change) -> str:
    words = DONE.get((change.letter, change.on))
    if words is None or ("{value}" in words and not change.value):
        sign = "+" if change.on else "-"
        return f"set {sign}{change.letter} {change.value}".rstrip() + f" on {room}"
    return words.format(room=room, value=change.value)


def modes_in_words(features: Features, room: str, words: Sequence[str]) -> str:
    """Return what a room is set to, as one sentence."""
    facts = [_fact(change) for change in read_changes(features, words)]
    return f"{room}: {'; '.join(facts) or 'nothing is set'}."


def _fact(change: Change) -> str:
    match change.letter:
        case "k":
            return f"the key is {change.value}" if change.value else "a key is needed"
        case "l":
            return f"there is room for {change.value} people"
        case letter:
            return IS.get(letter, f"+{letter} {change.value}".rstrip() + " is set")


def _joined(parts: Sequence[str]) -> str:
    """Return `a`, `a and b` or `a, b and c`."""
    *others, last = parts or ("changed nothing",)
    return f"{', '.join(others)} and {last}" if others else last
