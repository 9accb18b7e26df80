"""`chatserver status` and `stop`, with a server, without one, and with a stubborn one."""

import os
import re
import socket
import threading
from pathlib import Path

import pytest

from chatserver import cli
from chatserver.instance import Instance, Status
from tests.cli.program import Start, fake, run


@pytest.mark.parametrize("command", ["status", "stop"])
def test_not_running(command: str, home: Path) -> None:
    result = run(command, "--data", "d")
    assert result.exit_code == 3
    assert result.stdout == f"chatserver is not running (nothing uses {home / 'd'}).\n"
    assert not (home / "d").exists()


def test_what_status_says(home: Path) -> None:
    answer = Status(
        pid=7, uptime=3725, addresses=("[::1]:1", "127.0.0.1:1"), people=3, rooms=2, version="0.1.0"
    )
    assert cli.describe(answer, home).splitlines() == [
        "chatserver 0.1.0 is running",
        "  pid        7",
        "  uptime     1 h 2 min",
        "  addresses  [::1]:1, 127.0.0.1:1",
        "  people     3",
        "  rooms      2",
        f"  data       {home}",
    ]


def test_a_server_in_the_foreground(start: Start, home: Path) -> None:
    server = start()
    said = run("status", "--data", str(home))
    assert said.exit_code == 0
    assert f"  pid        {server.pid}\n" in said.stdout
    assert re.search(r"addresses  127\.0\.0\.1:[1-9]", said.stdout)

    second = fake("--data", str(home), "--port", "0")
    assert second.returncode == 1
    assert second.stderr == f"Another server is using {home}.\n"
    assert run("status", "--data", str(home)).exit_code == 0  # its socket is still there

    (home / "chat.toml").write_text(f"data = '{home}'\nmotd = 'gone'")
    stopped = run("stop", "--config", "chat.toml")
    assert stopped.exit_code == 0
    assert stopped.stdout == f"Stopping chatserver (pid {server.pid}) ...\nStopped.\n"
    _, log = server.communicate()
    assert server.returncode == 7  # what the server's run() gave
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d INFO serving\n", log)
    assert run("status", "--data", str(home)).exit_code == 3
    assert not (home / "control").exists()


def test_a_server_that_does_not_stop(
    start: Start, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHATSERVER_TEST_FAKE", "deaf")
    server = start()
    monkeypatch.setattr(cli, "_STOP_GRACE", 0.1)
    monkeypatch.setenv("CHATSERVER_LIMITS_STOP_SECONDS", "0.1")
    result = run("stop", "--data", str(home))
    assert result.exit_code == 1
    assert result.stderr == (
        f"chatserver (pid {server.pid}) has not ended in 0.2 seconds. "
        f"Look at its log, or end it with: kill -KILL {server.pid}\n"
    )


def test_a_server_that_does_not_answer(home: Path) -> None:
    with Instance(home) as instance:
        result = run("status", "--data", str(home))
        assert result.exit_code == 1
        assert result.stderr == (
            f"chatserver is running as pid {os.getpid()}, but does not answer: "
            "no such file or directory.\n"
        )
        with instance.bind_control() as listening:
            closing = threading.Thread(target=close_one, args=(listening,))
            closing.start()
            result = run("status", "--data", str(home))
            closing.join()
        assert result.exit_code == 1
        assert result.stderr == (
            f"chatserver is running as pid {os.getpid()}, but does not answer: "
            "it closed the connection.\n"
        )


def close_one(listening: socket.socket) -> None:
    """Take what is asked and give no answer."""
    connection, _ = listening.accept()
    with connection:
        connection.recv(100)


def test_the_server_of_another_user_is_not_stopped(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_pid: int, _signal: int) -> None:
        raise PermissionError

    with Instance(home):
        monkeypatch.setattr(os, "kill", refuse)
        result = run("stop", "--data", str(home))
    assert result.exit_code == 1
    assert result.stderr == f"Cannot stop pid {os.getpid()}: it belongs to another user.\n"
