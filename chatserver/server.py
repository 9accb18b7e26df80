"""Server: puts the parts together, runs them, and stops them in order."""

import faulthandler
import importlib.metadata
import logging
import os
import resource
import signal
import socket
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType
from typing import Any

from chatserver import garbage
from chatserver.chat.hub import Hub, Wish
from chatserver.chat.registry import RoomRegistry
from chatserver.chat.requests import Arrive, Quit
from chatserver.config import Config
from chatserver.control.session import ControlSession
from chatserver.faults import trace
from chatserver.gatekeeper import Gatekeeper
from chatserver.history.opening import open_history
from chatserver.house import House
from chatserver.irc.session import IrcSession
from chatserver.net.admission import Admission
from chatserver.net.connection import Connection
from chatserver.net.doors import Door, open_doors
from chatserver.net.listener import Desk, Listener, Verdict
from chatserver.net.pool import Pool
from chatserver.net.session import Session
from chatserver.net.watchdog import Beating, Watchdog, notify
from chatserver.net.worker import Finish, Hush, Trade, Worker
from chatserver.reloading import Reloader, read_motd
from chatserver.settings import Sources
from chatserver.sniff import Undecided
from chatserver.telnet.session import TelnetSession

# Descriptors for all but clients: the doors, the workers' selectors and bells, log and data files.
SPARE_DESCRIPTORS = 64
MISSED_DEADLINE = 1
_HELPERS_SECONDS = 0.5  # at least, to end what they are at

_log = logging.getLogger("chatserver")


class Server:
    """One chat server. `listen` may be followed by a fork; threads start in `run`."""

    def __init__(
        self,
        config: Config,
        control: socket.socket | None = None,
        sources: Sources | None = None,
    ) -> None:
        """`control` is a listening socket that status questions come in by, `sources` where the
        configuration can be read again.
        """
        self._config = config
        self._sources = sources
        self._doors: list[Door] = []
        self._control = control
        self._started = time.monotonic()
        version = importlib.metadata.version("chatserver")
        self._house = House(config, version, read_motd(config.motd), time.time())

    def listen(self) -> None:
        """Listen on every configured address.

        Raises:
            ListenError: one of them is not to be had; none is listened on then.
        """
        doors: list[Door] = []
        try:
            for address in self._config.addresses():
                doors += open_doors(address, self._config.limits)
        except Exception:
            for door in doors:
                door.sock.close()
            raise
        self._doors = doors

    @property
    def descriptors(self) -> list[int]:
        """What must stay open over a fork."""
        return [door.sock.fileno() for door in self._doors]

    @property
    def addresses(self) -> list[tuple[str, int]]:
        """Where clients reach us: hosts and ports."""
        return [door.sock.getsockname()[:2] for door in self._doors]

    def run(self) -> int:
        """Serve until SIGTERM or SIGINT; return the exit code of the process.

        SIGHUP has the settings read again, as daemons take it; where the server was started from a
        terminal it means that the terminal has gone, and stops it too.
        """
        house = _Run(self._config, self._house, self._all_doors(), self._facts, self._sources)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, house.on_signal)
        at_terminal = sys.stdin is not None and sys.stdin.isatty()
        signal.signal(signal.SIGHUP, house.on_signal if at_terminal else house.on_hangup)
        self._say_where()
        garbage.begin()
        return house.serve()

    def _all_doors(self) -> list[Door]:
        if self._control is None:
            return self._doors
        self._control.setblocking(False)
        return [*self._doors, Door(self._control, "control", guarded=False)]

    def _facts(self, now: float) -> dict[str, Any]:
        return {
            "pid": os.getpid(),
            "uptime": now - self._started,
            "addresses": [door.place for door in self._doors],
            "version": self._house.version,
        }

    def _say_where(self) -> None:
        for door in self._doors:
            _log.info("Listening on %s", door.place)
        for_people = [door for door in self._doors if door.name != "irc"]
        if not for_people:
            return
        host, port = for_people[0].sock.getsockname()[:2]
        names = {
            "127.0.0.1": "localhost",
            "::1": "localhost",
            "0.0.0.0": "localhost",
            "::": "localhost",
        }
        _log.info("Try it: telnet %s %d", names.get(host, host), port)


