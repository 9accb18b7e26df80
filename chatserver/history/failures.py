"""Which of SQLite's errors means what for a batch that could not be stored."""

import sqlite3
from typing import Final

from chatserver.history.errors import Cause

# A write that the system refuses for another reason than ENOSPC (a file-size limit, a quota) is
# IOERR_WRITE, and a log index that cannot grow is IOERR_SHMSIZE: nothing of it counts as written,
# and the next try may well succeed. Any other I/O error, fsync's above all, ends all trust.
_FULL: Final = frozenset(
    {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE}
)
_LOCKED: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


def cause_of(error: sqlite3.Error) -> Cause:
    """Return why a transaction failed; what is not known to be harmless is BROKEN."""
    code = getattr(error, "sqlite_errorcode", None) or 0
    if code in _FULL:
        return Cause.FULL
    if code & 0xFF in _LOCKED:
        return Cause.LOCKED
    return Cause.BROKEN
