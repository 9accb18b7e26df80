"""Pipe: the lines of a pipe are said in rooms, and what is said is printed, for scripts."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime
from enum import IntEnum
from threading import Thread
from typing import Final, TextIO

import msgspec

from chatserver.formatting import strip
from client.app import App
from client.buffers import Buffer
from client.messages import SPEECH, Delivery, Entry, Kind
from client.sentences import sentence
from client.unseen import Unseen

_MOST_PENDING: Final = 200  # lines on their way at once
_POLL_SECONDS: Final = 0.05


class ExitCode(IntEnum):
    """What the shell is told. 2 is the command line's own (click)."""

    DONE = 0  # the server has echoed each line
    NO_SERVER = 1  # nobody there, or not let in
    REFUSED = 3  # a room or a line was refused
    UNCERTAIN = 4  # not every line was confirmed in time


class Pipe:
    """One run: `send` for lines that come in, `tail` for what is said."""

    def __init__(self, app: App, seconds: float) -> None:
        """`seconds` is how long to wait for the server, and at the end for its echoes."""
        self._app = app
        self._seconds = seconds
        self._unseen = Unseen()
        self._refused = 0

    async def send(self, source: TextIO) -> ExitCode:
        """Say each line in each room; return when the server has echoed all."""
        async with self._app.running():
            rooms = await self._rooms()
            if isinstance(rooms, ExitCode):
                return rooms
            async for line in _lines(source):
                for room in rooms:
                    self._app.model.send_text(room, line)
                self._app.flush()
                if not await self._until_pending(_MOST_PENDING):
                    return ExitCode.UNCERTAIN
            settled = await self._until_pending(0)
            self._look()
            if not settled:
                return ExitCode.UNCERTAIN
            self._app.model.quit()
            return ExitCode.REFUSED if self._refused else ExitCode.DONE

    async def tail(self, *, as_json: bool) -> ExitCode:
        """Print what is said from now on, until the reader or the person has had enough."""
        async with self._app.running():
            rooms = await self._rooms()
            if isinstance(rooms, ExitCode):
                return rooms
            starts = {room: _own_arrival(room, self._app.model.nick) for room in rooms}
            while not self._app.finished.is_set():
                for room, entry in self._unseen.take(self._app.model):
                    if (
                        room in starts
                        and entry.kind in SPEECH
                        and _is_after(starts[room], room, entry)
                    ):
                        print(_json(room, entry) if as_json else _line(room, entry), flush=True)
                await asyncio.sleep(_POLL_SECONDS)
        return ExitCode.DONE

    async def _rooms(self) -> list[Buffer] | ExitCode:
        """Wait until one is in all rooms."""
        model = self._app.model
        names = self._app.settings.rooms
        deadline = asyncio.get_running_loop().time() + self._seconds
        while asyncio.get_running_loop().time() < deadline and not self._app.page:
            found = [model.find(name) for name in names]
            rooms = [room for room in found if room]
            if model.greeted and any(room is None or not room.wanted for room in found):
                _complain(*_faults(model.buffers))
                return ExitCode.REFUSED
            if len(rooms) == len(names) and all(room.joined and room.ready for room in rooms):
                return rooms
            await asyncio.sleep(_POLL_SECONDS)
        why = model.detail.partition("; ")[0]  # without what would be done about it
        _complain(*(self._app.page or [why or "The server does not answer."]))
        return ExitCode.NO_SERVER

    async def _until_pending(self, most: int) -> bool:
        """Wait until no more lines than that are on their way; False if that takes too long."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._seconds
        before = self._app.model.pending
        while (pending := self._app.model.pending) > most:
            if pending < before:
                before, deadline = pending, loop.time() + self._seconds
            if loop.time() > deadline:
                _complain(f"{pending} lines were not confirmed.")
                return False
            await asyncio.sleep(_POLL_SECONDS)
        return True

    def _look(self) -> None:
        for room, entry in self._unseen.take(self._app.model):
            if entry.own and entry.delivery is Delivery.REFUSED:
                self._refused += 1
                _complain(f"{room.name}: {entry.reason}: {entry.text}")


def _faults(buffers: Iterable[Buffer]) -> Iterable[str]:
    """Return what went wrong, each once: a refusal stands in the room and where one looks."""
    entries = (entry for buffer in buffers for entry in buffer.entries)
    return dict.fromkeys(strip(sentence(one)) for one in entries if one.kind is Kind.FAULT)


def _complain(*lines: str) -> None:
    for line in lines:
        print(line, file=sys.stderr)


async def _lines(source: TextIO) -> AsyncIterator[str]:
    """Yield the lines of a file that may block, without blocking."""
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[str | None] = asyncio.Queue(_MOST_PENDING)

    def read() -> None:
        for line in source:
            asyncio.run_coroutine_threadsafe(queue.put(line.rstrip("\r\n")), loop).result()
        asyncio.run_coroutine_threadsafe(queue.put(None), loop)

    # A daemon: one that waits for a pipe that never ends must not keep the program.
    Thread(target=read, daemon=True).start()
    while (line := await queue.get()) is not None:
        yield line


def _own_arrival(room: Buffer, nick: str) -> int | None:
    """Return the key of the entry at which one has come in: what is before it is the past."""
    own = (e for e in room.entries.newest_first() if e.kind is Kind.JOINED and e.nick == nick)
    return next((entry.key for entry in own), None)


def _is_after(start: int | None, room: Buffer, entry: Entry) -> bool:
    here = room.entries.place_of(start) if start is not None else None
    place = room.entries.place_of(entry.key)
    return here is None or (place is not None and place > here)


def _line(room: Buffer, entry: Entry) -> str:
    words = strip(sentence(entry)).replace("\n", "\n  ")
    return f"{datetime.fromtimestamp(entry.at):%Y-%m-%d %H:%M:%S} {room.name} {words}"


def _json(room: Buffer, entry: Entry) -> str:
    at = datetime.fromtimestamp(entry.at, UTC).isoformat(timespec="milliseconds")
    record = {
        "time": at.replace("+00:00", "Z"),
        "room": room.name,
        "kind": entry.kind.name.lower(),
        "nick": entry.nick,
        "text": strip(entry.text),
        "own": entry.own,
        "msgid": entry.msgid,
        "reply_to": entry.reply_to,
    }
    return msgspec.json.encode(record).decode()
