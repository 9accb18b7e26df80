"""Worker: a thread of the pool, its selector, and the connections it owns for life."""

import heapq
import itertools
import logging
import select
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Thread
from typing import Any, Protocol

from chatserver.config import Limits
from chatserver.endings import Ending
from chatserver.faults import trace
from chatserver.inbox import Inbox
from chatserver.net.connection import Connection
from chatserver.net.departure import LINGER_SECONDS
from chatserver.net.fanout import FanOut
from chatserver.net.session import Session
from chatserver.net.surge import Surge

BEAT_SECONDS = 1.0
_STOP_LINGER_SECONDS = 0.3
_SPARE_TIMERS = 64
# So many are read before any is acted on: the kernel's code and ours each stay in the processor's
# caches. More would only be more memory.
_HEARD_TOGETHER = 128

# Whom, one connection or several of this worker, and an event for them.
Parcel = tuple[Connection | tuple[Connection, ...], Any]

_log = logging.getLogger("chatserver")


@dataclass(frozen=True, slots=True)
class Trade:
    """What a worker is told of the protocol it serves; it knows no word of it itself."""

    make_session: Callable[[Connection, str], Session]  # the second is the door come in by
    submit: Callable[[Sequence[tuple[Connection, Any]]], None]  # wishes, in order
    hang_up: Callable[[str], Any]  # the wish that says a client is gone, and why


class Desk(Protocol):
    """Whom a worker tells what has become of its connections. Called from the worker's thread."""

    def established(self, ticket: object) -> None:
        """The client that came with that ticket has said who it is."""

    def closed(self, ticket: object) -> None:
        """A connection that came with that ticket is closed."""

    def died(self, worker: "Worker") -> None:
        """The worker's thread has ended by a fault; its people have been told and dropped."""


@dataclass(frozen=True, slots=True)
class Adopt:
    """Serve this client from now on. `ticket` is handed back when it is closed."""

    sock: socket.socket
    address: str
    door: str
    ticket: object


@dataclass(frozen=True, slots=True)
class End:
    """End the connection of that ticket, if it is still there."""

    ticket: object
    ending: Ending


@dataclass(frozen=True, slots=True)
class Hush:
    """Warn everyone that the server stops, read no more, then set `done`."""

    done: threading.Event


