"""What a room is set to, in words, and the letters for it as programs write them."""

from collections.abc import Iterable, Iterator
from typing import Final

from chatserver.chat import answers
from chatserver.chat.modes import BANS, EXCEPTIONS, INVITATIONS, KEY, LIMIT, RANKS, Change
from chatserver.telnet.words import joined_by_and

# What somebody did to a {room}, by the letter and whether it was set.
_DONE: Final = {
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
_IS: Final = {
    "i": "only who is invited may come",
    "m": "only those with a voice may speak",
    "n": "only members may speak",
    "s": "only members know of it",
    "t": "only operators may set the topic",
    "C": "CTCP is off",
}
# Always with a value, or only when set (modern IRC, "Channel Modes" types A, B and C).
_WITH_VALUE: Final = frozenset((*RANKS, BANS, EXCEPTIONS, INVITATIONS))
_WITH_VALUE_ON: Final = frozenset((KEY, LIMIT))


def changes_in_words(room: str, changes: Iterable[Change]) -> str:
    """Return what somebody has done to a room: `banned *!*@host from #den`."""
    return joined_by_and([_done(room, change) for change in changes])


def _done(room: str, change: Change) -> str:
    words = _DONE.get((change.letter, change.on))
    if words is None:
        sign = "+" if change.on else "-"
        return f"set {sign}{change.letter} {change.value}".rstrip() + f" on {room}"
    return words.format(room=room, value=change.value)


def modes_in_words(modes: answers.ModesAre) -> str:
    """Return what a room is set to, as one sentence."""
    words = [_IS.get(letter, f"+{letter} is set") for letter in modes.flags]
    if modes.key is not None:
        words.append(f"the key is {modes.key}" if modes.key else "a key is needed")
    if modes.limit is not None:
        words.append(f"there is room for {modes.limit} people")
    return f"{modes.room}: {'; '.join(words) or 'nothing is set'}."


def read_changes(text: str) -> Iterator[Change]:
    """Yield the changes that are typed as programs write them: `+o-v bob cy`.

    A value that is missing is empty, which the chat refuses with words of its own.
    """
    letters, *values = text.split()
    on = True
    for letter in letters:
        if letter in "+-":
            on = letter == "+"
        elif letter in _WITH_VALUE or (on and letter in _WITH_VALUE_ON):
            yield Change(on, letter, values.pop(0) if values else "")
        else:
            yield Change(on, letter)
