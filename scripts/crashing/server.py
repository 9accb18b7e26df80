"""A server that is made to be killed, and started again on the same data directory."""

import socket
from pathlib import Path
from types import TracebackType
from typing import Final

from scripts.processes.process import START_SECONDS
from scripts.processes.server import OurServer

# Nothing is trimmed: every line that was ever stored is to be found again.
CONFIG: Final = """\
[limits]
rate = false
sniff_seconds = 0.05
outbox = 67108864
history_days = 0
history_lines = 0
"""


class MortalServer(OurServer):
    """One life of a server; `with` kills it."""

    def __init__(self, directory: Path, durability: str = "full", *flags: str) -> None:
        super().__init__(directory, "--durability", durability, *flags, config=CONFIG)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()


def connect(port: int) -> socket.socket:
    """Return a connection that never blocks."""
    sock = socket.create_connection(("127.0.0.1", port), timeout=START_SECONDS)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setblocking(False)
    return sock
