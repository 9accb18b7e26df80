"""A server that is met for the first time: its fingerprint stands where one looks, once."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from client.app import App
from client.settings import Settings
from tests.client.test_connection import certificate

GREETING = b":s 001 ada :Welcome\r\n:s 422 ada :no motd\r\n"
ROOM = b":ada!u@h JOIN #ops\r\n:s 353 ada = #ops :ada\r\n:s 366 ada #ops :End\r\n"
FACE = "SHA-256"


async def visit(folder: Path, *rooms: str, visits: int = 1) -> App:
    """Go to a server that nobody knows yet, so many times, and stay until it ends the talk."""

    changed = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"USER")
        writer.write(GREETING)
        if rooms:
            await reader.readuntil(b"JOIN")
            writer.write(ROOM)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=certificate())
    async with server:
        port = server.sockets[0].getsockname()[1]
        settings = Settings(host="127.0.0.1", port=port, nick="ada", rooms=rooms, tls=True)
        for _ in range(visits):
            app = App(settings, data=folder, settings_path=None)
            app.on_change = changed.set
            async with app.running():
                async with asyncio.timeout(20):
                    while not app.model.detail.endswith("(Enter: now)"):
                        changed.clear()
                        await changed.wait()
    return app


def told(app: App) -> list[str]:
    """Where the fingerprint stands."""
    return [
        buffer.name
        for buffer in app.model.buffers
        for entry in buffer.entries
        if FACE in entry.text
    ]


@pytest.mark.parametrize(("rooms", "places"), [(("#ops",), ["#ops"]), ((), [""])])
def test_it_stands_where_one_is(tmp_path: Path, rooms: tuple[str, ...], places: list[str]) -> None:
    assert told(asyncio.run(visit(tmp_path, *rooms))) == places


def test_the_second_time_it_is_known(tmp_path: Path) -> None:
    assert told(asyncio.run(visit(tmp_path, "#ops", visits=2))) == []
