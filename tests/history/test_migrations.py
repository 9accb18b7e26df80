import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from chatserver.history.errors import HistoryError
from chatserver.history.files import history_file
from chatserver.history.journal import Journal
from chatserver.history.library import Library
from chatserver.history.migrations import APPLICATION_ID, MIGRATIONS, check_shape, migrate
from tests.history.shelf import opened, raw, rows, said


def connect(path: Path) -> "closing[sqlite3.Connection]":
    return closing(sqlite3.connect(path, isolation_level=None))


def test_a_new_file_gets_the_newest_version_and_our_mark(tmp_path: Path) -> None:
    with opened(tmp_path):
        pass
    assert rows(tmp_path, "pragma user_version") == [(len(MIGRATIONS),)]
    assert rows(tmp_path, "pragma application_id") == [(APPLICATION_ID,)]
    # The mark is in the file itself: another program, or another start, sees it without the log.
    assert history_file(tmp_path).read_bytes()[68:72] == APPLICATION_ID.to_bytes(4, "big")
    assert history_file(tmp_path).stat().st_mode & 0o777 == 0o600


def test_a_later_step_keeps_what_is_there(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        journal.commit([said(1, "old")])
    step = ("alter table line add column mood text not null default 'calm'",)
    path = history_file(tmp_path)
    with connect(path) as connection:
        migrate(connection, path, (*MIGRATIONS, step))
        assert check_shape(connection, path, 2) == 2
        assert connection.execute("select text, mood from line").fetchall() == [("old", "calm")]


def test_a_step_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite3"
    with connect(path) as connection:
        with pytest.raises(sqlite3.OperationalError):
            migrate(connection, path, (("create table a (b)", "create tabel c (d)"),))
        assert connection.execute("select count(*) from sqlite_schema").fetchone() == (0,)
        assert check_shape(connection, path) == 0


def test_a_newer_version_is_refused_by_name_and_left_as_it_is(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        journal.commit([said(1)])
    with raw(tmp_path) as connection:
        connection.execute("pragma user_version = 7")
    before = history_file(tmp_path).read_bytes()
    for use in (Journal, lambda directory: Library(directory).page("#lobby")):
        with pytest.raises(HistoryError) as refused:
            use(tmp_path)
        words = str(refused.value)
        assert str(history_file(tmp_path)) in words
        assert "format 7" in words
        assert f"knows {len(MIGRATIONS)}" in words
        assert "--recover" not in words
    assert history_file(tmp_path).read_bytes() == before


@pytest.mark.parametrize("mark", [0, 0x0F055112])
def test_another_programs_database_is_refused_and_left_as_it_is(tmp_path: Path, mark: int) -> None:
    with raw(tmp_path) as connection:
        connection.execute(f"pragma application_id = {mark}")
        connection.execute("create table theirs (x)")
    before = history_file(tmp_path).read_bytes()
    with pytest.raises(HistoryError, match="another program"):
        Journal(tmp_path)
    assert history_file(tmp_path).read_bytes() == before
