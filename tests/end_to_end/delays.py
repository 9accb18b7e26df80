"""What a busy machine does to a server: how long it has kept it waiting."""

import time
from contextlib import suppress
from pathlib import Path

_EVERY = 0.005  # seconds between two looks
_LATE = 0.05  # seconds after which a look of ours is late: the watcher had to wait as well


class Delays:
    """Adds up the seconds in which a process could not go on, though nothing of its own held it.

    It waited for a processor, as the kernel counts it (Documentation/scheduler/sched-stats.rst,
    the second figure of schedstat, in nanoseconds), or for a disk (state D of proc_pid_stat(5)), or
    the machine stood still: then the one who looks is late, too.
    """

    def __init__(self, pid: int) -> None:
        self._tasks = Path(f"/proc/{pid}/task")
        self._queued: dict[str, int] = {}  # by thread; those that have ended still count
        self._others = 0.0
        self._looked_at = time.monotonic()
        self._before = 0.0
        self._before = self.seconds(self._looked_at + _EVERY)

    def seconds(self, now: float) -> float:
        """Look, if the last time was a while ago, and return the sum. `now` is monotonic."""
        passed = now - self._looked_at
        if passed >= _EVERY:
            self._looked_at = now
            blocked = self._look()
            self._others += passed if blocked else max(passed - _LATE, 0.0)
        return sum(self._queued.values()) / 1e9 + self._others - self._before

    def _look(self) -> bool:
        """Note how long each thread has waited for a processor; whether one waits for a disk."""
        blocked = False
        for task in self._tasks.iterdir():
            with suppress(OSError):  # a thread that ends meanwhile, or a kernel that does not count
                state = (task / "stat").read_text(encoding="ascii", errors="replace")
                blocked = blocked or state.rpartition(")")[2].split()[0] == "D"
                figures = (task / "schedstat").read_text(encoding="ascii").split()
                self._queued[task.name] = int(figures[1])
        return blocked
