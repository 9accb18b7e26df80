"""The limits: what the server bears from one client, from one address and in all.

A part of the declaration in config.py. The defaults are for a small public server.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

_GIB = 1024**3
_DAY = 24 * 60 * 60


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
        Meta(description="Whether this machine itself is free of the limits per address"),
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
    passwords_per_name: Annotated[
        int,
        Meta(
            ge=1,
            le=1_000_000,
            description="Passwords a minute that may be tried for one name from one address",
        ),
    ] = 3
    passwords_per_address: Annotated[
        int,
        Meta(
            ge=1,
            le=1_000_000,
            description="Wrong passwords a minute from one address (IPv6: one /64), for all names",
        ),
    ] = 10
    passwords_per_connection: Annotated[
        int,
        Meta(ge=1, le=1000, description="Wrong passwords after which a connection is closed"),
    ] = 6
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
    waiting: Annotated[
        int,
        Meta(
            ge=1,
            le=500,
            description="Private messages that may wait for one person who is not here",
        ),
    ] = 100
    bans: Annotated[
        int,
        Meta(ge=1, le=10_000, description="Masks in each of a room's lists"),
    ] = 100
    monitor: Annotated[
        int,
        Meta(ge=1, le=10_000, description="Names whose coming and going one person may watch"),
    ] = 100
    whowas: Annotated[
        int,
        Meta(ge=0, le=1_000_000, description="People remembered in all after they have left"),
    ] = 1000
    invite_seconds: Annotated[
        float,
        Meta(ge=1, le=365 * _DAY, description="Time after which an invitation lapses, in seconds"),
    ] = 86_400.0
    multiline_bytes: Annotated[
        int,
        Meta(ge=512, le=1024**2, description="Longest message of several lines, in bytes"),
    ] = 40_000
    multiline_lines: Annotated[
        int,
        Meta(ge=2, le=10_000, description="Lines of a message of several lines"),
    ] = 100
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
