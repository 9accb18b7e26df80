"""A history that is damaged, not ours, or read for too long: FAULTS rows 42 and 43."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from chatserver.history.files import history_file, wal_size
from tests.end_to_end.kept import BROKEN, MIB, PAGE, serve, texts
from tests.helpers import ROOT, Client, ServerProcess

# --- row 42: a file that is damaged or not ours ---


def garbage(path: Path) -> None:
    path.write_bytes(b"this is not a database " * 400)


def flipped(path: Path) -> None:
    """Another bit in each of many places, and a log left behind as after a kill."""
    with path.open("r+b") as file:
        size = path.stat().st_size
        for place in range(4096, size, 500):
            file.seek(place)
            (byte,) = file.read(1)
            file.seek(place)
            file.write(bytes([byte ^ 0x41]))


def foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as base:
        base.execute("create table bookmarks (url text)")
        base.commit()


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as base:
        base.execute("pragma user_version = 99")


def kept_data(directory: Path) -> Path:
    """Make a history of a few hundred lines, with a log, as a kill leaves it."""
    with ServerProcess(directory, {"rate": False}) as server, Client(server.port, "ada") as ada:
        for _ in range(2):
            for number in range(200):
                ada.send(f"line {number} {'y' * 300}")
            ada.expect("line 199")
        assert server.stop() == 0
    with ServerProcess(directory) as server, Client(server.port, "ada") as ada:
        ada.send("the last")
        ada.expect("<ada> the last")
        server.kill()
    return server.data


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (garbage, "is damaged (file is not a database)"),
        (flipped, "is damaged"),
        (foreign, "is a database of another program"),
    ],
)
def test_row_42_a_damaged_history_is_refused_and_recover_moves_it_aside(
    tmp_path: Path, damage: Callable[[Path], None], words: str
) -> None:
    data = kept_data(tmp_path)
    path = history_file(data)
    if damage is foreign:
        path.with_name(path.name + "-wal").unlink()
    damage(path)
    before = path.read_bytes()
    refused = serve(data)
    assert refused.returncode == 1
    assert str(path) in refused.stderr
    assert words in refused.stderr
    assert path.read_bytes() == before
    # A supervisor tries again: what it is told must be the same.
    assert serve(data).stderr == refused.stderr
    with recovering(tmp_path) as server, Client(server.port, "ada") as ada:
        ada.send("a new beginning")
        ada.expect("<ada> a new beginning")
        (aside,) = data.glob("history-damaged-*.sqlite3")
        assert f"The old history is now {aside}." in server.log
        assert aside.read_bytes() == before
    assert texts(data) == ["a new beginning"]


def test_row_42_a_newer_history_is_refused_by_name(tmp_path: Path) -> None:
    data = kept_data(tmp_path)
    newer(history_file(data))
    refused = serve(data)
    assert refused.returncode == 1
    assert f"{history_file(data)} was written by a newer chatserver (format 99" in refused.stderr
    assert len(texts(data)) == 401


def test_row_42_damage_that_shows_while_serving_refuses_what_is_said(tmp_path: Path) -> None:
    """A clean stop is believed, so what happens to the file afterwards shows late."""
    with ServerProcess(tmp_path, {"rate": False}) as server, Client(server.port, "ada") as ada:
        ada.send(*[f"line {number} {'y' * 300}" for number in range(400)])
        ada.expect("line 399")
    path = history_file(server.data)
    spoil(path)
    with ServerProcess(tmp_path) as server, Client(server.port, "ada") as ada:
        for text in ("one", "two"):
            ada.send(text)
            ada.expect(BROKEN)
        ada.send("/who")
        ada.expect("ada")
        assert f"The history {path} is damaged" in server.log
        server.kill()


def spoil(path: Path) -> None:
    """Overwrite the page that a room is looked up in when something is said there."""
    with closing(sqlite3.connect(path)) as base:
        (page,) = base.execute(
            "select rootpage from sqlite_schema where name = 'sqlite_autoindex_room_1'"
        ).fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * PAGE)
        file.write(b"\xa5" * PAGE)


@contextmanager
def recovering(directory: Path) -> Iterator[ServerProcess]:
    """A server with --recover: a program of its own, since options come after its name."""
    program = directory / "recovering.py"
    program.write_text(
        "import sys\nfrom chatserver.__main__ import main\nsys.argv.append('--recover')\nmain()\n"
    )
    path = {"PYTHONPATH": str(ROOT)}
    with ServerProcess(directory, program=(str(program),), environment=path) as server:
        yield server


# --- row 43: the log stays small ---


def test_row_43_a_reader_that_stays_does_not_make_the_log_grow_for_good(tmp_path: Path) -> None:
    with ServerProcess(tmp_path, {"rate": False}) as server, Client(server.port, "ada") as ada:
        path = history_file(server.data)
        ada.send("the first")
        ada.expect("<ada> the first")
        with closing(sqlite3.connect(path, isolation_level=None)) as reader:
            reader.execute("pragma query_only = on")
            reader.execute("begin")
            assert reader.execute("select count(*) from line").fetchone() == (1,)
            largest = chatter(ada, path, 40)
            assert reader.execute("select count(*) from line").fetchone() == (1,)
            reader.execute("rollback")
        assert largest < 64 * MIB
        before = wal_size(path)
        after = chatter(ada, path, 100)  # it begins anew instead of going on
        assert after < before + 12 * MIB  # of some 20 that are written
        assert len(texts(server.data)) == 1 + 140 * 100
        assert server.stop() == 0
        assert wal_size(path) == 0


def chatter(person: Client, path: Path, batches: int) -> int:
    """Say a hundred lines so many times; return the largest size of the log."""
    largest = 0
    for batch in range(batches):
        person.send(*[f"{batch} {number} {'z' * 700}" for number in range(100)])
        person.expect(f"> {batch} 99 z")
        largest = max(largest, wal_size(path))
    return largest
