"""Watchdog: do all threads still beat? Tells systemd, and gives up where one hangs."""

import faulthandler
import logging
import os
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Protocol

ALIVE_SECONDS = 5.0
HUNG_SECONDS = 20.0
# A gap this long between two looks means that this very process was stopped, not one thread.
_OWN_GAP_SECONDS = 3.0

_log = logging.getLogger("chatserver")


class Beating(Protocol):
    """A thread that notes the monotonic time of each of its rounds."""

    name: str
    beat: float


class Watchdog:
    """Looked after by the main thread, about once a second."""

    def __init__(
        self, threads: Callable[[], Sequence[Beating]], on_hang: Callable[[], None]
    ) -> None:
        """`threads` gives those that must beat; `on_hang` is called once if one no longer does."""
        self._threads = threads
        self._on_hang = on_hang
        self._looked_at: float | None = None
        self._since = 0.0  # since when we have been looking without a gap
        self._hung = False

    def look(self, now: float) -> None:
        """Look at every thread. `now` is monotonic, in seconds."""
        if self._looked_at is None or now - self._looked_at > _OWN_GAP_SECONDS:
            self._since = now
        self._looked_at = now
        quiet = {thread.name: now - max(thread.beat, self._since) for thread in self._threads()}
        if all(seconds < ALIVE_SECONDS for seconds in quiet.values()):
            notify("WATCHDOG=1")
        hung = [name for name, seconds in quiet.items() if seconds > HUNG_SECONDS]
        if hung and not self._hung:
            self._hung = True
            _log.critical("no sign of life from %s", ", ".join(hung))
            faulthandler.dump_traceback(file=sys.stderr, all_threads=True)
            self._on_hang()


def notify(state: str) -> None:
    """Tell the service manager, if there is one (sd_notify(3): a datagram, lost if unwanted)."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.sendto(state.encode(), address)
