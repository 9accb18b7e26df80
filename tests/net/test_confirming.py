"""Wishes that say that something was sent: passed on when the kernel has all of it, or never."""

import errno
import socket
from collections.abc import Iterator

import pytest

from chatserver.endings import Ending
from chatserver.net.departure import State
from tests.net.fakes import drain
from tests.net.rig import Rig


@pytest.fixture
def rig() -> Iterator[Rig]:
    with (made := Rig()).sock, made.client:
        yield made


def deliver(rig: Rig, data: bytes, wish: str) -> None:
    """Let the session have that to send, and a wish that says so."""
    rig.connection.confirm(wish)
    rig.connection.deliver([data])


def test_it_is_passed_on_behind_the_send(rig: Rig) -> None:
    sent: list[bytes] = []
    rig.connection.submit = lambda wish: sent.append(drain(rig.client))  # type: ignore[assignment]
    deliver(rig, b"kept", "seen")
    assert sent == [b"kept"]
    rig.connection.settle()
    assert len(sent) == 1


def test_one_that_reads_slowly_has_it_when_nothing_waits(rig: Rig) -> None:
    rig.fill()
    deliver(rig, b"k" * 50_000, "one")
    deliver(rig, b"k" * 50_000, "two")
    while rig.connection.waiting:
        assert rig.keeper.wishes == []
        drain(rig.client)
        rig.connection.on_writable()
    assert rig.keeper.wishes == ["one", "two"]


def test_of_pages_it_is_the_last_that_counts(rig: Rig) -> None:
    rig.session.pages.extend([b"page"] * 3)
    deliver(rig, b"", "seen")
    while rig.session.pages:
        assert rig.keeper.wishes == []
        rig.connection.on_writable()
    assert drain(rig.client) == b"page" * 3
    assert rig.keeper.wishes == ["seen"]


def test_the_last_page_may_wait_too(rig: Rig) -> None:
    rig.session.pages.extend([b"p" * 3_000] * 30)
    deliver(rig, b"", "seen")
    received = len(drain(rig.client))
    while received < 90_000:
        assert rig.keeper.wishes == []
        rig.connection.on_writable()
        received += len(drain(rig.client))
        if not rig.connection.waiting and not rig.session.pages:
            break
    rig.connection.on_writable()
    assert rig.keeper.wishes == ["seen"]


@pytest.mark.parametrize("number", [errno.EPIPE, errno.ECONNRESET])
def test_what_breaks_just_then_was_not_sent(number: int, rig: Rig) -> None:
    rig.sock.send_error = number
    deliver(rig, b"kept", "seen")
    deliver(rig, b"kept", "this neither")
    rig.client.shutdown(socket.SHUT_WR)
    rig.read()
    assert rig.state() is State.CLOSED
    assert rig.keeper.wishes == []


def test_what_breaks_while_it_waits_was_not_sent(rig: Rig) -> None:
    rig.fill()
    deliver(rig, b"kept", "seen")
    rig.sock.send_error = errno.EPIPE
    rig.connection.on_writable()
    rig.connection.settle()
    assert rig.keeper.wishes == []


@pytest.mark.parametrize("ending", [Ending.TOO_SLOW, Ending.STOPPING, Ending.FAULT])
def test_what_waits_when_we_hang_up_is_not_relied_upon(ending: Ending, rig: Rig) -> None:
    rig.fill()
    deliver(rig, b"kept", "seen")
    rig.connection.end(ending)
    rig.read_all()
    assert rig.keeper.wishes == []


def test_who_leaves_gets_what_waits_and_it_counts(rig: Rig) -> None:
    """The wish comes behind the good-bye then."""
    rig.fill()
    deliver(rig, b"kept", "seen")
    rig.session.finished = True
    rig.connection.settle()
    assert rig.keeper.endings == ["connection lost"]
    assert rig.keeper.wishes == []
    assert rig.read_all().endswith(b"kept")
    assert rig.keeper.wishes == ["seen"]


def test_who_leaves_at_once_has_had_it(rig: Rig) -> None:
    rig.session.finished = True
    deliver(rig, b"kept", "seen")
    assert drain(rig.client) == b"kept"
    assert rig.keeper.wishes == ["seen"]
