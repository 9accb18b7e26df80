"""Connection: a socket, the session it carries, and what could not be sent yet."""

import errno
import logging
import socket
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any

from chatserver.endings import Ending
from chatserver.faults import masked, trace
from chatserver.net.keeper import Keeper
from chatserver.net.outbox import Outbox
from chatserver.net.session import Dialect, Session
from chatserver.rate import TokenBucket

# A round's work for one client: the editor's worst keys cost some 10 µs a byte.
RECEIVE_BYTES = 8192
LINGER_SECONDS = 2.0
FAREWELL_SECONDS = 5.0
_SHOWN_BYTES = 256

_log = logging.getLogger("chatserver")


class State(Enum):
    """Where a connection is on its way to the end."""

    OPEN = "open"
    FINISHING = "sending its last bytes"
    LINGERING = "half-closed: what still comes is thrown away until the peer closes too"
    CLOSED = "closed"


class Connection:
    """Called by the worker that owns it, by nobody else, for life.

    The contract of sending:
    1. nothing blocks: what the socket does not take waits in the out-buffer;
    2. what is sent in order arrives in order, or the connection ends;
    3. the out-buffer holds references to shared immutable bytes, at most `limits.outbox` of them;
    4. a failed send ends nothing by itself: what the client had sent before is still read.
    """

    __slots__ = (
        "_broken",
        "_bucket",
        "_deadline",
        "_eof",
        "_hung_up",
        "_outbox",
        "_received",
        "_tail",
        "address",
        "dialect",
        "events",
        "home",
        "key",
        "send",
        "session",
        "sock",
        "state",
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
        self.state = State.OPEN
        self.dialect: Dialect | None = None
        self.key = ""  # by which an encoding may name this one
        self.events = 0  # what the selector watches for now
        self.timer: float | None = None  # when the worker will call on_timer
        self.send = sock.send  # for who has seen that the connection is free
        self._outbox: Outbox | None = None
        self._deadline: float | None = None  # of FINISHING and LINGERING
        self._broken: Ending | None = None  # the peer takes nothing any more
        self._eof = False
        self._received = b""  # what is read and not acted on yet
        self._hung_up = False
        self._tail = b""  # the last input, for the log of a fault
        rate = home.limits.rate
        self._bucket = (
            TokenBucket(rate.bytes_burst, rate.bytes_per_second, home.now) if rate else None
        )
        self.session = make_session(self)

    # What the session may call.

    def submit(self, wish: object) -> None:
        """Pass a wish on to the hub, in order."""
        self.home.request(self, wish)

    def establish(self) -> None:
        """The client has said who it is: it counts as one of the house from now on."""
        self.home.established(self)

    def become(self, session: Session) -> None:
        """Let another session go on with the conversation."""
        self.session = session

    # What the worker calls.

    @property
    def waiting(self) -> int:
        """How many bytes could not be sent yet."""
        return 0 if self._outbox is None else self._outbox.size

    @property
    def free(self) -> bool:
        """Whether what is sent goes straight to the socket; the home hears when that changes."""
        return self._outbox is None and self.state is State.OPEN and self._broken is None

    @property
    def wants_read(self) -> bool:
        """Whether to wait for input: not from one who has enough to do or to read already."""
        if self.state is not State.OPEN:
            return self.state is State.LINGERING
        return (
            self.home.reading
            and not self._eof
            and self.waiting <= self.home.limits.softsendq
            and self.session.wants_input
            and self._allowed_at() is None
        )

    @property
    def wants_write(self) -> bool:
        """Whether to wait until the socket takes more; a broken one takes, and loses, all."""
        return self._outbox is not None or (self.state is State.OPEN and self.session.has_more)

    def on_readable(self) -> bool:
        """Read once, at most RECEIVE_BYTES; True: there is something to act on."""
        try:
            data = self.sock.recv(RECEIVE_BYTES)
        except BlockingIOError:
            return False
        except OSError as error:
            self._lost(error)
            return False
        if self.state is not State.OPEN:
            if not data:
                self.close()
            return False
        self._received = data
        return True

    def act(self) -> None:
        """Let the session act on what was read."""
        data, self._received = self._received, b""
        if self.state is not State.OPEN:
            return
        if data:
            self._tail = data[-_SHOWN_BYTES:]
            if self._bucket:
                self._bucket.take(len(data), self.home.now)
            self._guarded(self.session.receive_data, data, self.home.now)
        elif self._broken is Ending.NO_ANSWER:
            self._hang_up(self._broken.value)
            self.close()
            return
        else:
            self._eof = True
            self._guarded(self.session.receive_eof, self.home.now)
        self.settle()

    def on_writable(self) -> None:
        """Send what waits, then let the session give its next page."""
        self._flush()
        self.settle()

    def on_timer(self) -> None:
        """Something is due: the session's tick, or one of the connection's own deadlines."""
        self.timer = None
        now = self.home.now
        if self._deadline is not None and self._deadline <= now:
            self.close()
            return
        if self.state is State.OPEN:
            if self._outbox is not None and self._outbox_due(self._outbox) <= now:
                self.end(Ending.TOO_SLOW)
                return
            wake_at = self.session.wake_at
            if wake_at is not None and wake_at <= now:
                self._guarded(self.session.tick, now)
        self.settle()

    def deliver(self, events: Sequence[Any]) -> None:
        """Let the session tell its person these events."""
        if self.state is State.OPEN:
            self._guarded(self._tell, events)
            self.settle()

    def push(self, data: bytes) -> None:
        """Send, or keep for later what the socket does not take now."""
        if not data:
            return
        if self._outbox is not None:
            self._keep(data)
        elif self.free:
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
        self._arm()
        self.home.watch(self)

    def refused(self, data: bytes, error: OSError) -> None:
        """The socket has taken nothing: it is full, or it is broken."""
        if isinstance(error, BlockingIOError):
            self.took(0, data)
        else:
            self._break(error)

    def warn(self, ending: Ending) -> None:
        """Let the session say what is going to happen."""
        if self.state is State.OPEN:
            self._guarded(self.session.warn, ending)
            self.settle()

    def end(self, ending: Ending) -> None:
        """End the conversation in the session's words; what waits is dropped if it is too much."""
        if self.state is not State.OPEN:
            return
        waiting = self.waiting
        if ending in (Ending.TOO_SLOW, Ending.OVERLOAD):
            self._drop()
        try:
            self.session.end(ending, waiting)
            self._send_output()
        except Exception as error:
            if ending is not Ending.FAULT:  # of which the log has been told
                self._log_fault(error)
        self._finish(ending.value, FAREWELL_SECONDS)

    def shed(self) -> None:
        """Let go of all that waits, to make room for others."""
        if self.state is State.OPEN:
            self.end(Ending.OVERLOAD)
        else:
            self.close()

    def close(self) -> None:
        """Close the socket now. Idempotent."""
        if self.state is State.CLOSED:
            return
        self._hang_up(Ending.LOST.value)
        self._drop()
        self.state = State.CLOSED
        self.timer = None
        self._listen(None, self.key)
        self.home.watch(self)
        self.sock.close()
        self.home.forget(self)

    def settle(self) -> None:
        """After anything that may have changed the session: send, finish, watch, set the timer."""
        if self.state is State.OPEN:
            self._guarded(self._consult)
            if self.state is not State.OPEN:
                return
        self._arm()
        self.home.watch(self)

    # Within.

    def _consult(self) -> None:
        """Ask the session what is to be sent, in which dialect it listens, and if it is over."""
        session = self.session
        if self.waiting <= self.home.limits.softsendq or not session.has_more:
            self._send_output()
        self._listen(session.dialect, session.key)
        if session.finished and not session.has_more:
            self._finish(Ending.LOST.value, self.home.limits.outbox_seconds)

    def _listen(self, dialect: Dialect | None, key: str) -> None:
        """Have broadcasts come in that dialect, and for that key, from now on."""
        if dialect is not self.dialect or key != self.key:
            self.dialect, self.key = dialect, key
            self.home.reseat()

    def _tell(self, events: Sequence[Any]) -> None:
        """Take what comes of events at once, lest a session become an out-buffer with no limit."""
        self.session.deliver(events, self.home.now)
        if self._outbox is not None:
            self._send_output()

    def _send_output(self) -> None:
        """Send what the session has, or else the next page of a long answer."""
        data = self.session.data_to_send()
        if data:
            self.push(data)

    def _keep(self, data: bytes | memoryview) -> None:
        if self.state is State.CLOSED:
            return
        if self._outbox is None:
            self._outbox = Outbox(self.home.now)
            self.home.reseat()
        self._outbox.put(data)
        self.home.queued(len(data))
        if self._outbox.size > self.home.limits.outbox and self.state is State.OPEN:
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
        if self.state is State.FINISHING:
            self._half_close()

    def _drop(self) -> None:
        if self._outbox is not None:
            self.home.queued(-self._outbox.size)
            self._outbox = None
            self.home.reseat()

    def _break(self, error: OSError) -> None:
        """The peer takes no more. Its own last lines may still be there to be read."""
        self._drop()
        self._broken = _cause(error)
        self.home.reseat()
        if self.state is State.OPEN:
            self.home.watch(self)
        else:
            self.close()

    def _lost(self, error: OSError) -> None:
        self._hang_up((self._broken or _cause(error)).value)
        self.close()

    def _finish(self, ending: str, seconds: float) -> None:
        self._hang_up(ending)
        self._listen(None, self.key)
        if self.state is not State.OPEN:
            return
        self.state = State.FINISHING
        self._deadline = self.home.now + seconds
        if self.waiting:
            self._arm()
            self.home.watch(self)
        else:
            self._half_close()

    def _half_close(self) -> None:
        """Say that no more comes, and wait a little for the peer to say so too.

        Closing at once with unread input makes the kernel send a reset, which may destroy the
        last bytes on their way (RFC 1122 section 4.2.2.13).
        """
        if self._eof or self._broken:
            self.close()
            return
        try:
            self.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self.close()
            return
        self.state = State.LINGERING
        self._deadline = self.home.now + self.home.linger_seconds
        self._arm()
        self.home.watch(self)

    def _hang_up(self, ending: str) -> None:
        if not self._hung_up:
            self._hung_up = True
            self.home.hang_up(self, ending)

    def _allowed_at(self) -> float | None:
        """When the rate allows to read on; None: now."""
        if self._bucket is None:
            return None
        at = self._bucket.ready_at(0, self.home.now)
        return at if at > self.home.now else None

    def _arm(self) -> None:
        """Have the worker call `on_timer` at the earliest of what is due."""
        if self.state is State.CLOSED:
            return
        due = self._deadline
        if self.state is State.OPEN:
            due = _earlier(due, self.session.wake_at)
            due = _earlier(due, self._allowed_at())
            if self._outbox is not None:
                due = _earlier(due, self._outbox_due(self._outbox))
        if due is not None and (self.timer is None or due < self.timer):
            self.timer = due
            self.home.schedule(self, due)

    def _outbox_due(self, outbox: Outbox) -> float:
        """When it is too long ago that anything was taken out of it."""
        return outbox.moved_at + self.home.limits.outbox_seconds

    def _guarded(self, call: Callable[..., None], *arguments: Any) -> None:
        """Call the session; a fault in it ends this connection and no other."""
        try:
            call(*arguments)
        except Exception as error:
            self._log_fault(error)
            self.end(Ending.FAULT)

    def _log_fault(self, error: Exception) -> None:
        tail = masked(self._tail)
        _log.error("fault with %s; its last input: %s\n%s", self.address, tail, trace(error))


def _earlier(one: float | None, other: float | None) -> float | None:
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)


def _cause(error: OSError) -> Ending:
    """ETIMEDOUT and its like come from TCP keepalive and TCP_USER_TIMEOUT: nobody answers."""
    if error.errno in (errno.ETIMEDOUT, errno.EHOSTUNREACH, errno.ENETUNREACH):
        return Ending.NO_ANSWER
    return Ending.LOST
