"""The parts put together, as far as it needs no process of its own."""

import logging
import resource
from pathlib import Path

import pytest

from chatserver import server as module
from chatserver.config import Config, Limits
from chatserver.net.doors import ListenError
from chatserver.net.listener import Listener, Verdict
from chatserver.server import SPARE_DESCRIPTORS, Server


def close(server: Server) -> None:
    for door in server._doors:
        door.sock.close()


def test_every_configured_address_is_listened_on(tmp_path: Path) -> None:
    config = Config(host="127.0.0.1", port=0, listen=("127.0.0.2:0",), data=str(tmp_path))
    server = Server(config)
    server.listen()
    hosts = [host for host, _ in server.addresses]
    assert hosts == ["127.0.0.1", "127.0.0.2"]
    assert len(server.descriptors) == 2
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
    limits = Limits(stop_seconds=10)
    server = Server(Config(host="127.0.0.1", port=0, data=str(tmp_path), limits=limits))
    server.listen()
    house = module._Run(server._config, server._house, server._doors, server._facts)
    assert house.serve() == 70
    assert "the listener died" in caplog.text
    assert not any(thread.is_alive() for thread in (house._hub, *house._pool.workers))
    close(server)
