"""Journal: the one writer of the history.

It belongs to one thread at a time: it is opened in the main thread, so that a fault ends the start,
and then used in the hub's. Nothing else in any process writes to the file or checkpoints it:
SQLite 3.7.0 to 3.51.2 can damage a log when two connections do so at the same moment (see
https://sqlite.org/wal.html on the « WAL-reset bug »).
"""

import logging
import sqlite3
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from chatserver.chat.names import fold
from chatserver.history import stays
from chatserver.history.chores import Chores, Clock
from chatserver.history.connections import (
    BUSY_SECONDS,
    Connect,
    Durability,
    connect,
    explained,
    is_damage,
    open_writer,
)
from chatserver.history.entries import Entry, Forget, KeptTopic, Message, Placed
from chatserver.history.errors import Cause, HistoryError, JournalError
from chatserver.history.failures import cause_of
from chatserver.history.files import history_file, reserve_wal
from chatserver.history.holders import Holders, taken
from chatserver.history.marks import ReadMarks
from chatserver.history.receipts import Receipts
from chatserver.history.removal import Retention
from chatserver.history.storing import Storing, encodable, has_lines

_IMPATIENT_SECONDS: Final = 0.1
_LAST_SECONDS: Final = 1.0  # for readers to end, when closing

T = TypeVar("T")

_log = logging.getLogger("chatserver")


