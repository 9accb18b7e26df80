"""Taking lines out of the history: too old, too many, or to be forgotten."""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from chatserver.chat.names import fold
from chatserver.history.entries import Forget
from chatserver.history.indexing import Row, index_row

MOST: Final = 100
_SCAN: Final = 2000  # lines looked at in one bite for what is to be forgotten
_DAY_MS: Final = 24 * 60 * 60 * 1000


class Retention(Struct, frozen=True):
    """How long lines are kept, and how many in one room; None is no limit."""

    days: float | None = 30.0
    lines: int | None = 100_000


def remove(connection: sqlite3.Connection, rows: Sequence[Row], indexed_to: int) -> None:
    """Take these lines out of every table, inside a transaction."""
    # The newest line may be among them, and its id must not be given to another.
    connection.execute(
        "update state set high_id = max(high_id, (select max(id) from line)),"
        " high_at = max(high_at, (select at from line order by id desc limit 1))"
    )
    ids = [(row[0],) for row in rows]
    found = [row for row in rows if row[1] and row[0] <= indexed_to]
    connection.executemany(
        "insert into line_words (line_words, rowid, text, nick, room)"
        " values ('delete', ?, ?, ?, ?)",
        map(index_row, found),
    )
    connection.executemany(
        "delete from room_line where room = ? and id = ?", [(row[1], row[0]) for row in found]
    )
    connection.executemany(
        "update room set lines = lines - ? where key = ?",
        [(count, key) for key, count in Counter(row[1] for row in found).items()],
    )
    connection.executemany("delete from waiting where id = ?", ids)
    connection.executemany("delete from line where id = ?", ids)


def expired(connection: sqlite3.Connection, now: float, days: float, indexed_to: int) -> list[Row]:
    """Return the oldest lines, those that are too old. Stamps rise with the ids."""
    return connection.execute(
        "select id, room, nick, text from"
        " (select * from line where id <= ? order by id limit ?) where at < ?",
        (indexed_to, MOST, int(now * 1000 - days * _DAY_MS)),
    ).fetchall()


def surplus(connection: sqlite3.Connection, room: int, most: int) -> list[Row]:
    """Return the oldest lines of a room, those that are too many."""
    (lines,) = connection.execute(
        "select coalesce((select lines from room where key = ?), 0)", (room,)
    ).fetchone()
    return connection.execute(
        "select line.id, line.room, nick, text from room_line join line on line.id = room_line.id"
        " where room_line.room = ? order by room_line.id limit ?",
        (room, max(0, min(MOST, lines - most))),
    ).fetchall()


def remove_old_stays(connection: sqlite3.Connection, now: float, days: float) -> int:
    """Forget where people left rooms long ago, a bite of them."""
    return connection.execute(
        "delete from stay where (nick, room) in (select nick, room from stay"
        " where left_id is not null and left_at < ? order by left_id limit ?)",
        (int(now * 1000 - days * _DAY_MS), MOST),
    ).rowcount


def remove_empty_rooms(connection: sqlite3.Connection) -> list[str]:
    """Forget rooms without lines, with their topics; return their folded names.

    Only where every line is indexed: `lines` counts no others.
    """
    found = connection.execute(
        "select key, folded from room where lines = 0 limit ?", (MOST,)
    ).fetchall()
    keys = [(key,) for key, _ in found]
    connection.executemany("delete from topic where room = ?", keys)
    connection.executemany("delete from room where key = ?", keys)
    return [folded for _, folded in found]


def begin_erasure(connection: sqlite3.Connection, what: Forget, through: int) -> None:
    """Note what is to be forgotten, up to an id, inside a transaction.

    It is in the database, so that a stop or a crash does not end it.
    """
    room = None
    if what.room is not None:
        found = connection.execute("select key from room where folded = ?", (fold(what.room),))
        room = next((key for (key,) in found), None)
        if room is None:
            return
    before = None if what.before is None else int(what.before * 1000)
    nick = None if what.nick is None else fold(what.nick)
    connection.execute(
        "insert into erasure (nick, room, before, through, done_to) values (?, ?, ?, ?, 0)",
        (nick, room, before, through),
    )
    connection.execute(
        "delete from stay where (nick = ?1 or ?1 is null) and (room = ?2 or ?2 is null)"
        " and (left_at < ?3 or ?3 is null)",
        (nick, None if what.room is None else fold(what.room), before),
    )
    connection.execute(
        "delete from topic where (lower(nick) = ?1 or ?1 is null) and (room = ?2 or ?2 is null)"
        " and (at < ?3 or ?3 is null)",
        (nick, room, before),
    )


def erase(connection: sqlite3.Connection, indexed_to: int) -> tuple[int, bool]:
    """Do a bite of what is to be forgotten; return the lines removed, and whether an order ended.

    The whole table is walked by id: this finds private lines too, and needs no index.
    """
    order = connection.execute(
        "select key, nick, room, before, through, done_to from erasure order by key limit 1"
    ).fetchone()
    if order is None:
        return 0, False
    key, nick, room, before, through, done_to = order
    # lower() knows ASCII only, and so do the names of people.
    walked = connection.execute(
        "select id, room, nick, text, (?1 is null or lower(nick) = ?1"
        " or (room = 0 and instr(',' || lower(addressees) || ',', ',' || ?1 || ',')))"
        " and (?2 is null or room = ?2) and (?3 is null or at < ?3)"
        " from line where id > ?4 and id <= ?5 order by id limit ?6",
        (nick, room, before, done_to, through, _SCAN),
    ).fetchall()
    found = [row for row in walked if row[4]]
    if len(found) > MOST:
        found = found[:MOST]
        done_to = found[-1][0]
    elif len(walked) == _SCAN:
        done_to = walked[-1][0]
    else:
        done_to = through
    remove(connection, [row[:4] for row in found], indexed_to)
    if done_to >= through:
        connection.execute("delete from erasure where key = ?", (key,))
        return len(found), True
    connection.execute("update erasure set done_to = ? where key = ?", (done_to, key))
    return len(found), False
