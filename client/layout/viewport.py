"""Viewport: which rows of a flow are on the screen. It is held by an entry, not by a number.

What comes in below, older pages above, a fold that grows and another width leave the row at the
bottom where it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from client.layout.flow import Flow
from client.layout.rows import Row
from client.messages import SPEECH

Place = tuple[int, int]
"""A row: the key of its entry, and its number."""

_AHEAD: Final = 3
"""How many screens above the top older pages are asked for."""


class Viewport:
    """A window of some rows on a flow; at the end it follows what comes in."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.rows: list[Row] = []
        """What is shown, from the top; fewer than the height where there is no more."""
        self.wants_older = False
        """Whether the top is near: older entries should be there soon."""
        self._anchor: Place | None = None  # the row at the bottom; None follows the end
        self._height = 1
        self._last_seen: int | None = None  # key of the last entry when one began to scroll

    @property
    def follows(self) -> bool:
        """Whether it is at the end."""
        return self._anchor is None

    def lay_out(self, height: int) -> list[Row]:
        """Choose the rows for a height."""
        self._height = max(height, 1)
        up = self._upwards(self._anchor)
        rows = list(islice(up, self._height))[::-1]
        if len(rows) < self._height and self._anchor is not None:
            rows += islice(self._downwards(self._anchor), self._height - len(rows))
            self._settle(rows)
        self.rows = rows
        first = self.flow.place_of(rows[0].key) if rows else 0
        self.wants_older = first is not None and first < self._height * _AHEAD
        return rows

    def scroll(self, count: int) -> None:
        """Move by rows: down, or with a negative number up; never beyond what there is."""
        if count < 0:
            self._scroll_up(-count)
        elif self._anchor is not None:
            below = list(islice(self._downwards(self._anchor), count + 1))
            if len(below) <= count:
                self.to_end()
            else:
                self._anchor = (below[count - 1].key, below[count - 1].number)

    def page(self, direction: int) -> None:
        """Move by almost a screen; two rows stay."""
        self.scroll(direction * max(self._height - 2, 1))

    def to_end(self) -> None:
        """Show the newest, and follow it."""
        self._anchor = self._last_seen = None

    def to_top(self) -> None:
        """Show the oldest that is there."""
        entries = self.flow.buffer.entries
        if len(entries):
            self._begin()
            first = self.flow.block_at(0)
            self._anchor = (first.key, 0)

    def show(self, key: int, *, at_top: bool = False) -> bool:
        """Bring an entry into the middle, or to the top below the row that it follows on.

        Returns whether it is there.
        """
        index = self.flow.place_of(key)
        if index is None:
            return False
        block = self.flow.block_at(index)
        if not block.rows:
            return False
        last = (block.key, len(block.rows) - 1)
        count = max(self._height - 1 - len(block.rows), 0) if at_top else self._height // 2
        below = list(islice(self._downwards(last), count + 1))
        if len(below) <= count:
            self.to_end()
        else:
            self._begin()
            self._anchor = (below[-2].key, below[-2].number) if len(below) > 1 else last
        return True

    def ensure(self, key: int) -> None:
        """Bring an entry onto the screen, where it is not there yet."""
        if not any(row.key == key for row in self.rows):
            self.show(key)

    def news(self) -> int:
        """Count what was said since one has left the end."""
        if self._anchor is None or self._last_seen is None:
            return 0
        entries = self.flow.buffer.entries
        place = entries.place_of(self._last_seen)
        if place is None:
            return 0
        return sum(e.kind in SPEECH and e.redacted is None for e in entries[place + 1 :])

    def between(self, start: Place, end: Place) -> Iterator[Row]:
        """Yield the rows from one place to another, both included."""
        index, last = self.flow.place_of(start[0]), self.flow.place_of(end[0])
        if index is None or last is None:
            return
        while index <= last:
            block = self.flow.block_at(index)
            for row in block.rows:
                after_start = row.key != start[0] or row.number >= start[1]
                before_end = row.key != end[0] or row.number <= end[1]
                if after_start and before_end:
                    yield row
            index = block.end

    def _begin(self) -> None:
        """Remember what was the newest when one leaves the end."""
        entries = self.flow.buffer.entries
        if self._anchor is None and len(entries):
            self._last_seen = entries[-1].key

    def _scroll_up(self, count: int) -> None:
        above = list(islice(self._upwards(self._anchor), count + self._height))
        if len(above) <= self._height:
            return
        row = above[min(count, len(above) - self._height)]
        self._begin()
        self._anchor = (row.key, row.number)

    def _settle(self, rows: list[Row]) -> None:
        """The anchor was too near to the top: it is what stands at the bottom now."""
        if len(rows) < self._height:
            self.to_end()
        elif rows:
            self._anchor = (rows[-1].key, rows[-1].number)

    def _upwards(self, place: Place | None) -> Iterator[Row]:
        """Yield the rows from a place up, that one first; from the end without a place."""
        index = self._index(place)
        number = place[1] if place else None
        while index >= 0:
            block = self.flow.block_at(index)
            rows = block.rows if number is None else block.rows[: number + 1]
            yield from reversed(rows)
            index, number = block.start - 1, None

    def _downwards(self, place: Place) -> Iterator[Row]:
        """Yield the rows below a place."""
        index, number = self._index(place), place[1] + 1
        count = len(self.flow.buffer.entries)
        while index < count:
            block = self.flow.block_at(index)
            yield from block.rows[number:]
            index, number = block.end, 0

    def _index(self, place: Place | None) -> int:
        """Return where to begin; an anchor that was let go stands for the oldest that is left."""
        if place is None:
            return len(self.flow.buffer.entries) - 1
        index = self.flow.place_of(place[0])
        if index is None:
            return 0 if len(self.flow.buffer.entries) else -1
        return index
