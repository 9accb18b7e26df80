"""The way to a server: TLS with first-use pinning, and the pauses between tries."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path
from typing import TypeVar

import pytest
import trustme

from client.connection import Server, connect, pauses, reason
from client.pins import PinMismatchError, Pins, fingerprint

T = TypeVar("T")


def certificate() -> ssl.SSLContext:
    """Return what a server with a certificate of its own has: nobody vouches for it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    return context


@asynccontextmanager
async def listening(context: ssl.SSLContext | None, port: int = 0) -> AsyncIterator[Server]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(100))
        writer.close()

    heard: list[bytes] = []
    server = await asyncio.start_server(serve, "127.0.0.1", port, ssl=context)
    async with server:
        number = server.sockets[0].getsockname()[1]
        yield Server("127.0.0.1", number, context is not None)
    assert not any(heard), "something was sent to a server that was not trusted"


async def first_seen(server: Server, pins: Pins) -> str:
    opened = await connect(server, pins)
    opened.writer.transport.abort()
    return opened.first_seen


def run(work: Callable[[], Awaitable[T]]) -> T:
    async def main() -> T:
        return await work()

    return asyncio.run(main())


@pytest.mark.parametrize("host", ["chat..example", ".localhost", f"{'x' * 64}.example"])
def test_what_can_be_no_server_is_no_end_of_all_tries(host: str, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no server can be called so"):
        run(lambda: connect(Server(host, 6667, False), Pins(tmp_path / "pins")))


def test_a_certificate_is_shown_once_and_remembered(tmp_path: Path) -> None:
    pins = Pins(tmp_path / "deep" / "pins")

    async def work() -> tuple[str, str]:
        async with listening(certificate()) as server:
            return await first_seen(server, pins), await first_seen(server, pins)

    first, second = run(work)
    assert len(first.split(":")) == 32
    assert second == ""
    assert first in (tmp_path / "deep" / "pins").read_text()


def test_a_changed_certificate_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    pins = Pins(tmp_path / "pins")

    async def work() -> PinMismatchError:
        async with listening(certificate()) as server:
            known = await first_seen(server, pins)
        async with listening(certificate(), server.port):
            with pytest.raises(PinMismatchError) as caught:
                await connect(server, pins)
        assert caught.value.known == known
        return caught.value

    error = run(work)
    page = "".join("".join(error.page).split())
    assert error.known in page
    assert error.shown in page
    assert str(tmp_path / "pins") in page


def test_a_vouched_server_may_not_turn_into_one_for_which_nobody_vouches(tmp_path: Path) -> None:
    pins = Pins(tmp_path / "pins")

    async def work() -> None:
        async with listening(certificate()) as server:
            pins.vouch(str(server))
            with pytest.raises(PinMismatchError):
                await connect(server, pins)

    run(work)


def test_a_vouched_certificate_may_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pins, ca = Pins(tmp_path / "pins"), trustme.CA()

    def trusting() -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        ca.configure_trust(context)
        return context

    monkeypatch.setattr("client.connection.ssl.create_default_context", trusting)

    async def visit(port: int = 0) -> Server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        ca.issue_cert("127.0.0.1").configure_cert(context)
        async with listening(context, port) as server:
            assert await first_seen(server, pins) == ""
        return server

    async def work() -> None:
        server = await visit()
        await visit(server.port)

    run(work)


def test_a_server_without_tls_is_told_apart(tmp_path: Path) -> None:
    async def work() -> str:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"NOTICE * :plain words\r\n")
            writer.close()

        async with await asyncio.start_server(serve, "127.0.0.1", 0) as listener:
            port = listener.sockets[0].getsockname()[1]
            with pytest.raises(OSError) as caught:
                await connect(Server("127.0.0.1", port, True), Pins(tmp_path / "pins"))
            return reason(caught.value)

    assert run(work).startswith("TLS: ")
    assert not (tmp_path / "pins").exists()


def test_a_server_that_hangs_up_at_tls_is_told_of_in_words(tmp_path: Path) -> None:
    async def work() -> str:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.transport.abort()

        async with await asyncio.start_server(serve, "127.0.0.1", 0) as listener:
            port = listener.sockets[0].getsockname()[1]
            with pytest.raises(OSError) as caught:
                await connect(Server("127.0.0.1", port, True), Pins(tmp_path / "pins"))
            return reason(caught.value)

    assert run(work) == "it has hung up (perhaps it speaks no TLS there)"


def test_the_fingerprint_is_openssl_s() -> None:
    assert fingerprint(b"").startswith("E3:B0:C4:42:98:FC:1C:14")


def test_pauses_grow_to_half_a_minute_and_none_is_quite_the_same() -> None:
    found = list(islice(pauses(), 12))
    wanted = [1, 2, 4, 8, 16, *[30] * 7]
    assert all(0.8 * w <= f <= 1.2 * w for f, w in zip(found, wanted, strict=True))
    assert len(set(found)) == len(found)
