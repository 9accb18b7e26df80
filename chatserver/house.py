"""House: what every session of a server knows of it."""

from typing import Any

from chatserver.config import Config
from chatserver.limits import Limits
from chatserver.recent import Recent

_LINES_REMEMBERED = 512


class House:
    """One server. Read by every thread; a reload puts other immutable values in their place."""

    __slots__ = ("config", "motd", "shown", "started", "version")

    def __init__(
        self, config: Config, version: str, motd: tuple[str, ...] = (), started: float = 0.0
    ) -> None:
        """`started` is in seconds since the epoch; `motd` are the lines shown to who comes.

        `shown` are the last messages that people on telnet have seen, by id, for what is said of
        them later.
        """
        self.config = config
        self.version = version
        self.motd = motd
        self.started = started
        self.shown: Recent[Any] = Recent(_LINES_REMEMBERED)

    @property
    def limits(self) -> Limits:
        """What the server bears now."""
        return self.config.limits

    @property
    def name(self) -> str:
        """The server's name, as programs see it."""
        return self.config.server.name
