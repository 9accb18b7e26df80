"""Listing: LIST (modern IRC, "LIST message"; its conditions are those of ELIST)."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from chatserver.chat import answers, requests
from chatserver.chat.answers import RoomLine
from chatserver.chat.names import fold
from chatserver.irc.client import Client, Talk
from chatserver.irc.commands.command import Command
from chatserver.irc.line import Line
from chatserver.irc.message import Message
from chatserver.irc.numerics import Numeric
from chatserver.masks import matches

_MINUTE: Final = 60.0
_COMPARED: Final = re.compile(r"([CT]?)([<>])(\d{1,9})", re.ASCII | re.IGNORECASE)

# What must be true of a room, now.
_Condition = Callable[[RoomLine, float], bool]


def _list(client: Client, message: Message) -> Talk:
    """Only rooms with somebody in them are rooms to IRC."""
    words = [word for param in message.params for word in param.split(",") if word]
    named, conditions = _read(words)
    answer = yield requests.ListRooms()
    if not isinstance(answer, answers.RoomsAre):
        return
    found = [
        room
        for room in answer.rooms
        if room.people
        and all(holds(room, answer.at) for holds in conditions)
        and (not named or any(fits(room, answer.at) for fits in named))
    ]
    client.pages(_lines(client, found))


def _lines(client: Client, rooms: list[RoomLine]) -> Iterator[Line]:
    yield client.numeric_line(Numeric.RPL_LISTSTART, "Channel")
    for room in rooms:
        yield client.numeric_line(Numeric.RPL_LIST, room.room, str(room.people), room.topic)
    yield client.numeric_line(Numeric.RPL_LISTEND)


# Conditions (modern IRC, "ELIST parameter"): all must hold, and of the names and masks one.


def _read(words: list[str]) -> tuple[list[_Condition], list[_Condition]]:
    """Return the names and masks, and the other conditions."""
    named: list[_Condition] = []
    conditions: list[_Condition] = []
    for word in words:
        if condition := _compared(word) or _excluded(word):
            conditions.append(condition)
        else:
            named.append(_named(word))
    return named, conditions


def _compared(word: str) -> _Condition | None:
    """U, C and T: `>5` people, `C<60` made within the last hour, `T>60` a topic older than that."""
    found = _COMPARED.fullmatch(word)
    if found is None:
        return None
    value_of, sign, bound = _VALUES[found[1].upper()], found[2], float(found[3])

    def holds(room: RoomLine, now: float) -> bool:
        value = value_of(room, now)
        return value is not None and (value < bound if sign == "<" else value > bound)

    return holds


def _people(room: RoomLine, now: float) -> float | None:
    return room.people


def _age(room: RoomLine, now: float) -> float | None:
    return (now - room.created) / _MINUTE


def _age_of_topic(room: RoomLine, now: float) -> float | None:
    return None if room.topic_at is None else (now - room.topic_at) / _MINUTE


_VALUES: Final = {"": _people, "C": _age, "T": _age_of_topic}


def _excluded(word: str) -> _Condition | None:
    """N: rooms that a mask does not fit."""
    if word[0] != "!":
        return None
    fits = _named(word[1:])
    return lambda room, now: not fits(room, now)


def _named(word: str) -> _Condition:
    """M: rooms that a mask fits; a name is one that fits itself alone."""
    mask = fold(word)
    return lambda room, now: matches(mask, fold(room.room))


COMMANDS: Final = (
    Command(
        "LIST", _list, help="[ROOM,MASK,!MASK,>PEOPLE,C<MINUTES,T<MINUTES]: which rooms are there?"
    ),
)
