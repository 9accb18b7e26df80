"""Stand-ins around a connection and a worker: a session by script, a keeper with its own clock."""

import socket
from collections import deque
from collections.abc import Callable, Mapping, Sequence, Set
from types import MappingProxyType
from typing import Any

from chatserver.config import Limits
from chatserver.encoded import Encoded
from chatserver.endings import Ending
from chatserver.net.connection import Connection

UNLIMITED = Limits(rate=None)


class Script:
    """A session that does what a test says. `faulty`: methods that raise, saying what was said."""

    def __init__(self, submit: Callable[[object], None] = lambda wish: None) -> None:
        self.dialect: Words | None = None
        self.key = ""
        self.wants_input = True
        self.finished = False
        self.cost = 1.0
        self.wake_at: float | None = None
        self.submit = submit
        self.received = b""
        self.eof = False
        self.output = b""
        self.pages: deque[bytes] = deque()
        self.delivered: list[Any] = []
        self.ticks: list[float] = []
        self.governed: list[float] = []
        self.warned: list[Ending] = []
        self.ended: list[tuple[Ending, int]] = []
        self.faulty: set[str] = set()
        self.finish_on_eof = True
        self.stirred = True  # by what is received

    def _perhaps_fail(self, method: str) -> None:
        if method in self.faulty:
            raise ValueError(method, self.received)

    @property
    def has_more(self) -> bool:
        return bool(self.pages)

    def receive_data(self, data: bytes, now: float) -> bool:
        self.received += data
        self._perhaps_fail("receive_data")
        return self.stirred

    def receive_eof(self, now: float) -> None:
        self.eof = True
        self.finished = self.finish_on_eof
        self._perhaps_fail("receive_eof")

    def deliver(self, events: Sequence[Any], now: float) -> None:
        self.delivered += events
        self.output += b"".join(event for event in events if isinstance(event, bytes))
        self._perhaps_fail("deliver")

    def tick(self, now: float) -> None:
        self.ticks.append(now)
        self.wake_at = None
        self._perhaps_fail("tick")

    def govern(self, now: float) -> None:
        self.governed.append(now)
        self._perhaps_fail("govern")

    def warn(self, ending: Ending) -> None:
        self.warned.append(ending)
        self.output += b"[warned]"
        self._perhaps_fail("warn")

    def end(self, ending: Ending, waiting: int) -> None:
        self.ended.append((ending, waiting))
        self.output += f"[{ending.value}]".encode()
        self.finished = True
        self._perhaps_fail("end")

    def data_to_send(self) -> bytes:
        self._perhaps_fail("data_to_send")
        output, self.output = self.output, b""
        if not output and self.pages:
            output = self.pages.popleft()
        return output


class Words:
    """A dialect whose events are bytes already. It keeps what it has been asked to encode."""

    def __init__(
        self, aside: Set[str] = frozenset(), own: Mapping[str, bytes] = MappingProxyType({})
    ) -> None:
        self.aside = aside
        self.own = own
        self.encoded: list[list[bytes]] = []

    def encode(self, events: Sequence[bytes]) -> Encoded | None:
        self.encoded.append(list(events))
        return Encoded(b"".join(events), self.aside, self.own)


class Keeper:
    """Owner of one connection, in place of a worker. Time is what `now` says."""

    def __init__(self, limits: Limits = UNLIMITED) -> None:
        self.limits = limits
        self.now = 1000.0
        self.linger_seconds = 2.0
        self.reading = True
        self.waiting = 0
        self.wishes: list[object] = []
        self.endings: list[str] = []
        self.named = 0
        self.forgotten = 0
        self.reseated = 0

    def watch(self, connection: Connection, events: int) -> None:
        assert events != connection.events
        connection.events = events

    def schedule(self, connection: Connection, when: float) -> None:
        assert connection.timer == when

    def queued(self, change: int) -> None:
        self.waiting += change

    def reseat(self) -> None:
        self.reseated += 1

    def request(self, connection: Connection, wish: object) -> None:
        self.wishes.append(wish)

    def hang_up(self, connection: Connection, ending: str) -> None:
        self.endings.append(ending)

    def established(self, connection: Connection) -> None:
        self.named += 1

    def forget(self, connection: Connection) -> None:
        self.forgotten += 1


class TestSocket(socket.socket):
    """A socket that fails on demand, and keeps the objects that it is asked to send."""

    __test__ = False

    def __init__(self, sock: socket.socket) -> None:
        super().__init__(fileno=sock.detach())
        self.setblocking(False)
        self.send_error = 0
        self.receive_error = 0
        self.sent: list[Any] = []
        self.takes: deque[int] = deque()  # how many bytes of the next sends, before all of them

    def send(self, data: Any, flags: int = 0) -> int:
        if self.send_error:
            raise OSError(self.send_error, "by the test")
        self.sent.append(data)
        if self.takes:
            data = data[: self.takes.popleft()]
        return super().send(data, flags)

    def recv(self, size: int, flags: int = 0) -> bytes:
        if self.receive_error:
            raise OSError(self.receive_error, "by the test")
        return super().recv(size, flags)


def pair() -> tuple[TestSocket, socket.socket]:
    """Return our end and the client's, with little room between them."""
    ours, theirs = socket.socketpair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    theirs.settimeout(20)
    return TestSocket(ours), theirs


def tcp_pair() -> tuple[TestSocket, socket.socket]:
    """Return the ends of a TCP connection over loopback."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        theirs = socket.create_connection(listening.getsockname())
        ours, _ = listening.accept()
    theirs.settimeout(20)
    return TestSocket(ours), theirs


def drain(sock: socket.socket) -> bytes:
    """Return what is there to be read now."""
    received = b""
    timeout = sock.gettimeout()
    sock.setblocking(False)
    try:
        while data := sock.recv(65536):
            received += data
    except BlockingIOError:
        pass
    finally:
        sock.settimeout(timeout)
    return received