class _Run:
    """The threads of one run, from the start to the end."""

    def __init__(
        self,
        config: Config,
        house: House,
        doors: list[Door],
        facts: Any,
        sources: Sources | None = None,
    ) -> None:
        limits = config.limits
        self._limits = limits
        self._house = house
        self._facts = facts
        self._desk = Desk()
        recorder, self._librarian = open_history(config)
        registry = RoomRegistry(limits, recorder.topics(), keeps_messages=True)
        self._gatekeeper = Gatekeeper(house, self._librarian)
        self._reloader = Reloader(
            sources,
            lambda: self._house.config,
            self._adopt,
            self._submit,
            self._gatekeeper,
        )
        self._hub = Hub(
            registry,
            recorder,
            self._reloader,
            on_death=lambda: self._desk.stop(Verdict.BROKEN),
        )
        self._budget = max(limits.outbox_total // config.workers, limits.outbox)
        self._pool = Pool(config.workers, self._hire)
        self._watchdog = Watchdog(self._threads, lambda: self._desk.stop(Verdict.BROKEN))
        self._admission = Admission(limits, _most_clients(limits.clients))
        self._listener = Listener(doors, self._admission, self._pool, self._desk, self._tick)
        self._signals = 0
        self._hung_up = False

    def serve(self) -> int:
        """Start every thread, listen until told to stop, stop in order."""
        self._hub.start()
        self._pool.start()
        notify("READY=1")
        verdict = self._listen()
        notify("STOPPING=1")
        _log.info("Stopping")
        code = self._stop(verdict)
        _log.info("Stopped")
        return code

    def _close_helpers(self) -> None:
        """Let them end what they are at, which a file that cannot be read may take for ever."""
        self._reloader.close()
        self._gatekeeper.close()
        self._librarian.close()

    def _listen(self) -> Verdict:
        """Accept until told to stop. A fault there ends the server as in any other thread."""
        try:
            return self._listener.serve()
        except Exception as error:
            _log.critical("the listener died\n%s", trace(error))
            return Verdict.BROKEN

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        """Stop in order; at once if asked a second time."""
        self._signals += 1
        if self._signals == 1:
            self._desk.stop()
        else:
            os.write(2, b"Stopped at once.\n")
            os._exit(MISSED_DEADLINE)

    def on_hangup(self, number: int, frame: FrameType | None) -> None:
        """Have the settings read again, soon: a signal may come at a moment when nothing can."""
        self._hung_up = True

    def _tick(self, now: float) -> None:
        if self._hung_up:
            self._hung_up = False
            self._reloader.reload()
        self._watchdog.look(now)

    def _submit(self, wishes: Sequence[Wish]) -> None:
        self._hub.submit(wishes)

    def _adopt(self, config: Config, motd: tuple[str, ...]) -> None:
        """Let other settings hold. Each thread finds them at its own next look; the workers are
        told, for what their connections have made of them.
        """
        self._limits = self._admission.limits = config.limits
        self._house.config = config
        self._house.motd = motd
        for worker in self._pool.workers:
            worker.govern(config.limits)
        logging.getLogger().setLevel(config.log_level.upper())

    def _stop(self, verdict: Verdict) -> int:
        """No client is accepted any more, and late ones wait, unrefused, until the process ends."""
        start = time.monotonic()
        deadline = start + self._limits.stop_seconds
        # One worker that hangs must not take the others' time to say good-bye.
        hushed_by = start + self._limits.stop_seconds / 3
        hushes = [Hush(threading.Event()) for _ in self._pool.workers]
        for worker, hush in zip(self._pool.workers, hushes, strict=True):
            worker.tell(hush)
        for hush in hushes:
            hush.done.wait(max(hushed_by - time.monotonic(), 0))
        # Nothing is read from now on, so what the hub has is all there will be.
        self._hub.stop()
        self._hub.join(max(deadline - time.monotonic(), 0))
        flush = min(self._limits.flush_seconds, max(deadline - time.monotonic() - 1, 0.1))
        for worker in self._pool.workers:
            worker.tell(Finish(flush))
        for worker in self._pool.workers:
            worker.join(max(deadline - time.monotonic(), 0))
        closing = threading.Thread(target=self._close_helpers, name="helpers", daemon=True)
        closing.start()
        closing.join(max(deadline - time.monotonic(), _HELPERS_SECONDS))
        threads = (self._hub, *self._pool.workers, closing)
        late = [thread.name for thread in threads if thread.is_alive()]
        if late:
            _log.critical("not stopped in time: %s", ", ".join(late))
            faulthandler.dump_traceback(file=sys.stderr, all_threads=True)
            # A thread that hangs cannot be ended, only left behind.
            os._exit(verdict.value or MISSED_DEADLINE)
        return verdict.value

    def _threads(self) -> Sequence[Beating]:
        return (self._hub, *self._pool.workers)

    def _hire(self, name: str) -> Worker:
        trade = Trade(self._make_session, self._hub.work, Quit)
        return Worker(name, self._limits, self._budget, trade, self._desk)

    def _make_session(self, connection: Connection, door: str) -> Session:
        now = connection.home.now
        if door == "control":
            return ControlSession(connection.submit, self._facts)
        connection.submit(Arrive())
        common = (
            *(self._house, connection.address, connection.submit),
            *(connection.confirm, connection.establish),
        )
        name_by = now + self._limits.name_seconds
        match door:
            case "telnet":
                return TelnetSession(*common, now, eager=False, name_by=name_by)
            case "irc":
                return IrcSession(*common, now, name_by=name_by)
            case _:
                return Undecided(*common, connection.become, now)


def _most_clients(wanted: int) -> int:
    """Raise the open-file limit as far as we may, and return how many clients it leaves."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted
    if files != resource.RLIM_INFINITY:
        most = min(wanted, max(files - SPARE_DESCRIPTORS, files // 2))
    _log.info("Room for %d clients at once (open-file limit %d)", most, files)
    return most
