"""Framer: bytes as they come, cut into lines of IRC."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

from msgspec import Struct

from chatserver.irc.message import MESSAGE_LIMIT, TAG_DATA_LIMIT, Message

UNFINISHED_LIMIT = 16 * 1024

_AT = ord("@")
_DROPPED = b"\r\0"
_LINE_END = len(b"\r\n")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


class Refused(Struct, frozen=True):
    """A line that is not to be acted on, and what the answer needs to know of it.

    Attributes:
        command: in upper case, `*` if it cannot be read.
        tags: those that can be read, the `label` of labeled-response among them.
    """

    command: str
    tags: Mapping[str, str]


class TooLong(Refused, frozen=True):
    """More bytes than allowed, to be answered with 417 (modern IRC, ERR_INPUTTOOLONG)."""


class NotUtf8(Refused, frozen=True):
    """Bytes that are no UTF-8, for FAIL … INVALID_UTF8 (IRCv3, UTF8ONLY)."""


class Endless(Struct, frozen=True):
    """More bytes than allowed without a newline. Nothing comes after it."""


Item = str | TooLong | NotUtf8 | Endless

Seen = TypeVar("Seen")  # what may stand for lines that come together


def _nothing(text: str) -> Sequence[Seen]:
    return ()


class Framer(Generic[Seen]):
    """Cuts what one peer sends into lines, the same however the bytes were split on their way.

    A line ends with the newline alone (modern IRC, "Compatibility with incorrect software"): CR
    and NUL are dropped wherever they stand, and lines that are empty then are skipped. What has no
    newline when the peer sends no more is no line: it may be half of one, cut on its way.
    """

    __slots__ = ("_closed", "_lines", "_message", "_rest", "_short", "_tag_data", "_unfinished")

    def __init__(
        self,
        *,
        message: int = MESSAGE_LIMIT,
        tag_data: int = TAG_DATA_LIMIT,
        unfinished: int = UNFINISHED_LIMIT,
    ) -> None:
        """Set the limits, all in bytes.

        Parameters:
            message: of a message with its CR LF, without its tags.
            tag_data: between the `@` and the first space (IRCv3 message-tags, "Size limit").
            unfinished: of a line of any kind, as it came; more is `Endless`.
        """
        self._message = message - _LINE_END
        self._tag_data = tag_data
        self._short = min(self._message, tag_data)  # what has no more bytes is not too long
        self._unfinished = unfinished
        self._lines: deque[bytes | str | Seen] = deque()  # text that is ASCII is there as such
        self._rest = b""  # what has no newline yet
        self._closed = False

    def feed(self, data: bytes, see: Callable[[str], Sequence[Seen]] = _nothing) -> None:
        """Take what has come.

        Several lines of ASCII that come together are shown to `see`, whole and with their ends:
        what it returns stands for them; nothing, if they are not all of a kind.
        """
        if self._closed:
            return
        data = self._rest + data
        lines = data.split(b"\n")
        self._rest = lines.pop()
        if len(lines) < 2 or len(data) > self._unfinished or not data.isascii():
            self._lines.extend(lines)
            return
        whole = data[: len(data) - len(self._rest)]
        if seen := see(whole.decode()):
            self._lines.extend(seen)
        else:
            text = whole.translate(None, _DROPPED).decode()
            self._lines.extend(filter(None, text.split("\n")))

    def next(self) -> Item | Seen | None:
        """Return the next line, what was seen in it, or what is wrong with it; None when there is
        nothing complete.
        """
        lines = self._lines
        while lines:
            line = lines.popleft()
            if isinstance(line, str):
                if len(line) <= self._short:
                    return line
                line = line.encode()
            if not isinstance(line, bytes):
                return line
            if item := self._read(line):
                return item
        return self._close() if len(self._rest) > self._unfinished else None

    def _read(self, line: bytes) -> Item | None:
        """Return what a line is; None where it is empty."""
        if len(line) > self._unfinished:
            return self._close()
        line = line.translate(None, _DROPPED)
        if len(line) > self._short and self._is_too_long(line):
            return TooLong(*_readable(line))
        try:
            return line.decode() or None
        except UnicodeDecodeError:
            return NotUtf8(*_readable(line))

    def _close(self) -> Endless:
        self._closed = True
        self.discard()
        return Endless()

    def discard(self) -> None:
        """Throw away what has come but was not asked for yet."""
        self._lines.clear()
        self._rest = b""

    def _is_too_long(self, line: bytes) -> bool:
        tag_data, message = b"", line
        if line[0] == _AT:
            tag_data, _, message = line[1:].partition(b" ")
        return len(message) > self._message or len(tag_data) > self._tag_data


def _readable(line: bytes) -> tuple[str, Mapping[str, str]]:
    """Return command and tags. A tag with a bad value has none: two such must not look equal."""
    try:
        message = Message.parse(line.decode("utf-8", "replace"))
    except ValueError:
        return "*", {}
    known = message.command.isascii() and message.command.isalnum()
    tags = {tag: value for tag, value in message.tags.items() if _REPLACEMENT not in tag + value}
    return message.command if known else "*", tags
