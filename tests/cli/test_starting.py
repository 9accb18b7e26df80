"""Starts, in the foreground and in the background, and those that fail."""

import os
import re
import socket
from pathlib import Path

import pytest

from chatserver.instance import running_pid, wait_until_gone
from tests.cli.program import Start, fake, run


@pytest.mark.parametrize("more", [(), ("--daemon",)], ids=["foreground", "background"])
def test_a_port_in_use(home: Path, more: tuple[str, ...]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = fake("--data", "d", "--port", str(port), *more)
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr == (
        f"Cannot listen on localhost:{port}: address already in use. Try --port 0 or --port 8001.\n"
    )
    assert running_pid(home / "d") is None


@pytest.mark.parametrize("more", [(), ("--daemon",)], ids=["foreground", "background"])
def test_a_log_that_cannot_be_written(home: Path, more: tuple[str, ...]) -> None:
    result = fake("--data", "d", "--port", "0", "--log-file", "none/log", *more)
    assert result.returncode == 2
    assert result.stderr == (
        f"Cannot write the log file {home}/none/log: no such file or directory. "
        "Choose another with --log-file.\n"
    )


def test_the_log_level_and_the_log_file(start: Start, home: Path) -> None:
    server = start("--log-file", "log", "--log-level", "warning")
    server.terminate()
    _, errors = server.communicate()
    assert errors == ""
    assert (home / "log").read_text() == ""


def test_the_background(background: Path, home: Path) -> None:
    launched = fake("--data", str(background), "--port", "0", "--daemon")
    assert launched.stderr == ""
    said = re.fullmatch(
        r"Running in the background as pid (\d+); stop it with: chatserver stop --data (\S+)\n",
        launched.stdout,
    )
    assert said
    assert said[2] == str(background)
    assert launched.returncode == 0
    pid = int(said[1])
    assert running_pid(background) == pid
    assert f"  pid        {pid}\n" in run("status", "--data", str(background)).stdout
    assert os.getsid(pid) not in (0, os.getsid(0))

    second = fake("--data", str(background), "--port", "0", "--daemon")
    assert second.returncode == 1
    assert second.stderr == f"Another server is using {background}.\n"

    assert run("stop", "--data", str(background)).exit_code == 0
    log = (background / "chatserver.log").read_text()
    assert "INFO serving\n" in log
    assert "printed by the server\n" in log
    assert "INFO ended in /\n" in log
    assert not (background / "control").exists()


def test_the_background_with_relative_paths_and_the_default_data(home: Path) -> None:
    (home / "chat.toml").write_text("port = 0\nlog_file = 'log'")
    launched = fake("--config", "chat.toml", "--daemon")
    try:
        assert launched.stdout.endswith("; stop it with: chatserver stop\n")
        assert "INFO serving\n" in (home / "log").read_text()
    finally:
        assert run("stop").exit_code == 0


def test_a_start_in_the_background_that_fails(
    background: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHATSERVER_TEST_FAKE", "dies")
    launched = fake("--data", str(background), "--port", "0", "--daemon")
    assert launched.returncode == 1
    assert launched.stdout == ""
    log = background / "chatserver.log"
    assert launched.stderr.startswith("The server was started in the background as pid ")
    assert launched.stderr.endswith(f". Look at its log: {log}\n")
    assert wait_until_gone(background, 30)
    assert "RuntimeError: it dies" in log.read_text()
