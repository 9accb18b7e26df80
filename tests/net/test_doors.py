"""Listening sockets: where, with which options, and in which words it fails."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from chatserver.config import Address, Limits, Protocol
from chatserver.net.doors import Door, ListenError, open_doors, show_address

LIMITS = Limits(keepalive_idle=61, keepalive_interval=11, keepalive_count=4, user_timeout=62)


@contextmanager
def opened(host: str, protocol: Protocol = "any") -> Iterator[list[Door]]:
    doors = open_doors(Address(host, 0, protocol), LIMITS)
    try:
        yield doors
    finally:
        for door in doors:
            door.sock.close()


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("TCP_NODELAY", 1),
        ("TCP_KEEPIDLE", 61),
        ("TCP_KEEPINTVL", 11),
        ("TCP_KEEPCNT", 4),
        ("TCP_USER_TIMEOUT", 62_000),
    ],
)
def test_row_11_each_accepted_socket_finds_out_about_peers_that_vanish(
    option: str, value: int
) -> None:
    """Linux hands the listening socket's options down, so that none is set for each client."""
    with opened("127.0.0.1") as (door,):
        with socket.create_connection(door.sock.getsockname()):
            door.sock.setblocking(True)
            accepted, _ = door.sock.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, getattr(socket, option)) == value
            assert accepted.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1


def test_every_address_of_a_name_has_the_same_port() -> None:
    with opened("localhost") as doors:
        assert len({door.sock.getsockname()[1] for door in doors}) == 1
        assert all(door.guarded for door in doors)
        assert len({door.sock.getsockname()[0] for door in doors}) == len(doors)


def test_an_empty_host_is_every_address_of_this_machine() -> None:
    with opened("") as doors:
        hosts = {door.sock.getsockname()[0] for door in doors}
        assert hosts <= {"0.0.0.0", "::"}
        socket.create_connection(("127.0.0.1", doors[0].sock.getsockname()[1])).close()


def test_a_name_with_an_address_that_this_machine_does_not_have(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def both(*_args: object, **_options: object) -> list[object]:
        stream = socket.SOCK_STREAM
        return [
            (socket.AF_INET6, stream, 6, "", ("2001:db8::1", 0, 0, 0)),
            (socket.AF_INET, stream, 6, "", ("127.0.0.1", 0)),
        ]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    with opened("somewhere") as doors:
        assert [door.sock.getsockname()[0] for door in doors] == ["127.0.0.1"]


def test_a_port_in_use() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ListenError) as caught:
            open_doors(Address("127.0.0.1", port), LIMITS)
    assert str(caught.value) == (
        f"Cannot listen on 127.0.0.1:{port}: address already in use. "
        f"Try --port 0 or --port {port + 1 if port < 65535 else port - 1}."
    )


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("192.0.2.77", "Cannot listen on 192.0.2.77:0: cannot assign requested address. "),
        ("no.such.host.invalid", "Cannot listen on no.such.host.invalid:0: "),
    ],
)
def test_a_host_that_is_not_ours(host: str, words: str) -> None:
    with pytest.raises(ListenError) as caught:
        open_doors(Address(host, 0), LIMITS)
    assert str(caught.value).startswith(words)
    assert str(caught.value).endswith("Try another --host.")


@pytest.mark.parametrize(
    ("address", "shown"),
    [(("127.0.0.1", 80), "127.0.0.1:80"), (("::1", 80), "[::1]:80"), ("", "this machine")],
)
def test_an_address_as_people_write_it(address: tuple[str, int] | str, shown: str) -> None:
    assert show_address(address) == shown


@pytest.mark.parametrize(("protocol", "scheme"), [("any", ""), ("irc", "irc://")])
def test_a_door_says_where_it_is_and_what_for(protocol: Protocol, scheme: str) -> None:
    with opened("127.0.0.1", protocol) as (door,):
        assert door.name == protocol
        assert door.place == f"{scheme}127.0.0.1:{door.sock.getsockname()[1]}"
