"""A program that runs beside this one: it is started, waited for, read and ended."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TypeVar

ROOT: Final = Path(__file__).parents[2]
START_SECONDS: Final = 30.0
STOP_SECONDS: Final = 30.0
_POLL_SECONDS: Final = 0.005

T = TypeVar("T")


class StartError(Exception):
    """A program did not come up: why, and what it has said."""

    def __init__(self, why: str, said: str = "") -> None:
        super().__init__(f"{why}:\n{said}" if said else why)
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        self.last_line = lines[-1] if lines else "it said nothing"


def surroundings(changes: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return this process's environment without the settings of a server, and with changes."""
    ours = {key: value for key, value in os.environ.items() if not key.startswith("CHATSERVER_")}
    return ours | dict(changes or {})


class Process:
    """A program whose output goes to a file. `with` ends it, by force if it must.

    Parameters:
        argv: its command line; it runs in the project's folder.
        log_file: what it says is added there.
        environment: what is to be set besides `surroundings`.
        pass_fds: descriptors that it inherits.
    """

    def __init__(
        self,
        argv: Sequence[str],
        log_file: Path,
        *,
        environment: Mapping[str, str] | None = None,
        pass_fds: Sequence[int] = (),
    ) -> None:
        self.log_file = log_file
        self.started = time.monotonic()
        with log_file.open("ab") as log:
            self._before = log.tell()  # what earlier lives have said
            self.process = subprocess.Popen(
                argv,
                cwd=ROOT,
                env=surroundings(environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=pass_fds,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.process.pid

    @property
    def has_ended(self) -> bool:
        """Whether it runs no more."""
        return self.process.poll() is not None

    @property
    def log(self) -> str:
        """What it has said so far, in this life."""
        return self.log_file.read_bytes()[self._before :].decode("utf-8", "replace")

    def await_start(self, sign: Callable[[], T | None], seconds: float = START_SECONDS) -> T:
        """Return the first true value of a sign that it is up. Without one it is killed.

        Raises:
            StartError: it has ended, or there is no sign in so many seconds.
        """
        try:
            while not (value := sign()):
                self._check(seconds)
                time.sleep(_POLL_SECONDS)
        except BaseException:
            self.kill()
            raise
        return value

    def _check(self, seconds: float) -> None:
        if self.has_ended:
            raise StartError(f"it ended with {self.process.returncode}", self.log)
        if time.monotonic() - self.started > seconds:
            raise StartError(f"it did not start in {seconds:g} seconds", self.log)

    def stop(self, seconds: float = STOP_SECONDS) -> int:
        """Ask for the end by SIGTERM and return the exit code.

        Raises:
            subprocess.TimeoutExpired: it is still there.
        """
        self.process.terminate()
        return self.process.wait(seconds)

    def kill(self) -> None:
        """End it now, by SIGKILL: nothing is finished, nothing closed in order."""
        self.process.kill()
        self.process.wait()

    def end(self, seconds: float = STOP_SECONDS) -> bool:
        """Ask for the end, and make one where there is none in time; return whether it obeyed."""
        try:
            self.stop(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return False
        return True
