"""The servers that are measured: how each one is started and stopped."""

import os
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from scripts.benchmark import disk, figures
from scripts.benchmark.dialects import IRC, NGIRCD, PLAIN, Dialect
from scripts.processes.process import ROOT, Process
from scripts.processes.server import LISTENING

STOP_SECONDS = 15.0

OURS_CONFIG = """\
motd = "motd.txt"
[limits]
rate = false
per_address = 0
clients = 12000
unnamed = 12000
ping = 3600
dead = 7200
"""

# What our server keeps, and how it is told so.
HISTORIES: Mapping[str, Sequence[str]] = {
    "full": ["--history", "on", "--durability", "full"],
    "process": ["--history", "on", "--durability", "process"],
    "off": ["--history", "off"],
}

# Without MaxPenaltyTime = 0 ngircd delays a client after a few commands a second, and even then
# it takes only three commands a round from one who is not its operator: it would be measured
# asleep.
NGIRCD_CONFIG = """\
[Global]
    Name = peer.example.net
    Info = measured
    MotdPhrase = "measured"
[Limits]
    MaxConnections = 0
    MaxConnectionsIP = 0
    MaxJoins = 0
    MaxNickLength = 32
    MaxPenaltyTime = 0
    PingTimeout = 3600
    PongTimeout = 3600
[Options]
    DNS = no
    Ident = no
    PAM = no
[Operator]
    Name = load
    Password = load
"""

# Without these its clients are held up after a few commands, closed by their number, or cut off
# when much waits for them.
INSPIRCD_CONFIG = """\
<server name="peer.example.net" description="measured" network="peer" id="001">
<admin name="load" nick="load" email="load@example.net">
<bind address="127.0.0.1" port="{port}" type="clients">
<connect allow="*" timeout="60" pingfreq="3600" hardsendq="262144" softsendq="10240"
    recvq="65536" threshold="1000000000" commandrate="1000000000" fakelag="no" localmax="100000"
    globalmax="100000" limit="100000" resolvehostnames="no" useident="no" usecloak="no">
<performance softlimit="100000" somaxconn="4096" clonesonconnect="no">
<limits maxnick="32">
<files motd="{directory}/motd.txt">
<path datadir="{directory}" logdir="{directory}" runtimedir="{directory}">
<pid file="{directory}/inspircd.pid">
<log method="file" type="* -USERINPUT -USEROUTPUT" level="default" target="inspircd.log">
"""


@dataclass(frozen=True)
class Launch:
    """A command line; and a listening socket, for a server that is given one as its fd 3.

    `port` is where a server listens that says nothing of it; 0 for one that does.
    """

    argv: list[str]
    listener: socket.socket | None = None
    port: int = 0


@dataclass(frozen=True)
class Server:
    """One of the servers that can be measured."""

    name: str
    dialect: Dialect
    prepare: Callable[[Path], Launch]  # given a directory of its own
    program: Callable[[], str | None]
    remedy: str  # what to do when there is no program
    history: str = ""  # how it keeps one, of HISTORIES


@dataclass(frozen=True)
class Running:
    """A server that listens."""

    server: Server
    pid: int
    port: int
    ready: float  # seconds from its start until it listened
    data: Path

    def cpu_seconds(self) -> float:
        """CPU time of the server's process so far."""
        return figures.cpu_seconds(self.pid)


def _ours_program() -> str | None:
    return shutil.which("chatserver", path=str(Path(sys.executable).parent))


def _ours(directory: Path, history: str, limits: str = "") -> Launch:
    config = directory / "chatserver.toml"
    config.write_text(OURS_CONFIG + limits)
    (directory / "motd.txt").write_text("measured\n")
    command = _ours_program() or "chatserver"
    flags = ["--host", "127.0.0.1", "--port", "0", "--config", str(config), *HISTORIES[history]]
    return Launch([command, "serve", *flags, "--data", str(directory / "data")])


def ours(history: str, name: str = "ours", limits: str = "", dialect: Dialect = PLAIN) -> Server:
    """Our server with one of HISTORIES; `limits`: more lines of its configuration."""
    prepare = partial(_ours, history=history, limits=limits)
    return Server(name, dialect, prepare, _ours_program, "install it: scripts/test", history)


