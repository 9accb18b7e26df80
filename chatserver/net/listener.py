"""Listener: the main thread. It listens, accepts, and hands each client to a worker."""

import errno
import logging
import os
import selectors
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum

from chatserver.endings import Ending
from chatserver.inbox import Inbox
from chatserver.net.admission import FULL, Admission, Refusal, Ticket
from chatserver.net.doors import Door, show_address
from chatserver.net.pool import Pool, TooManyDeaths
from chatserver.net.worker import Adopt, End, Worker

_ACCEPTS_A_ROUND = 256
_SHEDS_A_ROUND = 32
_REARM_SECONDS = 0.1
_LOG_EVERY_SECONDS = 5.0
_TICK_SECONDS = 1.0
# What only one client's connection died of: a later accept finds the next (accept(2)).
_OF_ONE_CLIENT = frozenset(
    getattr(errno, name)
    for name in (
        *("ECONNABORTED", "EPERM", "EPROTO", "ENOPROTOOPT", "EOPNOTSUPP", "ENETDOWN"),
        *("ENETUNREACH", "EHOSTDOWN", "EHOSTUNREACH", "ENONET", "EINTR"),
    )
    if hasattr(errno, name)
)

_log = logging.getLogger("chatserver")


class Verdict(Enum):
    """Why the listener has ended; the value is the exit code of the process."""

    STOPPED = 0
    BROKEN = 70  # EX_SOFTWARE of sysexits.h: a supervisor shall start it again


@dataclass(frozen=True, slots=True, eq=False)
class Visit:
    """A client that is in: its admission, if it needed one, and the worker that serves it."""

    ticket: Ticket | None
    worker: Worker


@dataclass(frozen=True, slots=True)
class _Established:
    visit: Visit


@dataclass(frozen=True, slots=True)
class _Closed:
    visit: Visit


@dataclass(frozen=True, slots=True)
class _Died:
    worker: Worker


class Desk:
    """Where other threads leave notes for the listener. Any thread may call it."""

    def __init__(self) -> None:
        self.inbox: Inbox[_Established | _Closed | _Died | Verdict] = Inbox()

    def established(self, visit: object) -> None:
        """That client has given a name."""
        if isinstance(visit, Visit) and visit.ticket and visit.ticket.block is not None:
            self.inbox.put(_Established(visit))

    def closed(self, visit: object) -> None:
        """That client's connection is closed."""
        if isinstance(visit, Visit):
            self.inbox.put(_Closed(visit))

    def died(self, worker: Worker) -> None:
        """That worker's thread has ended by a fault."""
        self.inbox.put(_Died(worker))

    def stop(self, verdict: Verdict = Verdict.STOPPED) -> None:
        """End the listener."""
        self.inbox.put(verdict)


