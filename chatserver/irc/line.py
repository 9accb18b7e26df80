"""Line: what goes out, with the tags that some clients get."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache

from msgspec import Struct

from chatserver.irc.message import MESSAGE_LIMIT, NO_TAGS, Message, split_text

_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
_SHORT = MESSAGE_LIMIT // 4  # characters: fewer are never too many bytes
_LEAST = 4  # bytes that are left of a parameter


class Line(Struct, frozen=True, eq=False):
    """One message to a client: its text without tags, and the tags that it may be given."""

    text: str
    tags: Mapping[str, str] = NO_TAGS

    def tagged(self, tags: Mapping[str, str]) -> "Line":
        """Return the same line with more tags of the server, which come before those of clients."""
        return Line(self.text, {**tags, **self.tags})

    @property
    def batch(self) -> str:
        """The reference of the batch that begins (`+`) or ends (`-`) here, with its sign."""
        match self.text.split(" ", 3):
            case [_, "BATCH", reference, *_]:
                return reference.removeprefix(":")
        return ""

    def encode(self) -> str:
        """Return the line as it is sent, without its end."""
        return f"@{encode_tags(self.tags)} {self.text}" if self.tags else self.text


def line(source: str, command: str, *params: str, tags: Mapping[str, str] = NO_TAGS) -> Line:
    """Make a line; the last parameter always gets its colon, as small clients want it.

    It is cut where the message would be too long, as a topic of another alphabet may be, or what
    repeats what a client has sent. Of that, `*` stands for what cannot be in the middle.
    """
    words = [word if _is_word(word) else "*" for word in params[:-1]]
    words += params[-1:]
    text = Message(command, tuple(words), source).encode(colon=True)
    for place in _by_length(words) if len(text) >= _SHORT else ():
        over = len(text.encode()) - (MESSAGE_LIMIT - len("\r\n"))
        if over <= 0:
            break
        kept = max(len(words[place].encode()) - over, _LEAST)
        words[place] = split_text(words[place], kept)[0]
        text = Message(command, tuple(words), source).encode(colon=True)
    return Line(text, tags)


def _by_length(words: Sequence[str]) -> list[int]:
    """Return the places of words in the order in which they are to be cut: the last comes first."""
    last = len(words) - 1
    return sorted(range(len(words)), key=lambda at: (at != last, -len(words[at])))


def end_of_batch(server: str, reference: str) -> Line:
    """Return the line behind the last one of a batch (IRCv3 batch)."""
    return Line(f":{server} BATCH -{reference}")


def _is_word(text: str) -> bool:
    return bool(text) and text[0] != ":" and " " not in text


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
    return f"{datetime.fromtimestamp(seconds, UTC).isoformat()[:19]}.{milliseconds:03}Z"


def parse_time(text: str) -> float | None:
    """Return the time that `time_tag` writes so, None if it is no such text."""
    if not _TIME.fullmatch(text):
        return None
    try:
        whole = datetime.fromisoformat(f"{text[:-5]}+00:00")
    except ValueError:
        return None
    return (round(whole.timestamp()) * 1000 + int(text[-4:-1])) / 1000


def marker(server: str, target: str, at: float | None) -> Line:
    """Return the line that says until when one has read (IRCv3 draft/read-marker)."""
    return line(server, "MARKREAD", target, "*" if at is None else f"timestamp={time_tag(at)}")
