"""A copy of the history, made while the server goes on writing it."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final

from chatserver.history.errors import HistoryError
from chatserver.history.files import quick_check, sync_directory

Progress = Callable[[int, int], None]  # pages copied, pages in all

_PAGES: Final = 2000


def back_up(source: sqlite3.Connection, target: Path, progress: Progress | None) -> None:
    """Copy what a reader's transaction sees into a new file, which appears only when it is whole.

    The transaction is what makes it end: without one, SQLite begins anew after each write of the
    server. The price is that the server's log cannot be emptied meanwhile, and grows.

    Raises:
        HistoryError: the file is there already, or cannot be written.
    """
    if target.exists():
        raise HistoryError(f"{target} exists already; choose another name.")
    part = target.with_name(target.name + ".part")
    # The snapshot is taken by the first read, not by « begin ».
    source.execute("select count(*) from state").fetchone()
    try:
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        _copy(source, part, progress)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        os.link(part, target)  # unlike a rename, it never replaces
        part.unlink()
        sync_directory(target.parent)
    except (OSError, sqlite3.Error) as error:
        part.unlink(missing_ok=True)
        raise HistoryError(f"The backup {target} could not be written ({error}).") from error
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _copy(source: sqlite3.Connection, part: Path, progress: Progress | None) -> None:
    copy = sqlite3.connect(part, isolation_level=None)
    try:
        source.backup(
            copy,
            pages=_PAGES,
            progress=lambda _, left, pages: progress(pages - left, pages) if progress else None,
        )
        # Out of the mode that needs two more files beside it.
        copy.execute("pragma journal_mode = delete")
        if fault := quick_check(copy):
            raise HistoryError(f"The history is damaged ({fault}); this is no good backup.")
    finally:
        copy.close()
