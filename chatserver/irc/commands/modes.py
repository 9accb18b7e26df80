"""Modes: MODE for rooms and for oneself (modern IRC, "MODE message")."""

from collections.abc import Iterable, Iterator
from itertools import count
from typing import Final

from msgspec import Struct

from chatserver.chat import answers, modes, requests
from chatserver.chat.modes import Change
from chatserver.chat.names import fold
from chatserver.irc.client import Client, Talk
from chatserver.irc.commands.command import Command
from chatserver.irc.features import MODES_AT_ONCE
from chatserver.irc.line import Line, line
from chatserver.irc.message import Message
from chatserver.irc.numerics import Numeric
from chatserver.irc.refusals import refuse
from chatserver.irc.render import source, write_changes

_ALWAYS: Final = {modes.KEY, *modes.RANKS}  # letters that have a value, set or taken away
_KNOWN: Final = {*modes.FLAGS, *modes.LISTS, *_ALWAYS, modes.LIMIT}
_LISTS: Final = {
    modes.BANS: (Numeric.RPL_BANLIST, Numeric.RPL_ENDOFBANLIST),
    modes.EXCEPTIONS: (Numeric.RPL_EXCEPTLIST, Numeric.RPL_ENDOFEXCEPTLIST),
    modes.INVITATIONS: (Numeric.RPL_INVEXLIST, Numeric.RPL_ENDOFINVEXLIST),
}
_HIDDEN: Final = "*"  # a key, for who is not in the room


def _mode(client: Client, message: Message) -> Talk:
    target, *words = message.params
    if target.startswith("#"):
        return _of_room(client, target, words)
    if fold(target) == fold(client.nick):
        return _of_oneself(client, words)
    return _of_another(client, target)


# Rooms.


class _Wishes(Struct):
    """What a mode string asks for."""

    changes: list[Change]
    lists: list[str]  # to be shown
    unknown: list[str]


def _of_room(client: Client, room: str, words: list[str]) -> Talk:
    """First the changes, as one; who may not make them gets nothing of the rest."""
    if not any(words):
        yield from _show_modes(client, room)
        return
    wishes = _read(words)
    if wishes.changes:
        yield from _change(client, room, wishes.changes)
    for letter in dict.fromkeys(wishes.lists):
        answer = yield requests.AskList(room, letter)
        if isinstance(answer, answers.ListIs):
            client.pages(_list_lines(client, answer))
    for letter in dict.fromkeys(wishes.unknown):
        client.numeric(Numeric.ERR_UNKNOWNMODE, letter)


def _read(words: list[str]) -> _Wishes:
    """Read a mode string with its values, which it takes in order."""
    wishes = _Wishes([], [], [])
    values = iter(words[1:])
    for on, letter in _signed(words[0]):
        if letter not in _KNOWN:
            wishes.unknown.append(letter)
        elif letter not in modes.LISTS:
            takes = letter in _ALWAYS or (letter == modes.LIMIT and on)
            wishes.changes.append(Change(on, letter, next(values, "") if takes else ""))
        elif value := next(values, ""):
            wishes.changes.append(Change(on, letter, value))
        else:
            wishes.lists.append(letter)
    return wishes


def _signed(word: str) -> Iterator[tuple[bool, str]]:
    """Yield the letters of a mode string, and whether each is set; without a sign they are."""
    on = True
    for letter in word:
        if letter in "+-":
            on = letter == "+"
        else:
            yield on, letter


def _change(client: Client, room: str, changes: list[Change]) -> Talk:
    """What is done is told to all who are in the room; what cannot be, to who wants it alone."""
    number = count()
    kept = [change for change in changes if not change.value or next(number) < MODES_AT_ONCE]
    request = requests.SetModes(room, tuple(kept))
    answer = yield request
    if isinstance(answer, answers.ModesDone):
        for error in answer.refused:
            refuse(client, request, error)
    if len(kept) < len(changes):
        text = f"{MODES_AT_ONCE} changes with a value were taken, the most at once."
        client.fail("MODE", "TOO_MANY_MODES", room, text=text)


def _show_modes(client: Client, room: str) -> Talk:
    answer = yield requests.AskModes(room)
    if not isinstance(answer, answers.ModesAre):
        return
    letters, values = answer.flags, []
    if answer.key is not None:
        letters += modes.KEY
        values.append(answer.key or _HIDDEN)
    if answer.limit is not None:
        letters += modes.LIMIT
        values.append(str(answer.limit))
    client.numeric(Numeric.RPL_CHANNELMODEIS, answer.room, f"+{letters}", *values)
    client.numeric(Numeric.RPL_CREATIONTIME, answer.room, str(int(answer.created)))


def _list_lines(client: Client, answer: answers.ListIs) -> Iterator[Line]:
    item, end = _LISTS[answer.letter]
    for entry in answer.entries:
        yield client.numeric_line(item, answer.room, entry.mask, entry.by, str(int(entry.at)))
    yield client.numeric_line(end, answer.room)


# People.


def _of_oneself(client: Client, words: list[str]) -> Talk:
    """What there is of the letters is done, then the others are complained of, all at once."""
    letters = list(_signed("".join(words)))
    changes = [Change(on, letter) for on, letter in letters if letter in modes.USER_FLAGS]
    if letters and not changes:
        client.numeric(Numeric.ERR_UMODEUNKNOWNFLAG)
        return
    answer = yield requests.SetFlags(tuple(changes))
    if not isinstance(answer, answers.FlagsAre):
        return
    client.take_flags(answer.flags)
    if not letters:
        client.numeric(Numeric.RPL_UMODEIS, f"+{answer.flags}")
    show_changes(client, answer.changes)
    if len(changes) < len(letters):
        client.numeric(Numeric.ERR_UMODEUNKNOWNFLAG)


def show_changes(client: Client, changes: Iterable[Change]) -> None:
    """Tell a client what has changed of its own modes, if anything has."""
    if changes:
        [letters] = write_changes(changes)
        who = source(client.nick, client.mask, client.manner)
        client.emit_own(line(who, "MODE", client.nick, letters))


def _of_another(client: Client, nick: str) -> Talk:
    present = yield requests.FindPresent((nick,))
    if isinstance(present, answers.PeopleAre) and present.people:
        client.numeric(Numeric.ERR_USERSDONTMATCH)
    else:
        client.numeric(Numeric.ERR_NOSUCHNICK, nick)


COMMANDS: Final = (
    Command(
        "MODE", _mode, 1, help="TARGET [+|-LETTERS VALUE...]: show or set modes of a room or of you"
    ),
)
