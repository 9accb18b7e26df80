"""Doors: the listening sockets that clients come in by."""

import errno
import os
import socket
from dataclasses import dataclass

from chatserver.config import Address, Limits

BACKLOG = 4096


class ListenError(Exception):
    """An address cannot be listened on; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Door:
    """A listening socket. What comes in by a `guarded` one needs admission.

    `name` says what for: a protocol of the configuration, or « control ».
    """

    sock: socket.socket
    name: str
    guarded: bool

    @property
    def place(self) -> str:
        """Where it is, as people write it; with the protocol if there is but one."""
        scheme = "" if self.name == "any" else f"{self.name}://"
        return scheme + show_address(self.sock.getsockname()[:2])


def open_doors(where: Address, limits: Limits) -> list[Door]:
    """Listen on every address that the host has; an empty host is every one of this machine.

    Port 0 is any free port, the same for all of the host's addresses.

    Raises:
        ListenError: an address is in use, not ours, or the name is unknown.
    """
    host, port, protocol = where
    try:
        found = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except socket.gaierror as error:
        raise ListenError(_why_not(host, port, error)) from error
    doors: list[Door] = []
    for family, _, _, _, address in dict.fromkeys(found):
        place = (str(address[0]), port)
        try:
            sock = _listen(family, place, limits)
        except OSError as error:
            if error.errno in (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL) and len(found) > 1:
                continue  # the name has an IPv6 address, but this machine does not
            _close(doors)
            raise ListenError(_why_not(host, port, error)) from error
        doors.append(Door(sock, protocol, guarded=True))
        port = sock.getsockname()[1]
    if not doors:
        absent = OSError(errno.EADDRNOTAVAIL, os.strerror(errno.EADDRNOTAVAIL))
        raise ListenError(_why_not(host, port, absent))
    return doors


def _listen(family: int, address: tuple[str, int], limits: Limits) -> socket.socket:
    """Make a listening socket. On Linux what is set here, each accepted socket inherits."""
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _keep_alive(sock, limits)
        sock.bind(address)
        sock.listen(BACKLOG)
        sock.setblocking(False)
    except OSError:
        sock.close()
        raise
    return sock


def _keep_alive(sock: socket.socket, limits: Limits) -> None:
    """Let the kernel find out about peers that vanished (RFC 9293 section 3.8.4)."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (
        ("TCP_KEEPIDLE", limits.keepalive_idle),
        ("TCP_KEEPINTVL", limits.keepalive_interval),
        ("TCP_KEEPCNT", limits.keepalive_count),
        ("TCP_USER_TIMEOUT", limits.user_timeout * 1000),  # ms
    ):
        if hasattr(socket, option):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)


def show_address(address: tuple[str, int] | str) -> str:
    """Return a socket's address as people write it; that of a Unix socket has no name."""
    if isinstance(address, str):
        return "this machine"
    host, port = address[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _close(doors: list[Door]) -> None:
    for door in doors:
        door.sock.close()


def _why_not(host: str, port: int, error: OSError) -> str:
    place = show_address((host, port))
    reason = (error.strerror or str(error)).lower()
    return f"Cannot listen on {place}: {reason}. {_advice(port, error)}"


def _advice(port: int, error: OSError) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return f"Try --port 0 or --port {port + 1 if port < 65535 else port - 1}."
        case errno.EACCES:
            return "Try a port above 1023."
        case _:
            return "Try another --host."
