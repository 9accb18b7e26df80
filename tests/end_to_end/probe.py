"""The probe of the fault tests: do others notice? 20 honest people in a room, 20 lines a second.

Order, loss and doubling are compared exactly. Latency has the rule of the promise, p99 during the
fault at most max(2 × p99 before, p99 before + 20 ms), but counts as broken only above STALL, and
without the time for which the machine has kept the server waiting, unless CHATSERVER_TEST_STRICT=1
says that the machine is not shared: what a fault would show here is people who wait for seconds,
and not a busy processor.
"""

import os
import re
import selectors
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum
from typing import Self

from tests.end_to_end.delays import Delays
from tests.helpers import PATIENCE, Client, ServerProcess, wait_for

PEOPLE = 20
LINES_PER_SECOND = 20
STALL = 0.75  # seconds

_LINE = re.compile(rb"<probe\d+> mark (\d+)\r?\n")


class Phase(Enum):
    """When a line was said."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


class Probe:
    """Enter it before the fault; leaving it checks that the honest people noticed nothing."""

    def __init__(
        self, server: ServerProcess, *, room: str = "#lobby", seconds: float = 0.3
    ) -> None:
        """`seconds`: how long the time before the fault is."""
        self._port = server.port
        self._delays = Delays(server.pid)
        self._strict = os.environ.get("CHATSERVER_TEST_STRICT") == "1"
        self._room = room
        self._seconds = seconds
        self._clients: list[Client] = []
        self._tails = [b""] * PEOPLE
        self._heard: list[list[int]] = [[] for _ in range(PEOPLE)]
        self._said: list[tuple[float, Phase]] = []
        self._latencies: dict[Phase, list[float]] = {phase: [] for phase in Phase}
        self._phase = Phase.BEFORE
        self._lost = ""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        for number in range(PEOPLE):
            client = Client(self._port, f"probe{number:02}")
            if self._room != "#lobby":
                client.send(f"/join {self._room}")
                client.expect(f"You are in {self._room}")
            self._clients.append(client)
        self._thread.start()
        self._wait_for_lines(max(5, round(self._seconds * LINES_PER_SECOND)))
        return self

    def __exit__(self, kind: object, *exception: object) -> None:
        try:
            if kind is None:
                self._phase = Phase.AFTER
                self._wait_for_lines(3)
        finally:
            self._stop.set()
            self._thread.join(2 * PATIENCE)
            for client in self._clients:
                client.close()
        if kind is None:
            self._check()

    @contextmanager
    def fault(self) -> Iterator[None]:
        """Do the damage within this."""
        self._phase = Phase.DURING
        yield
        self._wait_for_lines(5)
        self._phase = Phase.AFTER

    def _wait_for_lines(self, count: int) -> None:
        goal = len(self._said) + count
        wait_for(lambda: self._lost or len(self._said) >= goal, "the probe speaks")

    def _check(self) -> None:
        assert not self._lost, self._lost
        everything = list(range(len(self._said)))
        assert sorted(self._heard[0]) == everything, "lost or doubled"
        for heard in self._heard[1:]:
            assert heard == self._heard[0], "not the same order for all"
        before, during = (p99(self._latencies[phase]) for phase in (Phase.BEFORE, Phase.DURING))
        bound = max(2 * before, before + 0.02)
        if not self._strict:
            bound = max(bound, STALL)
        assert during <= bound, f"p99 {during * 1000:.1f} ms, before {before * 1000:.1f} ms"

    # The thread.

    def _run(self) -> None:
        with selectors.DefaultSelector() as selector:
            for number, client in enumerate(self._clients):
                client.sock.setblocking(False)
                selector.register(client.sock, selectors.EVENT_READ, number)
            due = time.monotonic()
            deadline = 0.0
            while not self._is_done(deadline):
                now = time.monotonic()
                self._fair(now)
                if self._stop.is_set():
                    deadline = deadline or now + PATIENCE
                elif now >= due:
                    self._say(now)
                    due = now + 1 / LINES_PER_SECOND
                for key, _ in selector.select(0.02):
                    self._read(key.data)

    def _is_done(self, deadline: float) -> bool:
        if self._lost or (deadline and time.monotonic() > deadline):
            return True
        complete = all(len(heard) >= len(self._said) for heard in self._heard)
        return bool(deadline) and complete

    def _fair(self, now: float) -> float:
        """That moment on a clock that stands still while the machine keeps the server waiting."""
        return now if self._strict else now - self._delays.seconds(now)

    def _say(self, now: float) -> None:
        number = len(self._said)
        self._said.append((self._fair(now), self._phase))
        try:
            self._clients[number % PEOPLE].sock.sendall(b"mark %d\n" % number)
        except OSError as error:
            self._lost = f"a member of the probe cannot send: {error}"

    def _read(self, number: int) -> None:
        data = b""
        with suppress(OSError):
            data = self._clients[number].sock.recv(1 << 18)
        now = self._fair(time.monotonic())
        if not data:
            self._lost = f"a member of the probe was dropped: {self._tails[number][-200:]!r}"
            return
        lines, _, self._tails[number] = (self._tails[number] + data).rpartition(b"\n")
        for found in _LINE.finditer(lines + b"\n"):
            mark = int(found[1])
            self._heard[number].append(mark)
            said_at, phase = self._said[mark]
            self._latencies[phase].append(now - said_at)


def p99(values: list[float]) -> float:
    """The value that one in a hundred is above."""
    return sorted(values)[int(len(values) * 0.99)]
