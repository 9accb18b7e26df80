import fcntl
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatserver import instance as module
from chatserver.instance import (
    ControlError,
    Instance,
    InstanceError,
    Status,
    ask_status,
    connect_control,
    running_pid,
    wait_until_gone,
)

HOLD = """
import sys
from pathlib import Path
from chatserver.instance import Instance
instance = Instance(Path(sys.argv[1]))
control = instance.bind_control()
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that is the server of tmp_path."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_the_directory_is_made_for_this_user_alone(tmp_path: Path) -> None:
    directory = tmp_path / "a/b"
    with Instance(directory):
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700
        assert stat.S_IMODE((directory / "lock").stat().st_mode) == 0o600
        assert running_pid(directory) == os.getpid()
    assert running_pid(directory) is None


def test_a_second_process_is_refused(holder: subprocess.Popen[str], tmp_path: Path) -> None:
    with pytest.raises(InstanceError) as caught:
        Instance(tmp_path)
    assert str(caught.value) == f"Another server is using {tmp_path}."
    assert running_pid(tmp_path) == holder.pid  # the refused one has not written its own


def test_a_refused_one_leaves_no_descriptor(tmp_path: Path) -> None:
    with Instance(tmp_path):
        before = len(list(Path("/proc/self/fd").iterdir()))
        for _ in range(3):
            with pytest.raises(InstanceError):
                Instance(tmp_path)
        assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_killed_server_leaves_no_lock(holder: subprocess.Popen[str], tmp_path: Path) -> None:
    assert not wait_until_gone(tmp_path, 0)
    holder.kill()
    assert wait_until_gone(tmp_path, 30)
    assert running_pid(tmp_path) is None
    assert (tmp_path / "control").exists()  # stale, and no hindrance
    with Instance(tmp_path) as instance, instance.bind_control():
        connect_control(tmp_path).close()
    assert not (tmp_path / "control").exists()


def test_asking_does_not_keep_a_server_from_starting(tmp_path: Path) -> None:
    Instance(tmp_path).close()
    stopped = threading.Event()

    def ask() -> None:
        while not stopped.is_set():
            running_pid(tmp_path)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        for _ in range(50):
            Instance(tmp_path).close()
    finally:
        stopped.set()
        asking.join()


def test_who_asks_for_long_does_not_keep_a_server_from_starting_either(tmp_path: Path) -> None:
    """The one who asks may be stopped by the machine just while it has the lock."""
    Instance(tmp_path).close()
    with (tmp_path / "lock").open() as asking:
        fcntl.flock(asking, fcntl.LOCK_SH)
        done = threading.Timer(0.5, fcntl.flock, [asking, fcntl.LOCK_UN])
        done.start()
        Instance(tmp_path).close()
        done.join()


def test_nothing_is_made_by_asking(tmp_path: Path) -> None:
    directory = tmp_path / "none"
    assert running_pid(directory) is None
    assert wait_until_gone(directory, 0)
    with pytest.raises(ControlError, match="no such file"):
        connect_control(directory)
    assert not directory.exists()


def test_a_server_that_has_not_said_its_pid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MOMENT_SECONDS", 0.0)
    with Instance(tmp_path):
        for text in (b"", b"12", b"1\n", b"0\n", b"-5\n", b"what\n"):
            (tmp_path / "lock").write_bytes(text)
            with pytest.raises(InstanceError, match="does not say which process"):
                running_pid(tmp_path)


def test_a_longer_pid_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "lock").write_bytes(b"4194304999\nrubbish\n")
    with Instance(tmp_path) as instance:
        assert (tmp_path / "lock").read_bytes() == b"%d\n" % os.getpid()
        instance.close()
        instance.close()
    assert (tmp_path / "lock").read_bytes() == b""


def test_a_child_keeps_the_lock_that_is_handed_over(tmp_path: Path) -> None:
    instance = Instance(tmp_path)
    instance.bind_control().close()
    child = os.fork()
    if not child:
        try:
            instance.write_pid()
            signal.pause()
        finally:
            os._exit(1)
    try:
        instance.hand_over()
        instance.close()  # has nothing left to end
        while running_pid(tmp_path) != child:
            pass
        assert (tmp_path / "control").exists()
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    assert running_pid(tmp_path) is None


@pytest.mark.parametrize("what", ["a file", "below a file"])
def test_a_file_is_no_data_directory(tmp_path: Path, what: str) -> None:
    (tmp_path / "file").write_text("mine")
    directory = tmp_path / "file" if what == "a file" else tmp_path / "file/below"
    with pytest.raises(InstanceError) as caught:
        Instance(directory)
    assert str(caught.value) == (
        f"Cannot use {directory} as the data directory: it is not a directory. "
        "Choose another with --data, or change its owner or mode."
    )
    assert (tmp_path / "file").read_text() == "mine"


def test_a_link_is_not_followed_to_a_file_of_someone(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine")
    (tmp_path / "lock").symlink_to(tmp_path / "precious")
    with pytest.raises(InstanceError, match="Cannot use"):
        Instance(tmp_path)
    assert (tmp_path / "precious").read_text() == "mine"


# --- the control socket ---

LONG = Path("x" * 100, "ü" * 60, "y" * 100)


@pytest.mark.parametrize("below", [Path(), LONG], ids=["short", "long"])
def test_the_control_socket(tmp_path: Path, below: Path) -> None:
    directory = tmp_path / below
    with Instance(directory) as instance, instance.bind_control() as listening:
        assert stat.S_IMODE((directory / "control").stat().st_mode) == 0o600
        with connect_control(directory) as connection:
            other, _ = listening.accept()
            with other:
                connection.sendall(b"x")
                assert other.recv(1) == b"x"
    assert not (directory / "control").exists()


@pytest.mark.parametrize("size", range(90, 112))
def test_any_length_of_path(tmp_path_factory: pytest.TempPathFactory, size: int) -> None:
    base = tmp_path_factory.mktemp("n")
    directory = base / ("d" * max(1, size - len(str(base / "d" / "control")) + 1))
    with Instance(directory) as instance, instance.bind_control():
        connect_control(directory).close()


def test_a_long_path_without_proc_is_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Instance(tmp_path / LONG) as instance:
        monkeypatch.setattr(Path, "exists", lambda _: False)
        with pytest.raises(InstanceError, match="too long for a Unix socket here"):
            instance.bind_control()


def answering(listening: socket.socket, answer: bytes) -> threading.Thread:
    """A server that gives one answer in pieces and closes."""

    def run() -> None:
        connection, _ = listening.accept()
        with connection:
            assert connection.recv(100) == b"status\n"
            for start in range(0, len(answer), 10):
                connection.sendall(answer[start : start + 10])

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_the_status_is_asked(tmp_path: Path) -> None:
    answer = (
        b'{"pid": 7, "uptime": 1.5, "addresses": ["127.0.0.1:8000"], "people": 3, "rooms": 2,'
        b' "version": "0.1.0", "later": "more"}\n'
    )
    with Instance(tmp_path) as instance, instance.bind_control() as listening:
        thread = answering(listening, answer)
        assert ask_status(tmp_path, 30) == Status(
            pid=7,
            uptime=1.5,
            addresses=("127.0.0.1:8000",),
            people=3,
            rooms=2,
            version="0.1.0",
        )
        thread.join()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"", "it closed the connection"),
        (b'{"pid": 7', "it closed the connection"),
        (b"{}\n", "its answer is not understood"),
        (b"hello\n", "its answer is not understood"),
        (b"\xff\n", "its answer is not understood"),
    ],
)
def test_an_answer_that_is_none(tmp_path: Path, answer: bytes, words: str) -> None:
    with Instance(tmp_path) as instance, instance.bind_control() as listening:
        thread = answering(listening, answer)
        with pytest.raises(ControlError, match=words):
            ask_status(tmp_path, 30)
        thread.join()


def test_silence_is_not_waited_for_long(holder: subprocess.Popen[str], tmp_path: Path) -> None:
    with pytest.raises(ControlError, match="no answer in time"):
        ask_status(tmp_path, 0.05)
    holder.kill()
    holder.wait()
    with pytest.raises(ControlError, match="connection refused"):
        ask_status(tmp_path, 0.05)
