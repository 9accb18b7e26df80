"""A worker with its desk and its trade, and the guests that tests send to it."""

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from chatserver.config import Limits
from chatserver.net.connection import Connection
from chatserver.net.worker import Adopt, Finish, Trade, Worker
from tests.helpers import PATIENCE, wait_for
from tests.net.fakes import UNLIMITED, Script, TestSocket, Words, pair

BUDGET = 2**30


class Office:
    """A worker, its desk, its trade, and the connections that it has made."""

    def __init__(self, limits: Limits = UNLIMITED, budget: int = BUDGET) -> None:
        self.wishes: list[tuple[Connection, Any]] = []
        self.named: list[object] = []
        self.closed_tickets: list[object] = []
        self.dead: list[Worker] = []
        self.made: list[tuple[Connection, Script]] = []
        self.before: Callable[[Script], None] = lambda session: None
        self.refuse_wishes = False
        trade = Trade(self.make_session, self.take_wishes, lambda ending: f"gone: {ending}")
        self.worker = Worker("worker-x", limits, budget, trade, self)

    # net.worker.Desk

    def established(self, ticket: object) -> None:
        self.named.append(ticket)

    def closed(self, ticket: object) -> None:
        self.closed_tickets.append(ticket)

    def died(self, worker: Worker) -> None:
        self.dead.append(worker)

    # net.worker.Trade

    def make_session(self, connection: Connection, door: str) -> Script:
        if door == "broken":
            raise ValueError(door)
        session = Script(connection.submit)
        self.before(session)
        self.made.append((connection, session))
        return session

    def take_wishes(self, wishes: Sequence[tuple[Connection, Any]]) -> None:
        if self.refuse_wishes:
            raise RuntimeError("by the test")
        self.wishes += wishes

    # For tests.

    def connect(self, dialect: Words | None = None, key: str = "") -> "Guest":
        """Hand a client to the worker, and wait until it is served."""
        ours, theirs = pair()
        ticket = object()

        def prepare(session: Script) -> None:
            session.dialect, session.key = dialect, key

        self.before = prepare
        count = len(self.made)
        self.worker.tell(Adopt(ours, "a test", "chat", ticket))
        wait_for(lambda: len(self.made) > count)
        return Guest(ours, theirs, ticket, *self.made[-1])

    def sync(self) -> None:
        """Wait until all is done that was told before."""
        done = threading.Event()
        witness = Witness(done)
        self.worker.post([(witness, None)])  # type: ignore[list-item]
        assert done.wait(PATIENCE)


class Witness:
    """An audience of one that only says that its turn has come."""

    def __init__(self, done: threading.Event) -> None:
        self.done = done

    def deliver(self, events: Sequence[Any]) -> None:
        self.done.set()


class Guest:
    """One client of the worker."""

    def __init__(
        self,
        ours: TestSocket,
        client: socket.socket,
        ticket: object,
        connection: Connection,
        session: Script,
    ) -> None:
        self.ours = ours
        self.client = client
        self.ticket = ticket
        self.connection = connection
        self.session = session

    def receive(self, size: int) -> bytes:
        """Read so many bytes."""
        received = b""
        while len(received) < size:
            data = self.client.recv(size - len(received))
            assert data
            received += data
        return received

    def rest(self) -> bytes:
        """Read until the worker closes."""
        received = b""
        while data := self.client.recv(65536):
            received += data
        return received


class Gate:
    """An audience of one that keeps the worker busy until it may go on."""

    def __init__(self, hold: threading.Event) -> None:
        self.hold = hold

    def deliver(self, events: Sequence[Any]) -> None:
        assert self.hold.wait(PATIENCE)


@contextmanager
def serving(office: Office) -> Iterator[Office]:
    office.worker.start()
    yield office
    office.worker.tell(Finish(0.1))
    office.worker.join(PATIENCE)
    assert not office.worker.is_alive()
