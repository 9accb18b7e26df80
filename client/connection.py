"""Connection: asyncio streams to a server, TLS with first-use pinning, pauses between tries."""

from __future__ import annotations

import asyncio
import random
import ssl
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from msgspec import Struct

from client.pins import Pins, fingerprint

CONNECT_SECONDS: Final = 20.0
CHUNK: Final = 1_024
"""Bytes taken at once: some eight lines, so that a key waits half a millisecond for them."""

_HELD: Final = 65_536  # bytes that may wait before the server has to

_FIRST_PAUSE: Final = 1.0
_LONGEST_PAUSE: Final = 30.0
_JITTER: Final = 0.2  # of a pause, more or less: not all clients come back at once


class Server(Struct, frozen=True):
    """Where to connect to."""

    host: str
    port: int
    tls: bool = False

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


class Opened(Struct, frozen=True):
    """A connection that stands.

    Attributes:
        first_seen: the fingerprint that was seen for the first time and is remembered, or empty.
    """

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    first_seen: str = ""


async def connect(server: Server, pins: Pins) -> Opened:
    """Connect to a server.

    Raises:
        OSError: it is not there, does not answer, or speaks no TLS (ssl.SSLError).
        PinMismatchError: it is not the one that it was.
    """
    if not server.tls:
        return Opened(*await _open(server, None))
    with suppress(ssl.SSLCertVerificationError):
        opened = Opened(*await _open(server, ssl.create_default_context()))
        pins.vouch(str(server))
        return opened
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # the pin is what is trusted
    reader, writer = await _open(server, context)
    try:
        certificate = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        shown = fingerprint(certificate or b"")
        is_new = pins.check(str(server), shown)
    except BaseException:
        writer.transport.abort()
        raise
    return Opened(reader, writer, shown if is_new else "")


async def _open(
    server: Server, context: ssl.SSLContext | None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            return await asyncio.open_connection(server.host, server.port, ssl=context, limit=_HELD)
    except TimeoutError:
        raise OSError(f"no answer in {CONNECT_SECONDS:g} seconds") from None
    except UnicodeError:
        raise OSError("no server can be called so") from None
    except ConnectionResetError:
        perhaps = " (perhaps it speaks no TLS there)" if server.tls else ""
        raise OSError(f"it has hung up{perhaps}") from None


def pauses() -> Iterator[float]:
    """Yield the seconds to wait before each new try: 1, 2, 4 … 30, none quite the same."""
    pause = _FIRST_PAUSE
    while True:
        yield pause * random.uniform(1 - _JITTER, 1 + _JITTER)
        pause = min(pause * 2, _LONGEST_PAUSE)


def reason(error: OSError) -> str:
    """Return why there is no connection, in few words."""
    match error:
        case ConnectionRefusedError():
            return "nobody answers there"
        case ssl.SSLError():
            return f"TLS: {error.reason or error}"
        case _:
            return error.strerror or str(error) or type(error).__name__
