"""While the server is away: what the client says of it, and how often it tries."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from client import app as module
from client.app import App
from client.features import Features
from client.messages import Kind
from client.settings import Settings
from client.unseen import Unseen
from tests.client.house import Link
from tests.client.script import ALL, Script
from tests.histories import FaultyJournal
from tests.irc.house import IrcHouse

WELCOME = b":s CAP * LS :\r\n:s 001 ada :Welcome\r\n:s 422 ada :no motd\r\n"


def test_a_farewell_is_that_of_this_connection() -> None:
    """A server that is killed has said nothing: what it said the last time is no reason now."""
    script = Script().welcome()
    script.hear("ERROR :The server is restarting.")
    assert script.model.farewell == "The server is restarting."
    script.model.lost(script.model.farewell)
    script.model.connected()
    assert script.model.farewell == ""


def test_a_server_that_is_away_is_called_as_before() -> None:
    model = Script().welcome("", "NETWORK=ExampleNet", "CASEMAPPING=ascii").model
    model.lost("gone")
    assert model.features == Features(network="ExampleNet")
    model.start_anew()
    assert model.network == ""


def test_a_reaction_without_a_connection_is_told_as_not_sent() -> None:
    script = Script().welcome(ALL)
    script.hear("@msgid=1 :bob!u@h PRIVMSG #ops :hi")
    entry = script.room.entries[-1]
    script.model.lost("gone")
    script.said()
    script.model.react(script.room, entry, "👍")
    assert script.said() == []
    last = script.room.entries[-1]
    assert last.kind is Kind.FAULT
    assert last.text == "Your 👍 was not sent: there is no connection to the server now."


def test_the_log_has_what_was_missed_in_front_of_what_waited() -> None:
    """Also where all of it comes within one look: a line of one's own was there before, grey."""
    script, unseen = Script().welcome(ALL), Unseen()
    unseen.take(script.model)
    script.model.send_text(script.room, "mine")
    label = script.said()[-1].partition(" ")[0].removeprefix("@label=")
    script.hear("@msgid=1 :bob!u@h PRIVMSG #ops :missed")
    script.hear(f"@label={label};msgid=2 :ada!u@h PRIVMSG #ops :mine")
    assert [entry.text for _, entry in unseen.take(script.model)] == ["missed", "mine"]


class Watcher(Link):
    """Somebody who looks at the room all the time: after every line of the server."""

    def _hear(self, data: bytes) -> None:
        for line in data.splitlines(keepends=True):
            super()._hear(line)
            if room := self.model.find("#ops"):
                room.watched = True
                self.model.mark_read(room)


def test_new_stands_above_what_was_missed_however_slowly_it_comes() -> None:
    """One's own coming back is seen before what was missed is there: it is not read by that."""
    home = IrcHouse(journal=FaultyJournal(5000))
    bob = home.client("bob", joins="#ops")
    bob.send("PRIVMSG #ops :seen\r\n")
    ada = Watcher(home, "ada", "#ops")
    ada.turn()
    assert ada.buffer("#ops").new_from is None
    home.at += 1
    ada.drop()
    home.at += 1
    bob.send("PRIVMSG #ops :missed\r\n")
    home.at += 1
    ada.connect()
    room = ada.buffer("#ops")
    assert ada.texts("#ops") == ["seen", "missed"]
    first = room.entries.by_key(room.new_from or 0)
    assert first and first.text == "missed"
    assert room.unread == 0
    home.at += 1
    bob.send("PRIVMSG #ops :and now\r\n")
    ada.turn()
    assert room.entries.by_key(room.new_from or 0) == first


def test_a_try_by_hand_begins_the_pauses_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who presses Enter thinks that the server is there: the next try is not made later by it."""
    waited: list[float] = []

    def pauses() -> Iterator[float]:
        for pause in (0.01, 0.02, 60.0):
            waited.append(pause)
            yield pause

    monkeypatch.setattr(module, "pauses", pauses)

    async def work() -> None:
        app = App(Settings(host="127.0.0.1", port=1, nick="ada"), data=tmp_path, settings_path=None)
        app.on_change = changed.set
        async with app.running():
            for count in (3, 6):
                while len(waited) < count:
                    changed.clear()
                    await asyncio.wait_for(changed.wait(), 20)
                app.try_now()

    changed = asyncio.Event()
    asyncio.run(work())
    assert waited[:6] == [0.01, 0.02, 60.0] * 2


def test_who_is_not_let_in_waits_longer_and_longer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pauses begin anew where one was let in, not where a server only takes the call."""
    begun: list[int] = []

    def pauses() -> Iterator[float]:
        begun.append(guests)
        while True:
            yield 0.01

    guests = 0
    monkeypatch.setattr(module, "pauses", pauses)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal guests
        guests += 1
        if guests == 2:
            writer.write(WELCOME)
            await reader.readuntil(b"CAP END")
        writer.close()
        if guests == 5:
            over.set()

    async def work() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            settings = Settings(host="127.0.0.1", port=port, nick="ada", rooms=())
            app = App(settings, data=tmp_path, settings_path=None)
            async with app.running():
                await asyncio.wait_for(over.wait(), 20)

    over = asyncio.Event()
    asyncio.run(work())
    assert begun == [1, 2]
