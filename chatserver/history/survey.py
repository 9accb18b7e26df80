"""Survey: what the command line asks besides pages, in bites, so that no reader stays long."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from msgspec import Struct

from chatserver.chat.names import fold
from chatserver.history.connections import explained, open_reader
from chatserver.history.entries import Forget

_BITE: Final = 100_000
_LAST_ID: Final = 2**63 - 1

# The same lines as removal.erase takes out.
_COUNT: Final = """
    select count(*), max(id), coalesce(sum(goes), 0) from (
        select id, (?1 is null or lower(nick) = ?1
            or (room = 0 and instr(',' || lower(addressees) || ',', ',' || ?1 || ',')))
            and (?2 is null or room = (select key from room where folded = ?2))
            and (?3 is null or at < ?3) as goes
        from line where id > ?4 and id <= ?5 order by id limit ?6
    )
"""


class Reach(Struct, frozen=True):
    """How many lines something concerns, of all up to the id `through`."""

    lines: int
    through: int


class Survey:
    """Asks one file of a history: that in use, or a backup. Close it."""

    def __init__(self, path: Path) -> None:
        """Raises HistoryError: there is none, or none that can be read."""
        self._path = path
        self._connection = open_reader(path)

    def close(self) -> None:
        """End it."""
        self._connection.close()

    def rooms(self) -> list[str]:
        """Return the names of all rooms, as they are shown."""
        with self._explained():
            found = self._connection.execute("select name from room order by folded")
            return [name for (name,) in found]

    def reach(self, what: Forget, through: int = _LAST_ID) -> Reach:
        """Return how many lines would be forgotten."""
        nick = None if what.nick is None else fold(what.nick)
        room = None if what.room is None else fold(what.room)
        before = None if what.before is None else int(what.before * 1000)
        lines = last = 0
        with self._explained():
            while True:
                looked_at, end, found = self._connection.execute(
                    _COUNT, (nick, room, before, last, through, _BITE)
                ).fetchone()
                lines += found
                last = end or last
                if looked_at < _BITE:
                    return Reach(lines, last)

    def is_erasing(self) -> bool:
        """Whether something is still to be forgotten."""
        with self._explained():
            (found,) = self._connection.execute("select exists (select 1 from erasure)").fetchone()
        return bool(found)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise explained(self._path, error) from error
