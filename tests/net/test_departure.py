"""The way to the closed socket."""

import errno
import socket

import pytest

from chatserver.endings import Ending
from chatserver.net.departure import Departure, State, cause_of
from tests.net.fakes import pair


def test_the_last_bytes_then_the_half_then_the_whole() -> None:
    ours, theirs = pair()
    with theirs:
        departure = Departure(ours, 5.0)
        assert (departure.state, departure.deadline) == (State.FINISHING, 5.0)
        assert not departure.lingers
        assert departure.half_close(7.0)
        assert theirs.recv(10) == b""
        assert (departure.state, departure.deadline) == (State.LINGERING, 7.0)
        assert departure.lingers
        theirs.sendall(b"still here")
        departure.close()
        assert departure.state is State.CLOSED
        assert ours.fileno() == -1


def test_a_peer_that_is_gone_cannot_be_half_closed() -> None:
    ours, theirs = pair()
    theirs.close()
    ours.shutdown(socket.SHUT_RDWR)
    ours.close()
    assert not Departure(ours, 5.0).half_close(7.0)


@pytest.mark.parametrize(
    ("number", "ending"),
    [
        (errno.ETIMEDOUT, Ending.NO_ANSWER),
        (errno.EHOSTUNREACH, Ending.NO_ANSWER),
        (errno.ENETUNREACH, Ending.NO_ANSWER),
        (errno.ECONNRESET, Ending.LOST),
        (errno.EPIPE, Ending.LOST),
    ],
)
def test_why_a_peer_is_gone(number: int, ending: Ending) -> None:
    assert cause_of(OSError(number, "")) is ending
