"""Measure what the terminal client does for one drawing of its screen, in time of the processor.

The client runs in this process, without a server and without a terminal: what other programs do on
the machine counts little. That time is from a key, or from lines that have come in and are in the
model, until the screen is written.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Final, TextIO, cast

from prompt_toolkit.application import create_app_session
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import ColorDepth

from client.app import App
from client.layout.terminal import Terminal
from client.layout.view import View
from client.settings import Settings

PEOPLE: Final = 37
FEW: Final = 50  # lines of a short past
BURST: Final = 200  # lines between two drawings of a flood
PATIENCE: Final = 30.0

_GREETING: Final = (
    ":s CAP * LS :message-tags server-time",
    ":s CAP * ACK :message-tags server-time",
    ":s 001 ada :Welcome",
    ":s 422 ada :no motd",
    ":ada!u@h JOIN #flood",
    f":s 353 ada = #flood :ada {' '.join(f'nick{n}' for n in range(PEOPLE))}",
    ":s 366 ada #flood :End",
)
_PAGE_UP: Final = "\x1b[5~"
_END: Final = "\x1b[F"
_BACKSPACE: Final = "\x7f"


class _Nowhere:
    """A terminal's file that nobody reads."""

    encoding = "utf-8"

    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None: ...

    def fileno(self) -> int:
        raise OSError

    def isatty(self) -> bool:
        return True


class _Stage:
    """A client that runs."""

    def __init__(self, app: App, view: View, keys: PipeInput) -> None:
        self._app, self._view, self._keys = app, view, keys
        self._drawn = asyncio.Event()
        self.said = 0
        view.screen.after_render += lambda _: self._drawn.set()

    def hear(self, *lines: str) -> None:
        """The server says something."""
        self._app.model.receive_data("".join(f"{line}\r\n" for line in lines).encode())

    def speech(self, count: int) -> None:
        """Somebody says so many lines."""
        self.hear(*(self._line() for _ in range(count)))

    def changed(self) -> None:
        """What was said is to be seen."""
        self._app.on_change()

    def press(self, keys: str) -> None:
        """Somebody presses keys."""
        self._keys.send_text(keys)

    async def drawing(self, act: Callable[[], None]) -> float:
        """Return the milliseconds of the processor from something that is done to the screen."""
        self._drawn.clear()
        before = time.thread_time()
        act()
        await asyncio.wait_for(self._drawn.wait(), PATIENCE)
        return (time.thread_time() - before) * 1000

    def _line(self) -> str:
        self.said += 1
        words = " ".join(["some", "words", "of", "a", "flood"][: self.said % 5 + 1])
        at = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
        nick = f"nick{self.said % PEOPLE}"
        tags = f"@time={at};msgid={self.said}"
        return f"{tags} :{nick}!u@h PRIVMSG #flood :{self.said} {words}"


@asynccontextmanager
async def _running(columns: int, rows: int) -> AsyncIterator[_Stage]:
    settings = Settings(host="bench.test", nick="ada", rooms=())
    with (
        tempfile.TemporaryDirectory() as folder,
        create_pipe_input() as keys,
        create_app_session(input=keys),
    ):
        app = App(settings, data=Path(folder), settings_path=None)
        output = Terminal(
            cast(TextIO, _Nowhere()),
            lambda: Size(rows, columns),
            term="xterm",
            default_color_depth=ColorDepth.DEPTH_24_BIT,
        )
        view = View(app, input=keys, output=output)
        stage = _Stage(app, view, keys)
        app.model.connecting()
        app.model.connected()
        stage.hear(*_GREETING)
        app.model.show(app.model.open("#flood"))
        running = asyncio.create_task(view.run())
        try:
            await stage.drawing(lambda: None)
            yield stage
        finally:
            app.finished.set()
            await running


async def _back_and_forth(stage: _Stage, count: int, keys: str, after: str) -> list[float]:
    """Return what it takes to press keys; others are pressed after each."""
    times = []
    for _ in range(count):
        times.append(await stage.drawing(partial(stage.press, keys)))
        await stage.drawing(partial(stage.press, after))
    return times


async def _measure(lines: int, count: int, columns: int, rows: int) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {}
    async with _running(columns, rows) as stage:
        stage.speech(FEW)
        times["a letter"] = await _back_and_forth(stage, count, "x", _BACKSPACE)
        times[f"PageUp in {FEW} lines"] = await _back_and_forth(stage, count, _PAGE_UP, _END)
        news = times[f"{BURST} new lines"] = []
        for _ in range(count):
            stage.speech(BURST)
            news.append(await stage.drawing(stage.changed))
        while stage.said < lines:
            stage.speech(BURST)
        name = f"PageUp in {stage.said} lines"
        times[name] = [await stage.drawing(partial(stage.press, _PAGE_UP)) for _ in range(count)]
    return times


def measure(lines: int, count: int, columns: int, rows: int) -> dict[str, list[float]]:
    """Return the milliseconds of each drawing, by what was drawn.

    Parameters:
        lines: in the room in the end.
        count: of drawings of each kind.
    """
    return asyncio.run(_measure(lines, count, columns, rows))