def with_histories(servers: Sequence[Server], histories: Sequence[str]) -> list[Server]:
    """Ours once for each of HISTORIES that is asked for; the others as they are."""
    several = len(histories) > 1
    return [
        one
        for server in servers
        for one in (
            [
                ours(history, f"ours ({history})" if several else "ours", dialect=server.dialect)
                for history in histories
            ]
            if server.history
            else [server]
        )
    ]


def _system_program(name: str) -> str | None:
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


def _ngircd_program() -> str | None:
    return _system_program("ngircd")


def _inspircd_program() -> str | None:
    return _system_program("inspircd")


def _ngircd(directory: Path) -> Launch:
    """Start it as systemd would, on a socket that is made for it.

    Its own has a backlog of 10 and Nagle's algorithm on: in a flood it would wait for delayed
    acknowledgements most of the time. A connection inherits TCP_NODELAY from its listener.
    """
    config = directory / "ngircd.conf"
    config.write_text(NGIRCD_CONFIG)
    listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    command = [_ngircd_program() or "ngircd", "-n", "-f", str(config)]
    hand_over = f'LISTEN_PID=$$ LISTEN_FDS=1 exec "$@" 3<&{listener.fileno()}'
    return Launch(["bash", "-c", hand_over, "bash", *command], listener)


def _inspircd(directory: Path) -> Launch:
    """It cannot be told to take any free port, so one is looked for."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    config = directory / "inspircd.conf"
    config.write_text(INSPIRCD_CONFIG.format(port=port, directory=directory))
    (directory / "motd.txt").write_text("measured\n")
    flags = ["--nofork", "--config", str(config)]
    if os.geteuid() == 0:
        flags.append("--runasroot")
    return Launch([_inspircd_program() or "inspircd", *flags], port=port)


def _script(name: str) -> Callable[[Path], Launch]:
    return lambda _: Launch([sys.executable, str(ROOT / "scripts" / "peers" / f"{name}.py")])


_NGIRCD = Server("ngircd", NGIRCD, _ngircd, _ngircd_program, "install it: apt install ngircd")

SERVERS = (
    ours("full"),
    _NGIRCD,
    Server("textbook", PLAIN, _script("textbook"), lambda: sys.executable, ""),
    Server("asyncio", PLAIN, _script("asyncio_streams"), lambda: sys.executable, ""),
)
IRC_SERVERS = (
    ours("full", dialect=IRC),
    _NGIRCD,
    Server("inspircd", IRC, _inspircd, _inspircd_program, "install it: apt install inspircd"),
)
# Who is measured, by what our server is asked to speak.
PROTOCOLS: Mapping[str, Sequence[Server]] = {"plain": SERVERS, "irc": IRC_SERVERS}


@contextmanager
def running(
    server: Server,
    furnish: Callable[[Path], None] = lambda _: None,
    cpus: frozenset[int] | None = None,
) -> Iterator[Running]:
    """Start a server, on the given processors if any; stop it at the end.

    `furnish` puts something into its data directory before it starts.
    """
    place = disk.directory()
    with tempfile.TemporaryDirectory(prefix="bench-", dir=place) as name, ExitStack() as stack:
        directory = Path(name)
        data = directory / "data"
        furnish(data)
        launch = server.prepare(directory)
        if launch.listener is not None:
            stack.enter_context(launch.listener)
        process = _start(launch, directory / "log", cpus)
        stack.callback(process.end, STOP_SECONDS)
        port = process.await_start(lambda: _port(launch, process))
        yield Running(server, process.pid, port, time.monotonic() - process.started, data)


def _start(launch: Launch, log: Path, cpus: frozenset[int] | None) -> Process:
    """Start a process; a child inherits the processors its parent may use at that moment."""
    own = os.sched_getaffinity(0)
    handed = () if launch.listener is None else (launch.listener.fileno(),)
    if cpus:
        os.sched_setaffinity(0, cpus)
    try:
        return Process(launch.argv, log, pass_fds=handed)
    finally:
        os.sched_setaffinity(0, own)


def _port(launch: Launch, process: Process) -> int | None:
    """Return where it listens, or None while it does not."""
    if launch.listener is not None:
        port: int = launch.listener.getsockname()[1]
        return port
    if launch.port:
        with socket.socket() as knock:
            return None if knock.connect_ex(("127.0.0.1", launch.port)) else launch.port
    found = LISTENING.search(process.log)
    return int(found[1]) if found else None
