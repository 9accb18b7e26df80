"""What many tests need: a real server as a process, clients, and patience with a deadline."""

import json
import os
import shutil
import socket
import struct
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

from chatserver.instance import Status, ask_status
from scripts.benchmark import figures
from scripts.processes.server import OurServer

ROOT = Path(__file__).parent.parent
PATIENCE = 30.0  # seconds for what takes milliseconds on an idle machine
# So that a pipe is known as one, however long its machine takes between connect and its first line.
# Where people wait for their greeting it must be short, and there a late pipe may be greeted too.
SNIFF_SECONDS = 50.0

IDLE_LOAD = 0.5  # share of a processor below which nothing spins, on a busy machine too
IDLE_SOCKETS = 2  # a server's door on 127.0.0.1, and its control socket


def require_program(name: str, package: str) -> str:
    """Return the path of a program; without it skip, or fail where everything is required."""
    path = shutil.which(name)
    if path is None:
        words = f"{name} is not installed (Debian package {package})"
        if os.environ.get("CHATSERVER_TEST_REQUIRE") == "1":
            pytest.fail(words)
        pytest.skip(words)
    return path


def wait_for(condition: Callable[[], Any], what: str = "", timeout: float = PATIENCE) -> Any:
    """Return the condition's first true value; fail if there is none in time."""
    deadline = time.monotonic() + timeout
    while not (value := condition()):
        if time.monotonic() > deadline:
            pytest.fail(f"not in {timeout:g} seconds: {what or condition}")
        time.sleep(0.01)
    return value


def keeps_its_memory(server: "ServerProcess", live: Callable[[], None], spare: int) -> bool:
    """Whether at most so many bytes more are resident after living than before, once in three.

    What leaks does so each time. What a stall of the machine heaps up, it heaps up once.
    """
    for _ in range(3):
        rss = server.rss
        live()
        if server.rss <= rss + spare:
            return True
    return False


