"""Inbox: the queue into a thread. Many put, one takes; it is woken at most once per batch."""

import os
import select
import socket
from collections import deque
from contextlib import suppress
from typing import Generic, TypeVar

T = TypeVar("T")


class Inbox(Generic[T]):
    """A queue whose consumer can wait for it together with its sockets.

    `put`, `add` and `wake` may be called by any thread, all else by the one consumer. There is no
    lock: a deque's append and popleft are atomic, and the flag may at worst wake the consumer once
    too often. The flag is cleared *before* draining: an item put after that rings again, one put
    before it is drained. While the flag stands, that is while the consumer is busy, putting costs
    no system call.
    """

    def __init__(self) -> None:
        self._items: deque[T] = deque()
        self._woken = False
        self._bell = _make_bell()
        self._poll = select.poll()  # unlike select(), it takes descriptors over 1023
        self._poll.register(self._bell.fileno(), select.POLLIN)

    def fileno(self) -> int:
        """Return the descriptor that is readable while something may be waiting."""
        return self._bell.fileno()

    def put(self, item: T) -> None:
        """Hand an item over; it is the consumer's from now on."""
        self.add(item)
        self.wake()

    def add(self, item: T) -> None:
        """Hand an item over to a consumer that is known to look before it sleeps."""
        self._items.append(item)

    def wake(self) -> None:
        """Let the consumer look, if that is not on its way already."""
        if not self._woken:
            self._woken = True
            self._bell.ring()

    def clear(self) -> None:
        """Be ready to be woken again. To be called when the descriptor is readable; then drain."""
        self._bell.silence()
        self._woken = False

    def wait(self, timeout: float) -> bool:
        """Block until something may be waiting, and clear; False: not for `timeout` seconds."""
        if self._items:
            return True
        if self._poll.poll(timeout * 1000):
            self.clear()
            return True
        return False

    def drain(self, limit: int = 1 << 30) -> list[T]:
        """Return what is waiting, oldest first, at most `limit` items."""
        items = self._items
        count = min(len(items), limit)
        return [items.popleft() for _ in range(count)]

    def __len__(self) -> int:
        return len(self._items)

    def close(self) -> None:
        """Give the descriptor back; nothing may be put any more."""
        self._bell.close()


class _EventBell:
    """An eventfd: one descriptor, eight bytes in the kernel (Linux)."""

    def __init__(self) -> None:
        self._fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)

    def fileno(self) -> int:
        return self._fd

    def ring(self) -> None:
        os.eventfd_write(self._fd, 1)

    def silence(self) -> None:
        with suppress(BlockingIOError):
            os.eventfd_read(self._fd)

    def close(self) -> None:
        os.close(self._fd)


class _PairBell:
    """A socketpair, where there is no eventfd."""

    def __init__(self) -> None:
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)

    def fileno(self) -> int:
        return self._reader.fileno()

    def ring(self) -> None:
        with suppress(BlockingIOError):  # full: it rings already
            self._writer.send(b"\0")

    def silence(self) -> None:
        with suppress(BlockingIOError):
            self._reader.recv(4096)

    def close(self) -> None:
        self._reader.close()
        self._writer.close()


def _make_bell() -> _EventBell | _PairBell:
    return _EventBell() if hasattr(os, "eventfd") else _PairBell()
