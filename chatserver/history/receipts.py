"""Receipts: what has waited for somebody and is with them now.

Kept in memory until the next commit, or until there is time to write them: nobody waits for the
disk to have been shown something. A kill of the server may lose the latest, and what they stand for
is shown once more: rather twice than never.
"""

import sqlite3

from chatserver.chat.names import fold
from chatserver.history.entries import Message
from chatserver.history.rows import FROM_LINE, to_message


class Receipts:
    """The journal's side of it."""

    def __init__(self) -> None:
        self.pending: dict[str, int] = {}

    def note(self, nick: str, through: int) -> None:
        """Remember that nothing up to that id waits for somebody any more."""
        self.pending[fold(nick)] = max(through, self._through(nick))

    def waiting(self, connection: sqlite3.Connection, nick: str, most: int) -> list[Message]:
        """Return the oldest messages that wait for somebody."""
        rows = connection.execute(
            f"{FROM_LINE} join waiting on waiting.id = line.id"
            " where waiting.nick = ? and waiting.id > ? order by waiting.id limit ?",
            (fold(nick), self._through(nick), most),
        )
        return [to_message(row) for row in rows]

    def count_waiting(self, connection: sqlite3.Connection, nick: str) -> int:
        """Return how many messages wait for somebody."""
        (count,) = connection.execute(
            "select count(*) from waiting where nick = ? and id > ?",
            (fold(nick), self._through(nick)),
        ).fetchone()
        return int(count)

    def _through(self, nick: str) -> int:
        """Return up to which id nothing waits, whatever is stored."""
        return self.pending.get(fold(nick), 0)

    def write(self, connection: sqlite3.Connection) -> int:
        """Write what waits, inside a transaction; return how many that were."""
        rows = list(self.pending.items())
        connection.executemany("delete from waiting where nick = ? and id <= ?", rows)
        return len(rows)
