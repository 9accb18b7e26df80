"""Pool: the workers, who gets the next client, and who steps in for a dead one."""

import itertools
from collections.abc import Callable

from chatserver.net.worker import Worker

DEATHS_ALLOWED = 3
DEATHS_WINDOW_SECONDS = 60.0


class TooManyDeaths(Exception):
    """Workers die faster than replacing them can help; a supervisor has to start anew."""


class Pool:
    """Owned by the listener's thread. A connection keeps its worker for life."""

    def __init__(self, size: int, hire: Callable[[str], Worker]) -> None:
        """`hire` makes a worker of that name, not yet started."""
        self._hire = hire
        self._numbers = itertools.count(1)
        self._deaths: list[float] = []
        self._loads: dict[Worker, int] = {}
        for _ in range(size):
            self._add()

    @property
    def workers(self) -> tuple[Worker, ...]:
        """Those that serve now."""
        return tuple(self._loads)

    def start(self) -> None:
        """Start every worker's thread."""
        for worker in self._loads:
            worker.start()

    def choose(self) -> Worker:
        """Return the worker with the fewest connections, with the next one counted."""
        worker = min(self._loads, key=lambda worker: self._loads[worker])
        self._loads[worker] += 1
        return worker

    def release(self, worker: Worker) -> None:
        """One of the worker's connections is closed."""
        if worker in self._loads:
            self._loads[worker] -= 1

    def replace(self, dead: Worker, now: float) -> None:
        """Start another worker in place of a dead one.

        Raises:
            TooManyDeaths: the third within a minute.
        """
        self._deaths = [at for at in self._deaths if at > now - DEATHS_WINDOW_SECONDS] + [now]
        if len(self._deaths) >= DEATHS_ALLOWED:
            raise TooManyDeaths
        self._loads.pop(dead, None)
        self._add().start()

    def _add(self) -> Worker:
        worker = self._hire(f"worker-{next(self._numbers)}")
        self._loads[worker] = 0
        return worker
