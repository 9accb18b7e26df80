"""The watchdog: threads by script, the service manager by a datagram socket, time by hand."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from chatserver.net.watchdog import ALIVE_SECONDS, HUNG_SECONDS, Watchdog, notify


@dataclass
class Beater:
    """A thread as the watchdog sees it."""

    name: str
    beat: float


class Rig:
    """A watchdog over two threads."""

    def __init__(self) -> None:
        self.hub, self.worker = Beater("hub", 100.0), Beater("worker-1", 100.0)
        self.hangs = 0
        self.watchdog = Watchdog(lambda: (self.hub, self.worker), self.on_hang)

    def on_hang(self) -> None:
        self.hangs += 1

    def watch(self, start: float, end: float, *, beating: bool) -> None:
        """Look once a second, with or without a beat of the worker before each look."""
        now = start
        while now <= end:
            self.hub.beat = now
            if beating:
                self.worker.beat = now
            self.watchdog.look(now)
            now += 1


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind(str(tmp_path / "notify"))
        sock.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield sock


def received(sock: socket.socket) -> list[bytes]:
    messages = []
    while True:
        try:
            messages.append(sock.recv(100))
        except BlockingIOError:
            return messages


def test_the_manager_hears_of_each_look_while_all_beat(manager: socket.socket) -> None:
    Rig().watch(100, 104, beating=True)
    assert received(manager) == [b"WATCHDOG=1"] * 5


def test_row_45_the_manager_hears_nothing_while_one_thread_hangs(manager: socket.socket) -> None:
    rig = Rig()
    rig.watch(100, 110, beating=False)
    assert received(manager) == [b"WATCHDOG=1"] * int(ALIVE_SECONDS)
    rig.watch(111, 112, beating=True)
    assert received(manager) == [b"WATCHDOG=1"] * 2


def test_row_45_a_long_hang_is_reported_once_with_all_stacks(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    rig = Rig()
    rig.watch(100, 100 + HUNG_SECONDS, beating=False)
    assert rig.hangs == 0
    rig.watch(101 + HUNG_SECONDS, 110 + HUNG_SECONDS, beating=False)
    assert rig.hangs == 1
    assert "no sign of life from worker-1" in caplog.text
    assert "hub" not in caplog.text
    assert "test_watchdog.py" in capfd.readouterr().err


def test_a_gap_of_our_own_is_nobody_elses_hang(manager: socket.socket) -> None:
    """The process was stopped (SIGSTOP, a suspended machine): no thread could beat."""
    rig = Rig()
    rig.watch(100, 105, beating=True)
    received(manager)
    rig.watchdog.look(5000)
    assert rig.hangs == 0
    assert received(manager) == [b"WATCHDOG=1"]
    rig.watch(5001, 5001 + HUNG_SECONDS, beating=False)
    assert rig.hangs == 1  # but from then on, silence counts


def test_without_a_manager_or_with_a_dead_one_nothing_happens(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    notify("READY=1")
    monkeypatch.setenv("NOTIFY_SOCKET", "/nowhere/at/all")
    notify("READY=1")


def test_an_abstract_address(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind("")  # Linux chooses a free abstract name
        name = sock.getsockname()
        monkeypatch.setenv("NOTIFY_SOCKET", "@" + name[1:].decode())
        notify("STOPPING=1")
        sock.settimeout(20)
        assert sock.recv(100) == b"STOPPING=1"
