"""The clients: connecting many of them, naming them, bringing them into their rooms."""

import errno
import os
import select
import socket
import struct
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from scripts.benchmark.dialects import Dialect

_READ = 1 << 16
_TAIL = 64  # longer than any marker that could be cut by a read
_SMALL_BUFFER = 4096
_SMALL_SEGMENT = 536


class GatherError(Exception):
    """Not everybody got in."""


@dataclass(eq=False)
class Guest:
    """One client of the server."""

    nick: str
    room: str | None = None
    small: bool = False  # takes little into its socket: for one who will not read
    sock: socket.socket = field(default_factory=socket.socket, repr=False)
    _wait_for: Iterator[bytes] = field(default_factory=lambda: iter(()), repr=False)
    _marker: bytes = b""
    _tail: bytes = b""

    @property
    def fd(self) -> int:
        """The socket's file descriptor."""
        return self.sock.fileno()

    def connect(self, port: int) -> None:
        """Start to connect. On loopback this is done at once unless the backlog is full."""
        self.sock.setblocking(False)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.small:
            # Loopback's segments of 64 KiB make the server's kernel hold megabytes for a peer.
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, _SMALL_SEGMENT)
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL_BUFFER)
        status = self.sock.connect_ex(("127.0.0.1", port))
        if status not in (0, errno.EINPROGRESS):
            raise GatherError(f"{self.nick}: connect: {os.strerror(status)}")

    def greet(self, dialect: Dialect) -> None:
        """Say the name; `hear` does the rest."""
        self._wait_for = self._walk_in(dialect)
        self._marker = next(self._wait_for)

    def hear(self, data: bytes) -> bool:
        """Go on as far as the server's answers allow; whether the guest has arrived."""
        seen = self._tail + data
        while (found := seen.find(self._marker)) >= 0:
            seen = seen[found + len(self._marker) :]
            marker = next(self._wait_for, None)
            if marker is None:
                return True
            self._marker = marker
        self._tail = seen[-_TAIL:]
        return False

    def _walk_in(self, dialect: Dialect) -> Iterator[bytes]:
        self.sock.send(dialect.hello.format(nick=self.nick).encode())
        yield dialect.welcome
        if self.room:
            self.sock.send(dialect.join.format(nick=self.nick, room=self.room).encode())
            yield dialect.joined

    def vanish(self) -> None:
        """Close with a reset, so that thousands of ports do not linger in TIME_WAIT."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


class Gathering:
    """Brings guests in, `at_once` on their way at a time, and reads whatever comes meanwhile."""

    def __init__(self, port: int, dialect: Dialect, seconds: float, at_once: int = 64) -> None:
        self._port = port
        self._dialect = dialect
        self._seconds = seconds
        self._at_once = at_once
        self._epoll = select.epoll()
        self._coming: dict[int, Guest] = {}
        self._present: dict[int, Guest] = {}

    def bring(self, guests: Iterable[Guest]) -> float:
        """Bring everyone in, then wait for quiet. Seconds until the last one was in."""
        with self._epoll:
            started = time.monotonic()
            self._bring(iter(guests), started + self._seconds)
            took = time.monotonic() - started
            self._await_quiet(started + self._seconds)
        return took

    def _bring(self, guests: Iterator[Guest], deadline: float) -> None:
        while self._fill_up(guests):
            self._turn(1.0)
            if time.monotonic() > deadline:
                raise GatherError(f"only {len(self._present)} were in after {self._seconds:.0f} s")

    def _fill_up(self, guests: Iterator[Guest]) -> bool:
        """Let as many begin as may be on their way at once; whether any are."""
        for guest in islice(guests, self._at_once - len(self._coming)):
            self._admit(guest)
        return bool(self._coming)

    def _admit(self, guest: Guest) -> None:
        guest.connect(self._port)
        self._coming[guest.fd] = guest
        self._epoll.register(guest.fd, select.EPOLLOUT)

    def _turn(self, timeout: float) -> bool:
        """Handle what is ready; whether anything was."""
        events = self._epoll.poll(timeout, 1024)
        for fd, event in events:
            guest = self._coming.get(fd)
            if guest is not None and event & select.EPOLLOUT:
                self._connected(guest)
            else:
                self._read(fd, guest)
        return bool(events)

    def _connected(self, guest: Guest) -> None:
        status = guest.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if status:
            raise GatherError(f"{guest.nick}: connect: {os.strerror(status)}")
        guest.greet(self._dialect)
        self._epoll.modify(guest.fd, select.EPOLLIN)

    def _read(self, fd: int, coming: Guest | None) -> None:
        guest = coming or self._present[fd]
        try:
            data = guest.sock.recv(_READ)
        except ConnectionError:
            data = b""
        if not data:
            raise GatherError(f"{guest.nick}: the server closed, {len(self._present)} were in")
        if coming is not None and coming.hear(data):
            self._present[fd] = self._coming.pop(fd)

    def _await_quiet(self, deadline: float) -> None:
        """Read the rest of the joins, until nothing has come for a fifth of a second."""
        while self._turn(0.2):
            if time.monotonic() > deadline:
                raise GatherError("the lines about joins did not end")
