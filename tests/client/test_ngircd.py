"""With a server that offers little: ngircd. Lines are confirmed by PONG, the past is closed."""

from __future__ import annotations

import asyncio
import socket
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from client.app import App
from client.buffers import Past
from client.commands import submit
from client.messages import Delivery, Kind
from client.settings import Settings
from tests.helpers import require_program, wait_for

_CONFIG = """
[Global]
Name = little.test
Info = a test
MotdPhrase = hello there
Listen = 127.0.0.1
Ports = {port}
ServerUID = {uid}
ServerGID = {gid}
[Limits]
MaxConnectionsIP = 0
MaxPenaltyTime = 0
[Options]
DNS = no
Ident = no
PAM = no
PidFile =
"""
PATIENCE = 20.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    program = require_program("ngircd", "ngircd")
    number = free_port()
    config = tmp_path / "ngircd.conf"
    tmp_path.chmod(0o755)
    owner = tmp_path.stat()
    config.write_text(_CONFIG.format(port=number, uid=owner.st_uid, gid=owner.st_gid))
    process = subprocess.Popen(
        [program, "-n", "-f", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(lambda: answers(number), "ngircd listens")
        yield number
    finally:
        process.terminate()
        process.wait(PATIENCE)


@asynccontextmanager
async def person(port: int, nick: str, tmp_path: Path) -> AsyncIterator[App]:
    settings = Settings(host="127.0.0.1", port=port, nick=nick, rooms=("#ops",))
    app = App(settings, data=tmp_path, settings_path=None)
    async with app.running():
        await until(lambda: (room := app.model.find("#ops")) and room.joined and room.ready)
        yield app


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.01)


def texts(app: App, name: str) -> list[str]:
    buffer = app.model.find(name)
    return [entry.text for entry in buffer.entries if entry.kind is Kind.SAID] if buffer else []


def say(app: App, text: str, name: str = "#ops") -> None:
    buffer = app.model.find(name)
    assert buffer
    app.obey(submit(app.model, buffer, text))
    app.flush()


def test_two_people_talk(port: int, tmp_path: Path) -> None:
    async def main() -> None:
        async with person(port, "ada", tmp_path) as ada, person(port, "bob", tmp_path) as bob:
            say(ada, "hello\nthere")
            await until(lambda: texts(bob, "#ops") == ["hello", "there"])
            await until(lambda: ada.model.pending == 0)
            room = ada.model.find("#ops")
            assert room
            assert room.past is Past.CLOSED
            assert [f"{m.sign}{m.nick}" for m in room.members] == ["@ada", "bob"]
            assert {e.delivery for e in room.entries} == {Delivery.CONFIRMED}
            say(bob, "/msg ada psst")
            await until(lambda: texts(ada, "bob") == ["psst"])
            say(ada, "/topic all about it")
            other = bob.model.find("#ops")
            await until(lambda: other and other.topic == "all about it")
            say(ada, "/nick lovelace")
            await until(lambda: other and "lovelace" in other.members)

    asyncio.run(main())


def test_a_name_in_use_gets_a_line_and_nobody_there_is_said(port: int, tmp_path: Path) -> None:
    async def main() -> None:
        async with person(port, "ada", tmp_path), person(port, "ada", tmp_path) as other:
            assert other.model.nick == "ada_"
            other.model.send_text(other.model.begin("nobody"), "hello?")
            other.flush()
            gone = other.model.find("nobody")
            assert gone
            await until(lambda: gone.entries and gone.entries[-1].delivery is Delivery.REFUSED)
            assert gone.entries[-1].reason == "nobody of that name is here"

    asyncio.run(main())


def test_after_a_lost_connection_one_is_back_in_the_rooms(port: int, tmp_path: Path) -> None:
    async def main() -> None:
        async with person(port, "ada", tmp_path) as ada, person(port, "bob", tmp_path) as bob:
            assert ada._writer
            ada._writer.transport.abort()
            room = ada.model.find("#ops")
            assert room
            await until(lambda: not room.joined)
            say(ada, "typed meanwhile")
            ada.try_now()
            await until(lambda: texts(bob, "#ops") == ["typed meanwhile"])
            await until(lambda: ada.model.pending == 0)
            assert texts(ada, "#ops") == ["typed meanwhile"]

    asyncio.run(main())