def evenly() -> float:
    """Seconds since this machine was started, sleep included where the system counts that."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class Journal:
    """Stores what was said, in batches, all or nothing, and tidies up between them.

    Raises:
        HistoryError: the history is damaged, foreign, or cannot be opened.
    """

    def __init__(
        self,
        directory: Path,
        durability: Durability = Durability.FULL,
        retention: Retention = Retention(),  # noqa: B008 (frozen)
        *,
        reserve: int = 0,
        busy_seconds: float = BUSY_SECONDS,
        connect: Connect = connect,
        clock: Clock = evenly,
    ) -> None:
        """`reserve`: bytes of the log that are there from the start, see files.reserve_wal."""
        self.path = history_file(directory)
        self.broken = False
        self.last_id = 0
        self.last_time = 0.0
        self._durability = durability
        self._retention = retention
        self._reserve = reserve
        self._busy_seconds = busy_seconds
        self._connect = connect
        self._clock = clock
        self._blocked = False
        self._marks = ReadMarks()
        self._holders = Holders()
        self._receipts = Receipts()
        self._connection = open_writer(self.path, durability, connect)
        try:
            self._begin()
            stays.end_all(self._connection, self.last_id, self.last_time)
        except sqlite3.Error as error:
            self._connection.close()
            raise explained(self.path, error) from error

    def _begin(self) -> None:
        """Read from a newly opened connection what is kept in memory."""
        self._busy = -1.0
        self._wait(self._busy_seconds)
        self._storing = Storing(self._connection, self._marks)
        self._read_marks()
        self._chores = Chores(
            *(self._connection, self._durability, self._retention, self._clock),
            (self._marks, self._holders, self._receipts),
        )
        self._version = self._data_version()
        reserve_wal(self.path, self._reserve)

    def _read_marks(self) -> None:
        """Nothing given out before is given out again, and stamps do not go back."""
        high_id, high_at = self._connection.execute("select high_id, high_at from state").fetchone()
        ends = [(high_id, high_at)]
        for table in ("line", "happening"):
            ends += self._connection.execute(f"select id, at from {table} order by id desc limit 1")
        ends += self._connection.execute(
            "select left_id, left_at from stay where left_id is not null"
            " order by left_id desc limit 1"
        )
        self.last_id = max(self.last_id, *(id for id, _ in ends), 0)
        self.last_time = max(self.last_time, *(at / 1000 for _, at in ends), 0.0)

    # What the hub asks when it starts, and when somebody comes.

    def topics(self) -> list[KeptTopic]:
        """Return every room's topic."""
        found = self._read(
            "select name, nick, at, text from topic join room on room.key = topic.room"
        )
        return [KeptTopic(room, nick, at / 1000, text) for room, nick, at, text in found]

    def waiting_for(self) -> dict[str, int]:
        """Return for whom messages wait, by folded nick, and how many."""
        return dict(self._read("select nick, count(*) from waiting group by nick"))

    def waiting(self, nick: str, most: int = 500) -> list[Message]:
        """Return the oldest messages that wait for somebody; they wait on until handed over."""
        return self._asked(lambda: self._receipts.waiting(self._connection, nick, most))

    def count_waiting(self, nick: str) -> int:
        """Return how many messages wait for somebody."""
        return self._asked(lambda: self._receipts.count_waiting(self._connection, nick))

    def hand_over(self, nick: str, through: int) -> None:
        """Note that what waited for somebody, up to that id, is with them. Never raises."""
        self._receipts.note(nick, through)

    def departure(self, nick: str, room: str) -> int | None:
        """Return the id with which somebody left a room; None: they never did, or are there."""
        return self._asked(lambda: stays.departure(self._connection, nick, room))

    def has_lines(self, room: str) -> bool:
        """Return whether there is a line of a room of that name."""
        return self._asked(lambda: has_lines(self._connection, fold(room)))

    def read_until(self, nick: str, target: str) -> float | None:
        """Return until when somebody has read what was said there; None: never."""
        return self._asked(lambda: self._marks.read_until(self._connection, nick, target))

    def mark_read(self, nick: str, target: str, at: float) -> float:
        """Remember until when somebody has read; return the latest time that was ever marked.

        It is written when nothing else is to be done; a kill of the server may lose it.
        """
        return self._asked(lambda: self._marks.mark(self._connection, nick, target, at))

    def hold(self, nick: str, mask: str, id: int, at: float) -> int:
        """Note that somebody takes a nick; return the place since which it is theirs.

        Where it cannot be read whose it was, they begin anew. Never raises.
        """
        try:
            last = self._asked(lambda: self._holders.last(self._connection, nick))
        except JournalError as error:
            _log.warning("whose a nick was cannot be read now: %s", error)
            last = None
        holder = taken(last, mask, id, at)
        self._holders.note(nick, holder)
        return holder.since

    def _asked(self, ask: Callable[[], T]) -> T:
        if self.broken:
            raise JournalError(Cause.BROKEN)
        try:
            return ask()
        except sqlite3.Error as error:
            raise self._refusal(error) from error

    def _read(self, query: str, values: tuple[object, ...] = ()) -> list[Any]:
        return self._asked(lambda: self._connection.execute(query, values).fetchall())

    # The commit.

    def begin(self) -> bool:
        """Begin the next commit's transaction without waiting; False: that would take a while.

        Another program has the lock, or all is to be read anew first. Whatever else is wrong the
        commit will find.
        """
        if self.broken:
            return False
        try:
            self._begin_within(0)
        except sqlite3.Error as error:
            return cause_of(error) is not Cause.LOCKED
        return True

    def commit(self, entries: Sequence[Entry]) -> None:
        """Store all of these, or none.

        Raises:
            JournalError: none is stored; after BROKEN this is certain only once `reopen` succeeds
                and `last_id` tells which was the last.
        """
        if self.broken:
            raise JournalError(Cause.BROKEN)
        if not entries:
            return
        try:
            if not self._connection.in_transaction:
                self._begin_within(_IMPATIENT_SECONDS if self._blocked else self._busy_seconds)
            self._store(entries)
        except UnicodeEncodeError:
            # A lone surrogate, which no decoder makes; it must not take the others' lines with it.
            self._roll_back()
            self.commit([encodable(entry) for entry in entries])
            return
        except sqlite3.Error as error:
            raise self._refusal(error) from error
        except BaseException:
            self._roll_back()
            raise
        self._blocked = False
        for entry in reversed(entries):  # they are in order
            if isinstance(entry, Placed):
                self.last_id = max(self.last_id, entry.id)
                self.last_time = max(self.last_time, entry.at)
                break

    def _store(self, entries: Sequence[Entry]) -> None:
        self._notice_others()
        notes = (self._holders, self._receipts)
        for note in notes:
            if note.pending:
                note.write(self._connection)
        size = self._storing.store(entries)
        self._connection.execute("commit")
        for note in notes:
            note.pending.clear()
        self._storing.committed()
        self._chores.stored(*size)

    # When something fails.

    def _refusal(self, error: sqlite3.Error) -> JournalError:
        """Take back the transaction, and say what a person is told."""
        cause = cause_of(error)
        if not self._roll_back() or cause is Cause.BROKEN:
            self._break(error)
            cause = Cause.BROKEN
        # Whoever holds the lock has been given the whole time once; the next batches do not make
        # everyone wait that long again.
        self._blocked = cause is Cause.LOCKED
        return JournalError(cause)

    def _roll_back(self) -> bool:
        try:
            if self._connection.in_transaction:
                self._connection.execute("rollback")
        except sqlite3.Error:
            return False
        return True

    def _break(self, error: sqlite3.Error) -> None:
        name = getattr(error, "sqlite_errorname", type(error).__name__)
        _log.critical("the history cannot be written: %s (%s)", error, name)
        self.broken = True

    def reopen(self) -> int:
        """After BROKEN: open the file anew, check all of it, and return the last id stored.

        Raises:
            HistoryError: it is damaged.
            JournalError: it cannot be used yet; try again later.
        """
        self._close_connection()
        try:
            self._connection = open_writer(self.path, self._durability, self._connect, again=True)
        except HistoryError as error:
            cause = error.__cause__
            if isinstance(cause, sqlite3.Error) and not is_damage(cause):
                raise JournalError(cause_of(cause)) from error
            raise
        try:
            # After a failed fsync the kernel counts pages as written that are not. What the log
            # holds is written once more, and only if that succeeds is it relied upon.
            if not self._checkpoint_all():
                raise JournalError(Cause.LOCKED)
            self._begin()
            found = self._connection.execute("select coalesce(max(id), 0) from line").fetchone()
        except sqlite3.Error as error:
            raise JournalError(cause_of(error)) from error
        self.broken = False
        _log.warning("the history is open again; the id of its last line is %d", found[0])
        return int(found[0])

    def _notice_others(self) -> None:
        """See whether another program has written; the server's lock keeps out its like only."""
        version = self._data_version()
        if version != self._version:
            _log.warning("another program has written to %s; do this with no server", self.path)
            self._version = version
            self._storing.forget_rooms()
            self._chores.start_over()

    def _data_version(self) -> int:
        return int(self._connection.execute("pragma data_version").fetchone()[0])

    def _wait(self, seconds: float) -> None:
        """Wait no longer than this for another program's lock."""
        if seconds != self._busy:
            self._connection.execute(f"pragma busy_timeout = {int(seconds * 1000)}")
            self._busy = seconds

    def _begin_within(self, seconds: float) -> None:
        """Begin a transaction, waiting so long at most for another program's lock."""
        self._wait(seconds)
        self._connection.execute("begin immediate")

    # Between commits.

    def chore(self, now: float, budget: float = 0.0) -> bool:
        """Do some tidying up: one small bite, and more until so many seconds are over.

        Return whether there is more to do at once. It never raises; a failing disk shows in
        `broken`, or in the next commit.
        """
        if self.broken:
            return False
        try:
            self._wait(0)
            more = self._chores.run(now, budget)
        except sqlite3.Error as error:
            cause = cause_of(error)
            if not self._roll_back() or cause is Cause.BROKEN:
                self._break(error)
            else:
                _log.warning("tidying up the history: %s", error)
                self._chores.postpone()
            return False
        if self._chores.rooms_gone:
            self._chores.rooms_gone = False
            self._storing.forget_rooms()
        return more

    @property
    def urgent(self) -> bool:
        """Whether the chores are so far behind that they must not wait for a quiet moment."""
        return self._chores.urgent

    @property
    def forgetting(self) -> bool:
        """Whether something is still to be forgotten."""
        return self._chores.erasing

    def forget(self, what: Forget) -> None:
        """Begin to forget; the chores do it, also after a restart, until `forgetting` is False.

        Raises:
            JournalError: it could not be noted.
        """
        if self.broken:
            raise JournalError(Cause.BROKEN)
        if what == Forget():
            raise ValueError("nothing is named that is to be forgotten")
        try:
            self._wait(self._busy_seconds)
            self._chores.forget(what, self.last_id)
        except sqlite3.Error as error:
            raise self._refusal(error) from error

    # The end.

    def close(self) -> None:
        """Close; the file is then whole without its log. Never raises."""
        if not self.broken:
            try:
                self._wait(_LAST_SECONDS)
                self._chores.write_notes()
                self._checkpoint_all()
            except sqlite3.Error as error:
                _log.warning("the last checkpoint of the history: %s", error)
        self._close_connection()

    def _close_connection(self) -> None:
        try:
            self._connection.close()
        except sqlite3.Error as error:
            _log.warning("closing the history: %s", error)

    def _checkpoint_all(self) -> bool:
        """Bring everything from the log into the database; return whether nobody was in the way."""
        return not self._connection.execute("pragma wal_checkpoint(truncate)").fetchone()[0]
