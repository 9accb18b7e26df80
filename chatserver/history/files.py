"""The history's files: are they ours and whole, where are its backups, how it is put aside."""

import logging
import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from chatserver.history.errors import HistoryError
from chatserver.history.migrations import APPLICATION_ID

FILE_NAME: Final = "history.sqlite3"
ASIDE: Final = "history-damaged-"
_MAGIC: Final = b"SQLite format 3\x00"
_HEADER: Final = 100
_PIECE: Final = 1024**2

_log = logging.getLogger("chatserver")


def history_file(directory: Path) -> Path:
    """Return where the history of a data directory is."""
    return directory / FILE_NAME


def wal_size(path: Path) -> int:
    """Return how many bytes the write-ahead log of a database takes now."""
    try:
        return _beside(path, "-wal").stat().st_size
    except FileNotFoundError:
        return 0


def reserve_wal(path: Path, size: int) -> None:
    """Let the write-ahead log take so many bytes already; where they are not to be had, let it be.

    Where the log need not grow, the disk has less to confirm at each commit: about half as long.
    Zeros are no frames (https://sqlite.org/fileformat.html#wal_file_format), so SQLite reads up to
    them and writes over them. They are written, as a file system notes the first write to space
    that it was only told to keep.
    """
    before = wal_size(path)
    try:
        with _beside(path, "-wal").open("ab", buffering=0) as log:
            try:
                while (missing := size - log.tell()) > 0:
                    log.write(bytes(min(missing, _PIECE)))
                os.fsync(log.fileno())
            except OSError:
                log.truncate(before)
    except OSError as error:
        _log.info("no room is kept for the history's log: %s", error)


def check_header(path: Path) -> None:
    """Refuse what is clearly no database, before SQLite has touched it.

    Raises:
        HistoryError: so it is, or its write-ahead log stands alone (SQLite would delete that).
    """
    header = _header(path)
    if not header:
        if wal_size(path):
            raise damaged(path, "it is gone, but not its -wal file")
    elif not header.startswith(_MAGIC):
        raise damaged(path, "file is not a database")


def damaged(path: Path, why: object) -> HistoryError:
    """Return what a person is told of a history that cannot be read, and how to go on."""
    backup = newest_backup(path.parent)
    have = f"The newest backup here is {backup}." if backup else "There is no backup beside it."
    return HistoryError(
        f"The history {path} is damaged ({why}). {have} To go on without it: "
        "chatserver serve --recover (this moves it aside and says where)."
    )


def find_fault(path: Path) -> str | None:
    """Say what is wrong with a history, None if it is whole or not there; nothing is changed."""
    try:
        check_header(path)
        if not _header(path):
            return None
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            owner = connection.execute("pragma application_id").fetchone()[0]
            if owner != APPLICATION_ID:
                return "it is a database of another program"
            return quick_check(connection)
        finally:
            connection.close()
    except (HistoryError, sqlite3.DatabaseError) as error:
        return str(error)


def quick_check(connection: sqlite3.Connection) -> str | None:
    """Return the first thing that SQLite finds wrong with a database."""
    verdict: str = connection.execute("pragma quick_check(1)").fetchone()[0]
    return None if verdict == "ok" else verdict


def newest_backup(directory: Path) -> Path | None:
    """Return the newest file of a directory that is a history other than the one in use."""
    found = [
        path
        for path in directory.iterdir()
        if path.name != FILE_NAME and not path.name.startswith(ASIDE) and _is_ours(path)
    ]
    return max(found, key=lambda path: path.stat().st_mtime, default=None)


def recover(directory: Path, now: datetime | None = None) -> Path | None:
    """Move a damaged history aside and return where it is now; None if there is nothing wrong.

    The caller holds the directory's lock. The database goes first: should this be cut short, what
    is left is a log alone, which is refused and never taken for an older state.
    """
    path = history_file(directory)
    if find_fault(path) is None:
        return None
    stamp = (now or datetime.now(UTC)).strftime("%Y%m%d-%H%M%S")
    aside = directory / f"{ASIDE}{stamp}.sqlite3"
    count = 1
    while any(_beside(aside, suffix).exists() for suffix in ("", "-wal")):
        count += 1
        aside = directory / f"{ASIDE}{stamp}-{count}.sqlite3"
    for suffix in ("", "-wal", "-shm"):
        if _beside(path, suffix).exists():
            _beside(path, suffix).rename(_beside(aside, suffix))
    sync_directory(directory)
    return aside


def sync_directory(directory: Path) -> None:
    """Make what was created or renamed in a directory survive a power loss."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _header(path: Path) -> bytes:
    """The first bytes of a file. It must not be open in this process as a database.

    Closing any descriptor of a file gives back all POSIX locks that the process has on it.
    """
    try:
        with path.open("rb") as file:
            return file.read(_HEADER)
    except FileNotFoundError:
        return b""


def _is_ours(path: Path) -> bool:
    if not path.is_file():
        return False
    try:
        header = _header(path)
    except OSError:
        return False
    return header.startswith(_MAGIC) and header[68:72] == APPLICATION_ID.to_bytes(4, "big")
