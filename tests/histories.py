"""A history in memory that fails, and answers, when a test says so."""

from collections.abc import Sequence

from chatserver.chat.deliveries import Lookup
from chatserver.history.departures import Departures
from chatserver.history.entries import Entry
from chatserver.history.errors import Cause, JournalError
from chatserver.history.librarian import HistoryLibrarian
from chatserver.history.memory import MemoryJournal
from chatserver.history.store import Reader


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
        self.departures = Departures(library)
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
