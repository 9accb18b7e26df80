"""Dumb: the row at the bottom of a terminal that can do no more than go back to its beginning.

terminfo's `dumb` knows carriage return and line feed: what is typed can be written anew, and lines
can be put above it, where it is not longer than the row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from chatserver.text import width


class BottomRow:
    """What stands in the row of the cursor: a prompt, and what is typed behind it."""

    def __init__(self, write: Callable[[str], object], columns: Callable[[], int]) -> None:
        """`write` takes text for the terminal; `columns` tells how wide that is."""
        self._write = write
        self._columns = columns
        self._shown = ""

    def show(self, text: str) -> None:
        """Let a text stand there."""
        before, self._shown = self._shown, text
        if text.startswith(before):
            self._write(text[len(before) :])
        elif width(before) < self._columns():
            blank = width(before) - width(text)
            self._write(f"\r{text}{' ' * blank}\r{text}" if blank > 0 else f"\r{text}")
        else:
            self._write(f"\n{text}")

    def put_above(self, lines: Sequence[str]) -> None:
        """Put lines above what stands there."""
        text = self._shown
        self.show(lines[0])
        self._write("".join(f"\n{line}" for line in lines[1:]))
        self._write(f"\n{text}")
        self._shown = text
