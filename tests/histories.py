"""A history in memory that fails, and answers, when a test says so."""

from collections.abc import Sequence
from pathlib import Path

from chatserver.chat.deliveries import Lookup
from chatserver.history.connections import FRAME_HEADER, PAGE
from chatserver.history.departures import Departures
from chatserver.history.entries import Entry
from chatserver.history.errors import Cause, JournalError
from chatserver.history.librarian import HistoryLibrarian
from chatserver.history.memory import MemoryJournal
from chatserver.history.store import Reader


def log_end(path: Path) -> int:
    """Return how far the frames of a history's log reach; behind them may be room for more.

    A frame that was written since the log began anew has the salt of the log's header
    (https://sqlite.org/fileformat.html#wal_file_format).
    """
    log = path.with_name(path.name + "-wal").read_bytes()
    salt, end = log[16:24], 32
    while len(log) > end and log[end + 8 : end + 16] == salt:
        end += FRAME_HEADER + PAGE
    return end


class FaultyJournal(MemoryJournal):
    """Stores nothing while there is a `fault`."""

    def __init__(self, lines: int = 500) -> None:
        super().__init__(lines)
        self.fault: Cause | None = None

    def commit(self, entries: Sequence[Entry]) -> None:
        if self.fault:
            raise JournalError(self.fault)
        super().commit(entries)


class PatientLibrarian(HistoryLibrarian):
    """Answers in the caller's own thread, when told to."""

    def __init__(self, library: Reader) -> None:
        self.departures = Departures()
        super().__init__(library, self.departures)
        self.asked: list[Lookup] = []

    def look_up(self, lookup: Lookup) -> None:
        self.asked.append(lookup)

    def answer(self) -> bool:
        """Answer all that was asked; return whether there was something."""
        asked, self.asked = self.asked, []
        for lookup in asked:
            self._serve(lookup)
        return bool(asked)
