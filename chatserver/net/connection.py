"""Connection: a socket, the session it carries, and what could not be sent yet."""

import logging
import socket
from collections.abc import Callable, Sequence
from functools import partial
from selectors import EVENT_READ, EVENT_WRITE
from typing import Any

from chatserver.endings import Ending
from chatserver.faults import masked, trace
from chatserver.net.departure import Departure, State, cause_of
from chatserver.net.intake import Intake
from chatserver.net.keeper import Keeper
from chatserver.net.outbox import Outbox
from chatserver.net.session import Dialect, Session

FAREWELL_SECONDS = 5.0

_log = logging.getLogger("chatserver")


class Connection:
    """Called by the worker that owns it, by nobody else, for life.

    The contract of sending:
    1. nothing blocks: what the socket does not take waits in the out-buffer;
    2. what is sent in order arrives in order, or the connection ends;
    3. the out-buffer holds references to shared immutable bytes, at most `limits.outbox` of them;
    4. a failed send ends nothing by itself: what the client had sent before is still read;
    5. a wish that says that something was sent is passed on when the kernel has it, or never.
    """

    __slots__ = (
        "_broken",
        "_departure",
        "_intake",
        "_outbox",
        "_unconfirmed",
        "address",
        "dialect",
        "events",
        "home",
        "key",
        "send",
        "session",
        "sock",
        "submit",
        "timer",
    )

    def __init__(
        self,
        sock: socket.socket,
        address: str,
        home: Keeper,
        make_session: Callable[["Connection"], Session],
    ) -> None:
        self.sock = sock
        self.address = address
        self.home = home
        self.dialect: Dialect | None = None
        self.key = ""  # by which an encoding may name this one
        self.events = 0  # what the selector watches for now
        self.timer: float | None = None  # when the worker will call on_timer
        self.send = sock.send  # for who has seen that the connection is free
        self.submit = partial(home.request, self)  # a wish on to the hub, in order
        self._outbox: Outbox | None = None
        self._departure: Departure | None = None  # once it is not open any more
        self._broken: Ending | None = None  # the peer takes nothing any more
        self._unconfirmed: tuple[object, ...] = ()
        self._intake = Intake(sock, home.limits, home.now)
        self.session = make_session(self)

    # What the session may call.

    def establish(self) -> None:
        """The client has said who it is: it counts as one of the house from now on."""
        self.home.established(self)

    def confirm(self, wish: object) -> None:
        """Pass a wish on once the socket has taken all that the session has to send now."""
        self._unconfirmed = (*self._unconfirmed, wish)

    def become(self, session: Session) -> None:
        """Let another session go on with the conversation."""
        self.session = session

    # What the worker calls.

    @property
    def state(self) -> State:
        """Where it is on its way to the end."""
        return State.OPEN if self._departure is None else self._departure.state

    @property
    def waiting(self) -> int:
        """How many bytes could not be sent yet."""
        return 0 if self._outbox is None else self._outbox.size

    @property
    def free(self) -> bool:
        """Whether what is sent goes straight to the socket; the home hears when that changes."""
        return self._outbox is None and self._departure is None and self._broken is None

    def on_readable(self) -> bool:
        """Read once; True: there is something to act on."""
        try:
            if not self._intake.read():
                return False
        except OSError as error:
            self._lost(self._broken or cause_of(error))
            return False
        if self._departure is not None and not self._intake.take(0.0, self.home.now):
            self.close()
        return self._departure is None

    def act(self) -> None:
        """Let the session act on what was read."""
        if self._departure is not None:
            return
        session, now = self.session, self.home.now
        data = self._intake.take(session.cost, now)
        if not data and self._broken is Ending.NO_ANSWER:
            self._lost(self._broken)
            return
        stirred = True
        try:
            if data:
                stirred = session.receive_data(data, now)
            else:
                session.receive_eof(now)
        except Exception as error:
            self._fail(error)
        if stirred or self._intake.ready_at > now:
            self.settle()

    def on_writable(self) -> None:
        """Send what waits, then let the session give its next page."""
        self._flush()
        self.settle()

    def on_timer(self) -> None:
        """Something is due: the session's tick, or one of the connection's own deadlines."""
        self.timer = None
        now = self.home.now
        departure, outbox, wake_at = self._departure, self._outbox, self.session.wake_at
        if departure is not None:
            if departure.deadline <= now:
                self.close()
        elif outbox is not None and outbox.due(self.home.limits) <= now:
            self.end(Ending.TOO_SLOW)
        elif wake_at is not None and wake_at <= now:
            self._call(self.session.tick, now)
        self.settle()

    def deliver(self, events: Sequence[Any]) -> None:
        """Let the session tell its person these events."""
        self._call(self._tell, events)

    def push(self, data: bytes) -> None:
        """Send, or keep for later what the socket does not take now."""
        if not data or self._departure is not None:
            return
        if self._outbox is not None:
            self._keep(data)
        elif self._broken is None:
            try:
                sent = self.send(data)
            except OSError as error:
                self.refused(data, error)
            else:
                if sent < len(data):
                    self.took(sent, data)

    def took(self, sent: int, data: bytes) -> None:
        """The socket has taken only that much: keep the rest for later."""
        self._keep(memoryview(data)[sent:])
        self._wait()

    def refused(self, data: bytes, error: OSError) -> None:
        """The socket has taken nothing: it is full, or it is broken."""
        if isinstance(error, BlockingIOError):
            self.took(0, data)
        else:
            self._break(error)

    def govern(self) -> None:
        """Other limits hold from now on; the rate begins with nothing used up."""
        self._intake.govern(self.home.limits, self.home.now)
        self._call(self.session.govern, self.home.now)

    def warn(self, ending: Ending) -> None:
        """Let the session say what is going to happen."""
        self._call(self.session.warn, ending)

    def end(self, ending: Ending) -> None:
        """End the conversation in the session's words; what waits is dropped if it is too much."""
        if self._departure is not None:
            return
        waiting = self.waiting
        self._unconfirmed = ()
        if ending in (Ending.TOO_SLOW, Ending.OVERLOAD):
            self._drop()
        try:
            self.session.end(ending, waiting)
            self.push(self.session.data_to_send())
        except Exception as error:
            if ending is not Ending.FAULT:  # of which the log has been told
                self._log_fault(error)
        self._finish(ending.value, FAREWELL_SECONDS)

    def shed(self) -> None:
        """Let go of all that waits, to make room for others."""
        if self._departure is None:
            self.end(Ending.OVERLOAD)
        else:
            self.close()

    def close(self) -> None:
        """Close the socket now. Idempotent."""
        departure = self._depart(Ending.LOST.value)
        if departure.state is State.CLOSED:
            return
        self._drop()
        self.timer = None
        if self.events:
            self.home.watch(self, 0)
        departure.close()
        self.home.forget(self)

    def settle(self) -> None:
        """After anything that may have changed the session: send, finish, watch, set the timer."""
        if self._departure is None:
            try:
                self._consult()
            except Exception as error:
                self._fail(error)
        self._wait()

    # Within.

    def _consult(self) -> None:
        """Ask the session what is to be sent, in which dialect it listens, and if it is over."""
        session, outbox = self.session, self._outbox
        if outbox is None or not (session.has_more and outbox.is_long(self.home.limits)):
            data = session.data_to_send()
            if data:
                self.push(data)
                if self._departure is not None:
                    return
        dialect, key = session.dialect, session.key
        if dialect is not self.dialect or key != self.key:
            self._listen(dialect, key)
        if self._unconfirmed and self.free and not session.has_more:
            self._pass_confirmed()
        if session.finished and not session.has_more:
            self._finish(Ending.LOST.value, self.home.limits.outbox_seconds)

    def _pass_confirmed(self) -> None:
        for wish in self._unconfirmed:
            self.submit(wish)
        self._unconfirmed = ()

    def _listen(self, dialect: Dialect | None, key: str) -> None:
        """Have broadcasts come in that dialect, and for that key, from now on."""
        self.dialect, self.key = dialect, key
        self.home.reseat()

    def _tell(self, events: Sequence[Any]) -> None:
        """Take what comes of events at once, lest a session become an out-buffer with no limit."""
        self.session.deliver(events, self.home.now)
        if self._outbox is not None:
            self.push(self.session.data_to_send())

    def _keep(self, data: bytes | memoryview) -> None:
        if self._outbox is None:
            self._outbox = Outbox(self.home.now)
            self.home.reseat()
        self._outbox.put(data)
        self.home.queued(len(data))
        if self._outbox.size > self.home.limits.outbox:
            self.end(Ending.TOO_SLOW)

    def _flush(self) -> None:
        outbox = self._outbox
        if outbox is None:
            return
        before = outbox.size
        try:
            outbox.flush(self.send, self.home.now)
        except OSError as error:
            self._break(error)
            return
        finally:
            self.home.queued(outbox.size - before)
        if outbox.size:
            return
        self._outbox = None
        self.home.reseat()
        if self._departure is not None:
            self._pass_confirmed()
            self._half_close(self._departure)

    def _drop(self) -> None:
        if self._outbox is not None:
            self.home.queued(-self._outbox.size)
            self._outbox = None
            self.home.reseat()

    def _break(self, error: OSError) -> None:
        """The peer takes no more. Its own last lines may still be there to be read."""
        self._drop()
        self._broken = cause_of(error)
        self.home.reseat()
        if self._departure is None:
            self._wait()
        else:
            self.close()

    def _lost(self, cause: Ending) -> None:
        self._depart(cause.value)
        self.close()

    def _depart(self, ending: str, seconds: float = 0.0) -> Departure:
        """Be open no more. Whatever the session did or failed to do, the hub hears of it once."""
        if self._departure is None:
            self.home.hang_up(self, ending)
            self._listen(None, self.key)
            self._departure = Departure(self.sock, self.home.now + seconds)
        return self._departure

    def _finish(self, ending: str, seconds: float) -> None:
        """Send what waits, but for so many seconds at most, and close."""
        if self._departure is not None:
            return
        departure = self._depart(ending, seconds)
        if self._outbox is None:
            self._half_close(departure)
        else:
            self._wait()

    def _half_close(self, departure: Departure) -> None:
        until = self.home.now + self.home.linger_seconds
        if self._intake.ended or self._broken or not departure.half_close(until):
            self.close()
        else:
            self._wait()

    def _wait(self) -> None:
        """Have the worker watch the socket, and call `on_timer` at the earliest of what is due."""
        departure = self._departure
        if departure is None:
            events, due = self._needs()
        elif departure.state is State.CLOSED:
            return
        else:
            events, due = (EVENT_READ if departure.lingers else EVENT_WRITE), departure.deadline
        if events != self.events:
            self.home.watch(self, events)
        if due is not None and (self.timer is None or due < self.timer):
            self.timer = due
            self.home.schedule(self, due)

    def _needs(self) -> tuple[int, float | None]:
        """What to watch for while it is open, and when something is due at the latest.

        Input is not read from one who has enough to do or to read already. A broken socket takes,
        and loses, all.
        """
        session, home, intake, outbox = self.session, self.home, self._intake, self._outbox
        reads = session.wants_input and home.reading and not intake.ended
        writes = session.has_more
        due = session.wake_at
        if intake.ready_at > home.now:
            reads, due = False, _earlier(due, intake.ready_at)
        if outbox is not None:
            reads, writes = reads and not outbox.is_long(home.limits), True
            due = _earlier(due, outbox.due(home.limits))
        return EVENT_READ * reads | EVENT_WRITE * writes, due

    def _call(self, call: Callable[..., None], *arguments: Any) -> None:
        """Call the session while it lasts; a fault in it ends this connection and no other."""
        if self._departure is None:
            try:
                call(*arguments)
            except Exception as error:
                self._fail(error)
            self.settle()

    def _fail(self, error: Exception) -> None:
        self._log_fault(error)
        self.end(Ending.FAULT)

    def _log_fault(self, error: Exception) -> None:
        tail = masked(self._intake.tail)
        _log.error("fault with %s; its last input: %s\n%s", self.address, tail, trace(error))


def _earlier(one: float | None, other: float) -> float:
    return other if one is None else min(one, other)
