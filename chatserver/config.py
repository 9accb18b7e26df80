"""What can be set: every setting with its unit, its default and what is allowed.

The declaration below is the only one. Validation, the comments of `chatserver config`, the help
of the flags and the tests of docs/configuration.md are all read from it (see schema.py).
"""

from __future__ import annotations

import ipaddress
import os
import sys
from typing import Annotated, Literal, NamedTuple

import msgspec
import platformdirs
from msgspec import Meta

HistoryMode = Literal["on", "off"]
DurabilityName = Literal["full", "process"]
LogLevel = Literal["debug", "info", "warning", "error"]

PATH = {"path": True}  # marks the settings that name a file or directory
_GIB = 1024**3
_DAY = 24 * 60 * 60


def default_data() -> str:
    """The data directory of someone who has chosen none."""
    return str(platformdirs.user_data_path("chatserver"))


def default_workers() -> int:
    """How many workers there are if nobody says so.

    Where one lock guards the interpreter, two threads that send at once wake each other up for it
    at every send: a delivery to a room of 1000 took twice the processor time with two workers as
    with one (docs/performance.md).
    """
    locked: bool = getattr(sys, "_is_gil_enabled", lambda: True)()
    return 1 if locked else min(os.cpu_count() or 1, 64)


class Address(NamedTuple):
    """A place to listen on; an empty host is every address of this machine."""

    host: str
    port: int


def parse_address(text: str) -> Address:
    """Read `HOST:PORT`, `[IPV6]:PORT` or `:PORT`.

    Raises:
        ValueError: the text has none of these forms, or the port is not in 0 to 65535.
    """
    host, colon, port = text.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
        plain = _is_ipv6(host)
    else:
        plain = ":" not in host  # an IPv6 address without brackets would be ambiguous
    if not (colon and plain and is_host(host) and port.isascii() and port.isdigit()):
        raise ValueError(f"not an address: {text!r}")
    if len(port) > len("65535") or int(port) > 65535:
        raise ValueError(f"not a port: {port!r}")
    return Address(host, int(port))


def is_host(text: str) -> bool:
    """Whether the text can be a host name or address at all (an empty one can)."""
    if ":" in text:
        return _is_ipv6(text)
    return text.isprintable() and not set(text) & set(" /,[]")


def _is_ipv6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True


