"""Multiline: a message that a client sends in several lines (IRCv3 draft/multiline)."""

from collections.abc import Mapping
from typing import Final

from chatserver.chat.names import fold
from chatserver.chat.requests import Tags
from chatserver.irc.message import Message

KIND: Final = "draft/multiline"
CONCAT: Final = "draft/multiline-concat"

_SPOKEN: Final = frozenset({"PRIVMSG", "NOTICE"})


class BadBatch(Exception):
    """A batch breaks a rule, and all of it is dropped; `code` and `context` are those of FAIL."""

    def __init__(self, code: str, *context: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.context = context


class Multiline:
    """The lines of one message as they come, no more of them than allowed."""

    __slots__ = (
        "_cuts",
        "_length",
        "_lines",
        "_most_bytes",
        "_most_lines",
        "_text",
        "_used",
        "command",
        "dropped",
        "label",
        "reference",
        "tags",
        "target",
    )

    def __init__(
        self,
        reference: str,
        target: str,
        tags: Tags,
        label: str,
        *,
        most_bytes: int,
        most_lines: int,
    ) -> None:
        """`tags` are those of the whole message, `label` is what its answer has to have."""
        self.reference = reference
        self.target = target
        self.tags = tags
        self.label = label
        self.command = ""  # PRIVMSG or NOTICE
        self.dropped = False  # what still comes of it is ignored (client-batch, "Errors")
        self._most_bytes = most_bytes
        self._most_lines = most_lines
        self._lines = 0
        self._used = 0  # bytes of the text
        self._length = 0  # characters of the text
        self._text: list[str] = []
        self._cuts: list[int] = []

    def collects(self, tags: Mapping[str, str]) -> bool:
        """Whether a message with these tags is a line of it."""
        return not self.dropped and tags.get("batch") == self.reference

    def drop(self) -> None:
        """Forget what has come, and ignore the rest."""
        self.dropped = True
        self._text.clear()

    def add(self, message: Message) -> None:
        """Take the next line ("Batch types").

        Raises:
            BadBatch: it may not stand there, or it is one too many.
        """
        target, text = self._check(message)
        if fold(target) != fold(self.target):
            raise BadBatch(
                *("MULTILINE_INVALID_TARGET", self.target, target),
                text="All lines of a message go to one target.",
            )
        goes_on = CONCAT in message.tags
        if goes_on and not text:
            raise _invalid("A line that goes on is not blank.")
        joint = "\n" if self._lines and not goes_on else ""
        self._count(joint + text)
        if goes_on and self._length:
            self._cuts.append(self._length)
        self._text.append(joint + text)
        self._length += len(joint + text)

    def join(self) -> tuple[str, tuple[int, ...]]:
        """Return the text of all lines, and where it was cut without a new line.

        Raises:
            BadBatch: there is nothing in it.
        """
        text = "".join(self._text)
        if not text.strip("\n"):
            raise _invalid("A message is more than blank lines.")
        return text, tuple(self._cuts)

    def _check(self, message: Message) -> tuple[str, str]:
        match message:
            case Message(command=command, params=(target, text)) if command in _SPOKEN:
                if command != (self.command or command):
                    raise _invalid("PRIVMSG and NOTICE do not mix in one message.")
                self.command = command
                return target, text
        raise _invalid("Only PRIVMSG or NOTICE, with a target and a text, make up a message.")

    def _count(self, text: str) -> None:
        self._lines += 1
        self._used += len(text.encode())
        if self._lines > self._most_lines:
            limit = str(self._most_lines)
            raise BadBatch("MULTILINE_MAX_LINES", limit, text="The message has too many lines.")
        if self._used > self._most_bytes:
            limit = str(self._most_bytes)
            raise BadBatch("MULTILINE_MAX_BYTES", limit, text="The message is too long.")


def _invalid(text: str) -> BadBatch:
    return BadBatch("MULTILINE_INVALID", text=text)
