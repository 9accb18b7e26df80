"""Rows of the tables of lines and of happenings, and what they are made of."""

from typing import Final

from msgspec import Struct, json

from chatserver.history.entries import Happening, Kind, Message, Tags, What

COLUMNS: Final = (
    "line.id, line.at, line.kind,"
    " coalesce((select name from room where key = line.room), ''),"
    " line.nick, line.text, line.addressees,"
    " (select tags from tag where tag.id = line.id)"
)
FROM_LINE: Final = f"select {COLUMNS} from line"

HAPPENING_COLUMNS: Final = (
    "happening.id, happening.at, happening.what,"
    " coalesce((select name from room where key = happening.room), ''),"
    " happening.nick, happening.other, happening.text"
)

MessageRow = tuple[int, int, int, str, str, str, str, str | None]
HappeningRow = tuple[int, int, int, str, str, str, str]

Changes = tuple[tuple[bool, str, str], ...]


class Extras(Struct, frozen=True):
    """What programs have done with a line; as JSON in the place of tags that are not all of it."""

    tags: Tags = ()
    cuts: tuple[int, ...] = ()


def to_message(row: MessageRow) -> Message:
    """Return a line as it was said."""
    id, at, kind, room, nick, text, addressees, tags = row
    to = tuple(addressees.split(",")) if addressees else ()
    extras = _read_extras(tags) if tags else _NONE
    return Message(*(id, at / 1000, Kind(kind), room, nick, text, to, ()), extras.tags, extras.cuts)


def to_happening(row: HappeningRow) -> Happening:
    """Return what happened."""
    id, at, number, room, nick, other, text = row
    stamp, what = at / 1000, What(number)
    match what:
        case What.TAGGED:
            return Happening(id, stamp, what, room, nick, other, tags=read_tags(text))
        case What.MODES_SET:
            changes = json.decode(text, type=Changes)
            return Happening(id, stamp, what, room, nick, changes=changes)
    return Happening(id, stamp, what, room, nick, other, text)


def happening_text(happening: Happening) -> str:
    """Return what stands in the column `text`: besides words, lists as JSON."""
    match happening.what:
        case What.TAGGED:
            return write_tags(happening.tags)
        case What.MODES_SET:
            return json.encode(happening.changes).decode()
    return happening.text


def write_extras(message: Message) -> str:
    """Return what is stored of a message's tags, and of where its lines were cut."""
    tags, cuts = message.tags, message.cuts
    return json.encode(Extras(tags, cuts)).decode() if cuts else write_tags(tags)


_NONE: Final = Extras()


def _read_extras(text: str) -> Extras:
    found: Tags | Extras = json.decode(text, type=Tags | Extras)
    return found if isinstance(found, Extras) else Extras(found)


def write_tags(tags: Tags) -> str:
    """Return tags as they are stored."""
    return json.encode(tags).decode()


def read_tags(text: str) -> Tags:
    """Return tags that were stored."""
    return json.decode(text, type=Tags) if text else ()


def milliseconds(seconds: float) -> int:
    """Return a time as it is stored."""
    return round(seconds * 1000)
