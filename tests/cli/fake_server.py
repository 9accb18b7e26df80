"""`chatserver` with a server that only listens and answers on its control socket.

Run as a program it takes the command line of `chatserver`. The environment variable
CHATSERVER_TEST_FAKE changes what it does: `deaf` (to SIGTERM) or `dies` (in run).
"""

from __future__ import annotations

import json
import logging
import os
import select
import signal
import socket
import sys
import threading
from types import ModuleType

from chatserver.__main__ import main
from chatserver.config import Config
from chatserver.net.doors import ListenError
from chatserver.settings import Sources


class Server:
    """As that of chatserver.server, as far as the command line can see."""

    def __init__(
        self,
        config: Config,
        control: socket.socket | None = None,
        sources: Sources | None = None,
    ) -> None:
        assert control is not None
        self.config = config
        self.control = control
        self.listening = socket.socket()
        self.ending = socket.socketpair()
        self.mode = os.environ.get("CHATSERVER_TEST_FAKE", "")

    def listen(self) -> None:
        """Bind the port on 127.0.0.1."""
        try:
            self.listening.bind(("127.0.0.1", self.config.port))
        except OSError as error:
            where = f"{self.config.host}:{self.config.port}"
            raise ListenError(
                f"Cannot listen on {where}: address already in use. Try --port 0 or --port 8001."
            ) from error
        self.listening.listen()
        assert threading.active_count() == 1

    @property
    def descriptors(self) -> list[int]:
        """What is kept over a fork."""
        sockets = (self.listening, self.control, *self.ending)
        return [each.fileno() for each in sockets]

    def run(self) -> int:
        """Answer until SIGTERM; the exit code is 7, for a test to see."""
        if self.mode == "dies":
            raise RuntimeError("it dies")
        answering = threading.Thread(target=self.answer, daemon=True)
        answering.start()

        def end(_signal: int, _frame: object) -> None:
            if self.mode != "deaf":
                self.ending[0].send(b"x")

        signal.signal(signal.SIGTERM, end)
        logging.info("serving")
        print("printed by the server", flush=True)
        select.select([self.ending[1]], [], [])
        logging.info("ended in %s", os.getcwd())  # noqa: PTH109
        return 7

    def answer(self) -> None:
        """One status after the other."""
        status = {
            "pid": os.getpid(),
            "uptime": 3725,
            "addresses": ["{}:{}".format(*self.listening.getsockname())],
            "people": 3,
            "rooms": 2,
            "version": "0.1.0",
        }
        while True:
            connection, _ = self.control.accept()
            connection.recv(100)
            connection.sendall(json.dumps(status).encode() + b"\n")
            connection.close()


def _install() -> None:
    """Put the fake where the command line imports the real one from."""
    server = ModuleType("chatserver.server")
    server.Server = Server  # type: ignore[attr-defined]
    sys.modules["chatserver.server"] = server


if __name__ == "__main__":
    _install()
    main()
