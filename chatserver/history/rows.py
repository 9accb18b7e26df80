"""A row of the table of lines, as a Message."""

from typing import Final

from chatserver.history.entries import Kind, Message

COLUMNS: Final = (
    "line.id, line.at, line.kind,"
    " coalesce((select name from room where key = line.room), ''),"
    " line.nick, line.text, line.addressees"
)
FROM_LINE: Final = f"select {COLUMNS} from line"

MessageRow = tuple[int, int, int, str, str, str, str]


def to_message(row: MessageRow) -> Message:
    """Return a line as it was said."""
    id, at, kind, room, nick, text, addressees = row
    to = tuple(addressees.split(",")) if addressees else ()
    return Message(id, at / 1000, Kind(kind), room, nick, text, to)


def milliseconds(seconds: float) -> int:
    """Return a time as it is stored."""
    return round(seconds * 1000)
