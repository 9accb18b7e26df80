"""Where the servers keep their data while they are measured: on a disk, not in memory."""

import os
import tempfile
from pathlib import Path

_IN_MEMORY = frozenset({"tmpfs", "ramfs"})


def file_system(path: Path) -> str:
    """The kind of file system that a path is on, as the kernel calls it."""
    device = path.stat().st_dev
    number = f"{os.major(device)}:{os.minor(device)}"
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        before, _, after = line.partition(" - ")
        if before.split()[2] == number:
            return after.split()[0]
    return "unknown"


def directory() -> Path:
    """The one for temporary files; the one for large ones where the first is in memory."""
    usual = Path(tempfile.gettempdir())
    return Path("/var/tmp") if file_system(usual) in _IN_MEMORY else usual


def describe() -> str:
    """A sentence for the report."""
    place = directory()
    kind = file_system(place)
    note = " (in memory: no figure here says what a disk costs)" if kind in _IN_MEMORY else ""
    return f"Data directories are made in {place}, on {kind}{note}."
