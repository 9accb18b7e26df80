"""The span of time that is measured."""

import time
from dataclasses import dataclass

from scripts.benchmark import results
from scripts.benchmark.lines import Arrival
from scripts.benchmark.load import Load
from scripts.benchmark.peers import Running
from scripts.benchmark.results import Figures


@dataclass(frozen=True)
class Moment:
    """What is read at the start and at the end of a window."""

    stamp_ns: int
    delivered: int
    server_cpu: float  # seconds
    own_cpu: float  # seconds


@dataclass(frozen=True)
class Window:
    """From one moment to another."""

    start: Moment
    end: Moment

    def figures(self) -> Figures:
        """Deliveries a second, the server's CPU for each, and the load generator's share."""
        seconds = (self.end.stamp_ns - self.start.stamp_ns) / 1e9
        delivered = self.end.delivered - self.start.delivered
        server_cpu = self.end.server_cpu - self.start.server_cpu
        own_cpu = self.end.own_cpu - self.start.own_cpu
        return {
            results.DELIVERIES: delivered / seconds,
            results.CPU: server_cpu / delivered * 1e6 if delivered else 0.0,
            results.GENERATOR: own_cpu / seconds,
        }

    def holds(self, arrival: Arrival) -> bool:
        """Whether the line was sent within the window."""
        return self.start.stamp_ns <= arrival.sent_ns < self.end.stamp_ns


class Meter:
    """Starts a window when it is made."""

    def __init__(self, running: Running, load: Load) -> None:
        self._running = running
        self._load = load
        self._start = self._now()

    def _now(self) -> Moment:
        return Moment(
            time.monotonic_ns(),
            self._load.delivered(),
            self._running.cpu_seconds(),
            time.process_time(),
        )

    def window(self) -> Window:
        """From the start until now."""
        return Window(self._start, self._now())
