"""A person's own last lines, for the arrow keys."""

from __future__ import annotations

from typing import Final

LINES: Final = 100
CHARACTERS: Final = 16384
"""Kept in all, so that a hundred lines of the greatest length do not cost 400 KB a person."""


class Recall:
    """The lines typed before, and the place among them where the arrows have led.

    The place behind the last one belongs to the line that is being typed.
    """

    __slots__ = ("_draft", "_lines", "_place")

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._place = 0
        self._draft = ""

    def add(self, line: str) -> None:
        """Remember a line as the last one, once if it is sent twice in a row; start anew there."""
        if line and self._lines[-1:] != [line]:
            self._lines.append(line)
            self._forget_the_oldest()
        self.restart()

    def restart(self) -> None:
        """Go back to the place behind the last line, which is empty now."""
        self._place = len(self._lines)
        self._draft = ""

    def older(self, current: str) -> str | None:
        """Return the line before this place, or None at the first; keep a half-typed one."""
        if self._place == 0:
            return None
        if self._place == len(self._lines):
            self._draft = current
        self._place -= 1
        return self._lines[self._place]

    def newer(self) -> str | None:
        """Return the line after this place, at the end the half-typed one, or None behind it."""
        if self._place == len(self._lines):
            return None
        self._place += 1
        return self._draft if self._place == len(self._lines) else self._lines[self._place]

    def _forget_the_oldest(self) -> None:
        over = sum(map(len, self._lines)) - CHARACTERS
        count = max(len(self._lines) - LINES, 0)
        forgotten = sum(map(len, self._lines[:count]))
        while forgotten < over:
            forgotten += len(self._lines[count])
            count += 1
        del self._lines[:count]
