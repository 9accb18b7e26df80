"""Opens the history that the configuration asks for."""

import time
from pathlib import Path

from chatserver.config import Config
from chatserver.history.chores import LOG_BYTES
from chatserver.history.connections import Durability
from chatserver.history.departures import Departures
from chatserver.history.journal import Journal
from chatserver.history.librarian import HistoryLibrarian
from chatserver.history.library import Library
from chatserver.history.memory import MemoryJournal
from chatserver.history.memory_library import MemoryLibrary
from chatserver.history.recorder import HistoryRecorder
from chatserver.history.removal import Retention
from chatserver.history.store import Reader, Writer


def open_history(config: Config) -> tuple[HistoryRecorder, HistoryLibrarian]:
    """Return who writes and who reads; both are to be closed.

    Raises:
        HistoryError: the file is damaged, foreign, or cannot be opened.
    """
    if config.history == "off":
        # Microseconds count faster than requests come, so an id of an earlier start is not met.
        memory = MemoryJournal(last_id=time.time_ns() // 1000)
        return _staff(memory, MemoryLibrary(memory))
    directory = Path(config.data)
    limits = config.limits
    retention = Retention(limits.history_days or None, limits.history_lines or None)
    durability = Durability(config.durability)
    journal = Journal(directory, durability, retention, reserve=LOG_BYTES)
    return _staff(journal, Library(directory))


def _staff(journal: Writer, library: Reader) -> tuple[HistoryRecorder, HistoryLibrarian]:
    departures = Departures()
    return HistoryRecorder(journal, departures), HistoryLibrarian(library, departures)


def check_history(config: Config) -> None:
    """Open the history and close it again, so that a fault shows before going into the background.

    Raises:
        HistoryError: see open_history.
    """
    recorder, librarian = open_history(config)
    librarian.close()
    recorder.close()
