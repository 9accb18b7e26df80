"""Line: what goes out, with the tags that some clients get."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache

from msgspec import Struct

from chatserver.irc.message import NO_TAGS, Message


class Line(Struct, frozen=True, eq=False):
    """One message to a client: its text without tags, and the tags that it may be given."""

    text: str
    tags: Mapping[str, str] = NO_TAGS

    def tagged(self, tags: Mapping[str, str]) -> "Line":
        """Return the same line with more tags."""
        return Line(self.text, {**self.tags, **tags})

    def encode(self) -> str:
        """Return the line as it is sent, without its end."""
        return f"@{encode_tags(self.tags)} {self.text}" if self.tags else self.text


def line(source: str, command: str, *params: str, tags: Mapping[str, str] = NO_TAGS) -> Line:
    """Make a line; the last parameter always gets its colon, as small clients want it."""
    return Line(Message(command, params, source).encode(colon=True), tags)


def encode_tags(tags: Mapping[str, str]) -> str:
    """Return tags as they stand behind the @."""
    head, _, _ = Message("X", tags=tags).encode().partition(" ")
    return head[1:]


def encode(lines: Iterable[Line]) -> bytes:
    """Return lines as bytes."""
    return "".join([f"{one.encode()}\r\n" for one in lines]).encode()


@lru_cache(maxsize=64)
def time_tag(at: float) -> str:
    """Return a time as IRCv3 server-time writes it: ISO 8601, UTC, in milliseconds."""
    seconds, milliseconds = divmod(round(at * 1000), 1000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{milliseconds:03}Z"


def message_id(id: int) -> str:
    """Return the id of a message as clients see it (IRCv3 msgid)."""
    return str(id)


def parse_message_id(text: str) -> int | None:
    """Return the id of a message that a client names, None if it is none of ours."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
