"""Happenings: what is kept of events besides what was said."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from chatserver.chat import events
from chatserver.chat.names import fold
from chatserver.chat.tags import REACT, REPLIES, UNREACT
from chatserver.history.entries import (
    Arrival,
    Departure,
    Entry,
    Happening,
    Moved,
    Redaction,
    What,
)

# Of what programs tell each other only that is kept which belongs to a message; that somebody types
# is over when it is read.
_REACTIONS: Final = frozenset({REACT, UNREACT})
_REPLIES: Final = frozenset(REPLIES)


def entries_of(event: events.Event) -> Iterable[Entry]:
    """Return what is kept of an event that is no speech."""
    entries = _KEPT.get(type(event))
    return entries(event) if entries else ()


def _joined(event: events.Joined) -> Iterable[Entry]:
    yield Arrival(event.nick, event.room)
    yield Happening(event.id, event.at, What.JOINED, event.room, event.nick)


def _left(event: events.Left) -> Iterable[Entry]:
    yield Departure(event.id, event.at, event.nick, event.room)
    yield Happening(event.id, event.at, What.LEFT, event.room, event.nick, text=event.why)


def _gone(event: events.Gone) -> Iterable[Entry]:
    for room in event.rooms:
        yield Departure(event.id, event.at, event.nick, room)
        yield Happening(event.id, event.at, What.GONE, room, event.nick, text=event.why)


def _renamed(event: events.Renamed) -> Iterable[Entry]:
    """Whoever comes under the old name next has not been there since; it may be somebody else."""
    for room in event.rooms:
        if fold(event.old) != fold(event.new):
            yield Departure(event.id, event.at, event.old, room)
            yield Arrival(event.new, room)
        yield Happening(event.id, event.at, What.RENAMED, room, event.old, event.new)


def _kicked(event: events.Kicked) -> Iterable[Entry]:
    yield Departure(event.id, event.at, event.victim, event.room)
    yield Happening(
        event.id, event.at, What.KICKED, event.room, event.nick, event.victim, event.why
    )


def _modes_set(event: events.ModesSet) -> Iterable[Entry]:
    changes = tuple((change.on, change.letter, change.value) for change in event.changes)
    yield Happening(event.id, event.at, What.MODES_SET, event.room, event.nick, changes=changes)


def _room_renamed(event: events.RoomRenamed) -> Iterable[Entry]:
    yield Moved(event.old, event.new)
    names = f"{event.old},{event.new}"
    yield Happening(event.id, event.at, What.ROOM_RENAMED, event.new, event.nick, names, event.why)


def _tagged(event: events.Tagged) -> Iterable[Entry]:
    names = {name for name, _ in event.tags}
    if event.rank or not (names & _REACTIONS and names & _REPLIES):
        return
    room, other = (event.target, "") if event.target.startswith("#") else ("", event.target)
    yield Happening(event.id, event.at, What.TAGGED, room, event.nick, other, tags=event.tags)


def _redacted(event: events.Redacted) -> Iterable[Entry]:
    yield Redaction(event.id, event.at, event.nick, event.message)


_KEPT: Final[dict[type[events.Event], Callable[[Any], Iterable[Entry]]]] = {
    events.Joined: _joined,
    events.Left: _left,
    events.Gone: _gone,
    events.Renamed: _renamed,
    events.Kicked: _kicked,
    events.ModesSet: _modes_set,
    events.RoomRenamed: _room_renamed,
    events.Tagged: _tagged,
    events.Redacted: _redacted,
}
