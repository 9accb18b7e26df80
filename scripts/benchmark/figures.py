"""Figures about a process, and sums over samples."""

import math
import time
from collections.abc import Sequence
from pathlib import Path


def cpu_seconds(pid: int) -> float:
    """User and system time of a process with all its threads, in seconds.

    This is the process's own CPU clock: the sum that /proc/PID/stat shows in ticks of 10 ms,
    in nanoseconds. The clock's number is made as in `clock_getcpuclockid(3)`.
    """
    return time.clock_gettime((~pid << 3) | 2)


def rss_kib(pid: int) -> int:
    """Resident memory in KiB."""
    return _status(pid, "VmRSS")


def threads(pid: int) -> int:
    """How many threads a process has."""
    return _status(pid, "Threads")


def open_files(pid: int) -> int:
    """How many file descriptors a process has open."""
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())


def _status(pid: int, key: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == key:
            return int(value.split()[0])
    raise ProcessLookupError(f"process {pid} has ended")


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of all (0 to 1) do not exceed."""
    if not values:
        return math.nan
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def slope(times: Sequence[float], values: Sequence[float]) -> float:
    """The least-squares slope of values over times; 0 where there are not two times."""
    if len(set(times)) < 2:
        return 0.0
    mean_time = sum(times) / len(times)
    mean_value = sum(values) / len(values)
    rise = sum((t - mean_time) * (v - mean_value) for t, v in zip(times, values, strict=True))
    return rise / sum((t - mean_time) ** 2 for t in times)
