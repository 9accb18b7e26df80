"""Marks: what happens to a line after it was said: reactions, and that it is taken back.

A mark may come before the line that it is about: pages of the past are fetched in any order, and
lines that were let go are fetched again. So the marks of each line are kept by its msgid, and of
two that contradict each other the later one holds, in whichever order they were heard.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from msgspec import Struct, field

from client.messages import SPEECH, Entry, Redaction, reacted, redacted

MOST_LINES: Final = 4_000
"""Of a buffer, whose marks are kept; those that were marked least lately are forgotten."""

_MOST_VERDICTS: Final = 500  # of one line


class Mark(Struct, frozen=True):
    """What somebody has done to a line: they have reacted, or taken it or a reaction back.

    Attributes:
        emoji: of a reaction; `present` is False where it was taken back.
        redaction: that the line was taken back.
        entry: the line as it was before, where it is loaded.
    """

    nick: str
    at: float
    emoji: str = ""
    present: bool = True
    redaction: Redaction | None = None
    entry: Entry | None = None


class _Line(Struct):
    """What is known of one line: when each reaction was last given or taken back; who erased it."""

    verdicts: dict[tuple[str, str], tuple[float, bool]] = field(default_factory=dict)
    redaction: Redaction | None = None


class Marks:
    """The marks of one buffer's lines, by msgid, be the lines loaded or not."""

    __slots__ = ("_lines",)

    def __init__(self) -> None:
        self._lines: OrderedDict[str, _Line] = OrderedDict()

    def keep(self, msgid: str, mark: Mark) -> None:
        """Somebody has done something to a line."""
        if mark.redaction:
            self.redact(msgid, mark.redaction)
        else:
            self.react(msgid, mark.emoji, mark.nick, mark.at, present=mark.present)

    def react(self, msgid: str, emoji: str, nick: str, at: float, *, present: bool) -> None:
        """Somebody has reacted with an emoji, or has taken that back, at a time."""
        verdicts = self._line(msgid).verdicts
        known = verdicts.get((emoji, nick))
        if known is None and len(verdicts) >= _MOST_VERDICTS:
            return
        if known is None or known[0] <= at:
            verdicts[emoji, nick] = at, present

    def redact(self, msgid: str, redaction: Redaction) -> None:
        """A line was taken back; that is for good."""
        line = self._line(msgid)
        line.redaction = line.redaction or redaction

    def on(self, entry: Entry) -> Entry:
        """Return an entry as it is with all its marks."""
        line = self._lines.get(entry.msgid)
        if line is None or entry.kind not in SPEECH or entry.redacted:
            return entry
        if line.redaction:
            return redacted(entry, line.redaction.by, line.redaction.reason)
        by_time = sorted(line.verdicts.items(), key=lambda item: item[1][0])
        for (emoji, nick), (_, present) in by_time:
            entry = reacted(entry, emoji, nick, present=present)
        return entry

    def _line(self, msgid: str) -> _Line:
        line = self._lines.setdefault(msgid, _Line())
        self._lines.move_to_end(msgid)
        if len(self._lines) > MOST_LINES:
            self._lines.popitem(last=False)
        return line
