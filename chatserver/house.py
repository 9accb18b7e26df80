"""House: what every session of a server knows of it."""

from chatserver.config import Config
from chatserver.limits import Limits


class House:
    """One server. Read by every thread; a reload puts other immutable values in their place."""

    __slots__ = ("config", "motd", "started", "version")

    def __init__(
        self, config: Config, version: str, motd: tuple[str, ...] = (), started: float = 0.0
    ) -> None:
        """`started` is in seconds since the epoch; `motd` are the lines shown to who comes."""
        self.config = config
        self.version = version
        self.motd = motd
        self.started = started

    @property
    def limits(self) -> Limits:
        """What the server bears now."""
        return self.config.limits

    @property
    def name(self) -> str:
        """The server's name, as programs see it."""
        return self.config.server.name
