"""App: a model with its connection, for whatever shows it: the full screen, lines, or a pipe."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

from client.connection import CHUNK, Opened, Server, connect, pauses, reason
from client.logbook import Logbook
from client.messages import Kind
from client.model import Model, Status, Wishes
from client.orders import Choose, GoTo, Order, Quit, Switch
from client.pins import PinMismatchError, Pins, rows_of
from client.settings import (
    DEFAULT_PORT,
    DEFAULT_TLS_PORT,
    Settings,
    SettingsError,
    change,
    load,
    parse_address,
    render,
    save,
    switched,
)

TICK_SECONDS: Final = 1.0
FAREWELL_SECONDS: Final = 2.0
"""How long the end waits for the server to have taken the last words."""


class App:
    """A running client. Everything happens on one asyncio loop.

    Whoever shows it enters `running()`, reads `model`, and calls `flush` after it has made the
    model do something (a view may do so once a frame). `on_change`, if set, is called after
    anything may have changed from outside; it should only take note of it.

    Attributes:
        settings: as they are now; `server` is who is talked to.
        page: lines that are to be shown instead of all else (a changed certificate), or empty.
        finished: set when the person has quit and all is sent.
    """

    def __init__(
        self, settings: Settings, *, data: Path, settings_path: Path | None, password: str = ""
    ) -> None:
        """`data` is the folder of pins; without `settings_path` nothing is remembered."""
        self.settings = settings
        self.server = Server(settings.host, settings.port, settings.tls)
        self.model = self._model(settings, password)
        self.page: list[str] = []
        self.finished = asyncio.Event()
        self.on_change: Callable[[], None] = _nothing
        self._password = password
        self._pins = Pins(data / "pins")
        self._settings_path = settings_path
        self._logbook = _logbook(settings)
        self._try_now = asyncio.Event()
        self._pauses = pauses()
        self._writer: asyncio.StreamWriter | None = None
        self._tasks: list[asyncio.Task[None]] = []

    @asynccontextmanager
    async def running(self) -> AsyncIterator[App]:
        """Keep connected as long as the context lasts."""
        self._start()
        try:
            yield self
        finally:
            await self._stop()

    def flush(self) -> None:
        """Send what the model wants to send."""
        data = self.model.data_to_send()
        if data and self._writer:
            self._writer.write(data)

    def try_now(self) -> None:
        """Do not wait any longer for the next try to connect (also leaves `page`)."""
        self.page = []
        self._try_now.set()

    def obey(self, order: Order | None) -> Order | None:
        """Do what a command asks for; return what only a view can do."""
        match order:
            case Quit():
                self.flush()
                self.finished.set()
            case GoTo(address):
                self._go_to(address)
            case Choose(name, value):
                self._choose(name, value)
            case Switch(name, on):
                self._choose(name, switched(self.settings, name, on=on))
            case _:
                return order
        return None

    def _model(self, settings: Settings, password: str) -> Model:
        wishes = Wishes(nick=settings.nick, rooms=settings.rooms, password=password)
        return Model(wishes, time.time)

    def _start(self) -> None:
        self._tasks = [
            asyncio.create_task(self._stay_connected()),
            asyncio.create_task(self._tick()),
        ]

    async def _stop(self) -> None:
        self.flush()
        if self._writer:
            with suppress(OSError, TimeoutError):
                async with asyncio.timeout(FAREWELL_SECONDS):
                    await self._writer.drain()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._write_log()

    def _write_log(self) -> None:
        try:
            if self._logbook:
                self._logbook.write(self.model)
        except OSError as error:
            self._logbook = None
            self.model.tell(Kind.FAULT, f"The log is not kept any more: {error}")

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            self.model.tick()
            self.flush()
            if self.model.silent and self._writer:
                self._writer.transport.abort()
            self._write_log()
            self.on_change()

    async def _stay_connected(self) -> None:
        while True:
            self.model.connecting()
            self.on_change()
            self._try_now.clear()
            try:
                opened = await connect(self.server, self._pins)
            except PinMismatchError as error:
                self.page = error.page
                await self._wait(str(error), None)
            except OSError as error:
                await self._wait(f"{self.server}: {reason(error)}", next(self._pauses))
            else:
                before = self.model.last_online
                words = await self._talk(opened)
                if self.model.last_online > before:  # it let us in this time
                    self._pauses = pauses()
                if not self.finished.is_set():
                    await self._wait(f"{self.server}: {words}", next(self._pauses))

    async def _talk(self, opened: Opened) -> str:
        """Carry bytes until one side has enough; return why it has ended."""
        self._writer = opened.writer
        model = self.model
        words = ""
        try:
            if opened.first_seen:
                model.announce(*_met(self.server, opened.first_seen))
            model.connected()
            self.flush()
            while data := await opened.reader.read(CHUNK):
                model.receive_data(data)
                self.flush()
                self.on_change()
                await asyncio.sleep(0)  # a flood must not keep a person from typing
            words = model.farewell or "the server has closed the connection"
        except OSError as error:
            words = reason(error)
        finally:
            self._writer = None
            opened.writer.transport.abort() if not self.finished.is_set() else opened.writer.close()
            model.lost(words)
            self.on_change()
        return words

    async def _wait(self, words: str, seconds: float | None) -> None:
        """Wait for the next try, and show for how long; for good where seconds is None."""
        until = None if seconds is None else time.monotonic() + seconds
        while until is None or (left := until - time.monotonic()) > 0:
            again = "" if until is None else f"; trying again in {left:.0f} s (Enter: now)"
            self.model.connecting(f"{words}{again}")
            self.on_change()
            with suppress(TimeoutError):
                timeout = TICK_SECONDS if until is None else min(left, TICK_SECONDS)
                # Not wait_for: before Python 3.12 it may lose a cancellation.
                async with asyncio.timeout(timeout):
                    await self._try_now.wait()
                self._pauses = pauses()  # the person thinks that it is there
                return

    def _go_to(self, text: str) -> None:
        try:
            address = parse_address(text)
        except SettingsError as error:
            self.model.tell(Kind.FAULT, str(error))
            return
        usual = DEFAULT_TLS_PORT if self.server.tls else DEFAULT_PORT
        self.server = Server(address.host, address.port or usual, self.server.tls)
        self.model.start_anew(address.nick)
        if self._writer:
            self._writer.write(b"QUIT\r\n")
            self._writer.close()
        self.try_now()

    def _choose(self, name: str, value: str) -> None:
        if not name:
            self.model.note(*render(self.settings).splitlines())
            return
        try:
            before, self.settings = self.settings, change(self.settings, name, value)
            if self._settings_path:
                # Not all of them: what the command line has said holds for this time alone.
                save(change(load(self._settings_path) or before, name, value), self._settings_path)
        except SettingsError as error:
            self.model.tell(Kind.FAULT, str(error))
            return
        if name == "log":
            self._logbook = _logbook(self.settings)
        self.model.note(f"{name} is “{value}” now." if value else f"{name} is empty now.")

    @property
    def online(self) -> bool:
        """Whether one can be heard."""
        return self.model.status is Status.ONLINE


def _logbook(settings: Settings) -> Logbook | None:
    return Logbook(Path(settings.log)) if settings.log else None


def _met(server: Server, fingerprint: str) -> list[str]:
    return [
        f"{server} is met for the first time; from now on it has to show this certificate:",
        "\n".join(("SHA-256", *rows_of(fingerprint, 8))),
    ]


def _nothing() -> None:
    pass
