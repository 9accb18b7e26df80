"""Indexing: lines that are stored but not yet found by room or word, a bite at a time."""

import sqlite3
from collections import Counter
from collections.abc import Iterable
from typing import Final

from chatserver.chat.names import fold
from chatserver.history.words import indexable

BITE: Final = 250
_BATCHES: Final = "insert into line_words (line_words, rank) values ('merge', ?)"
_MERGE_PAGES: Final = 16

# id, room, nick, text
Row = tuple[int, int, str, str]


def nick_word(nick: str) -> str:
    """Return the one word that stands for a person in the index; a name may hold a hyphen."""
    return fold(nick).encode().hex()


def room_word(key: int) -> str:
    """Return the one word that stands for a room in the index."""
    return f"r{key}"


def private_rows(id: int, nick: str, addressees: str) -> set[tuple[str, str, int]]:
    """Return the rows of a private line in the table of those: for either of two people."""
    own = fold(nick)
    pairs = [(own, other) for other in fold(addressees).split(",")]
    return {(one, other, id) for pair in pairs for one, other in (pair, pair[::-1])}


def index_row(row: Row) -> tuple[int, str, str, str]:
    """Return what the index holds of a line: to take it out needs just the same."""
    id, room, nick, text = row
    return id, indexable(text), nick_word(nick), room_word(room)


class Indexing:
    """Moves state.indexed_to forward. `crowded`: rooms found to have more lines than allowed."""

    def __init__(self, connection: sqlite3.Connection, lines: int | None) -> None:
        self._connection = connection
        self._lines = lines
        self.crowded: set[int] = set()
        self.indexed_to: int = connection.execute("select indexed_to from state").fetchone()[0]
        # Not counted: a gap in the ids makes this too much, never too little.
        last = connection.execute("select max(id) from line").fetchone()[0] or 0
        self.tail: int = max(0, last - self.indexed_to)
        self.merging = True
        if lines is not None:
            found = connection.execute("select key from room where lines > ?", (lines,))
            self.crowded.update(key for (key,) in found)

    def bite(self, size: int = BITE) -> tuple[int, int]:
        """Index the next lines, inside a transaction; return how many, and up to which id."""
        rows: list[tuple[int, int, str, str, str]] = self._connection.execute(
            "select id, room, nick, text, addressees from line where id > ? order by id limit ?",
            (self.indexed_to, size),
        ).fetchall()
        public: list[Row] = [row[:4] for row in rows if row[1]]
        self._connection.executemany(
            "insert into private_line (nick, other, id) values (?, ?, ?)",
            [
                one
                for id, room, nick, _, to in rows
                if not room
                for one in private_rows(id, nick, to)
            ],
        )
        self._connection.executemany(
            "insert into room_line (room, id) values (?, ?)", [(row[1], row[0]) for row in public]
        )
        self._connection.executemany(
            "insert into line_words (rowid, text, nick, room) values (?, ?, ?, ?)",
            map(index_row, public),
        )
        self._count(row[1] for row in public)
        end = rows[-1][0] if rows else self.indexed_to
        self._connection.execute("update state set indexed_to = ?", (end,))
        return len(rows), end

    def done(self, count: int, end: int, size: int = BITE) -> None:
        """Take over what a bite has done, once it is committed."""
        self.indexed_to = end
        self.tail = max(0, self.tail - count) if count == size else 0
        self.merging = self.merging or count > 0

    def _count(self, rooms: Iterable[int]) -> None:
        counts = Counter(rooms)
        self._connection.executemany(
            "update room set lines = lines + ? where key = ?",
            [(count, key) for key, count in counts.items()],
        )
        if self._lines is not None:
            for key in counts:
                (lines,) = self._connection.execute(
                    "select lines from room where key = ?", (key,)
                ).fetchone()
                if lines > self._lines:
                    self.crowded.add(key)

    def merge(self) -> None:
        """Join small parts of the word index, a few pages of them."""
        before = self._connection.total_changes
        self._connection.execute(_BATCHES, (_MERGE_PAGES,))
        # https://sqlite.org/fts5.html#the_merge_command: fewer than two changes: nothing to do
        self.merging = self._connection.total_changes - before >= 2

    def rewrite(self) -> None:
        """Begin to write the whole word index anew, by merging, so that nothing erased is left."""
        self._connection.execute(_BATCHES, (-_MERGE_PAGES,))
        self.merging = True
