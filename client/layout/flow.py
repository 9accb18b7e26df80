"""Flow: the rows of a buffer, made only where they are looked at, and remembered.

A block is what stands for one entry, or for a run of entries that are folded into one line, with
the lines above it (a new day, « new »). Nothing here goes through the whole log.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from msgspec import Struct

from client.buffers import Buffer
from client.layout.folding import day_of, run_around
from client.layout.rows import Row, Sheet, day_line, folded, new_line, rows_of
from client.messages import Entry

_REMEMBERED: Final = 2_000
"""Blocks of a buffer whose rows are kept."""


class Block(Struct, frozen=True):
    """Rows that belong together.

    Attributes:
        start, end: from which index to before which the entries stand.
        key: of the first entry.
    """

    start: int
    end: int
    key: int
    rows: tuple[Row, ...]


class _Memory(Struct, frozen=True):
    """Rows, and what they were made from."""

    entry: Entry
    count: int
    answered: Entry | None
    above: tuple[bool, bool]
    rows: tuple[Row, ...]


class Flow:
    """The blocks of one buffer."""

    def __init__(self, buffer: Buffer) -> None:
        self.buffer = buffer
        self._sheet: Sheet | None = None
        self._known: dict[int, _Memory] = {}
        self._runs: dict[int, tuple[int, int]] = {}
        self._seen = -1

    def use(self, sheet: Sheet) -> None:
        """Make rows for this from now on."""
        if sheet != self._sheet:
            self._sheet = sheet
            self._known.clear()

    def place_of(self, key: int) -> int | None:
        """Return the index of an entry."""
        return self.buffer.entries.place_of(key)

    def block_at(self, index: int) -> Block:
        """Return the block that an index is in. It must be one of an entry."""
        entries = self.buffer.entries
        start, end = self._run(index)
        first = entries[start]
        answered = entries.find(first.reply_to) if first.reply_to else None
        is_day = start == 0 or day_of(entries[start - 1].at) != day_of(first.at)
        above = (is_day, self.buffer.new_from == first.key)
        last = entries[end - 1]
        known = self._known.get(first.key)
        same = (
            known is not None
            and known.entry is last
            and known.count == end - start
            and known.answered is answered
            and known.above == above
        )
        if known is None or not same:
            rows = self._make(start, end, answered, above)
            known = _Memory(last, end - start, answered, above, rows)
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[first.key] = known
        return Block(start, end, first.key, known.rows)

    def _run(self, index: int) -> tuple[int, int]:
        entries = self.buffer.entries
        if self._seen != entries.changes:
            self._runs.clear()
            self._seen = entries.changes
        run = self._runs.get(index)
        if run is None:
            run = run_around(entries, index)
            self._runs[index] = self._runs[run[0]] = self._runs[run[1] - 1] = run
        return run

    def _make(
        self, start: int, end: int, answered: Entry | None, above: tuple[bool, bool]
    ) -> tuple[Row, ...]:
        sheet = self._sheet
        if sheet is None:
            return ()
        entries = self.buffer.entries
        first = entries[start]
        lines = (
            rows_of(first, sheet, answered)
            if end - start == 1
            else folded(entries[start:end], sheet)
        )
        heads: list[Callable[[], tuple[tuple[str, str], ...]]] = []
        if above[0]:
            heads.append(lambda: day_line(first.at, sheet.columns))
        if above[1]:
            heads.append(lambda: new_line(sheet.columns))
        rows = [Row(head(), first.key, number) for number, head in enumerate(heads)]
        for pieces, text_at, goes_on in lines:
            rows.append(Row(pieces, first.key, len(rows), text_at, goes_on))
        return tuple(rows)
