"""A server that is made to be killed, and started again on the same data directory."""

import re
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from chatserver.instance import ControlError, ask_status

ROOT: Final = Path(__file__).parents[2]
START_SECONDS: Final = 30.0
_LISTENING = re.compile(r"Listening on 127\.0\.0\.1:(\d+)\n")

# Nothing is trimmed: every line that was ever stored is to be found again.
CONFIG: Final = """\
[limits]
rate = false
sniff_seconds = 0.05
outbox = 67108864
history_days = 0
history_lines = 0
"""


class StartError(Exception):
    """The server did not come up; what it said."""


class MortalServer:
    """One life of a server. `ready` is how many seconds it took until it served."""

    def __init__(self, directory: Path, durability: str = "full", *flags: str) -> None:
        self.data = directory / "data"
        self._log = directory / "server.log"
        config = directory / "server.toml"
        config.write_text(CONFIG, encoding="utf-8")
        options = ["--host", "127.0.0.1", "--port", "0", "--data", str(self.data)]
        options += ["--config", str(config), "--durability", durability, *flags]
        started = time.monotonic()
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "chatserver", "serve", *options],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            self.port = self._await_port(started + START_SECONDS)
        except BaseException:
            self.kill()
            raise
        self.ready = time.monotonic() - started

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()

    @property
    def log(self) -> str:
        """What this life has logged."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def kill(self) -> None:
        """SIGKILL: nothing is finished, nothing closed in order."""
        self.process.kill()
        self.process.wait()

    def _await_port(self, deadline: float) -> int:
        """Wait until it serves: it listens before all of its threads run."""
        port = 0
        while time.monotonic() < deadline and self.process.poll() is None:
            if not port and (found := _LISTENING.search(self.log)):
                port = int(found[1])
            if port:
                with suppress(ControlError):
                    if ask_status(self.data).pid == self.process.pid:
                        return port
            time.sleep(0.005)
        raise StartError(f"the server did not start:\n{self.log}")


def connect(port: int) -> socket.socket:
    """Return a connection that never blocks."""
    sock = socket.create_connection(("127.0.0.1", port), timeout=START_SECONDS)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setblocking(False)
    return sock
