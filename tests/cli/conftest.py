"""What the tests of the command line ask for by name."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatserver.instance import running_pid, wait_until_gone
from tests.cli.program import FAKE, Start
from tests.cli.stored import talk
from tests.helpers import ServerProcess


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home directory of its own, and no setting from outside."""
    for name in list(os.environ):
        if name.startswith(("CHATSERVER_", "XDG_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def start(home: Path) -> Iterator[Start]:
    """Start the fake server in the foreground; returns once it serves."""
    started: list[subprocess.Popen[str]] = []

    def one(*args: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, str(FAKE), "--data", str(home), "--port", "0", *args],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "printed by the server\n"
        return process

    yield one
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def background(home: Path) -> Iterator[Path]:
    """The data directory of a server that a test starts in the background; it is ended after it."""
    directory = home / "data"
    yield directory
    pid = running_pid(directory)
    if pid is not None:
        os.kill(pid, signal.SIGKILL)
        assert wait_until_gone(directory, 30)


@pytest.fixture(params=["running", "stopped"], scope="package")
def data(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """A directory where that was said, to be read only."""
    with ServerProcess(tmp_path_factory.mktemp(request.param)) as server:
        talk(server)
        if request.param == "stopped":
            assert server.stop() == 0
        yield server.data


@pytest.fixture(params=["running", "stopped"])
def own(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ServerProcess]:
    """A server of one's own, running or stopped, where that was said."""
    with ServerProcess(tmp_path) as server:
        talk(server)
        if request.param == "stopped":
            assert server.stop() == 0
        yield server
