"""Chores: what the journal does between commits, in bites of a few milliseconds.

Each bite is a transaction of its own. It does not wait for the disk: should the machine lose power,
the bite is done again, and the next commit's fsync covers it too, as the log is one.
"""

import logging
import sqlite3
import time
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from chatserver.history.connections import FRAME_HEADER, PAGE, WAL_LIMIT, Durability
from chatserver.history.entries import Forget
from chatserver.history.holders import Holders
from chatserver.history.indexing import BITE, Indexing
from chatserver.history.marks import MOST as MOST_NOTES
from chatserver.history.marks import ReadMarks
from chatserver.history.receipts import Receipts
from chatserver.history.removal import (
    MOST,
    Retention,
    begin_erasure,
    erase,
    expired,
    remove,
    remove_empty_rooms,
    remove_old_happenings,
    remove_old_holders,
    remove_old_marks,
    remove_old_stays,
    surplus,
    trim_happenings,
)

_INDEX_SECONDS: Final = 30.0  # a line waits no longer to be indexed, be there ever so few
_RETENTION_SECONDS: Final = 60.0
_RETRY_SECONDS: Final = 5.0
_ALARM_SECONDS: Final = 60.0
_CLOCK_SLACK: Final = 3600.0
_CHECKPOINT_PAGES: Final = 1000
_URGENT_PAGES: Final = 3 * _CHECKPOINT_PAGES
# What the log comes to take where there is a quiet moment now and then.
LOG_BYTES: Final = 32 + _CHECKPOINT_PAGES * 3 // 2 * (PAGE + FRAME_HEADER)
# A search reads what is not indexed line by line, at less than a microsecond each.
_URGENT_TAIL: Final = 100_000

# How much a line takes in the log besides its text; and the pages that an index bite touches.
_LINE_BYTES: Final = 40
_BITE_PAGES: Final = 60
_MERGE_PAGES: Final = 20

Clock = Callable[[], float]  # counts seconds from anywhere, evenly
T = TypeVar("T")

_log = logging.getLogger("chatserver")


