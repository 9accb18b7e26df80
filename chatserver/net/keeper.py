"""Keeper: the worker that owns a connection, as the connection sees it."""

from typing import TYPE_CHECKING, Protocol

from chatserver.config import Limits

if TYPE_CHECKING:
    from chatserver.net.connection import Connection


class Keeper(Protocol):
    """What a connection needs of the worker that owns it."""

    limits: Limits
    now: float
    linger_seconds: float
    reading: bool

    def watch(self, connection: "Connection", events: int) -> None:
        """Have the selector wait for these events from now on, and note them in `events`."""

    def schedule(self, connection: "Connection", when: float) -> None:
        """Call `on_timer` at that time."""

    def queued(self, change: int) -> None:
        """So many bytes more wait in out-buffers."""

    def reseat(self) -> None:
        """A connection's dialect has changed, or whether it is free."""

    def request(self, connection: "Connection", wish: object) -> None:
        """Pass a session's wish on."""

    def hang_up(self, connection: "Connection", ending: str) -> None:
        """Tell whoever keeps track of people that this one is gone."""

    def established(self, connection: "Connection") -> None:
        """The client has said who it is."""

    def forget(self, connection: "Connection") -> None:
        """The connection is closed."""
