"""Our server as a process of its own."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from chatserver.instance import ControlError, ask_status
from scripts.processes.process import START_SECONDS, Process

LISTENING: Final = re.compile(r"Listening on \S*:(\d+)\n")


class OurServer(Process):
    """Our server on 127.0.0.1; it serves when this is made.

    Parameters:
        directory: where its `server.toml`, `server.log` and `data` are; what is stored is kept.
        flags: more of the command line.
        config: the text of its settings.
        port: 0 for any that is free.
        program: what Python runs.
        environment: what is to be set besides.

    Raises:
        StartError: it does not serve.
    """

    def __init__(
        self,
        directory: Path,
        *flags: str,
        config: str = "",
        port: int = 0,
        program: Sequence[str] = ("-m", "chatserver"),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.data = directory / "data"
        settings = directory / "server.toml"
        settings.write_text(config, encoding="utf-8")
        options = ("--host", "127.0.0.1", "--port", str(port), "--data", str(self.data))
        super().__init__(
            [sys.executable, *program, "serve", *options, "--config", str(settings), *flags],
            directory / "server.log",
            environment=environment,
        )
        self.port = self.await_start(self._serving)
        self.ready = time.monotonic() - self.started  # seconds until it served

    def _serving(self) -> int:
        """Return its port once it answers: it listens before all of its threads run."""
        if found := LISTENING.search(self.log):
            with suppress(ControlError):
                if ask_status(self.data, START_SECONDS).pid == self.pid:
                    return int(found[1])
        return 0