class Chores:
    """Indexing, checkpoints, forgetting, retention and merging: the most pressing first."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        durability: Durability,
        retention: Retention,
        clock: Clock,
        notes: Sequence[ReadMarks | Holders | Receipts],
    ) -> None:
        """`notes` are what is kept in memory until there is time to write it."""
        self._connection = connection
        self._notes = notes
        self._clock = clock
        self._now = 0.0
        self._began: tuple[float, float] | None = None  # time of day, and of the clock
        self.rooms_gone = False  # whether rooms were removed; who knows their keys forgets them
        self._synchronous = durability.synchronous
        self._retention = retention
        # Each bite adds a part to the word index; a step of merging after each keeps the parts few,
        # since many make every later step long.
        self._wrote = False
        self._pages = 0.0  # in the log since the last checkpoint, roughly
        self._next_index = 0.0
        self._next_retention = 0.0
        self._next_alarm = 0.0
        self._not_before = 0.0
        self.start_over()

    def start_over(self) -> None:
        """Read anew how far the work has come."""
        self._indexing = Indexing(self._connection, self._retention.lines)
        self.erasing: bool = self._is_erasing()

    def stored(self, lines: int, characters: int) -> None:
        """Take note of a commit."""
        if not self._indexing.tail:
            self._next_index = self._clock() + _INDEX_SECONDS
        self._indexing.tail += lines
        self._pages += 2 + (characters + lines * _LINE_BYTES) / PAGE

    @property
    def urgent(self) -> bool:
        """Whether a chore should be done now, quiet or not."""
        return (
            self._indexing.tail > _URGENT_TAIL
            or self._pages > _URGENT_PAGES
            or any(len(note.pending) > MOST_NOTES for note in self._notes)
        )

    def postpone(self) -> None:
        """Leave all chores for a while: the disk is full, or the history locked."""
        self._not_before = self._clock() + _RETRY_SECONDS

    def forget(self, what: Forget, through: int) -> None:
        """Note what is to be forgotten; unlike a chore, this is promised."""
        self._connection.execute("begin immediate")
        for note in self._notes:
            note.write(self._connection)
        begin_erasure(self._connection, what, through)
        self._connection.execute("commit")
        self._forget_notes()
        self.erasing = self._is_erasing()

    def run(self, now: float, budget: float) -> bool:
        """Do one bite, and more of them for so many seconds; return whether there is more."""
        self._now = now
        if not self._began:
            self._began = (now, self._clock())
        if self._clock() < self._not_before:
            return False
        end = time.monotonic() + budget
        while bite := self._next():
            bite()
            if time.monotonic() >= end:
                break
        return bite is not None and self._next() is not None

    def _next(self) -> Callable[[], None] | None:  # noqa: PLR0911 (a table of conditions)
        indexing = self._indexing
        if self._pages >= _CHECKPOINT_PAGES:
            return self._checkpoint
        if any(note.pending for note in self._notes):
            return self.write_notes
        if indexing.merging and self._wrote:
            return self._merge
        if indexing.tail >= BITE or (indexing.tail and self._clock() >= self._next_index):
            return self._index
        if self.erasing:
            return self._erase
        if indexing.crowded:
            return self._trim_room
        if self._clock() >= self._next_retention:
            return self._trim_age
        if indexing.merging:
            return self._merge
        return None

    def _transaction(self, work: Callable[[], T]) -> T:
        connection = self._connection
        connection.execute("pragma synchronous = normal")
        try:
            connection.execute("begin immediate")
            result = work()
            connection.execute("commit")
            return result
        finally:
            if connection.in_transaction:
                connection.execute("rollback")
            connection.execute(f"pragma synchronous = {self._synchronous}")

    def write_notes(self) -> None:
        """Write what is kept in memory: who has read what, or was shown it, or has which nick."""
        if any(note.pending for note in self._notes):
            self._pages += 1 + self._transaction(
                lambda: sum(note.write(self._connection) for note in self._notes)
            )
            self._forget_notes()

    def _forget_notes(self) -> None:
        for note in self._notes:
            note.pending.clear()

    def _index(self) -> None:
        # Larger bites where a flood comes faster: a bite must take more than a batch brings.
        size = BITE if self._indexing.tail <= _URGENT_TAIL else 2 * BITE
        count, end = self._transaction(lambda: self._indexing.bite(size))
        self._indexing.done(count, end, size)
        self._wrote = True
        self._next_index = self._clock() + _INDEX_SECONDS
        self._pages += _BITE_PAGES

    def _merge(self) -> None:
        self._transaction(self._indexing.merge)
        self._wrote = False
        self._pages += _MERGE_PAGES

    def _erase(self) -> None:
        indexed_to = self._indexing.indexed_to
        count, ended = self._transaction(lambda: erase(self._connection, indexed_to))
        self._pages += 2 * count + 2
        if count:
            self._wrote = self._indexing.merging = True
        if ended:
            self.erasing = self._is_erasing()
            if not self.erasing:
                self._transaction(self._indexing.rewrite)

    def _trim_room(self) -> None:
        key = next(iter(self._indexing.crowded))
        rows = surplus(self._connection, key, self._retention.lines or 0)

        def work() -> int:
            remove(self._connection, rows, self._indexing.indexed_to)
            return trim_happenings(self._connection, key)

        happened = self._transaction(work)
        if rows:
            self._pages += _BITE_PAGES + len(rows)
            self._wrote = self._indexing.merging = True
        if len(rows) < MOST and happened < MOST:
            self._indexing.crowded.discard(key)

    def _trim_age(self) -> None:
        indexed_to = self._indexing.indexed_to
        moment = self._moment()
        days = self._retention.days
        rows = [] if days is None else expired(self._connection, moment, days, indexed_to)

        def work() -> int:
            if rows:
                remove(self._connection, rows, indexed_to)
            old = 0
            if days is not None:
                bites = (
                    remove_old_stays,
                    remove_old_happenings,
                    remove_old_marks,
                    remove_old_holders,
                )
                old = max(bite(self._connection, moment, days) for bite in bites)
            # Only where every line is indexed is it known which rooms have none.
            gone = [] if self._indexing.tail else remove_empty_rooms(self._connection)
            self.rooms_gone = self.rooms_gone or bool(gone)
            return max(len(rows), old, len(gone))

        most = self._transaction(work)
        self._pages += 2 + (_BITE_PAGES + len(rows) if rows else 0)
        if rows:
            self._wrote = self._indexing.merging = True
        if most < MOST:
            self._next_retention = self._clock() + _RETENTION_SECONDS

    def _moment(self) -> float:
        """The time of day, but for a clock that has been set forward: no line is old for that."""
        began, clock = self._began or (self._now, self._clock())
        return min(self._now, began + self._clock() - clock + _CLOCK_SLACK)

    def _checkpoint(self) -> None:
        _, pages, done = self._connection.execute("pragma wal_checkpoint(passive)").fetchone()
        self._pages = 0.0
        if pages * PAGE >= WAL_LIMIT and done < pages and self._clock() >= self._next_alarm:
            self._next_alarm = self._clock() + _ALARM_SECONDS
            _log.warning(
                "the history's log has grown to %d MiB: a program that reads it does not end",
                pages * PAGE // 1024**2,
            )

    def _is_erasing(self) -> bool:
        return bool(self._connection.execute("select exists (select 1 from erasure)").fetchone()[0])
