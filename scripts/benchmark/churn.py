"""Visitors who come and go, in good manners and in bad."""

import math
import select
import socket
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum

from scripts.benchmark.crowd import Guest
from scripts.benchmark.dialects import Dialect

_READ = 1 << 16
_MOST_AT_ONCE = 200
_NAMES = 1000  # they come again: what is remembered by name is so many at most


class Manner(Enum):
    """How a visitor behaves."""

    SILENT = "connects and closes"
    RUDE = "gives a name and resets without waiting"
    BRIEF = "gives a name, waits for the welcome and closes"
    TALKER = "says a line, half-closes and reads to the end"


@dataclass(frozen=True, eq=False)
class Visitor:
    """One connection and how it will behave."""

    guest: Guest
    manner: Manner


class Ticker:
    """Counts what is due at a steady rate."""

    def __init__(self, rate: float, now: float) -> None:
        self._rate = rate
        self._next = now

    def due(self, now: float) -> int:
        """How many ticks have passed since the last call; `now` in seconds."""
        count = max(0, math.floor((now - self._next) * self._rate) + 1)
        self._next += count / self._rate
        return count


class Churn:
    """Opens visits and sees each through to its end."""

    def __init__(self, port: int, dialect: Dialect) -> None:
        self._port = port
        self._dialect = dialect
        self._epoll = select.epoll()
        self._inside: dict[int, Visitor] = {}
        self.visits = 0
        self.refused = 0

    def __len__(self) -> int:
        return len(self._inside)

    def open(self, count: int) -> None:
        """Begin visits, one manner after another; fewer if too many are inside."""
        manners = list(Manner)
        for _ in range(min(count, _MOST_AT_ONCE - len(self))):
            guest = Guest(f"v{self.visits % _NAMES}")
            guest.connect(self._port)
            self._inside[guest.fd] = Visitor(guest, manners[self.visits % len(manners)])
            self._epoll.register(guest.fd, select.EPOLLOUT)
            self.visits += 1

    def turn(self, timeout: float = 0) -> None:
        """Go on with every visit that can go on."""
        for fd, event in self._epoll.poll(timeout):
            visitor = self._inside[fd]
            try:
                if event & select.EPOLLOUT:
                    self._connected(visitor)
                elif self._hear(visitor):
                    self._leave(visitor)
            except OSError:
                self.refused += 1
                self._leave(visitor)

    def _connected(self, visitor: Visitor) -> None:
        guest = visitor.guest
        if visitor.manner is Manner.SILENT:
            self._leave(visitor)
            return
        guest.greet(self._dialect)
        if visitor.manner is Manner.RUDE:
            del self._inside[guest.fd]
            guest.vanish()
            return
        self._epoll.modify(guest.fd, select.EPOLLIN)

    def _hear(self, visitor: Visitor) -> bool:
        """Whether the visit is over."""
        data = visitor.guest.sock.recv(_READ)
        if not data:
            return True
        if not visitor.guest.hear(data):
            return False
        if visitor.manner is Manner.TALKER:
            visitor.guest.sock.send(b"I was here\n")
            visitor.guest.sock.shutdown(socket.SHUT_WR)
        return visitor.manner is Manner.BRIEF

    def _leave(self, visitor: Visitor) -> None:
        del self._inside[visitor.guest.fd]
        visitor.guest.sock.close()

    def close(self) -> None:
        """Break off what is still going on."""
        for visitor in self._inside.values():
            with suppress(OSError):
                visitor.guest.vanish()
        self._inside.clear()
        self._epoll.close()
