"""Replay: what is stored, as the events that it was."""

from typing import Any, TypeVar

from msgspec import structs

from chatserver.chat import events
from chatserver.chat.modes import Change
from chatserver.chat.names import fold
from chatserver.history.entries import (
    ACTIONS,
    NOTICES,
    PRIVATE,
    Happening,
    Kind,
    Message,
    Record,
    What,
)
from chatserver.history.holders import Holder

E = TypeVar("E", bound=events.Event)


def line(message: Message) -> events.Line:
    """Return a line of a room as it was said. The mask of who said it is not kept with it."""
    id, at, room, nick, text = message.id, message.at, message.room, message.nick, message.text
    kind = message.kind
    if kind is Kind.TOPIC:
        return events.TopicSet(id, at, room, nick, text)
    return events.Said(
        *(id, at, room, nick, text, kind in ACTIONS, kind in NOTICES),
        tags=message.tags,
        cuts=message.cuts,
    )


def told(message: Message, to: str) -> events.Told:
    """Return a private line as it went to one of those it was for."""
    kind = message.kind
    return events.Told(
        *(message.id, message.at, message.nick, to, message.text),
        kind in ACTIONS,
        kind in NOTICES,
        tags=message.tags,
        cuts=message.cuts,
    )


def replay(record: Record, pair: tuple[str, str] | None = None) -> events.Event:
    """Return what happened; a private line as it is between a `pair` of people."""
    if isinstance(record, Happening):
        return _happened(record)
    if record.kind in PRIVATE:
        return told(record, _addressee(record, pair or ("", "")))
    return line(record)


def with_mask(event: E, holder: Holder | None) -> E:
    """Return it with the mask of who has held the doer's nick since before."""
    known: Any = event
    if holder is None or known.id < holder.since:
        return event
    return structs.replace(event, mask=holder.mask)


def _addressee(message: Message, pair: tuple[str, str]) -> str:
    """Return to which of the two a line went, as it was spelled then."""
    one, other = map(fold, pair)
    wanted = other if fold(message.nick) == one else one
    return next((nick for nick in message.to if fold(nick) == wanted), message.to[0])


def _happened(it: Happening) -> events.Event:  # noqa: PLR0911 (a table)
    id, at, room, nick = it.id, it.at, it.room, it.nick
    match it.what:
        case What.JOINED:
            return events.Joined(id, at, room, nick)
        case What.LEFT:
            return events.Left(id, at, room, nick, it.text)
        case What.GONE:
            return events.Gone(id, at, nick, it.text, (room,))
        case What.RENAMED:
            return events.Renamed(at, nick, it.other, id=id, rooms=(room,))
        case What.KICKED:
            return events.Kicked(id, at, room, nick, it.other, it.text)
        case What.MODES_SET:
            changes = tuple(Change(*change) for change in it.changes)
            return events.ModesSet(id, at, room, nick, changes)
        case What.ROOM_RENAMED:
            old, _, new = it.other.partition(",")
            return events.RoomRenamed(id, at, old, new, nick, it.text)
        case What.TAGGED:
            return events.Tagged(id, at, room or it.other, nick, "", it.tags)
        case What.REDACTED:
            return events.Redacted(id, at, room or it.other, nick, int(it.other), "")