@dataclass(frozen=True, slots=True)
class Finish:
    """Send what waits, but for at most so many seconds; say good-bye, close, end the thread."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Govern:
    """Let every connection know that other limits hold."""


Order = list[Parcel] | Adopt | End | Hush | Finish | Govern


class Worker(Thread):
    """Any thread may call `post`, `tell` and read `beat`; all else happens in this thread."""

    def __init__(self, name: str, limits: Limits, budget: int, trade: Trade, desk: Desk) -> None:
        """`budget`: bytes that may wait in all out-buffers of this worker together."""
        super().__init__(name=name, daemon=True)
        self.beat = time.monotonic()
        self.limits = limits
        self.now = self.beat
        self.linger_seconds = LINGER_SECONDS
        self.reading = True
        self._budget = budget
        self._trade = trade
        self._desk = desk
        self._inbox: Inbox[Order] = Inbox()
        self._orders: deque[Order] = deque()  # taken out of the inbox, not yet done
        self._selector = selectors.DefaultSelector()
        self._connections: dict[Connection, object] = {}
        self._fan_out = FanOut()
        self._surge = Surge(_pause)
        self._wishes: list[tuple[Connection, Any]] = []
        self._timers: list[tuple[float, int, Connection]] = []
        self._order = itertools.count()
        self._waiting = 0
        self._stop_at: float | None = None
        self._dead = False
        self._burial = threading.Lock()  # for the inbox of a dead worker, which has no owner

    # For other threads.

    def post(self, parcels: list[Parcel]) -> None:
        """Deliver these, in order."""
        if not self._dead:
            self._inbox.add(parcels)
            if threading.get_ident() != self.ident:  # for it looks before it sleeps
                self._inbox.wake()

    def govern(self, limits: Limits) -> None:
        """Let other limits hold."""
        self.limits = limits
        self.tell(Govern())

    def tell(self, order: Adopt | End | Hush | Finish | Govern) -> None:
        """Do that, after what was posted before."""
        self._inbox.put(order)
        # Whichever comes first, this look or the worker's own last one: one of them finds it.
        if self._dead:
            self._turn_down()

    # The thread.

    def run(self) -> None:
        """Serve until told to finish. A fault in here is not a client's: say so and end."""
        try:
            self._selector.register(self._inbox, selectors.EVENT_READ)
            while self._stop_at is None or (self._connections and self.now < self._stop_at):
                self._round()
            for connection in tuple(self._connections):
                connection.close()
            self._pass_wishes()
        except BaseException as error:
            _log.critical("%s died\n%s", self.name, trace(error))
            try:
                self._bury()
            except Exception as another:
                _log.critical("%s was not buried\n%s", self.name, trace(another))
            self._desk.died(self)

    def _round(self) -> None:
        self._hear(self._patience())
        if self._wishes:
            self._surge.gather(self._wishes, self._hear, self.now)
            self._pass_wishes()
        self._take_orders()
        self._ring_timers()
        self._pass_wishes()

    def _hear(self, patience: float = 0.0) -> None:
        """Read from all who have something to say, waiting so long for it, then act on it."""
        ready = self._selector.select(patience)
        self.now = self.beat = time.monotonic()
        heard: list[Connection] = []
        for key, events in ready:
            connection: Connection | None = key.data
            if connection is None:
                self._inbox.clear()
                continue
            # A connection closed earlier in this round is not watched any more; its number may
            # belong to a new one already, but that is only adopted further down.
            if connection.events & events & selectors.EVENT_WRITE:
                connection.on_writable()
            if connection.events & events & selectors.EVENT_READ and connection.on_readable():
                heard.append(connection)
                if len(heard) == _HEARD_TOGETHER:
                    _act(heard)
                    self.beat = time.monotonic()  # who has much to do does not hang
        _act(heard)

    def _patience(self) -> float:
        if len(self._inbox):
            return 0.0
        due = self._timers[0][0] if self._timers else self.now + BEAT_SECONDS
        if self._stop_at is not None:
            due = min(due, self._stop_at)
        return min(max(due - time.monotonic(), 0.0), BEAT_SECONDS)

    def _take_orders(self) -> None:
        parcels: list[Parcel] = []
        self._orders += self._inbox.drain()
        while self._orders:
            order = self._orders[0]
            if isinstance(order, list):
                parcels += order
                self._orders.popleft()
                continue
            self._deliver(parcels)
            parcels = []
            self._orders.popleft()
            match order:
                case Adopt():
                    self._adopt(order)
                case End():
                    self._end(order)
                case Hush(done=done):
                    self._hush()
                    self._pass_wishes()  # what was held and is acted on is in line before the stop
                    done.set()
                case Finish(seconds=seconds):
                    self._finish(seconds)
                case Govern():
                    self._govern()
        self._deliver(parcels)

    # Delivering.

    def _deliver(self, parcels: Sequence[Parcel]) -> None:
        """Hand parcels over in order; neighbours with the very same audience go out as one."""
        at = 0
        audiences: set[int] = set()
        while at < len(parcels):
            audience, event = parcels[at]
            audiences.add(id(audience))
            events = [event]
            at += 1
            while at < len(parcels) and parcels[at][0] is audience:
                events.append(parcels[at][1])
                at += 1
            if isinstance(audience, tuple):
                self._fan_out.tell(audience, events)
            else:
                self._fan_out.send()
                audience.deliver(events)
        self._fan_out.send()
        self._surge.told(len(parcels), len(audiences))
        if self._waiting > self._budget:
            self._shed_largest()

    def _shed_largest(self) -> None:
        """End the slowest readers until what waits is well within the budget again."""
        slowest = sorted(self._connections, key=lambda connection: connection.waiting)
        while slowest and self._waiting > self._budget * 0.9:
            slowest.pop().shed()

    # What a connection needs of its keeper.

    def watch(self, connection: Connection, events: int) -> None:
        """Have the selector wait for these events from now on, which are others than before.

        One that waits for nothing is taken out: epoll reports a hang-up even where nothing was
        asked for, again and again.
        """
        before, connection.events = connection.events, events
        if not before:
            self._selector.register(connection.sock, events, connection)
        elif not events:
            self._selector.unregister(connection.sock)
        else:
            self._selector.modify(connection.sock, events, connection)

    def schedule(self, connection: Connection, when: float) -> None:
        """Call the connection's `on_timer` at that monotonic time."""
        heapq.heappush(self._timers, (when, next(self._order), connection))
        if len(self._timers) > 2 * len(self._connections) + _SPARE_TIMERS:
            self._sweep_timers()

    def _sweep_timers(self) -> None:
        """Forget timers that are not wanted any more, and with them the closed connections."""
        self._timers = [timer for timer in self._timers if timer[2].timer == timer[0]]
        heapq.heapify(self._timers)

    def queued(self, change: int) -> None:
        """So many bytes more wait in out-buffers."""
        self._waiting += change

    def reseat(self) -> None:
        """Somebody listens in another way, or is held up, or is not any more."""
        self._fan_out.reseat()

    def request(self, connection: Connection, wish: object) -> None:
        """Pass the wish on at the end of this step, with all others of the round."""
        self._wishes.append((connection, wish))

    def hang_up(self, connection: Connection, ending: str) -> None:
        """Let the hub know that this client is gone, whatever its session did or failed to do."""
        self._wishes.append((connection, self._trade.hang_up(ending)))

    def established(self, connection: Connection) -> None:
        """Let the listener know that this client has said who it is."""
        self._desk.established(self._connections.get(connection))

    def forget(self, connection: Connection) -> None:
        """Let go of a closed connection."""
        self._desk.closed(self._connections.pop(connection, None))

    # Orders.

    def _adopt(self, order: Adopt) -> None:
        try:
            connection = Connection(
                order.sock,
                order.address,
                self,
                lambda connection: self._trade.make_session(connection, order.door),
            )
        except Exception as error:
            _log.error("no session for %s\n%s", order.address, trace(error))
            order.sock.close()
            self._desk.closed(order.ticket)
            return
        self._connections[connection] = order.ticket
        connection.settle()

    def _end(self, order: End) -> None:
        for connection, ticket in self._connections.items():
            if ticket is order.ticket:
                connection.end(order.ending)
                return

    def _hush(self) -> None:
        self.reading = False
        for connection in tuple(self._connections):
            connection.warn(Ending.STOPPING)

    def _finish(self, seconds: float) -> None:
        self._stop_at = self.now + seconds
        self.linger_seconds = _STOP_LINGER_SECONDS
        for connection in tuple(self._connections):
            connection.end(Ending.STOPPING)

    def _govern(self) -> None:
        for connection in tuple(self._connections):
            connection.govern()

    def _ring_timers(self) -> None:
        while self._timers and self._timers[0][0] <= self.now:
            when, _, connection = heapq.heappop(self._timers)
            if connection.timer == when:
                connection.on_timer()

    def _pass_wishes(self) -> None:
        if self._wishes:
            self._trade.submit(self._wishes)
            self._wishes = []

    # The end by a fault.

    def _bury(self) -> None:
        """Tell everyone here what happened, the hub too, and let go of the sockets."""
        self._dead = True
        self._turn_down()
        for connection in tuple(self._connections):
            try:
                connection.end(Ending.FAULT)
                connection.close()
            except Exception as error:
                _log.error("while closing %s\n%s", connection.address, trace(error))
        self._pass_wishes()
        self._selector.close()

    def _turn_down(self) -> None:
        """Give back what came too late. Called by any thread, when the worker is dead."""
        with self._burial:
            orders = [*self._orders, *self._inbox.drain()]
            self._orders.clear()
        for order in orders:
            if isinstance(order, Adopt):
                order.sock.close()
                self._desk.closed(order.ticket)
            elif isinstance(order, Hush):
                order.done.set()


def _pause(seconds: float) -> None:
    """Wait so long. (time.sleep fails where libfaketime changes the clock.)"""
    select.select((), (), (), seconds)


def _act(heard: list[Connection]) -> None:
    for connection in heard:
        connection.act()
    heard.clear()
