"""Library: the history's readers. They never write, and never hold the journal up.

Any thread may ask; each has a connection of its own. A call is one transaction of a page at most,
and is cut off after a second, since a reader that stays makes the log grow. All of it works while
the server runs, and in other processes too.
"""

import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from msgspec import Struct

from chatserver.chat.names import fold
from chatserver.history.connections import explained, open_reader, primary_code
from chatserver.history.copying import Progress, back_up
from chatserver.history.entries import Message, Pair, Record, Seen
from chatserver.history.errors import HistoryError
from chatserver.history.files import history_file, wal_size
from chatserver.history.holders import Holder, read_holders
from chatserver.history.indexing import nick_word
from chatserver.history.query import SearchQuery
from chatserver.history.reading import find, first_id_at, latest, past
from chatserver.history.rows import FROM_LINE, to_message
from chatserver.history.searching import search

PAGE_LINES: Final = 500
_SECONDS: Final = 1.0
_STEPS: Final = 20_000  # of SQLite's machine between two looks at the clock; under a millisecond

_COUNTED: Final = 100_000

# The lines of one room in one direction: those not indexed yet, and the room's index.
_PAGE: Final = """
    {select} where id in (
        select id from (
            select id from line
            where id > (select indexed_to from state) and room = ?1 and id {side} ?2
            order by id {order} limit ?3
        ) union all select id from (
            select id from room_line where room = ?1 and id {side} ?2 order by id {order} limit ?3
        )
    ) order by id {order} limit ?3
"""
_BEFORE: Final = _PAGE.format(select=FROM_LINE, side="<", order="desc")
_AFTER: Final = _PAGE.format(select=FROM_LINE, side=">", order="asc")
_KEY: Final = "(select key from room where folded = ?)"
_LAST_ID: Final = 2**63 - 1


class Stats(Struct, frozen=True, kw_only=True):
    """What the history holds. Sizes in bytes; `oldest` and `newest` are times."""

    rooms: int
    lines: int
    private: int
    size: int
    log: int
    oldest: float | None
    newest: float | None
    not_indexed: int


