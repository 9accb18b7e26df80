"""A house of sessions without sockets, threads or clocks: what goes in comes out at once."""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import datetime

import pyte

from chatserver.chat.events import Event
from chatserver.chat.hub import Hub, Parcel
from chatserver.chat.registry import RoomRegistry
from chatserver.chat.requests import Quit, Request
from chatserver.config import Config, Limits
from chatserver.endings import Ending
from chatserver.history.memory_library import MemoryLibrary
from chatserver.history.recorder import HistoryRecorder
from chatserver.house import House
from chatserver.telnet.parser import Command, Option, Parser
from chatserver.telnet.session import TelnetSession
from tests.histories import FaultyJournal, PatientLibrarian

VERSION = "0.1.0"
# The minute that lines show, whatever the zone of the machine.
AT = datetime(2024, 2, 29, 12, 1).timestamp()
FREE = Limits(rate=None)

IAC = b"\xff"
GREETING = b"\xff\xfb\x01\xff\xfb\x03\r\0"


def iac(command: Command, option: int) -> bytes:
    return bytes((0xFF, command, option))


def parameters(option: int, payload: bytes) -> bytes:
    body = bytes((option,)) + payload.replace(IAC, IAC * 2)
    return bytes((0xFF, Command.SB)) + body + bytes((0xFF, Command.SE))


def naws(columns: int, rows: int = 24) -> bytes:
    return parameters(Option.NAWS, columns.to_bytes(2, "big") + rows.to_bytes(2, "big"))


AGREES = iac(Command.DO, Option.ECHO) + iac(Command.DO, Option.SGA)
TELLS = iac(Command.WILL, Option.TTYPE) + iac(Command.WILL, Option.NAWS)


class Guest:
    """A client: what it has been sent, in pages as the connection would have asked for them."""

    def __init__(self, home: TestHouse, eager: bool) -> None:
        self.home = home
        self.pages: list[bytes] = []
        self.established = False
        self.gone = False
        self.slow = False  # it does not read: its output stays where it is
        self.unconfirmed: list[Request] = []  # what is said when all of its output was taken
        self.session = TelnetSession(
            home.house,
            "192.0.2.1",
            lambda request: home.submit(self, request),
            self.unconfirmed.append,
            self._establish,
            home.now,
            eager=eager,
            name_by=home.now + home.limits.name_seconds,
        )

    def _establish(self) -> None:
        self.established = True

    # What it does.

    def send(self, data: bytes | str) -> Guest:
        """Send bytes, or a text as UTF-8, and let everything that follows happen."""
        data = data.encode() if isinstance(data, str) else data
        before = self._stock()
        if not self.session.receive_data(data, self.home.now):
            # So a connection does not ask, and this is what it would miss.
            assert self._stock() == before
            assert self.slow or not self.session.data_to_send()
        self.home.settle(self)
        return self

    def _stock(self) -> tuple[object, ...]:
        """What a session says of itself."""
        one = self.session
        looks = (one.dialect, one.key, one.cost)
        return (*looks, one.wants_input, one.has_more, one.finished, one.wake_at)

    def hear(self, data: bytes | str) -> bytes:
        """Send, and return what comes back to this one."""
        self.read()
        self.send(data)
        return self.read()

    def says(self, data: str) -> list[str]:
        """Send a line; return the lines that come back, without their ends."""
        return self.hear(data + "\n").decode().splitlines()

    def close(self) -> Guest:
        """Send no more."""
        self.session.receive_eof(self.home.now)
        self.home.settle(self)
        return self

    def tick(self) -> None:
        self.session.tick(self.home.now)
        self.home.settle(self)

    def end(self, ending: Ending, waiting: int = 0) -> None:
        self.session.end(ending, waiting)
        self.home.settle(self)

    def read(self) -> bytes:
        """Return what has been sent to it since it was read last."""
        data = b"".join(self.pages)
        self.pages.clear()
        return data

    # What the house does.

    def pump(self) -> None:
        """Take the session's output, page after page."""
        if self.gone or self.slow:
            return
        while data := self.session.data_to_send():
            self.pages.append(data)
        while self.unconfirmed:
            self.home.submit(self, self.unconfirmed.pop(0))
        if self.session.finished:
            self.gone = True
            self.home.submit(self, Quit(Ending.LOST.value))


