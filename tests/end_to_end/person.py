"""A person at a real terminal: a program in a pty, whose screen pyte draws."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import pyte

from tests.helpers import wait_for

LINES = 24


def _take_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Person:
    """Types into a program and reads its screen."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        kind: str = "xterm-256color",
        columns: int = 80,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.screen = pyte.HistoryScreen(columns, LINES, history=1000, ratio=0.5)
        self._stream = pyte.ByteStream(self.screen)
        self.raw = b""
        self._master, slave = pty.openpty()
        self._size(columns)
        self.modes_before = termios.tcgetattr(self._master)
        inherited = {**os.environ, "TERM": kind, "LC_ALL": "C.UTF-8", **(environment or {})}
        # A session of its own with the pty as its controlling terminal, as a shell would have it:
        # else a resize sends no SIGWINCH.
        self.process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=inherited,
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
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._master)

    # Hands.

    def type(self, keys: str | bytes) -> Self:
        """Press keys, one after the other."""
        os.write(self._master, keys.encode() if isinstance(keys, str) else keys)
        return self

    def enter(self, line: str) -> Self:
        """Type a line and press Enter."""
        return self.type(line + "\r")

    def resize(self, columns: int) -> None:
        """Pull the window to another width."""
        self.screen.resize(LINES, columns)
        self._size(columns)
        os.kill(self.process.pid, signal.SIGWINCH)

    def _size(self, columns: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, columns, 0, 0))

    # Eyes.

    def look(self) -> list[str]:
        """Return the rows of the screen down to the last one with something on it."""
        while select.select([self._master], [], [], 0.02)[0]:
            try:
                data = os.read(self._master, 65536)
            except OSError:  # EIO: the program has ended
                break
            if not data:
                break
            self.raw += data
            self._stream.feed(data)
        rows = [row.rstrip() for row in self.screen.display]
        while rows and not rows[-1]:
            rows.pop()
        return rows

    @property
    def text(self) -> str:
        """The whole screen."""
        return "\n".join(self.look())

    @property
    def row(self) -> str:
        """The row of the cursor, as it is without trailing spaces."""
        self.look()
        return str(self.screen.display[self.screen.cursor.y]).rstrip()

    @property
    def column(self) -> int:
        """Where the cursor is in its row."""
        return int(self.screen.cursor.x)

    def sees(self, text: str) -> list[str]:
        """Wait until a text is somewhere on the screen; return the rows."""
        return self.until(lambda: any(text in row for row in self.look()), text)

    def sees_row(self, text: str) -> list[str]:
        """Wait until the cursor's row reads so."""
        return self.until(lambda: self.row == text, text)

    def until(self, condition: Callable[[], Any], what: str) -> list[str]:
        """Wait for a condition; a failure shows the screen."""
        try:
            wait_for(condition, what)
        except BaseException as error:
            error.add_note("the screen:\n" + "\n".join(f"|{row}" for row in self.look()))
            raise
        return self.look()

    def leaves(self) -> int:
        """Wait for the end of the program and return its exit code."""
        wait_for(lambda: (self.look(), self.process.poll() is not None)[1], "the program ends")
        self.look()
        code = self.process.returncode
        assert code is not None
        return int(code)

    @property
    def modes(self) -> list[Any]:
        """The settings of the terminal, see termios.tcgetattr."""
        return termios.tcgetattr(self._master)
