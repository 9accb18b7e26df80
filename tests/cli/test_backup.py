"""`chatserver backup`, and a history that cannot be read."""

import re
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

from chatserver.history.files import history_file
from tests.cli.stored import SAID, run, serve, shown
from tests.helpers import PATIENCE, Client, ServerProcess, wait_for

# --- backup ---


def test_a_backup_is_whole_and_can_be_put_in_place(data: Path, tmp_path: Path) -> None:
    place = tmp_path / "place"
    place.mkdir()
    copy = history_file(place)
    result = run(data, "backup", str(copy))
    assert re.fullmatch(
        rf"6 lines \([\d.]+ KiB\) copied to {re.escape(str(copy))} and checked\.\n", result.output
    )
    assert [path.name for path in place.iterdir()] == [copy.name]
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
    for command in (["export", "--private"], ["search", "release"]):
        assert run(place, "history", *command).output == run(data, "history", *command).output


def test_a_server_starts_from_a_backup(tmp_path: Path, data: Path) -> None:
    (tmp_path / "data").mkdir()
    run(data, "backup", str(history_file(tmp_path / "data")))
    with ServerProcess(tmp_path) as server, Client(server.port) as ada:
        ada.send("ada", "after the backup")
        ada.expect("between the two of us")
        ada.sync()
        assert shown(server.data, "export") == [*SAID, "#lobby <ada> after the backup"]


def test_a_backup_replaces_nothing_unless_forced(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "old"
    file.write_text("old")
    result = run(data, "backup", str(file), code=1)
    assert result.stderr == f"{file} exists already; --force replaces it.\n"
    assert file.read_text() == "old"
    run(data, "backup", str(file), "--force")
    assert file.read_bytes().startswith(b"SQLite format 3\x00")
    assert [path.name for path in tmp_path.iterdir()] == ["old"]


def test_a_backup_to_where_it_cannot_be(data: Path, tmp_path: Path) -> None:
    result = run(data, "backup", str(tmp_path), "--force", code=1)
    assert result.stderr == f"{tmp_path} exists already; choose another name.\n"
    result = run(data, "backup", str(tmp_path / "none" / "file"), code=1)
    assert result.stderr == f"There is no directory {tmp_path / 'none'}.\n"


# --- a history that cannot be read ---


def test_recover_moves_garbage_aside_and_says_where(tmp_path: Path) -> None:
    garbage = b"this is no database" * 500
    history_file(tmp_path).write_bytes(garbage)
    with serve(tmp_path) as refused:
        said, _ = refused.communicate(timeout=2 * PATIENCE)
    assert refused.returncode == 1
    assert f"The history {history_file(tmp_path)} is damaged" in said
    assert "chatserver serve --recover" in said
    with serve(tmp_path, "--recover") as process:
        output = process.stdout
        assert output is not None
        first = output.readline()
        try:
            wait_for(lambda: "Listening" in output.readline(), "it serves")
            run(tmp_path, "history", "stats")
        finally:
            process.terminate()
        process.communicate(timeout=2 * PATIENCE)
    found = re.fullmatch(r"The old history is now (.*)\.\n", first)
    assert found, first
    assert Path(found[1]).read_bytes() == garbage
    assert Path(found[1]).parent == tmp_path
