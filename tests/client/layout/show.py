"""The view without a server and a terminal: a model that is told lines, a screen drawn by pyte."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TextIO, cast

import pyte
import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import ColorDepth

from client.app import App
from client.buffers import Buffer
from client.layout.terminal import Terminal
from client.layout.view import View
from client.reading import format_time
from client.settings import Settings

CAPS = (
    "message-tags server-time echo-message labeled-response batch away-notify "
    "draft/message-redaction"
)
PATIENCE = 20.0


class _Glass:
    """What the view writes to: all of it is kept."""

    encoding = "utf-8"

    def __init__(self) -> None:
        self.written = ""

    def write(self, text: str) -> int:
        self.written += text
        return len(text)

    def flush(self) -> None:
        pass

    def fileno(self) -> int:
        raise OSError

    def isatty(self) -> bool:
        return True


class Show:
    """A view that runs; `async with` starts and ends it."""

    def __init__(
        self, folder: Path, columns: int = 80, rows: int = 24, settings: Settings | None = None
    ) -> None:
        self.app = App(
            settings or Settings(host="chat.test", nick="ada", rooms=()),
            data=folder,
            settings_path=None,
        )
        self.model = self.app.model
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.Stream(self.screen)
        self._glass = _Glass()
        self._read = 0
        self._size = Size(rows, columns)
        self._said = 0
        self._started = time.time() + 1  # after what was read when one came in
        self.sent: list[str] = []
        self.app.flush = self._take  # type: ignore[method-assign]

    async def __aenter__(self) -> Show:
        self._pipe = create_pipe_input()
        self.keys: PipeInput = self._pipe.__enter__()
        self._session = create_app_session(input=self.keys)
        self._session.__enter__()
        glass = cast(TextIO, self._glass)
        output = Terminal(
            glass, lambda: self._size, term="xterm", default_color_depth=ColorDepth.DEPTH_24_BIT
        )
        self.view = View(self.app, input=self.keys, output=output)
        self.model.connecting()
        self.model.connected()
        self._task = asyncio.create_task(self.view.run())
        await self.until(lambda: self.view.screen.is_running, "it runs")
        return self

    async def __aexit__(self, *exception: object) -> None:
        self.app.finished.set()
        await asyncio.wait_for(self._task, PATIENCE)
        self._session.__exit__(None, None, None)
        self._pipe.__exit__(None, None, None)

    def _take(self) -> None:
        self.sent += self.model.data_to_send().decode().splitlines()

    # The server.

    def hear(self, *lines: str) -> None:
        """The server sends lines."""
        self.model.receive_data("".join(f"{line}\r\n" for line in lines).encode())
        self.app.flush()
        self.app.on_change()

    async def welcome(self, caps: str = CAPS, names: str = "@ada bob cy") -> None:
        """One is let in, and is in #ops; its screen is there."""
        self.hear(f":s CAP * LS :{caps}", f":s CAP * ACK :{caps}")
        self.hear(":s 001 ada :Welcome", ":s 422 ada :no motd")
        self.hear(":ada!u@h JOIN #ops", f":s 353 ada = #ops :{names}", ":s 366 ada #ops :End")
        await self.goes_to("#ops")

    async def goes_to(self, name: str) -> None:
        """Something leads to a buffer; its screen is there."""
        self.model.show(self.buffer(name))
        self.app.on_change()
        await self.until(lambda: self.buffer(name).watched, f"{name} is drawn")

    def say(self, nick: str, text: str, target: str = "#ops", tags: str = "") -> None:
        """Somebody speaks."""
        self._said += 1
        at = format_time(self._started + self._said / 100)
        more = f";{tags}" if tags else ""
        self.hear(f"@time={at};msgid=m{self._said}{more} :{nick}!u@h PRIVMSG {target} :{text}")

    def buffer(self, name: str) -> Buffer:
        found = self.model.find(name)
        assert found, name
        return found

    # The person.

    def type(self, keys: str | bytes) -> None:
        """Press keys."""
        self.keys.send_bytes(keys.encode() if isinstance(keys, str) else keys)

    def resize(self, columns: int, rows: int) -> None:
        """Pull the window to another size."""
        self._look()
        self._size = Size(rows, columns)
        self.screen.resize(rows, columns)
        self.view.screen._on_resize()  # what SIGWINCH calls

    def _look(self) -> None:
        written, self._read = self._glass.written[self._read :], len(self._glass.written)
        self._stream.feed(written)

    @property
    def written(self) -> str:
        """All that was ever written."""
        return self._glass.written

    def rows(self) -> list[str]:
        self._look()
        columns, buffer = range(self.screen.columns), self.screen.buffer
        return ["".join(buffer[y][x].data for x in columns) for y in range(self.screen.lines)]

    def row(self, text: str) -> str:
        """The row on which something stands."""
        found = [row for row in self.rows() if text in row]
        assert found, (text, self.rows())
        return found[0]

    def cell(self, x: int, y: int) -> str:
        """What stands in a cell."""
        self._look()
        return str(self.screen.buffer[y][x].data)

    def style_of(self, text: str) -> Any:
        """The cell at which a text begins."""
        for y, row in enumerate(self.rows()):
            if (x := row.find(text)) >= 0:
                return self.screen.buffer[y][x]
        raise AssertionError((text, self.rows()))

    async def sees(self, text: str) -> None:
        await self.until(lambda: any(text in row for row in self.rows()), text)

    async def loses(self, text: str) -> None:
        await self.until(lambda: not any(text in row for row in self.rows()), f"no {text}")

    async def until(self, condition: Callable[[], Any], what: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                shown = "\n".join(f"|{row}" for row in self.rows())
                pytest.fail(f"not in {PATIENCE:g} seconds: {what}; the screen:\n{shown}")
            await asyncio.sleep(0.005)


def play(scene: Coroutine[Any, Any, None]) -> None:
    """Run a scene to its end."""
    asyncio.run(scene)
