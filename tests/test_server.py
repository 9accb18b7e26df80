"""The parts put together, as far as it needs no process of its own."""

import logging
import os
import resource
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from chatserver import server as module
from chatserver.chat.registry import RoomRegistry
from chatserver.chat.requests import Request, Say
from chatserver.config import Config, Limits
from chatserver.net.doors import ListenError
from chatserver.net.listener import Listener, Verdict
from chatserver.server import SPARE_DESCRIPTORS, Server
from tests.helpers import PATIENCE, Client


def close(server: Server) -> None:
    for door in server._doors:
        door.sock.close()


@pytest.fixture(autouse=True)
def _no_hard_exit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stop that misses its deadline ends the process; here it shall end the test."""

    def fail(code: int) -> None:
        raise AssertionError(f"the process would end with {code}")

    monkeypatch.setattr(os, "_exit", fail)


def test_every_configured_address_is_listened_on(tmp_path: Path) -> None:
    config = Config(host="127.0.0.1", port=0, listen=("127.0.0.2:0",), data=str(tmp_path))
    server = Server(config)
    server.listen()
    hosts = [host for host, _ in server.addresses]
    assert hosts == ["127.0.0.1", "127.0.0.2"]
    assert len(server.descriptors) == 2
    close(server)


def test_each_address_is_said_with_its_protocol_and_one_for_people_to_try(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    listen = ("irc://127.0.0.1:0", "telnet://127.0.0.2:0", "127.0.0.1:0")
    server = Server(Config(host="", listen=listen, data=str(tmp_path)))
    server.listen()
    ports = [port for _, port in server.addresses]
    shown = [
        f"irc://127.0.0.1:{ports[0]}",
        f"telnet://127.0.0.2:{ports[1]}",
        f"127.0.0.1:{ports[2]}",
    ]
    assert server._facts(0.0)["addresses"] == shown
    with caplog.at_level(logging.INFO):
        server._say_where()
    assert caplog.messages == [
        *(f"Listening on {place}" for place in shown),
        f"Try it: telnet 127.0.0.2 {ports[1]}",
    ]
    close(server)


def test_who_comes_by_a_door_for_people_is_greeted_at_once(tmp_path: Path) -> None:
    limits = Limits(sniff_seconds=60, name_seconds=60)
    listen = ("telnet://127.0.0.1:0",)
    server = Server(Config(host="", listen=listen, data=str(tmp_path), limits=limits))
    server.listen()
    house = module._Run(server._config, server._house, server._doors, server._facts)
    thread = threading.Thread(target=house.serve)
    thread.start()
    try:
        with Client(server.addresses[0][1]) as ada:
            ada.until(b"Your name? ")
            ada.send("ada")
            ada.expect("You are in #lobby")
    finally:
        house._desk.stop()
        thread.join(PATIENCE)
        close(server)


def test_one_address_that_is_not_to_be_had_and_none_is_listened_on(tmp_path: Path) -> None:
    first = Server(Config(host="127.0.0.1", port=0, data=str(tmp_path)))
    first.listen()
    port = first.addresses[0][1]
    config = Config(host="127.0.0.2", port=0, listen=(f"127.0.0.1:{port}",), data=str(tmp_path))
    second = Server(config)
    with pytest.raises(ListenError, match="address already in use"):
        second.listen()
    assert second.descriptors == []
    close(first)


@pytest.mark.parametrize(
    ("files", "wanted", "most"),
    [(20_000, 10_000, 10_000), (1024, 10_000, 1024 - SPARE_DESCRIPTORS), (100, 10_000, 50)],
)
def test_row_01_the_open_file_limit_bounds_the_clients_and_is_said(
    files: int,
    wanted: int,
    most: int,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    limit = [64, files]

    def change(_which: int, new: tuple[int, int]) -> None:
        limit[:] = new

    monkeypatch.setattr(resource, "getrlimit", lambda _which: tuple(limit))
    monkeypatch.setattr(resource, "setrlimit", change)
    with caplog.at_level(logging.INFO):
        assert module._most_clients(wanted) == most
    assert limit == [files, files]  # the soft limit is raised to the hard one
    assert f"Room for {most} clients at once (open-file limit {files})" in caplog.text


def test_no_open_file_limit_is_no_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    infinite = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    monkeypatch.setattr(resource, "getrlimit", lambda _which: infinite)
    monkeypatch.setattr(resource, "setrlimit", lambda _which, _new: None)
    assert module._most_clients(10_000) == 10_000


def test_row_45_a_listener_that_dies_ends_the_server_in_order_with_70(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_listener: Listener) -> Verdict:
        raise OSError("by the test")

    monkeypatch.setattr(Listener, "serve", fail)
    limits = Limits(stop_seconds=PATIENCE)
    server = Server(Config(host="127.0.0.1", port=0, data=str(tmp_path), limits=limits))
    server.listen()
    house = module._Run(server._config, server._house, server._doors, server._facts)
    assert house.serve() == 70
    assert "the listener died" in caplog.text
    assert not any(thread.is_alive() for thread in (house._hub, *house._pool.workers))
    close(server)


def test_row_48_the_stop_waits_for_everything_that_was_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hub so slow that it is far behind when the stop begins."""
    speaking = threading.Event()
    apply = RoomRegistry.apply

    def slowly(registry: RoomRegistry, origin: Any, request: Request, *rest: Any) -> Any:
        if isinstance(request, Say):
            speaking.set()
            time.sleep(0.002)
        return apply(registry, origin, request, *rest)

    monkeypatch.setattr(RoomRegistry, "apply", slowly)
    limits = Limits(rate=None, stop_seconds=2 * PATIENCE, flush_seconds=PATIENCE)
    server = Server(Config(host="127.0.0.1", port=0, data=str(tmp_path), limits=limits))
    server.listen()
    house = module._Run(server._config, server._house, server._doors, server._facts)
    thread = threading.Thread(target=house.serve)
    thread.start()
    with Client(server.addresses[0][1], "ada") as ada:
        ada.send_bytes(b"".join(b"line %d\n" % number for number in range(300)))
        assert speaking.wait(PATIENCE)
        house._desk.stop()
        lines = ada.rest().splitlines()
    thread.join(PATIENCE)
    close(server)
    said = [line.partition("> ")[2] for line in lines if "<ada>" in line]
    assert said == [f"line {number}" for number in range(300)]
    assert lines[-1].strip() == "Good-bye."
