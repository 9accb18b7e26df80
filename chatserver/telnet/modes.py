"""What a room is set to, in words, and the letters for it as programs write them."""

from collections.abc import Iterable, Iterator
from typing import Final

from chatserver.chat import answers
from chatserver.chat.modes import BANS, EXCEPTIONS, INVITATIONS, KEY, LIMIT, RANKS, Change
from chatserver.mode_words import done, fact
from chatserver.telnet.words import joined_by_and

# Always with a value, or only when set (modern IRC, "Channel Modes" types A, B and C).
_WITH_VALUE: Final = frozenset((*RANKS, BANS, EXCEPTIONS, INVITATIONS))
_WITH_VALUE_ON: Final = frozenset((KEY, LIMIT))


def changes_in_words(room: str, changes: Iterable[Change]) -> str:
    """Return what somebody has done to a room: `banned *!*@host from #den`."""
    return joined_by_and([done(room, one.letter, one.value, on=one.on) for one in changes])


def modes_in_words(modes: answers.ModesAre) -> str:
    """Return what a room is set to, as one sentence."""
    words = [fact(letter) for letter in modes.flags]
    if modes.key is not None:
        words.append(fact(KEY, modes.key))
    if modes.limit is not None:
        words.append(fact(LIMIT, str(modes.limit)))
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
