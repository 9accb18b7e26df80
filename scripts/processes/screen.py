"""A program in a pseudo-terminal whose screen pyte draws."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, Self

import pyte

from scripts.processes.terminal import COLUMNS, ROWS, Terminal

PATIENCE: Final = 30.0  # seconds for what takes milliseconds on an idle machine
_HISTORY: Final = 1000  # rows that have left at the top


class NotSeenError(Exception):
    """Something did not appear in time; the message shows the screen."""


class Screen(Terminal):
    """The hands and eyes of somebody at a program.

    Parameters:
        silence: seconds without a byte, after which the screen is taken for drawn.
        For the others see Terminal.
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
        silence: float = 0.02,
    ) -> None:
        self.screen = pyte.HistoryScreen(columns, rows, history=_HISTORY, ratio=0.5)
        self.raw = b""  # all that was written
        self._stream = pyte.ByteStream(self.screen)
        self._silence = silence
        super().__init__(
            command, columns=columns, rows=rows, kind=kind, environment=environment, folder=folder
        )

    def resize(self, columns: int, rows: int = ROWS) -> None:
        """Pull the window to another size."""
        self.screen.resize(rows, columns)
        super().resize(columns, rows)

    def rows(self) -> list[str]:
        """Return the screen as it is now, without trailing spaces."""
        while data := self.read(self._silence):
            self.raw += data
            self._stream.feed(data)
        return [row.rstrip() for row in self.screen.display]

    def sees(self, text: str) -> Self:
        """Wait until a text is in one of the rows.

        Raises:
            NotSeenError: it is not.
        """
        return self.until(lambda: any(text in row for row in self.rows()), text)

    def loses(self, text: str) -> Self:
        """Wait until a text is in none of the rows any more.

        Raises:
            NotSeenError: it is.
        """
        return self.until(lambda: not any(text in row for row in self.rows()), f"no {text}")

    def until(self, condition: Callable[[], object], what: str) -> Self:
        """Wait for a condition.

        Raises:
            NotSeenError: it does not come true.
        """
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                shown = "\n".join(f"|{row}" for row in self.rows())
                raise NotSeenError(f"not in {PATIENCE:g} seconds: {what}; the screen:\n{shown}")
            time.sleep(0.01)
        return self
