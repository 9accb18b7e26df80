"""A program in a pseudo-terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from scripts.processes.process import surroundings

COLUMNS: Final = 80
ROWS: Final = 24


def _take_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Terminal:
    """The hands of somebody at a program, and the bytes that it writes. `with` kills it.

    Parameters:
        command: what runs there.
        kind: what TERM says.
        environment: what is to be set besides.
        folder: where it runs; here, if None.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = COLUMNS,
        rows: int = ROWS,
        kind: str = "xterm-256color",
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> None:
        self._master, slave = pty.openpty()
        self._size(columns, rows)
        self.modes_before = self.modes
        # A session of its own with the pty as its controlling terminal, as a shell would have it:
        # else a resize sends no SIGWINCH.
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env=surroundings({"TERM": kind, "LC_ALL": "C.UTF-8", **(environment or {})}),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=_take_terminal,  # noqa: PLW1509 - it makes one system call
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._master)

    def type(self, keys: str | bytes) -> Self:
        """Press keys, one after the other."""
        os.write(self._master, keys.encode() if isinstance(keys, str) else keys)
        return self

    def enter(self, line: str) -> Self:
        """Type a line and press Enter."""
        return self.type(line + "\r")

    def resize(self, columns: int, rows: int = ROWS) -> None:
        """Pull the window to another size."""
        self._size(columns, rows)
        os.kill(self.process.pid, signal.SIGWINCH)

    def read(self, seconds: float) -> bytes:
        """Return what it writes next; nothing where it does not within so long, or has ended."""
        if not select.select([self._master], [], [], seconds)[0]:
            return b""
        try:
            return os.read(self._master, 65536)
        except OSError:  # EIO: the program has ended
            return b""

    @property
    def modes(self) -> list[Any]:
        """The settings of the terminal, see termios.tcgetattr."""
        return termios.tcgetattr(self._master)

    def _size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
