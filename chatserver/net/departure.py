"""Departure: a connection's way from its last words to the closed socket."""

import errno
import socket
from enum import Enum

from chatserver.endings import Ending

LINGER_SECONDS = 2.0


class State(Enum):
    """Where a connection is on its way to the end."""

    OPEN = "open"
    FINISHING = "sending its last bytes"
    LINGERING = "half-closed: what still comes is thrown away until the peer closes too"
    CLOSED = "closed"


class Departure:
    """It is only there once a connection is not open any more.

    Attributes:
        state: any but OPEN.
        deadline: when the patience with the peer ends, in monotonic seconds.
    """

    __slots__ = ("_sock", "deadline", "state")

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        """Begin with the last bytes, which are to be out by the deadline."""
        self._sock = sock
        self.state = State.FINISHING
        self.deadline = deadline

    @property
    def lingers(self) -> bool:
        """Whether what still comes is read, and thrown away."""
        return self.state is State.LINGERING

    def half_close(self, deadline: float) -> bool:
        """Say that no more comes, and wait for the peer to say so too; False: it is gone.

        Closing at once with unread input makes the kernel send a reset, which may destroy the
        last bytes on their way (RFC 1122 section 4.2.2.13).
        """
        try:
            self._sock.shutdown(socket.SHUT_WR)
        except OSError:
            return False
        self.state = State.LINGERING
        self.deadline = deadline
        return True

    def close(self) -> None:
        """Close the socket."""
        self.state = State.CLOSED
        self._sock.close()


def cause_of(error: OSError) -> Ending:
    """ETIMEDOUT and its like come from TCP keepalive and TCP_USER_TIMEOUT: nobody answers."""
    if error.errno in (errno.ETIMEDOUT, errno.EHOSTUNREACH, errno.ENETUNREACH):
        return Ending.NO_ANSWER
    return Ending.LOST
