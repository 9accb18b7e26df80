"""What a client sends: a fair share at a time, at the rate allowed."""

import errno
import socket
from collections.abc import Iterator

import pytest

from chatserver.config import Limits, Rate
from chatserver.net.intake import RECEIVE_BYTES, Intake
from tests.net.fakes import TestSocket, pair

RATED = Limits(rate=Rate(bytes_burst=1000, bytes_per_second=100))


@pytest.fixture
def ends() -> Iterator[tuple[TestSocket, socket.socket]]:
    ours, theirs = pair()
    with ours, theirs:
        yield ours, theirs


Ends = tuple[TestSocket, socket.socket]


def test_nothing_to_read_is_no_end(ends: Ends) -> None:
    intake = Intake(ends[0], Limits(), 0.0)
    assert not intake.read()
    assert not intake.ended


def test_what_is_read_is_taken_once_and_the_end_is_noted(ends: Ends) -> None:
    ours, theirs = ends
    intake = Intake(ours, Limits(), 0.0)
    theirs.sendall(b"x" * RECEIVE_BYTES + b"rest")
    theirs.shutdown(socket.SHUT_WR)
    assert intake.read()
    assert intake.take(1.0, 0.0) == b"x" * RECEIVE_BYTES
    assert intake.read()
    assert intake.take(1.0, 0.0) == b"rest"
    assert intake.tail == b"rest"
    assert not intake.ended
    assert intake.read()
    assert intake.take(1.0, 0.0) == b""
    assert intake.ended
    assert intake.tail == b"rest"  # a fault at the end may come of what was before


def test_of_much_the_end_is_kept_for_the_log(ends: Ends) -> None:
    ours, theirs = ends
    intake = Intake(ours, Limits(), 0.0)
    theirs.sendall(b"x" * 1000 + b"last")
    intake.read()
    intake.take(1.0, 0.0)
    assert len(intake.tail) == 256
    assert intake.tail.endswith(b"xlast")


def test_the_rate_tells_when_to_read_on(ends: Ends) -> None:
    ours, theirs = ends
    intake = Intake(ours, RATED, 50.0)
    theirs.sendall(b"x" * 1500)
    intake.read()
    assert intake.ready_at == 50
    intake.take(1.0, 50.0)
    assert intake.ready_at == pytest.approx(55)
    intake.govern(RATED, 51.0)
    assert intake.ready_at == 51


def test_a_broken_socket_is_told(ends: Ends) -> None:
    intake = Intake(ends[0], Limits(), 0.0)
    ends[0].receive_error = errno.ECONNRESET
    with pytest.raises(ConnectionResetError):
        intake.read()
