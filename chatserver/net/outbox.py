"""Outbox: what a socket has not taken yet."""

from collections import deque
from collections.abc import Callable

from chatserver.config import Limits

Send = Callable[[bytes | memoryview], int]


class Outbox:
    """References to shared immutable bytes, in the order they are to be sent.

    It is only there while something waits, which of most connections is never.
    """

    __slots__ = ("_parts", "moved_at", "size")

    def __init__(self, now: float) -> None:
        self.size = 0  # bytes
        self.moved_at = now  # when it last got shorter, or was begun
        self._parts: deque[bytes | memoryview] = deque()

    def put(self, data: bytes | memoryview) -> None:
        """Keep these bytes behind the others."""
        self._parts.append(data)
        self.size += len(data)

    def is_long(self, limits: Limits) -> bool:
        """Whether the client has enough to read already."""
        return self.size > limits.softsendq

    def due(self, limits: Limits) -> float:
        """When it is too long ago that anything was taken out of it."""
        return self.moved_at + limits.outbox_seconds

    def flush(self, send: Send, now: float) -> None:
        """Send until the socket takes no more, or nothing waits.

        Raises:
            OSError: the socket is broken.
        """
        parts = self._parts
        while parts:
            data = parts[0]
            try:
                sent = send(data)
            except BlockingIOError:
                return
            self.moved_at = now
            self.size -= sent
            if sent < len(data):
                parts[0] = memoryview(data)[sent:]
                return
            parts.popleft()
