"""Marks: until when people have read, kept in memory until there is time to write them."""

import sqlite3

from chatserver.chat.names import fold
from chatserver.history.rows import milliseconds

MOST = 1000  # that wait to be written

_Key = tuple[str, str]


class ReadMarks:
    """The journal's marks. A mark never goes back; a kill of the server may lose the latest."""

    def __init__(self) -> None:
        self.pending: dict[_Key, int] = {}

    def read_until(self, connection: sqlite3.Connection, nick: str, target: str) -> float | None:
        """Return the time of a mark; None: there is none."""
        at = self._stored(connection, (fold(nick), fold(target)))
        return None if at is None else at / 1000

    def mark(self, connection: sqlite3.Connection, nick: str, target: str, at: float) -> float:
        """Set a mark; return where it is now."""
        key = fold(nick), fold(target)
        before, stamp = self._stored(connection, key), milliseconds(at)
        if before is not None and before >= stamp:
            return before / 1000
        self.pending[key] = stamp
        return stamp / 1000

    def move(self, connection: sqlite3.Connection, old: str, new: str) -> None:
        """Let the marks of a room, by folded name, be those of its other name alone."""
        if old == new:
            return
        connection.execute("delete from read_mark where target = ?", (new,))
        connection.execute("update read_mark set target = ? where target = ?", (new, old))
        for key in [key for key in self.pending if key[1] == new]:
            del self.pending[key]
        for nick, target in [key for key in self.pending if key[1] == old]:
            self.pending[nick, new] = self.pending.pop((nick, target))

    def write(self, connection: sqlite3.Connection) -> int:
        """Write what waits, inside a transaction; return how many that were."""
        rows = [(*key, at) for key, at in self.pending.items()]
        connection.executemany("replace into read_mark (nick, target, at) values (?, ?, ?)", rows)
        return len(rows)

    def _stored(self, connection: sqlite3.Connection, key: _Key) -> int | None:
        if key in self.pending:
            return self.pending[key]
        found = connection.execute(
            "select at from read_mark where nick = ? and target = ?", key
        ).fetchone()
        return int(found[0]) if found else None