class TestHouse:
    """Several guests and the hub between them. `now` is the monotonic time, `at` the wall clock's.

    `reads`: whether questions for the history are answered at once.
    """

    __test__ = False

    def __init__(
        self,
        limits: Limits = FREE,
        motd: tuple[str, ...] = (),
        journal: FaultyJournal | None = None,
    ) -> None:
        """`journal` is what an earlier house has left."""
        self.limits = limits
        self.house = House(self.configure(limits), VERSION, motd, AT)
        self.now = 1000.0
        self.at = AT
        self.reads = True
        self.journal = journal or FaultyJournal()
        self.guests: list[Guest] = []
        self._librarian = PatientLibrarian(MemoryLibrary(self.journal))
        recorder = HistoryRecorder(self.journal, self._librarian.departures)
        self.registry = RoomRegistry(limits, recorder.topics(), keeps_messages=True)
        self._hub = Hub(self.registry, recorder, self._librarian, clock=lambda: self.at)
        self._wishes: deque[tuple[Guest, Request]] = deque()
        weakref.finalize(self, self._hub._inbox.close)

    def configure(self, limits: Limits) -> Config:
        """Return the configuration of the house."""
        return Config(limits=limits)

    # Guests.

    def pipe(self, name: str = "") -> Guest:
        """A client that speaks first, and is in the lobby if it gives a name."""
        return self._named(self._new(eager=True), name)

    def person(self, name: str = "") -> Guest:
        """Somebody who waits to be spoken to, and agrees to no editor (as nc does)."""
        return self._named(self._new(eager=False), name)

    def terminal(self, name: str = "", *, kind: str = "xterm-256color", columns: int = 80) -> Guest:
        """A telnet client that agrees to the editor and tells what it is."""
        guest = self._new(eager=False)
        size = naws(columns) if columns else b""
        told = parameters(Option.TTYPE, b"\0" + kind.encode()) if kind else b""
        guest.send(AGREES).send(TELLS + size).send(told)
        return self._named(guest, name, end="\r\0")

    def _new(self, eager: bool) -> Guest:
        guest = Guest(self, eager)
        self.guests.append(guest)
        if not eager:  # who is silent has waited for a while
            self.settle(guest)
        return guest

    def _named(self, guest: Guest, name: str, end: str = "\n") -> Guest:
        if name:
            guest.send(name + end)
            guest.read()
        return guest

    # The one order.

    def submit(self, guest: Guest, request: Request) -> None:
        self._wishes.append((guest, request))

    def settle(self, guest: Guest | None = None) -> None:
        """Do all that is waiting, in order, as hub, workers and helpers would."""
        if guest:
            guest.pump()
        while self._wishes or (self.reads and self._librarian.answer()):
            self._hub.submit([self._wishes.popleft()] if self._wishes else [])
            self._hub._serve()

    def read_on(self) -> None:
        """Answer what the history has been asked, and go on answering at once."""
        self.reads = True
        self.settle()

    def post(self, parcels: Sequence[Parcel]) -> None:
        """Fulfil hub.Home."""
        for audience, event in parcels:
            if isinstance(audience, tuple):
                self._fan_out([guest for guest in audience if isinstance(guest, Guest)], event)
            elif isinstance(audience, Guest):
                self._deliver(audience, event)

    def _fan_out(self, audience: Sequence[Guest], event: Event) -> None:
        for guest in audience:
            dialect = guest.session.dialect
            encoded = dialect.encode([event]) if dialect else None
            if encoded is None or guest.session.key in encoded.aside:
                self._deliver(guest, event)
            elif not guest.gone and (data := encoded.own.get(guest.session.key, encoded.data)):
                guest.pages.append(data)

    def _deliver(self, guest: Guest, event: Event) -> None:
        if not guest.gone:
            guest.session.deliver([event], self.now)
            guest.pump()

    def wait(self, seconds: float) -> None:
        """Let time pass, ringing each guest's timers when they are due."""
        until = self.now + seconds
        while due := [(at, guest) for at, guest in self._timers() if at <= until]:
            at, guest = min(due, key=lambda pair: pair[0])
            self.now = max(self.now, at)
            guest.tick()
        self.now = until

    def _timers(self) -> Iterator[tuple[float, Guest]]:
        for guest in self.guests:
            at = guest.session.wake_at
            if at is not None and not guest.gone:
                yield at, guest


class Screen:
    """What a person sees: pyte draws what a guest is sent."""

    def __init__(self, guest: Guest, columns: int = 80, rows: int = 24) -> None:
        self._guest = guest
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)

    def rows(self) -> list[str]:
        """Return the rows down to the cursor's, without trailing spaces."""
        self._stream.feed(_without_telnet(self._guest.read()))
        return [row.rstrip() for row in self._screen.display[: self._screen.cursor.y + 1]]

    @property
    def column(self) -> int:
        return int(self._screen.cursor.x)


def _without_telnet(data: bytes) -> bytes:
    return b"".join(piece for piece in Parser().feed(data) if isinstance(piece, bytes))
