"""Connections to the history: the one that writes and checkpoints, and those that read."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from enum import Enum
from pathlib import Path
from typing import Final

from chatserver.history.errors import HistoryError
from chatserver.history.files import check_header, damaged, quick_check, sync_directory, wal_size
from chatserver.history.migrations import MIGRATIONS, check_shape, migrate

BUSY_SECONDS: Final = 5.0
WAL_LIMIT: Final = 64 * 1024**2
PAGE: Final = 4096
FRAME_HEADER: Final = 24  # of a page in the log
# SQLite checkpoints by itself, inside a commit, only where the chores are never given any time.
_AUTOCHECKPOINT_PAGES: Final = 4 * 1024
_CACHE_KIB: Final = 8192


class Durability(Enum):
    """What a commit waits for: the disk (safe from a power loss), or the kernel (from kill -9)."""

    FULL = "full"
    PROCESS = "process"

    @property
    def synchronous(self) -> str:
        """The value of SQLite's pragma."""
        return "full" if self is Durability.FULL else "normal"


Connect = Callable[[Path], sqlite3.Connection]


def connect(path: Path) -> sqlite3.Connection:
    """Open for writing. The thread that opens need not be the one that uses it ever after."""
    return sqlite3.connect(
        path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )


def open_writer(
    path: Path, durability: Durability, connect: Connect, *, again: bool = False
) -> sqlite3.Connection:
    """Open the one connection that writes, on a file of the newest version.

    After an unclean stop (a log is left behind) the whole file is checked first. `again`: this
    process may have readers of the file, so it is not looked into by hand (see files._header),
    and it is checked in any case.

    Raises:
        HistoryError: the file is damaged, foreign, or of a newer version; nothing was changed.
    """
    if not path.exists() and not wal_size(path):
        path.touch(mode=0o600)
        sync_directory(path.parent)
    if not again:
        check_header(path)
    # Through a reader: when a writer closes, SQLite brings the log into the database and deletes
    # it, and then nothing would tell the next start that this stop was unclean.
    _look(path, whole=again or wal_size(path) > 0)
    connection = connect(path)
    try:
        if not check_shape(connection, path):
            # In the journal mode that it was made with: the mark of whose it is must not be in
            # a log alone.
            migrate(connection, path)
        _be_writer(connection, durability)
        migrate(connection, path)
    except sqlite3.Error as error:
        connection.close()
        raise explained(path, error) from error
    except BaseException:
        connection.close()
        raise
    return connection


def _look(path: Path, *, whole: bool) -> None:
    """Refuse a database that is not ours, and, looking at the whole of it, a damaged one."""
    try:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro", timeout=BUSY_SECONDS, uri=True
        )
        with closing(connection):
            check_shape(connection, path)
            if whole:
                _check_all(connection, path)
    except sqlite3.Error as error:
        raise explained(path, error) from error


def _be_writer(connection: sqlite3.Connection, durability: Durability) -> None:
    connection.execute("pragma journal_mode = wal")
    connection.execute(f"pragma synchronous = {durability.synchronous}")
    connection.execute(f"pragma journal_size_limit = {WAL_LIMIT}")
    connection.execute(f"pragma wal_autocheckpoint = {_AUTOCHECKPOINT_PAGES}")
    connection.execute(f"pragma cache_size = -{_CACHE_KIB}")
    connection.execute("pragma secure_delete = on")  # what is erased is gone from the file
    connection.execute("pragma trusted_schema = off")


def open_reader(path: Path) -> sqlite3.Connection:
    """Open for reading only, whether or not a server is running. It never checkpoints either.

    Raises:
        HistoryError: there is no history, or none that can be read.
    """
    if not path.exists():
        raise HistoryError(f"There is no history in {path.parent}.")
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro",
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
        uri=True,
    )
    try:
        connection.execute("pragma query_only = on")
        _check_version(connection, path)
    except sqlite3.Error as error:
        connection.close()
        raise explained(path, error) from error
    except BaseException:
        connection.close()
        raise
    return connection


def _check_all(connection: sqlite3.Connection, path: Path) -> None:
    if fault := quick_check(connection):
        raise damaged(path, fault)


def _check_version(connection: sqlite3.Connection, path: Path) -> None:
    if check_shape(connection, path) < len(MIGRATIONS):
        raise HistoryError(f"{path} is of an older format; start the server once to renew it.")


_DAMAGE: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


def primary_code(error: sqlite3.Error) -> int:
    """Return SQLite's result code without its extension; 0 if the error is Python's own."""
    return (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF


def is_damage(error: sqlite3.Error) -> bool:
    """Whether the file itself is at fault."""
    return primary_code(error) in _DAMAGE


def explained(path: Path, error: sqlite3.Error) -> HistoryError:
    """Return what a person is told of an error that is not about a single commit."""
    if is_damage(error):
        return damaged(path, error)
    if primary_code(error) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return HistoryError(f"Another program is using {path} ({error}); close it and try again.")
    return HistoryError(f"The history {path} cannot be used ({error}).")
