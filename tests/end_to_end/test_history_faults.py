"""Faults of the disk and of the history's file, provoked on a real server: rows 40 to 44."""

import os
import re
import resource
import select
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest

from chatserver.history.files import history_file, wal_size
from tests.helpers import PATIENCE, ROOT, Client, ServerProcess, require_program, wait_for
from tests.histories import log_end

MIB = 1 << 20
PAGE = 4096
FULL = "Not sent: the server cannot save messages now (disk full)."
LOCKED = "Not sent: the server cannot save messages now (the history is in use by another program)."
BROKEN = "Not sent: the server cannot save messages now (the disk has failed)."
SHIM = Path(__file__).with_name("broken_fsync.c")


def texts(data: Path) -> list[str]:
    """Return everything that is stored, in its order."""
    with closing(sqlite3.connect(f"{history_file(data).as_uri()}?mode=ro", uri=True)) as base:
        return [text for (text,) in base.execute("select text from line order by id")]


def heard(lines: list[str]) -> list[str]:
    """Return who said what among some lines of a screen."""
    return [line[6:] for line in lines if re.match(r"\d\d:\d\d <\w+> ", line)]


# --- row 40: disk full ---


@contextmanager
def no_larger_file(server: ServerProcess) -> Iterator[None]:
    """The server's files may not grow; Python ignores the signal, so a write fails."""
    size = max(log_end(history_file(server.data)), server.log_file.stat().st_size)
    before = resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    yield
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, before)


@contextmanager
def no_room(server: ServerProcess) -> Iterator[None]:
    """Somebody else has taken what was left of a small disk."""
    junk = server.data / "junk"
    with junk.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space left"):
        while True:
            file.write(bytes(4096))
    yield
    junk.unlink()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A directory whose data are on a disk of 2 MiB, where we may mount one."""
    directory = tmp_path / "small"
    data = directory / "data"
    data.mkdir(parents=True, mode=0o700)
    command = ["mount", "-t", "tmpfs", "-o", "size=2m,mode=700", "tmpfs", str(data)]
    mounted = os.geteuid() == 0 and subprocess.run(command, check=False, capture_output=True)
    if not mounted or mounted.returncode:
        pytest.skip("only who may mount has a small disk to fill")
    yield directory
    subprocess.run(["umount", str(data)], check=True)


def test_row_40_files_may_not_grow(tmp_path: Path) -> None:
    with ServerProcess(tmp_path, {"rate": False}) as server:
        survives_a_full_disk(server, lambda: no_larger_file(server))


def test_row_40_no_space_left(small_disk: Path) -> None:
    with ServerProcess(small_disk, {"rate": False}) as server:
        survives_a_full_disk(server, lambda: no_room(server))


def survives_a_full_disk(
    server: ServerProcess, full: Callable[[], AbstractContextManager[None]]
) -> None:
    """Fill it twice while two people talk; all of what was seen is stored, and nothing else."""
    said: list[str] = []
    lines: list[str] = []  # that bob sees
    with Client(server.port, "ada") as ada, Client(server.port, "bob") as bob:
        ada.send("/topic tea")
        bob.expect("set the topic of #lobby: tea")
        for turn in range(2):
            ada.send(f"before {turn}")
            lines += bob.expect(f"<ada> before {turn}")
            with full():
                # What is left of the log's last page may still take a line or two.
                fits = say_until_refused(ada, turn)
                ada.send("/topic coffee", "/msg bob psst", "/me waves")
                assert [ada.expect(FULL) for _ in range(3)]
                # The rest works: people come and go, and ask.
                with Client(server.port, "cleo") as cleo:
                    cleo.send("/topic", "/who", "/join #tea", "/leave #tea")
                    cleo.expect("tea")
                    cleo.expect("ada")
                    cleo.expect("You have left #tea")
                    cleo.send("/quit")
                    cleo.rest()
                assert any("cleo left" in line for line in ada.sync())
            ada.send(f"after {turn}")
            ada.expect(f"<ada> after {turn}")
            said += [f"before {turn}", *fits, f"after {turn}"]
        lines += bob.sync()
    assert heard(lines) == [f"<ada> {text}" for text in said]
    assert not any(word in line for word in ("coffee", "psst", "waves") for line in lines)
    assert server.stop() == 0
    assert texts(server.data) == ["tea", *said]
    assert "Traceback" not in server.log


def say_until_refused(person: Client, turn: int) -> list[str]:
    """Talk until nothing more can be stored; return what could be."""
    fits: list[str] = []
    for number in range(200):
        text = f"turn {turn} line {number} {'x' * 2000}"
        person.send(text)
        answer = ""
        while not answer:
            line = person.line()
            if FULL in line or f"<ada> {text}" in line:
                answer = line
        if FULL in answer:
            return fits
        fits.append(text)
    pytest.fail("the disk never became full")


# --- row 41: others ---

LOCKER = """
import sqlite3, sys
base = sqlite3.connect(sys.argv[1], isolation_level=None)
base.execute("begin immediate")
print("locked", flush=True)
sys.stdin.readline()
"""


@contextmanager
def locked(data: Path) -> Iterator[None]:
    """Another program is writing to the history, and takes its time."""
    with subprocess.Popen(
        [sys.executable, "-c", LOCKER, str(history_file(data))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "locked\n"
        try:
            yield
        finally:
            process.communicate("\n")


def test_row_41_a_lock_is_waited_for_and_then_the_sender_is_told(tmp_path: Path) -> None:
    with (
        ServerProcess(tmp_path) as server,
        Client(server.port, "ada") as ada,
        Client(server.port, "bob") as bob,
    ):
        with locked(server.data):  # shorter than the server waits
            ada.send("late but whole")
            wait_for(lambda: server.load(0.3) >= 0)
        bob.expect("<ada> late but whole")
        with locked(server.data):
            ada.send("never seen")
            ada.expect(LOCKED)
            ada.send("nor this")  # by now nobody waits so long again
            ada.expect(LOCKED)
        ada.send("through by itself")
        assert "<ada> through by itself" in bob.expect("through")[-1]
        assert not heard(bob.sync())
        assert server.stop() == 0
        assert texts(server.data) == ["late but whole", "through by itself"]


def serve(data: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    """Start a server that is expected to give up at once."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("CHATSERVER_")}
    command = [sys.executable, "-m", "chatserver", "serve", "--port", "0", "--data", str(data)]
    return subprocess.run(
        [*command, *flags],
        cwd=ROOT,
        env=clean,
        check=False,
        capture_output=True,
        text=True,
        timeout=2 * PATIENCE,
    )