class Library:
    """Reads the history of a data directory.

    Every call raises HistoryError where the history cannot be read, or where it took too long.
    """

    def __init__(self, directory: Path, *, seconds: float = _SECONDS) -> None:
        self.path = history_file(directory)
        self._seconds = seconds
        self._mine = threading.local()
        # The one lock: over the list of connections, to close them all in the end.
        self._lock = threading.Lock()
        self._all: list[sqlite3.Connection] = []

    def close(self) -> None:
        """Close every thread's connection; no call may be under way."""
        with self._lock:
            for connection in self._all:
                connection.close()
            self._all.clear()
            self._mine = threading.local()

    def page(self, room: str, before_id: int | None = None, count: int = 50) -> list[Message]:
        """Return the last lines of a room before an id, or the very last, oldest first."""
        before = _LAST_ID if before_id is None else before_id
        return self._page(_BEFORE, room, before, count)[::-1]

    def page_after(self, room: str, after_id: int, count: int = PAGE_LINES) -> list[Message]:
        """Return the first lines of a room after an id, oldest first."""
        return self._page(_AFTER, room, after_id, count)

    def page_since(self, room: str, since: float, count: int = 50) -> list[Message]:
        """Return the first lines of a room from a moment on, oldest first."""
        return self.page_after(room, self.id_at(since) - 1, count)

    def _page(self, statement: str, room: str, id: int, count: int) -> list[Message]:
        with self._snapshot() as connection:
            key = self._key(connection, room)
            if key is None:
                return []
            most = max(0, min(count, PAGE_LINES))
            return [to_message(row) for row in connection.execute(statement, (key, id, most))]

    def id_at(self, moment: float) -> int:
        """Return an id below which all lines are older than a moment, and from which on none is."""
        with self._snapshot() as connection:
            return first_id_at(connection, moment)

    def search(
        self,
        query: SearchQuery,
        rooms: Collection[str],
        limit: int = 50,
        before_id: int | None = None,
        *,
        oldest: bool = False,
    ) -> list[Message]:
        """Return what matches in these rooms alone, before an id if one is given.

        Newest first, or the `oldest` first.
        """
        allowed = frozenset(map(fold, rooms))
        most = max(0, min(limit, PAGE_LINES))
        with self._snapshot() as connection:
            return search(connection, query, allowed, most, before_id, oldest=oldest)

    def past(
        self,
        where: str | Pair,
        after_id: int,
        before_id: int,
        count: int,
        *,
        newest: bool,
        happenings: bool,
    ) -> list[Record]:
        """Return what was said in a room or between two people, see store.Reader."""
        most = min(count, PAGE_LINES)
        if most <= 0:
            return []
        span = (after_id, before_id)
        with self._snapshot() as connection:
            return past(connection, where, span, most, newest=newest, happenings=happenings)

    def find(self, id: int) -> Record | None:
        """Return what was said, or the reaction, of that id; None: nothing is."""
        with self._snapshot() as connection:
            return find(connection, id)

    def latest(self, nick: str, rooms: Collection[str], held_since: int) -> list[tuple[str, float]]:
        """Return where something was said last, and when, see store.Reader."""
        with self._snapshot() as connection:
            return latest(connection, nick, rooms, held_since)

    def holders(self, nicks: Collection[str]) -> dict[str, Holder]:
        """Return who took these nicks last, by folded nick."""
        with self._snapshot() as connection:
            return read_holders(connection, nicks)

    def last_seen(self, nick: str) -> Seen | None:
        """Return when somebody last said something to a room or left one."""
        folded = fold(nick)
        with self._snapshot() as connection:
            found = connection.execute(
                "select nick, at from line where id > (select indexed_to from state)"
                " and room <> 0 and lower(nick) = ? order by id desc limit 1",
                (folded,),
            ).fetchall()
            found += connection.execute(
                "select line.nick, at from line_words join line on line.id = line_words.rowid"
                " where line_words match ? order by line_words.rowid desc limit 1",
                (f"nick : {nick_word(nick)}",),
            )
            name = found[0][0] if found else nick
            found += connection.execute(
                "select nick, left_at from stay where nick = ? and left_at is not null"
                " order by left_at desc limit 1",
                (folded,),
            )
        return Seen(name, max(at for _, at in found) / 1000) if found else None

    def count_since(self, room: str, id: int) -> int:
        """Return how many lines a room has after an id, 100,000 at most."""
        with self._snapshot() as connection:
            key = self._key(connection, room)
            (count,) = connection.execute(
                "select (select count(*) from line where id > (select indexed_to from state)"
                " and id > ?2 and room = ?1) + (select count(*) from"
                " (select 1 from room_line where room = ?1 and id > ?2 limit ?3))",
                (key, id, _COUNTED),
            ).fetchone()
        return min(int(count), _COUNTED)

    def stats(self) -> Stats:
        """Return figures of the whole history."""
        with self._snapshot(None) as connection:
            one = connection.execute(
                "select (select count(*) from room where lines > 0 or key in"
                " (select room from line where id > (select indexed_to from state))),"
                " (select count(*) from line),"
                " (select count(*) from line where room = 0),"
                " (select at from line order by id limit 1),"
                " (select at from line order by id desc limit 1),"
                " (select count(*) from line where id > (select indexed_to from state))"
            ).fetchone()
        rooms, lines, private, oldest, newest, not_indexed = one
        return Stats(
            rooms=rooms,
            lines=lines,
            private=private,
            size=self.path.stat().st_size,
            log=wal_size(self.path),
            oldest=None if oldest is None else oldest / 1000,
            newest=None if newest is None else newest / 1000,
            not_indexed=not_indexed,
        )

    def export(
        self,
        room: str | None = None,
        since: float | None = None,
        until: float | None = None,
        *,
        private: bool = False,
    ) -> Iterator[Message]:
        """Yield lines, oldest first, reading page by page; what is said meanwhile comes too.

        `until` is the first moment that is not wanted. Private lines come only where asked for,
        and of no room.
        """
        last = -1 if since is None else self.id_at(since) - 1
        while True:
            page = (
                self.page_after(room, last)
                if room is not None
                else self._whole_page(last, private=private)
            )
            for message in page:
                if until is not None and message.at >= until:
                    return
                yield message
            if len(page) < PAGE_LINES:
                return
            last = page[-1].id

    def _whole_page(self, last: int, *, private: bool) -> list[Message]:
        condition = "" if private else " and room <> 0"
        with self._snapshot() as connection:
            rows = connection.execute(
                f"{FROM_LINE} where id > ?{condition} order by id limit ?", (last, PAGE_LINES)
            )
            return [to_message(row) for row in rows]

    def backup(self, target: Path, progress: Progress | None = None) -> None:
        """Copy the history as it is at this moment to a file that does not exist yet."""
        with self._snapshot(None) as connection:
            back_up(connection, target, progress)

    def _key(self, connection: sqlite3.Connection, room: str) -> int | None:
        found = connection.execute(f"select {_KEY}", (fold(room),)).fetchone()[0]
        return None if found is None else int(found)

    @contextmanager
    def _snapshot(self, seconds: float | None = 0.0) -> Iterator[sqlite3.Connection]:
        """A transaction on this thread's connection. `seconds`: None is no limit, 0 the usual."""
        connection = self._connection()
        limit = self._seconds if seconds == 0.0 else seconds
        connection.set_progress_handler(None if limit is None else _deadline(limit), _STEPS)
        try:
            connection.execute("begin")
            try:
                yield connection
            finally:
                connection.rollback()
        except sqlite3.Error as error:
            if primary_code(error) == sqlite3.SQLITE_INTERRUPT:
                raise HistoryError(
                    "That takes too long; look for less, as with since:2026-11-01 or in:#room."
                ) from error
            raise explained(self.path, error) from error

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._mine, "connection", None)
        if connection is None:
            connection = open_reader(self.path)
            self._mine.connection = connection
            with self._lock:
                self._all.append(connection)
        return connection


def _deadline(seconds: float) -> Callable[[], bool]:
    end = time.monotonic() + seconds
    return lambda: time.monotonic() > end
