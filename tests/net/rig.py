"""A connection with a socket pair, a session by script and a clock by hand: no thread."""

import socket

from chatserver.config import Limits
from chatserver.net.connection import Connection
from chatserver.net.departure import State
from tests.net.fakes import Keeper, Script, TestSocket, drain, pair

SMALL = Limits(rate=None, outbox=262_144, outbox_seconds=60, softsendq=10_240)
READ, WRITE = 1, 2


class Rig:
    """A connection and everything around it."""

    def __init__(
        self,
        limits: Limits = SMALL,
        ends: tuple[TestSocket, socket.socket] | None = None,
    ) -> None:
        self.sock, self.client = ends or pair()
        self.keeper = Keeper(limits)
        self.session = Script()
        self.connection = Connection(self.sock, "the test", self.keeper, lambda _: self.session)
        self.connection.settle()

    def state(self) -> State:
        return self.connection.state

    def fill(self) -> int:
        """Push until bytes wait; return how many went out at once."""
        self.connection.push(b"f" * 1_000)
        pushed = 1_000
        while not self.connection.waiting:
            self.connection.push(b"f" * 1_000)
            pushed += 1_000
        return pushed - self.connection.waiting

    def ring(self) -> None:
        """Let the time come that was asked for."""
        assert self.connection.timer is not None
        self.keeper.now = self.connection.timer
        self.connection.on_timer()

    def read(self) -> None:
        """Let the connection read once, and act."""
        if self.connection.on_readable():
            self.connection.act()

    def read_all(self) -> bytes:
        """Read as the client until nothing waits here."""
        received = drain(self.client)
        while self.connection.events & WRITE:
            self.connection.on_writable()
            received += drain(self.client)
        return received
