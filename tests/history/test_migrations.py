import gzip
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from chatserver.history.entries import Pair, Redaction
from chatserver.history.errors import HistoryError
from chatserver.history.files import history_file
from chatserver.history.journal import Journal
from chatserver.history.library import Library
from chatserver.history.migrations import APPLICATION_ID, MIGRATIONS, check_shape, migrate
from chatserver.history.query import parse
from tests.history.shelf import NOW, Clock, opened, raw, rows, said, tidy

VERSION_1 = Path(__file__).parent / "data" / "version1.sqlite3.gz"


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
        assert check_shape(connection, path, len(MIGRATIONS) + 1) == len(MIGRATIONS) + 1
        assert connection.execute("select text, mood from line").fetchall() == [("old", "calm")]


def test_a_file_of_version_1_is_brought_up_to_date(tmp_path: Path) -> None:
    """It was written by the program that had no other: its last two lines are not indexed."""
    history_file(tmp_path).write_bytes(gzip.decompress(VERSION_1.read_bytes()))
    assert rows(tmp_path, "pragma user_version") == [(1,)]
    clock = Clock()
    # Its lines are of another day; nothing of it is old here.
    with (
        opened(tmp_path, clock=clock) as journal,
        closing(Library(tmp_path)) as library,
    ):
        assert rows(tmp_path, "pragma user_version") == [(len(MIGRATIONS),)]
        assert journal.last_id == 8
        for _ in range(2):
            assert [line.id for line in library.export(private=True)] == [1, 2, 3, 4, 5, 7, 8]
            assert _ids(library, ("bob", "amy")) == [2, 4, 8]
            assert _ids(library, ("ZOE", "bob")) == [2]
            assert _ids(library, "#lobby") == [1, 3, 7]
            assert library.latest("amy", ["#Games"], 0) == [("#Games", NOW + 5), ("bob", NOW + 8)]
            assert [line.id for line in library.search(parse("grosse"), ["#lobby"])] == [3]
            tidy(journal, clock)
        assert [kept.text for kept in journal.topics()] == ["All about Größe"]
        assert [line.id for line in journal.waiting("zoe")] == [2]
        journal.commit([Redaction(9, NOW + 9, "bob", 2)])
        assert _ids(library, ("zoe", "bob")) == []
    assert rows(tmp_path, "pragma quick_check") == [("ok",)]


def _ids(library: Library, where: str | Pair) -> list[int]:
    past = library.past(where, -1, 99, 50, newest=True, happenings=True)
    return [record.id for record in past]


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
