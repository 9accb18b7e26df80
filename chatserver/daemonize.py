"""Going into the background, with the launching command waiting to hear how it went."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterable
from typing import IO

import daemon
import daemon.daemon

_REPORT_BYTES = 4096  # below PIPE_BUF, so that a report is written in one piece


class DetachError(Exception):
    """The process could not go into the background; its text says why."""


def detach(keep: Iterable[int], log: IO[str]) -> int | None:
    """Fork this process into the background. No thread may have been started yet.

    Args:
        keep: descriptors that stay open there.
        log: takes the place of standard output and standard error there, for what no logger
            sees: tracebacks of the interpreter, the stacks that faulthandler writes.

    Returns:
        The pid of the process in the background to the one that called, None to the new one.

    Raises:
        DetachError: in the calling process; the new one has ended.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    reading, writing = os.pipe()
    # python-daemon ends the process that calls it, so it is called in a child.
    child = os.fork()
    if child:
        os.close(writing)
        return _hear(reading, child)
    os.close(reading)
    _become_daemon([*keep, writing], log, writing)
    return None


def _become_daemon(keep: list[int], log: IO[str], report: int) -> None:
    try:
        daemon.DaemonContext(
            # It would say no under a supervisor; someone who asks for --daemon means it.
            detach_process=True,
            files_preserve=keep,
            stdout=log,
            stderr=log,
            umask=0o077,
            # SIGTERM is left to the server, which installs its own handlers.
            signal_map={
                signal.SIGTTIN: None,
                signal.SIGTTOU: None,
                signal.SIGTSTP: None,
            },
        ).open()
    except BaseException as error:  # whatever it is, this process must not go on
        os.write(report, f"error {error}".encode()[:_REPORT_BYTES])
        os._exit(1)
    os.write(report, b"pid %d" % os.getpid())
    os.close(report)


def _hear(reading: int, child: int) -> int:
    """Read the report of the process that detaches; returns its pid."""
    with os.fdopen(reading, "rb") as pipe:
        word, _, rest = pipe.read().partition(b" ")
    os.waitpid(child, 0)
    if word == b"pid":
        return int(rest)
    raise DetachError(rest.decode(errors="replace") or "it ended without a word")
