"""Taking lines out of the history: too old, too many, or to be forgotten."""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from chatserver.chat.names import fold
from chatserver.history.entries import Forget, What
from chatserver.history.indexing import Row, index_row, private_rows

MOST: Final = 100
_SCAN: Final = 2000  # lines looked at in one bite for what is to be forgotten
_DAY_MS: Final = 24 * 60 * 60 * 1000

# id, room, nick, other
HappeningRow = tuple[int, int, str, str]
_HAPPENING: Final = "select id, room, nick, other from happening"
# Whether an order to forget (a nick, a room, a time) is about it.
_CONCERNS: Final = (
    "(?1 is null or lower(nick) = ?1 or lower(other) = ?1)"
    " and (?2 is null or room = ?2) and (?3 is null or at < ?3)"
)


class Retention(Struct, frozen=True):
    """How long lines are kept, and how many in one room; None is no limit."""

    days: float | None = 30.0
    lines: int | None = 100_000


def advance(connection: sqlite3.Connection, id: int, at: int) -> None:
    """Note, inside a transaction, that an id and a time in milliseconds were given."""
    connection.execute(
        "update state set high_id = max(high_id, ?), high_at = max(high_at, ?)", (id, at)
    )


def _advance_to_newest(connection: sqlite3.Connection) -> None:
    """The newest may be among what is taken out, and its id must not be given to another."""
    for table in ("line", "happening"):
        newest = f"select id, at from {table} order by id desc limit 1"
        for id, at in connection.execute(newest).fetchall():
            advance(connection, id, at)


def remove(connection: sqlite3.Connection, rows: Sequence[Row], indexed_to: int) -> None:
    """Take these lines out of every table, inside a transaction."""
    _advance_to_newest(connection)
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
    for id, room, nick, _ in rows:
        if not room and id <= indexed_to:
            _remove_private(connection, id, nick)
    connection.executemany("delete from waiting where id = ?", ids)
    connection.executemany("delete from tag where id = ?", ids)
    connection.executemany("delete from line where id = ?", ids)


def _remove_private(connection: sqlite3.Connection, id: int, nick: str) -> None:
    """Take a private line out of its index."""
    (addressees,) = connection.execute("select addressees from line where id = ?", (id,)).fetchone()
    connection.executemany(
        "delete from private_line where nick = ? and other = ? and id = ?",
        private_rows(id, nick, addressees),
    )


def _remove_happenings(connection: sqlite3.Connection, rows: Sequence[HappeningRow]) -> None:
    """Take out what happened, inside a transaction."""
    if not rows:
        return
    _advance_to_newest(connection)
    keys = [(row[1], row[0]) for row in rows]
    connection.executemany("delete from happening where room = ? and id = ?", keys)
    for id, room, nick, other in rows:
        if not room:
            connection.executemany(
                "delete from private_line where nick = ? and other = ? and id = ?",
                private_rows(id, nick, other),
            )


def redact(connection: sqlite3.Connection, id: int) -> int | None:
    """Erase a line or a reaction; return the key of its room, 0 for private; None: there is none.

    The word index holds no text. What is left of it there goes as the index is merged.
    """
    (indexed_to,) = connection.execute("select indexed_to from state").fetchone()
    rows = connection.execute(
        "select id, room, nick, text from line where id = ?", (id,)
    ).fetchall()
    if rows:
        remove(connection, rows, indexed_to)
        return int(rows[0][1])
    found = connection.execute(
        f"{_HAPPENING} where id = ? and what = ?", (id, int(What.TAGGED))
    ).fetchall()
    if found:
        _remove_happenings(connection, found)
        return int(found[0][1])
    return None


def remove_old_happenings(connection: sqlite3.Connection, now: float, days: float) -> int:
    """Forget what happened long ago, a bite of it, inside a transaction."""
    rows = connection.execute(
        "select id, room, nick, other from"
        " (select * from happening order by id limit ?) where at < ?",
        (MOST, int(now * 1000 - days * _DAY_MS)),
    ).fetchall()
    _remove_happenings(connection, rows)
    return len(rows)


def expired(connection: sqlite3.Connection, now: float, days: float, indexed_to: int) -> list[Row]:
    """Return the oldest lines, those that are too old. Stamps rise with the ids."""
    return connection.execute(
        "select id, room, nick, text from"
        " (select * from line where id <= ? order by id limit ?) where at < ?",
        (indexed_to, MOST, int(now * 1000 - days * _DAY_MS)),
    ).fetchall()


