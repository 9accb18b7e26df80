"""Finder: looks for a text in what is loaded of a buffer (Ctrl-F)."""

from __future__ import annotations

from chatserver.formatting import strip
from client.buffers import Buffer
from client.messages import SPEECH, Entry


class Finder:
    """A search that is open.

    Attributes:
        buffer: where it looks.
        text: what for.
        key: of the entry that is shown, or None.
    """

    def __init__(self, buffer: Buffer) -> None:
        self.buffer = buffer
        self.text = ""
        self.key: int | None = None

    def type(self, text: str) -> None:
        """Look for more."""
        self.text += text
        self.key = self._next(len(self.buffer.entries) - 1, -1)

    def erase(self) -> None:
        """Look for less."""
        self.text = self.text[:-1]
        self.key = self._next(len(self.buffer.entries) - 1, -1) if self.text else None

    def older(self) -> None:
        """Go to the one before; stay where there is none."""
        self._go(-1)

    def newer(self) -> None:
        """Go to the one after; stay where there is none."""
        self._go(1)

    @property
    def words(self) -> str:
        """What the line at the bottom says."""
        if not self.text:
            return ""
        return "not found in what is loaded" if self.key is None else ""

    def _go(self, step: int) -> None:
        place = None if self.key is None else self.buffer.entries.place_of(self.key)
        if place is not None and (found := self._next(place + step, step)) is not None:
            self.key = found

    def _next(self, index: int, step: int) -> int | None:
        entries, wanted = self.buffer.entries, self.text.casefold()
        while 0 <= index < len(entries):
            if _holds(entries[index], wanted):
                return entries[index].key
            index += step
        return None


def _holds(entry: Entry, wanted: str) -> bool:
    if entry.kind not in SPEECH or entry.redacted is not None:
        return False
    return wanted in f"{entry.nick} {strip(entry.text)}".casefold()