def test_row_41_a_second_server_is_refused(tmp_path: Path) -> None:
    with ServerProcess(tmp_path) as server, Client(server.port, "ada") as ada:
        second = serve(server.data)
        assert second.returncode == 1
        assert f"Another server is using {server.data}" in second.stderr
        # Nor does --recover touch what another one is writing.
        assert serve(server.data, "--recover").returncode == 1
        ada.send("undisturbed")
        ada.expect("<ada> undisturbed")


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
        after = chatter(ada, path, 40)  # it begins anew instead of going on
        assert after < before + 6 * MIB
        assert len(texts(server.data)) == 1 + 2 * 40 * 100
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


# --- row 44: fsync fails ---


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    library = tmp_path_factory.mktemp("shim") / "broken_fsync.so"
    compiler = require_program("gcc", "gcc")
    command = [compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(SHIM)]
    subprocess.run(command, check=True)
    return library


def test_row_44_after_a_failed_fsync_nothing_is_shown_until_it_is_safe(
    tmp_path: Path, shim: Path
) -> None:
    flag = tmp_path / "broken"
    environment = {"LD_PRELOAD": str(shim), "BROKEN_FSYNC": str(flag)}
    seen: list[str] = []
    with ServerProcess(tmp_path, {"rate": False}, environment=environment) as server:
        with Client(server.port, "ada") as ada, Client(server.port, "bob") as bob:
            for turn in range(3):
                ada.send(f"before {turn}")
                seen += heard(bob.expect(f"<ada> before {turn}"))
                flag.touch()
                for number in range(3):
                    ada.send(f"lost {turn} {number}")
                    ada.expect(BROKEN)
                ada.send("/topic lost", "/msg bob lost")
                assert [ada.expect(BROKEN) for _ in range(2)]
                with Client(server.port, "cleo") as cleo:  # people still come and go
                    cleo.send("/quit")
                    cleo.rest()
                lines = bob.sync()
                assert any("cleo left" in line for line in lines)
                assert not any("lost" in line for line in lines)
                flag.unlink()
                ada.send(f"after {turn}")
                seen += heard(bob.expect(f"<ada> after {turn}"))
        assert server.log.count("the history cannot be written") == 3
        assert server.log.count("the history is open again") == 3
        server.kill()
    with ServerProcess(tmp_path) as server:
        said = [f"{when} {turn}" for turn in range(3) for when in ("before", "after")]
        assert seen == [f"<ada> {text}" for text in said]
        kept = texts(server.data)
        assert [text for text in kept if not text.startswith("lost")] == said
        assert "lost" not in kept  # a topic, or a private line


def test_nobody_sees_a_line_before_the_disk_has_confirmed_it(tmp_path: Path, shim: Path) -> None:
    """The order of things that all of this rests on, and what --durability process gives up."""
    flag = tmp_path / "hanging"
    environment = {"LD_PRELOAD": str(shim), "HANGING_FSYNC": str(flag)}
    with (
        ServerProcess(tmp_path, environment=environment) as server,
        Client(server.port, "ada") as ada,
        Client(server.port, "bob") as bob,
    ):
        bob.sync()
        ada.sync()
        flag.touch()
        ada.send("not yet")
        assert not select.select([bob.sock, ada.sock], [], [], 1.0)[0]
        flag.unlink()
        assert bob.expect("<ada> not yet")[0].endswith("not yet")
    process = {"durability": "process"}
    with (
        ServerProcess(tmp_path, settings=process, environment=environment) as server,
        Client(server.port, "ada") as ada,
    ):
        flag.touch()
        ada.send("at once")
        ada.expect("<ada> at once")
        flag.unlink()