class Listener:
    """Owns the listening sockets. All but the desk is for the main thread alone."""

    def __init__(
        self,
        doors: list[Door],
        admission: Admission,
        pool: Pool,
        desk: Desk,
        on_tick: Callable[[float], None] = lambda now: None,
    ) -> None:
        """`on_tick` is called about once a second with the monotonic time."""
        self._doors = doors
        self._admission = admission
        self._pool = pool
        self._desk = desk
        self._on_tick = on_tick
        self._visits: dict[Ticket, Visit] = {}
        self._selector = selectors.DefaultSelector()
        self._reserve = _open_reserve()
        self._rearm_at: float | None = None
        self._logged_at = -_LOG_EVERY_SECONDS
        self._shed = 0

    def serve(self) -> Verdict:
        """Accept until told to stop. The sockets stay open: a late client waits, unrefused."""
        self._selector.register(self._desk.inbox, selectors.EVENT_READ)
        self._arm()
        verdict = None
        tick_at = time.monotonic()
        while verdict is None:
            now = time.monotonic()
            if now >= tick_at:
                self._on_tick(now)
                tick_at = now + _TICK_SECONDS
            if self._rearm_at is not None and now >= self._rearm_at:
                self._arm()
            due = tick_at if self._rearm_at is None else min(tick_at, self._rearm_at)
            for key, _ in self._selector.select(max(due - now, 0)):
                if key.data is None:
                    self._desk.inbox.clear()
                else:
                    self._accept_some(key.data)
            verdict = self._read_notes()
        self._disarm()
        self._selector.close()
        self._free_reserve()
        return verdict

    # Accepting.

    def _accept_some(self, door: Door) -> None:
        for _ in range(_ACCEPTS_A_ROUND):
            try:
                sock, address = door.sock.accept()
            except BlockingIOError:
                return
            except OSError as error:
                if not self._survive(door, error):
                    return
                continue
            self._welcome(door, sock, address)

    def _welcome(self, door: Door, sock: socket.socket, address: tuple[str, int] | str) -> None:
        sock.setblocking(False)
        ticket: Ticket | None = None
        if door.guarded:
            admitted = self._admission.admit(address[0], time.monotonic())
            if isinstance(admitted, Refusal):
                self._turn_away(sock, admitted.words)
                return
            ticket = admitted
        worker = self._pool.choose()
        visit = Visit(ticket, worker)
        if ticket:
            self._visits[ticket] = visit
        worker.tell(Adopt(sock, show_address(address), door.name, visit))
        self._make_room()

    def _make_room(self) -> None:
        overdue = self._admission.overdue()
        if overdue is not None:
            visit = self._visits[overdue]
            visit.worker.tell(End(visit, Ending.OVERLOAD))

    def _turn_away(self, sock: socket.socket, words: str) -> None:
        """Say why not, and close; what the client has sent is read, lest a reset eat the words."""
        self._complain(words)
        with suppress(OSError):
            sock.send(f"{words}\r\n".encode())
            sock.shutdown(socket.SHUT_WR)
            sock.recv(4096)
        sock.close()

    def _survive(self, door: Door, error: OSError) -> bool:
        """Go on after a failed accept; False: pause first. No accept error ends the listener."""
        if error.errno in _OF_ONE_CLIENT:
            self._complain(str(error))
            return True
        if error.errno in (errno.EMFILE, errno.ENFILE):
            self._shed_some(door)
        else:  # ENOBUFS, ENOMEM, or what nobody knows: trying again at once would be a busy loop
            self._complain(str(error))
        self._pause()
        return False

    def _shed_some(self, door: Door) -> None:
        """No descriptor is left: free the reserve, so that some can at least be told."""
        self._free_reserve()
        for _ in range(_SHEDS_A_ROUND):
            try:
                sock, _address = door.sock.accept()
            except OSError:
                break
            sock.setblocking(False)
            self._turn_away(sock, FULL)
        self._reserve = _open_reserve()

    def _free_reserve(self) -> None:
        if self._reserve is not None:
            os.close(self._reserve)
            self._reserve = None

    def _complain(self, what: str) -> None:
        """Log that somebody was not let in, but at most every few seconds."""
        self._shed += 1
        now = time.monotonic()
        if now - self._logged_at >= _LOG_EVERY_SECONDS:
            _log.warning("not let in: %d (last: %s)", self._shed, what)
            self._logged_at = now
            self._shed = 0

    def _pause(self) -> None:
        self._disarm()
        self._rearm_at = time.monotonic() + _REARM_SECONDS

    def _arm(self) -> None:
        self._rearm_at = None
        if self._reserve is None:
            self._reserve = _open_reserve()
        for door in self._doors:
            self._selector.register(door.sock, selectors.EVENT_READ, door)

    def _disarm(self) -> None:
        for door in self._doors:
            with suppress(KeyError):
                self._selector.unregister(door.sock)

    # Notes.

    def _read_notes(self) -> Verdict | None:
        verdict = None
        for note in self._desk.inbox.drain():
            match note:
                case _Established(visit=Visit(ticket=Ticket() as ticket)):
                    self._admission.established(ticket)
                case _Closed(visit=visit):
                    self._see_off(visit)
                case _Died(worker=worker):
                    verdict = verdict or self._replace(worker)
                case Verdict():
                    verdict = verdict or note
        return verdict

    def _see_off(self, visit: Visit) -> None:
        if visit.ticket:
            self._admission.left(visit.ticket)
            del self._visits[visit.ticket]
        self._pool.release(visit.worker)
        if self._rearm_at is not None:
            self._arm()

    def _replace(self, worker: Worker) -> Verdict | None:
        try:
            self._pool.replace(worker, time.monotonic())
        except TooManyDeaths:
            _log.critical("too many workers died")
            return Verdict.BROKEN
        return None


def _open_reserve() -> int | None:
    """Hold a descriptor back for the day when there is none; None where that day has come."""
    try:
        return os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
