"""Faults of the disk and of the history's file, provoked on a real server: rows 40 to 44."""

import os
import resource
import select
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from chatserver.history.files import history_file
from tests.end_to_end.kept import BROKEN, FULL, LOCKED, SHIM, heard, serve, texts
from tests.helpers import Client, ServerProcess, require_program, wait_for
from tests.histories import log_end

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
        ada.sync()
        with locked(server.data):  # shorter than the server waits
            ada.send("late but whole")
            wait_for(lambda: server.load(0.3) >= 0)
            bob.send("/help")  # what needs no history waits for nobody
            bob.expect("/history")
            assert not select.select([ada.sock], [], [], 0)[0]
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


def test_row_41_a_second_server_is_refused(tmp_path: Path) -> None:
    with ServerProcess(tmp_path) as server, Client(server.port, "ada") as ada:
        second = serve(server.data)
        assert second.returncode == 1
        assert f"Another server is using {server.data}" in second.stderr
        # Nor does --recover touch what another one is writing.
        assert serve(server.data, "--recover").returncode == 1
        ada.send("undisturbed")
        ada.expect("<ada> undisturbed")


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
