"""What can be set: every setting with its unit, its default and what is allowed.

The declaration here and in limits.py is the only one. Validation, the comments of
`chatserver config`, the help of the flags and the tests of docs/configuration.md are all read from
it (see schema.py).
"""

from __future__ import annotations

import ipaddress
import os
import re
import sys
from typing import Annotated, Literal, NamedTuple

import msgspec
import platformdirs
from msgspec import Meta

from chatserver.limits import Limits, Rate

__all__ = [
    "PATH",
    "SECRET",
    "Address",
    "Config",
    "DurabilityName",
    "HistoryMode",
    "Limits",
    "LogLevel",
    "Operator",
    "Protocol",
    "Rate",
    "Server",
    "default_data",
    "default_name",
    "default_workers",
    "is_host",
    "parse_address",
]

HistoryMode = Literal["on", "off"]
DurabilityName = Literal["full", "process"]
LogLevel = Literal["debug", "info", "warning", "error"]
Protocol = Literal["any", "irc", "telnet"]

# What marks a setting, besides its type and bounds. Where they do not say it all, « allowed » does.
PATH = {"path": True}  # it names a file or directory
_PASSWORD = "a password of 8 to 512 bytes or a hash that chatserver hash-password made"
SECRET = {"secret": True, "allowed": _PASSWORD}  # it is a password: nobody prints it

_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_SERVER_NAME = rf"\A(?=.{{3,63}}\Z){_LABEL}(?:\.{_LABEL})+\Z"
_DESCRIPTION = r"\A[^\x00-\x1f\x7f-\x9f]{0,200}\Z"
_NETWORK_NAME = r"\A[^\s=\\]{1,63}\Z"


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


def default_name() -> str:
    """The server's name where nobody has given one.

    It is what the machine calls itself, if that has a dot: without one no client can tell it from
    somebody's nickname. Nothing is looked up, since a name service that is down would hang us.
    """
    name = os.uname().nodename
    return name if re.search(_SERVER_NAME, name) else "chat.local"


class Address(NamedTuple):
    """A place to listen on, and for what; an empty host is every address of this machine."""

    host: str
    port: int
    protocol: Protocol = "any"


_SCHEMES: dict[str, Protocol] = {"irc": "irc", "telnet": "telnet"}


def parse_address(text: str) -> Address:
    """Read `HOST:PORT`, `[IPV6]:PORT` or `:PORT`, with `irc://` or `telnet://` before it or not.

    Raises:
        ValueError: the text has none of these forms, or the port is not in 0 to 65535.
    """
    scheme, slashes, place = text.rpartition("://")
    if slashes and scheme not in _SCHEMES:
        raise ValueError(f"not a protocol: {scheme!r}")
    host, colon, port = place.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
        plain = _is_ipv6(host)
    else:
        plain = ":" not in host  # an IPv6 address without brackets would be ambiguous
    if not (colon and plain and is_host(host) and port.isascii() and port.isdigit()):
        raise ValueError(f"not an address: {text!r}")
    if len(port) > len("65535") or int(port) > 65535:
        raise ValueError(f"not a port: {port!r}")
    return Address(host, int(port), _SCHEMES.get(scheme, "any"))


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


class Server(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the server says of itself, and who may use it."""

    name: Annotated[
        str,
        Meta(
            pattern=_SERVER_NAME,
            description="Name of this server, as IRC clients see it",
            extra={"allowed": "a host name with a dot in it, of at most 63 characters"},
        ),
    ] = msgspec.field(default_factory=default_name)
    network: Annotated[
        str,
        Meta(
            pattern=_NETWORK_NAME,
            description="Name of the network, as IRC clients show it",
            extra={"allowed": "1 to 63 characters without spaces, = and \\"},
        ),
    ] = "chatserver"
    description: Annotated[
        str,
        Meta(
            pattern=_DESCRIPTION,
            description="What this server is, in a few words; with it, LINKS lists the server",
            extra={"allowed": "at most 200 characters in one line"},
        ),
    ] = ""
    password: Annotated[
        str,
        Meta(
            description="Password that IRC clients must give (PASS), or its hash; empty for none",
            extra={**SECRET, "allowed": f"empty, {_PASSWORD}"},
        ),
    ] = ""
    admin: Annotated[
        tuple[str, ...],
        Meta(
            max_length=3,
            description="Where the server is, who runs it, and a mail address (ADMIN)",
            extra={"allowed": "a list of at most 3 texts"},
        ),
    ] = ("", "", "")

    def __repr__(self) -> str:
        """Without the password, which would else stand in a log one day."""
        said = f"name={self.name!r}, network={self.network!r}, description={self.description!r}"
        return f"Server({said}, admin={self.admin!r})"


class Operator(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody who may become an operator of the server (OPER)."""

    name: Annotated[
        str,
        Meta(
            pattern=r"\A[^\s:]\S{0,62}\Z",
            description="Name to give with OPER",
            extra={"allowed": "1 to 63 characters without spaces, not beginning with a colon"},
        ),
    ]
    password: Annotated[
        str,
        Meta(
            min_length=1,
            description="Hash of the password to give with it, or that password itself",
            extra=SECRET,
        ),
    ]

    def __repr__(self) -> str:
        """Without the password, which would else stand in a log one day."""
        return f"Operator(name={self.name!r})"


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
            "or :PORT for every address of this machine; with irc:// or telnet:// before it for "
            "that protocol alone"
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
    server: Server = msgspec.field(default_factory=Server)
    limits: Limits = msgspec.field(default_factory=Limits)
    operators: Annotated[
        tuple[Operator, ...],
        Meta(
            description="People who may become operators of the server (OPER)",
            extra={"allowed": "tables [[operators]] with name and password, in the file"},
        ),
    ] = ()

    def addresses(self) -> tuple[Address, ...]:
        """Everything to listen on: host and port (unless host is empty), then `listen`.

        Raises:
            ValueError: an entry of `listen` is not an address.
        """
        first = (Address(self.host, self.port),) if self.host else ()
        return first + tuple(parse_address(entry) for entry in self.listen)
