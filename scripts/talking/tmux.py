"""Tmux: windows with real programs in them; keys go in, screens come out."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final

from scripts.processes.process import ROOT

KEPT_ROWS: Final = 50_000
"""How many rows that have left a window at its top can still be read."""

_SECONDS: Final = 20.0  # for tmux to do anything


class WindowError(Exception):
    """A window has gone, or does not show what it should."""


class Tmux:
    """A tmux server of its own, on a socket that nobody else has, without anybody's settings.

    All but `close` raise WindowError where a window is not there.
    """

    def __init__(self) -> None:
        self._folder = tempfile.mkdtemp(prefix="tmux-")  # a socket's path has to be short
        self._command = ["tmux", "-S", f"{self._folder}/socket", "-f", os.devnull, "-u"]

    def open(
        self,
        window: str,
        program: Sequence[str],
        environment: Mapping[str, str],
        columns: int,
        rows: int,
    ) -> None:
        """Start a program in a window of its own, in the project's folder."""
        changes = {"LC_ALL": "C.UTF-8", **environment}
        words = [f"{key}={value}" for key, value in changes.items()]
        place = ("-c", str(ROOT), "-x", str(columns), "-y", str(rows))
        self._run(
            *("set-option", "-g", "history-limit", str(KEPT_ROWS), ";"),
            *("new-session", "-d", "-s", window, *place, "env", "-u", "NO_COLOR", *words, *program),
            start=True,
        )

    def type(self, window: str, text: str) -> None:
        """Type a text as it is."""
        if text.endswith(";"):  # it would part two commands of tmux
            text = f"{text[:-1]}\\;"
        self._run("send-keys", "-t", window, "-l", "--", text)

    def press(self, window: str, *keys: str) -> None:
        """Press keys, by tmux's names of them."""
        self._run("send-keys", "-t", window, *keys)

    def screen(self, window: str) -> list[str]:
        """Return the rows of a window."""
        return self._run("capture-pane", "-p", "-t", window).split("\n")[:-1]

    def scrolled(self, window: str) -> list[str]:
        """Return all rows that a window has ever had, broken ones joined."""
        return self._run("capture-pane", "-p", "-J", "-S", "-", "-t", window).split("\n")[:-1]

    def resize(self, window: str, columns: int, rows: int) -> None:
        """Pull a window to another size."""
        self._run("resize-window", "-t", window, "-x", str(columns), "-y", str(rows))

    def close(self) -> None:
        """End it, and with it all of its windows."""
        with suppress(WindowError):
            self._run("kill-server")
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, *words: str, start: bool = False) -> str:
        done = subprocess.run(
            [*self._command, *(("start-server", ";") if start else ()), *words],
            capture_output=True,
            check=False,
            timeout=_SECONDS,
            env={key: value for key, value in os.environ.items() if key != "TMUX"},
        )
        if done.returncode:
            raise WindowError(
                f"{' '.join(words)}: {done.stderr.decode('utf-8', 'replace').strip()}"
            )
        return done.stdout.decode("utf-8", "replace")
