"""Rows 40 to 44 of the faults: what a commit says, and what is stored after it."""

import os
import resource
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from chatserver.history.connections import connect as usual
from chatserver.history.errors import Cause, HistoryError, JournalError
from chatserver.history.files import ASIDE, history_file, recover
from chatserver.history.journal import Journal
from chatserver.history.library import Library
from tests.helpers import PATIENCE
from tests.history.shelf import NOW, finish, opened, raw, rows, said


def refused(journal: Journal, id: int, text: str = "lost") -> Cause:
    with pytest.raises(JournalError) as error:
        journal.commit([said(id, text)])
    return error.value.cause


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_file_that_may_not_grow_is_a_full_disk_and_room_helps(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        journal.commit([said(1, "kept")])
        with file_size_limit(1024**2):
            assert refused(journal, 2, "x" * 2 * 1024**2) is Cause.FULL
            assert "disk full" in str(JournalError(Cause.FULL))
            journal.commit([said(3, "short enough")])
        journal.commit([said(4, "y" * 2 * 1024**2)])
        assert not journal.broken
    assert rows(tmp_path, "select id from line") == [(1,), (3,), (4,)]


def test_a_file_system_without_room(tmp_path: Path) -> None:
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(tmp_path)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("needs to mount a tmpfs")
    try:
        ballast = tmp_path / "ballast"
        with opened(tmp_path) as journal:
            journal.commit([said(1)])
            free = os.statvfs(tmp_path).f_bavail * 4096
            ballast.write_bytes(bytes(free - 64 * 1024))
            stored = [1]
            for id in range(2, 400):
                try:
                    journal.commit([said(id, "z" * 1000)])
                except JournalError as error:
                    assert error.cause is Cause.FULL
                    break
                stored.append(id)
            else:
                pytest.fail("it was never full")
            assert not journal.chore(NOW) or not journal.broken
            ballast.unlink()
            journal.commit([said(1000)])
        assert rows(tmp_path, "select id from line") == [(id,) for id in [*stored, 1000]]
    finally:
        subprocess.run(["umount", "-l", str(tmp_path)], check=True)


def test_a_database_that_may_not_grow(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        pages = journal._connection.execute("pragma page_count").fetchone()[0]
        journal._connection.execute(f"pragma max_page_count = {pages}")
        assert refused(journal, 1, "x" * 100_000) is Cause.FULL
        journal._connection.execute("pragma max_page_count = 100000")
        journal.commit([said(2)])
    assert rows(tmp_path, "select id from line") == [(2,)]


def test_locked_by_another_program_waits_once_and_then_not_again(tmp_path: Path) -> None:
    waits: list[str] = []

    def connect(path: Path) -> sqlite3.Connection:
        connection = usual(path)
        connection.set_trace_callback(
            lambda text: waits.append(text) if "busy_timeout" in text else None
        )
        return connection

    with opened(tmp_path, busy_seconds=0.3, connect=connect) as journal, raw(tmp_path) as other:
        other.execute("begin immediate")
        assert refused(journal, 1) is Cause.LOCKED
        assert refused(journal, 2) is Cause.LOCKED
        assert not journal.chore(NOW)
        other.execute("rollback")
        journal.commit([said(3)])
        journal.commit([said(4)])
        assert not journal.broken
    assert rows(tmp_path, "select id from line") == [(3,), (4,)]
    assert [int(text.split()[-1]) for text in waits][:5] == [300, 100, 0, 100, 300]


def test_without_patience_another_programs_lock_is_not_waited_for(tmp_path: Path) -> None:
    with opened(tmp_path, busy_seconds=PATIENCE) as journal, raw(tmp_path) as other:
        other.execute("begin immediate")
        assert not journal.begin()
        other.execute("rollback")
        assert journal.begin()
        journal.commit([said(1)])
        journal.commit([said(2)])
        other.execute("begin immediate")
        other.execute("rollback")  # and nothing is held
    assert rows(tmp_path, "select id from line") == [(1,), (2,)]


def test_nor_is_a_broken_journal_read_anew_without_patience(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        assert journal.begin()
        journal.commit([said(1)])
        journal.broken = True
        assert not journal.begin()
        assert journal.reopen() == 1
        assert journal.begin()
        journal.commit([said(2)])
    assert rows(tmp_path, "select id from line") == [(1,), (2,)]


def test_another_writer_is_noticed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with opened(tmp_path) as journal, raw(tmp_path) as other:
        journal.commit([said(1)])
        journal.commit([said(2)])
        assert not caplog.records
        other.execute("delete from line")
        other.execute("delete from room")
        journal.commit([said(3)])
        assert "another program has written" in caplog.text
        assert Library(tmp_path).page("#lobby") == [said(3)]


class Failing(sqlite3.Connection):
    """A connection whose next commit, or checkpoint, ends like one whose fsync failed.

    `stores`: whether the transaction stands in the file all the same. Both happen.
    """

    mode = ""
    stores = False

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        if self.mode and sql.startswith(self.mode):
            if self.stores:
                super().execute(sql, *values)
            raise _error(sqlite3.SQLITE_IOERR_FSYNC)
        return super().execute(sql, *values)


def _error(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = code
    return error


def failing(path: Path) -> Failing:
    return sqlite3.connect(
        path, isolation_level=None, factory=Failing, check_same_thread=False, timeout=1
    )


@pytest.mark.parametrize("stores", [False, True])
def test_after_a_failed_fsync_nothing_is_taken_until_all_is_checked(
    tmp_path: Path, stores: bool
) -> None:
    with opened(tmp_path, connect=failing) as journal:
        journal.commit([said(1)])
        connection = journal._connection
        assert isinstance(connection, Failing)
        connection.mode, connection.stores = "commit", stores
        assert refused(journal, 2) is Cause.BROKEN
        connection.mode = ""
        assert journal.broken
        assert refused(journal, 3) is Cause.BROKEN  # the disk works again; trust does not
        assert not journal.chore(NOW)
        with pytest.raises(JournalError):
            journal.waiting("amy")
        assert journal.reopen() == (2 if stores else 1)
        assert not journal.broken
        journal.commit([said(4)])
    assert rows(tmp_path, "select id from line") == [
        (id,) for id in ([1, 2, 4] if stores else [1, 4])
    ]


def test_a_failed_fsync_of_a_checkpoint_breaks_it_too(tmp_path: Path) -> None:
    with opened(tmp_path, connect=failing) as journal:
        connection = journal._connection
        assert isinstance(connection, Failing)
        connection.mode = "pragma wal_checkpoint"
        for start in range(1, 20_000, 400):
            journal.commit([said(id, "x" * 300) for id in range(start, start + 400)])
            if not journal.chore(NOW, 1.0) and journal.broken:
                break
        assert journal.broken


def test_reopening_goes_on_failing_until_the_disk_is_well(tmp_path: Path) -> None:
    sick = True

    def connect(path: Path) -> Failing:
        connection = failing(path)
        connection.mode = "pragma wal_checkpoint" if sick else ""
        return connection

    with opened(tmp_path, connect=connect) as journal:
        journal._break(_error(sqlite3.SQLITE_IOERR_FSYNC))
        for _ in range(2):
            with pytest.raises(JournalError):
                journal.reopen()
            assert refused(journal, 1) is Cause.BROKEN
        sick = False
        journal.reopen()
        journal.commit([said(2)])


# Rows 41 and 42: what is there at the start.


def flip(path: Path) -> None:
    """Damage every page but the first in its head, where its kind stands."""
    data = bytearray(path.read_bytes())
    for place in range(4096, len(data), 4096):
        data[place] ^= 0xFF
    path.write_bytes(data)


def flip_one(path: Path) -> None:
    """Damage a single page of lines in the middle, which no start and no new line has to read."""
    data = bytearray(path.read_bytes())
    leaves = [place for place in range(4096, len(data), 4096) if data[place] == 0x0D]
    lines = [place for place in leaves if data[place : place + 4096].count(b"x" * 100) > 10]
    data[lines[len(lines) // 2]] ^= 0xFF
    path.write_bytes(data)


def leave_unclean(directory: Path) -> None:
    """Leave the files as a kill would: with a log."""
    with opened(directory) as journal:
        journal.commit([said(id, "x" * 100) for id in range(1, 1001)])
        finish(journal)
        journal._checkpoint_all()
        journal.commit([said(2000)])
        path = journal.path
        kept = {name: path.with_name(path.name + name).read_bytes() for name in ("", "-wal")}
    for name, data in kept.items():
        path.with_name(path.name + name).write_bytes(data)


@pytest.mark.parametrize("damage", [flip, flip_one])
def test_a_damaged_file_is_refused_named_and_moved_aside_only_when_told(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    leave_unclean(tmp_path)
    Library(tmp_path).backup(tmp_path / "monday.backup")
    path = history_file(tmp_path)
    damage(path)
    before = path.read_bytes()
    with pytest.raises(HistoryError) as error:
        Journal(tmp_path)
    assert str(path) in str(error.value)
    assert str(tmp_path / "monday.backup") in str(error.value)
    assert "chatserver serve --recover" in str(error.value)
    assert path.read_bytes() == before

    moment = datetime(2026, 11, 22, 13, 15, tzinfo=UTC)
    aside = recover(tmp_path, moment)
    assert aside == tmp_path / f"{ASIDE}20261122-131500.sqlite3"
    assert aside.read_bytes() == before
    assert aside.with_name(aside.name + "-wal").exists()
    with opened(tmp_path) as journal:
        journal.commit([said(1)])
    assert rows(tmp_path, "select id from line") == [(1,)]
    flip(path)
    assert recover(tmp_path, moment) == tmp_path / f"{ASIDE}20261122-131500-2.sqlite3"


@pytest.mark.parametrize("content", [b"this is no database", b"\x00" * 5000, b"SQLite format 3"])
def test_garbage_is_refused(tmp_path: Path, content: bytes) -> None:
    history_file(tmp_path).write_bytes(content)
    with pytest.raises(HistoryError, match=r"file is not a database.*no backup beside it"):
        Journal(tmp_path)
    assert history_file(tmp_path).read_bytes() == content
    assert recover(tmp_path) is not None
    with opened(tmp_path):
        pass


def test_a_log_without_its_database_is_not_thrown_away(tmp_path: Path) -> None:
    leave_unclean(tmp_path)
    history_file(tmp_path).unlink()
    log = history_file(tmp_path).with_name(history_file(tmp_path).name + "-wal")
    before = log.read_bytes()
    with pytest.raises(HistoryError, match="-wal"):
        Journal(tmp_path)
    assert log.read_bytes() == before
    assert recover(tmp_path) is not None
    assert not log.exists()


def test_a_whole_history_is_not_moved_aside(tmp_path: Path) -> None:
    assert recover(tmp_path) is None
    leave_unclean(tmp_path)
    assert recover(tmp_path) is None
    with opened(tmp_path) as journal:
        assert journal.last_id == 2000


def test_damage_met_while_running_breaks_the_journal(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        journal.commit([said(id, "x" * 100) for id in range(1, 2001)])
        finish(journal)
        journal._checkpoint_all()
        journal._connection.execute("pragma shrink_memory")
        flip(journal.path)
        with pytest.raises(JournalError) as error:
            for id in range(3000, 3010):
                journal.commit([said(id, room=f"#{id}")])
        assert error.value.cause is Cause.BROKEN
        with pytest.raises(HistoryError, match="--recover"):
            journal.reopen()
    with closing(Library(tmp_path)) as library, pytest.raises(HistoryError, match="damaged"):
        list(library.export())