def trim_happenings(connection: sqlite3.Connection, room: int) -> int:
    """Forget what happened in a room before its oldest line, a bite of it, inside a transaction."""
    rows = connection.execute(
        f"{_HAPPENING} where room = ?1"
        " and id < (select min(id) from room_line where room = ?1) order by id limit ?2",
        (room, MOST),
    ).fetchall()
    _remove_happenings(connection, rows)
    return len(rows)


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


def remove_old_marks(connection: sqlite3.Connection, now: float, days: float) -> int:
    """Forget until when people had read long ago, a bite of it."""
    return connection.execute(
        "delete from read_mark where (nick, target) in"
        " (select nick, target from read_mark where at < ? order by at limit ?)",
        (int(now * 1000 - days * _DAY_MS), MOST),
    ).rowcount


def remove_old_holders(connection: sqlite3.Connection, now: float, days: float) -> int:
    """Forget who took nicks long ago and is in no room, nor lately was; a bite of it."""
    return connection.execute(
        "delete from holder where nick in (select nick from holder where at < ?"
        " and not exists (select 1 from stay where stay.nick = holder.nick) order by at limit ?)",
        (int(now * 1000 - days * _DAY_MS), MOST),
    ).rowcount


def remove_empty_rooms(connection: sqlite3.Connection) -> list[str]:
    """Forget rooms in which nothing was said nor happened, with their topics; return their names.

    Only where every line is indexed: `lines` counts no others.
    """
    found = connection.execute(
        "select key, folded from room where lines = 0"
        " and not exists (select 1 from happening where room = room.key) limit ?",
        (MOST,),
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
    before = None if what.before is None else int(what.before * 1000)
    nick = None if what.nick is None else fold(what.nick)
    if room is not None or what.room is None:  # else nothing is stored by its key
        connection.execute(
            "insert into erasure (nick, room, before, through, done_to) values (?, ?, ?, ?, 0)",
            (nick, room, before, through),
        )
        connection.execute(
            "delete from topic where (lower(nick) = ?1 or ?1 is null)"
            " and (room = ?2 or ?2 is null) and (at < ?3 or ?3 is null)",
            (nick, room, before),
        )
    connection.execute(
        "delete from stay where (nick = ?1 or ?1 is null) and (room = ?2 or ?2 is null)"
        " and (left_at < ?3 or ?3 is null)",
        (nick, None if what.room is None else fold(what.room), before),
    )
    connection.execute(
        "delete from read_mark where (?1 is null or nick = ?1 or target = ?1)"
        " and (target = ?2 or ?2 is null) and (at < ?3 or ?3 is null)",
        (nick, None if what.room is None else fold(what.room), before),
    )
    if what.room is None:
        connection.execute(
            "delete from holder where (nick = ?1 or ?1 is null) and (?2 is null or (at < ?2"
            " and not exists (select 1 from stay where stay.nick = holder.nick)))",
            (nick, before),
        )


def erase(connection: sqlite3.Connection, indexed_to: int) -> tuple[int, bool]:
    """Do a bite of what is to be forgotten; return how much went, and whether an order ended.

    The whole tables are walked by id: this finds private lines too, and needs no index.
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
    happened = connection.execute(
        f"select id, {_CONCERNS} from happening where id > ?4 and id <= ?5 order by id limit ?6",
        (nick, room, before, done_to, through, _SCAN),
    ).fetchall()
    end = min(_reach(walked, through), _reach(happened, through))
    found = [row[:4] for row in walked if row[4] and row[0] <= end]
    remove(connection, found, indexed_to)
    # Of one id there may be some: who leaves the server leaves many rooms.
    gone = connection.execute(
        f"{_HAPPENING} where id > ?4 and id <= ?5 and {_CONCERNS}",
        (nick, room, before, done_to, end),
    ).fetchall()
    _remove_happenings(connection, gone)
    count = len(found) + len(gone)
    if end >= through:
        connection.execute("delete from erasure where key = ?", (key,))
        return count, True
    connection.execute("update erasure set done_to = ? where key = ?", (end, key))
    return count, False


def _reach(walked: Sequence[tuple[int, ...]], through: int) -> int:
    """Return the id up to which a bite goes, of rows with an id, and last whether they go."""
    found = [row[0] for row in walked if row[-1]]
    if len(found) > MOST:
        return found[MOST - 1]
    return walked[-1][0] if len(walked) == _SCAN else through