class Rate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much one connection may send: two token buckets, one of lines, one of bytes."""

    lines_burst: Annotated[
        int,
        Meta(ge=1, le=1_000_000, description="Lines that one may send at once"),
    ] = 10
    lines_per_second: Annotated[
        float,
        Meta(ge=0.01, le=1_000_000, description="Lines per second after that"),
    ] = 2.0
    bytes_burst: Annotated[
        int,
        Meta(ge=256, le=_GIB, description="Bytes that one may send at once"),
    ] = 16384
    bytes_per_second: Annotated[
        float,
        Meta(ge=1, le=_GIB, description="Bytes per second after that"),
    ] = 4096.0


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the server bears from one client, from one address and in all."""

    line: Annotated[
        int,
        Meta(ge=256, le=65536, description="Longest line that one may send, in bytes"),
    ] = 4096
    unfinished: Annotated[
        int,
        Meta(
            ge=256,
            le=16 * 1024**2,
            description="Bytes without a newline after which a connection is closed; "
            "not below limits.line",
        ),
    ] = 16384
    clients: Annotated[
        int,
        Meta(
            ge=1,
            le=1_000_000,
            description="Connections at once; the open-file limit of the process "
            "less 64 is the other bound",
        ),
    ] = 10_000
    per_address: Annotated[
        int,
        Meta(
            ge=0,
            le=1_000_000,
            description="Connections at once from one address (IPv6: one /64); 0 is no limit",
        ),
    ] = 50
    new_per_address: Annotated[
        int,
        Meta(
            ge=0,
            le=1_000_000_000,
            description="New connections from one address in limits.new_window seconds; "
            "0 is no limit",
        ),
    ] = 200
    new_window: Annotated[
        int,
        Meta(ge=1, le=_DAY, description="Time over which new connections are counted, in seconds"),
    ] = 600
    exempt_loopback: Annotated[
        bool,
        Meta(description="Whether this machine itself is free of the two limits per address"),
    ] = True
    name_seconds: Annotated[
        float,
        Meta(ge=0.1, le=_DAY, description="Time to give a name, in seconds"),
    ] = 60.0
    unnamed: Annotated[
        int,
        Meta(ge=1, le=1_000_000, description="Connections at once that have no name yet"),
    ] = 256
    names_tried: Annotated[
        int,
        Meta(ge=1, le=1000, description="Refused names after which a connection is closed"),
    ] = 10
    ping: Annotated[
        float,
        Meta(ge=0.1, le=_DAY, description="Silence after which a program is pinged, in seconds"),
    ] = 90.0
    dead: Annotated[
        float,
        Meta(
            ge=0.1,
            le=_DAY,
            description="Silence after which a program is closed, in seconds; above limits.ping",
        ),
    ] = 150.0
    keepalive_idle: Annotated[
        int,
        Meta(ge=1, le=32767, description="Silence before TCP keepalive asks, in seconds"),
    ] = 60
    keepalive_interval: Annotated[
        int,
        Meta(ge=1, le=32767, description="Time between two TCP keepalive probes, in seconds"),
    ] = 10
    keepalive_count: Annotated[
        int,
        Meta(ge=1, le=127, description="Unanswered TCP keepalive probes that end a connection"),
    ] = 3
    user_timeout: Annotated[
        int,
        Meta(
            ge=1,
            le=_DAY,
            description="Time that sent bytes may stay unacknowledged (TCP_USER_TIMEOUT), "
            "in seconds",
        ),
    ] = 60
    outbox: Annotated[
        int,
        Meta(ge=4096, le=_GIB, description="Bytes that may wait for one client that reads slowly"),
    ] = 262_144
    outbox_seconds: Annotated[
        float,
        Meta(
            ge=0.1,
            le=_DAY,
            description="Time that waiting bytes may make no progress, in seconds",
        ),
    ] = 60.0
    outbox_total: Annotated[
        int,
        Meta(
            ge=4096,
            le=1024 * _GIB,
            description="Bytes that may wait for all clients together; the largest is closed first",
        ),
    ] = 268_435_456
    softsendq: Annotated[
        int,
        Meta(
            ge=0,
            le=_GIB,
            description="Waiting bytes above which a client's own commands are delayed",
        ),
    ] = 10_240
    rate: Annotated[
        Rate | None,
        Meta(description="How fast one connection may send; false turns this limit off"),
    ] = msgspec.field(default_factory=Rate)
    nick: Annotated[
        int,
        Meta(ge=1, le=64, description="Longest name of a person, in characters"),
    ] = 32
    room: Annotated[
        int,
        Meta(ge=6, le=200, description="Longest name of a room, in characters"),
    ] = 50
    topic: Annotated[
        int,
        Meta(ge=1, le=4000, description="Longest topic of a room, in characters"),
    ] = 390
    reason: Annotated[
        int,
        Meta(
            ge=1,
            le=4000,
            description="Longest reason for leaving or being away, in characters",
        ),
    ] = 300
    rooms_per_user: Annotated[
        int,
        Meta(ge=1, le=1000, description="Rooms that one person may be in"),
    ] = 20
    targets: Annotated[
        int,
        Meta(ge=1, le=100, description="Recipients of one command"),
    ] = 4
    telnet_replies: Annotated[
        int,
        Meta(
            ge=8,
            le=10_000,
            description="Answers to telnet options after which further ones are ignored",
        ),
    ] = 64
    sniff_seconds: Annotated[
        float,
        Meta(
            ge=0,
            le=60,
            description="Time to wait for the first bytes, which tell a program from a person, "
            "in seconds",
        ),
    ] = 0.3
    stop_seconds: Annotated[
        float,
        Meta(ge=0.1, le=3600, description="Time in which the server must have stopped, in seconds"),
    ] = 10.0
    flush_seconds: Annotated[
        float,
        Meta(
            ge=0,
            le=3600,
            description="Part of limits.stop_seconds for sending what waits, in seconds",
        ),
    ] = 5.0
    history_on_join: Annotated[
        int,
        Meta(ge=0, le=500, description="Lines that are shown to somebody who joins a room"),
    ] = 50
    history_days: Annotated[
        int,
        Meta(ge=0, le=36_500, description="Days for which lines are kept; 0 is for ever"),
    ] = 30
    history_lines: Annotated[
        int,
        Meta(ge=0, le=1_000_000_000, description="Lines that are kept of a room; 0 is all"),
    ] = 100_000
    quiet_room: Annotated[
        int,
        Meta(
            ge=1,
            le=1_000_000_000,
            description="People in a room above which joining and leaving are not shown to people",
        ),
    ] = 200


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole configuration of a server. `chatserver.settings.load` makes a validated one."""

    host: Annotated[
        str,
        Meta(
            description="Name or address to listen on, every address that it has; "
            'empty ("") to listen only on what listen says'
        ),
    ] = "localhost"
    port: Annotated[
        int,
        Meta(ge=0, le=65535, description="Port of that address; 0 is any free port"),
    ] = 8000
    listen: Annotated[
        tuple[str, ...],
        Meta(
            description="More addresses to listen on: HOST:PORT, [IPV6]:PORT, "
            "or :PORT for every address of this machine"
        ),
    ] = ()
    workers: Annotated[
        int,
        Meta(
            ge=1,
            le=64,
            description="Threads that serve the connections; more than one pays only on a Python "
            "without the global lock, where the default is one for each processor",
        ),
    ] = msgspec.field(default_factory=default_workers)
    data: Annotated[
        str,
        Meta(
            min_length=1,
            description="Directory of this server's lock, control socket and data",
            extra=PATH,
        ),
    ] = msgspec.field(default_factory=default_data)
    history: Annotated[
        HistoryMode,
        Meta(description="Whether what is said is stored; off keeps the last lines in memory"),
    ] = "on"
    durability: Annotated[
        DurabilityName,
        Meta(
            description="What stored lines survive: full a loss of power, process a kill of the "
            "server alone"
        ),
    ] = "full"
    motd: Annotated[
        str,
        Meta(
            description="File whose text is shown after the greeting; empty for none",
            extra=PATH,
        ),
    ] = ""
    log_level: Annotated[
        LogLevel,
        Meta(description="Least important messages that are logged"),
    ] = "info"
    log_file: Annotated[
        str,
        Meta(description="File to log to; empty for standard error", extra=PATH),
    ] = ""
    limits: Limits = msgspec.field(default_factory=Limits)

    def addresses(self) -> tuple[Address, ...]:
        """Everything to listen on: host and port (unless host is empty), then `listen`.

        Raises:
            ValueError: an entry of `listen` is not an address.
        """
        first = (Address(self.host, self.port),) if self.host else ()
        return first + tuple(parse_address(entry) for entry in self.listen)
