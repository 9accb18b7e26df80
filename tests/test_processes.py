"""Programs that run beside the tests and the scripts: scripts/processes."""

import sys
from pathlib import Path

import pytest

from scripts.processes import screen as screen_module
from scripts.processes.process import Process, StartError, surroundings
from scripts.processes.screen import NotSeenError, Screen
from scripts.processes.server import OurServer
from scripts.processes.terminal import Terminal
from tests.helpers import wait_for


def shell(folder: Path, script: str) -> Process:
    return Process(["sh", "-c", script], folder / "log")


def test_what_was_said_is_that_of_this_life(tmp_path: Path) -> None:
    for word in ("one", "two"):
        with shell(tmp_path, f"echo {word}") as process:
            assert process.process.wait(30) == 0
            assert process.log == f"{word}\n"
    assert (tmp_path / "log").read_text() == "one\ntwo\n"


def test_who_does_not_come_up_is_quoted(tmp_path: Path) -> None:
    with pytest.raises(StartError) as caught:
        shell(tmp_path, "echo one; echo the reason; exit 3").await_start(lambda: None)
    assert str(caught.value) == "it ended with 3:\none\nthe reason\n"
    assert caught.value.last_line == "the reason"


def test_who_says_nothing_in_time_is_killed(tmp_path: Path) -> None:
    process = shell(tmp_path, "exec sleep 600")
    with pytest.raises(StartError, match=r"it did not start in 0\.1 seconds"):
        process.await_start(lambda: None, 0.1)
    assert process.process.returncode == -9


def test_the_end_takes_force_only_where_it_must(tmp_path: Path) -> None:
    obedient = shell(tmp_path, "exec sleep 600")
    assert obedient.end() is True
    stubborn = shell(tmp_path, "trap '' TERM; echo ready; while :; do sleep 0.1; done")
    wait_for(lambda: stubborn.log, "it is deaf")
    assert stubborn.end(0.1) is False
    assert stubborn.has_ended


def test_settings_of_ones_own_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATSERVER_PORT", "1")
    monkeypatch.setenv("LANG", "C")
    found = surroundings({"TERM": "dumb"})
    assert "CHATSERVER_PORT" not in found
    assert (found["LANG"], found["TERM"]) == ("C", "dumb")


def test_a_server_lives_twice_on_one_port_and_one_history(tmp_path: Path) -> None:
    with OurServer(tmp_path) as first:
        port = first.port
        first.kill()
    with OurServer(tmp_path, port=port) as second:
        assert (second.port, second.data) == (port, first.data)
        assert second.log.count("Listening") == 1
        assert second.ready > 0


ECHO = "import sys; [print('got', line.strip(), flush=True) for line in sys.stdin]"


def test_a_program_has_a_terminal_of_its_size(tmp_path: Path) -> None:
    with Terminal(["sh", "-c", "tty; stty size"], columns=70, rows=20, folder=tmp_path) as terminal:
        said = b""
        while data := terminal.read(30):
            said += data
        device, size = said.decode().splitlines()
        assert device.startswith("/dev/")
        assert size == "20 70"


def test_a_screen_shows_what_was_typed_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with Screen([sys.executable, "-c", ECHO]) as screen:
        screen.enter("hello").sees("got hello")
        assert screen.rows()[:2] == ["hello", "got hello"]
        assert b"got hello\r\n" in screen.raw
        monkeypatch.setattr(screen_module, "PATIENCE", 0.05)
        with pytest.raises(NotSeenError, match=r"what nobody said; the screen:\n\|hello\n"):
            screen.sees("what nobody said")