class ServerProcess(OurServer):
    """A server of its own on a free port of 127.0.0.1; `with` stops it, which must not take force.

    It is handed over once it serves.
    """

    def __init__(
        self,
        directory: Path,
        limits: Mapping[str, Any] | None = None,
        *,
        settings: Mapping[str, Any] | None = None,
        program: Sequence[str] = ("-m", "chatserver"),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """`limits` and `settings` are TOML values; `program`: what Python runs.

        The limits have the server's defaults but for `sniff_seconds`.
        """
        config = _toml(settings or {}, {"sniff_seconds": SNIFF_SECONDS, **(limits or {})})
        super().__init__(directory, config=config, program=program, environment=environment)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not self.end() and error is None:
            pytest.fail("the server did not stop")

    def await_empty(self) -> None:
        """Wait until nobody is connected any more, and nobody is on their way in.

        Connections are taken in the order they came, so whoever is greeted now was the last one.
        """
        with Client(self.port) as last:
            last.send("last_of_all")
            last.expect("You are in #lobby")
        wait_for(lambda: self.sockets == IDLE_SOCKETS, "all connections are closed")

    # What it says and uses.

    def status(self) -> Status:
        """What it answers to `chatserver status`."""
        return ask_status(self.data, PATIENCE)

    @property
    def rss(self) -> int:
        """Resident memory in bytes."""
        return figures.rss_kib(self.pid) * 1024

    @property
    def threads(self) -> int:
        """Threads that run."""
        return figures.threads(self.pid)

    @property
    def files(self) -> int:
        """Open descriptors."""
        return figures.open_files(self.pid)

    @property
    def sockets(self) -> int:
        """Open sockets: its own IDLE_SOCKETS, and one for each connection."""
        kinds = []
        for descriptor in Path(f"/proc/{self.pid}/fd").iterdir():
            with suppress(FileNotFoundError):  # closed in this very moment
                kinds.append(os.readlink(descriptor))  # noqa: PTH115
        return sum(kind.startswith("socket:") for kind in kinds)

    @property
    def cpu_seconds(self) -> float:
        """Processor time used since its start."""
        return figures.cpu_seconds(self.pid)

    def await_rest(self) -> None:
        """Wait until it does next to nothing: one that spins never comes to that."""
        wait_for(lambda: self.load() < IDLE_LOAD, "the server is idle")

    def load(self, seconds: float = 0.5) -> float:
        """Watch it for so long and return the share of one processor that it uses."""
        before = self.cpu_seconds
        time.sleep(seconds)
        return (self.cpu_seconds - before) / seconds


class Client:
    """One end of a connection to a server; every read has a deadline."""

    def __init__(
        self,
        port: int,
        name: str = "",
        *,
        receive_buffer: int = 0,
        timeout: float = PATIENCE,
        path: Path | None = None,
        source: str = "",
    ) -> None:
        """With a name: as a pipe does, said at once, and waits for the lobby. Without: silent.

        `source` is the address to come from, one of this machine's.
        """
        family = socket.AF_UNIX if path else socket.AF_INET
        self.sock = socket.socket(family, socket.SOCK_STREAM)
        self.timeout = timeout
        self.received = b""  # and not yet returned by a read
        self.sock.settimeout(timeout)
        if receive_buffer:  # before connect, since the window follows from it
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        if source:
            self.sock.bind((source, 0))
        self.sock.connect(str(path) if path else ("127.0.0.1", port))
        if name:
            self.send(name)
            self.expect("You are in #lobby")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def send(self, *lines: str) -> None:
        """Send lines of text."""
        self.send_bytes("".join(f"{line}\n" for line in lines).encode())

    def send_bytes(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.sock.settimeout(self.timeout)
        self.sock.sendall(data)

    def line(self) -> str:
        """Return the next line without its end; fail where the connection ends before it."""
        return self.until(b"\n").decode("utf-8", "replace").rstrip("\r\n")

    def until(self, end: bytes) -> bytes:
        """Return what comes up to this, with it."""
        deadline = time.monotonic() + self.timeout
        while end not in self.received:
            if not self._more(deadline):
                pytest.fail(f"closed while waiting for {end!r}: {self.received[-300:]!r}")
        found, end, self.received = self.received.partition(end)
        return found + end

    def expect(self, text: str) -> list[str]:
        """Return the lines up to the first that contains the text, with it."""
        lines = [self.line()]
        while text not in lines[-1]:
            lines.append(self.line())
        return lines

    def rest(self) -> str:
        """Return everything until the server closes, as text."""
        return self.rest_bytes().decode("utf-8", "replace")

    def rest_bytes(self) -> bytes:
        """Return everything until the server closes."""
        deadline = time.monotonic() + self.timeout
        while self._more(deadline):
            pass
        rest, self.received = self.received, b""
        return rest

    def sync(self) -> list[str]:
        """Wait until all is done that was sent, and return the lines that came meanwhile."""
        self.send("/whois sync_sync")
        return self.expect("sync_sync")[:-1]

    def _more(self, deadline: float) -> bool:
        """Receive; False at the end. A reset after the last bytes is an end, too."""
        self.sock.settimeout(max(deadline - time.monotonic(), 0.001))
        try:
            data = self.sock.recv(65536)
        except TimeoutError:
            pytest.fail(f"nothing in {self.timeout:g} seconds; before: {self.received[-300:]!r}")
        except ConnectionError:
            return False
        self.received += data
        return bool(data)

    @property
    def ended(self) -> bool:
        """Whether the server has closed; what comes before is kept."""
        self.sock.settimeout(0)
        try:
            data = self.sock.recv(65536)
        except BlockingIOError:
            return False
        except ConnectionError:
            return True
        self.received += data
        return not data

    def half_close(self) -> None:
        """Send no more."""
        self.sock.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        """Close with a TCP reset."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def close(self) -> None:
        """Close in order."""
        self.sock.close()


def _toml(settings: Mapping[str, Any], limits: Mapping[str, Any]) -> str:
    """Write settings as TOML, tables of limits in line."""
    lines = [f"{key} = {_value(value)}" for key, value in settings.items()]
    lines += ["[limits]", *(f"{key} = {_value(value)}" for key, value in limits.items())]
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} = {_value(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value)
