"""Intake: what one client sends, a fair share at a time and as fast as the rate allows."""

import socket

from chatserver.config import Limits
from chatserver.rate import byte_bucket

# A round's work for one client: the editor's worst keys cost some 10 µs a byte.
RECEIVE_BYTES = 8192
_SHOWN_BYTES = 256


class Intake:
    """Bytes are read, and acted on later in the same round.

    Attributes:
        ended: the client sends no more.
        ready_at: when the rate allows to read on, in monotonic seconds.
        tail: the last input, for the log of a fault.
    """

    __slots__ = ("_bucket", "_read", "_recv", "ended", "ready_at", "tail")

    def __init__(self, sock: socket.socket, limits: Limits, now: float) -> None:
        self._recv = sock.recv
        self._read = b""  # and not acted on yet
        self.ended = False
        self.tail = b""
        self.govern(limits, now)

    def govern(self, limits: Limits, now: float) -> None:
        """Let these limits hold, with nothing used up."""
        self._bucket = byte_bucket(limits, now)
        self.ready_at = now

    def read(self) -> bool:
        """Read once, at most RECEIVE_BYTES; False: there is nothing.

        Raises:
            OSError: the peer is gone.
        """
        try:
            self._read = self._recv(RECEIVE_BYTES)
        except BlockingIOError:
            return False
        return True

    def take(self, cost: float, now: float) -> bytes:
        """Return what was read, nothing at the end of all; `cost`: what counts for a byte."""
        data, self._read = self._read, b""
        if not data:
            self.ended = True
            return data
        self.tail = data[-_SHOWN_BYTES:]
        if self._bucket:
            self._bucket.take(len(data) * cost, now)
            self.ready_at = self._bucket.ready_at(0, now)
        return data
