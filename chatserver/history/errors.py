"""What can go wrong with the history: for who starts the server, and for who says something."""

from enum import Enum


class HistoryError(Exception):
    """The history cannot be opened or read. Its text is what a person reads, and what to do."""


class Cause(Enum):
    """Why nothing can be stored now; the value is what stands in brackets for a person."""

    FULL = "disk full"
    LOCKED = "the history is in use by another program"
    BROKEN = "the disk has failed"


class JournalError(Exception):
    """A batch was refused whole. After BROKEN it may be stored or not: only a reopening tells."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(f"the server cannot save messages now ({cause.value})")
        self.cause = cause


class BadQuery(ValueError):
    """A search that cannot be understood; one plain sentence that says what can."""
