"""House: the server through several lives, on one port and one data directory."""

from pathlib import Path

from scripts.processes.server import OurServer


class House:
    """A server with the settings that everybody has.

    Attributes:
        port: that of the first life, and of all others.
    """

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.log_file = folder / "server.log"
        self.port = 0
        self._folder = folder
        self._life: OurServer | None = None

    def start(self) -> None:
        """Begin a life; return when the server serves.

        Raises:
            StartError: it does not.
        """
        self._life = OurServer(self._folder, port=self.port)
        self.port = self._life.port

    def stop(self) -> int:
        """Ask for the end by SIGTERM; return the exit code.

        Raises:
            subprocess.TimeoutExpired: it does not come.
        """
        return self._life.stop() if self._life else 0

    def kill(self) -> None:
        """SIGKILL: nothing is finished, nothing closed in order. Harmless where it is dead."""
        if self._life:
            self._life.kill()
