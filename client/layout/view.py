"""View: the full screen, put together, and kept up to date."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from typing import Any, Final

from prompt_toolkit.application import Application
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import AnyFormattedText
from prompt_toolkit.input import Input
from prompt_toolkit.layout import (
    ConditionalContainer,
    Dimension,
    Float,
    FloatContainer,
    Layout,
    Window,
)
from prompt_toolkit.styles import DynamicStyle, Style

from chatserver.text import truncate, width
from client.app import App
from client.keyboard import open_keyboard
from client.layout import overlay
from client.layout.actions import Actions
from client.layout.bindings import bind_chooser, bind_finder, bind_keys
from client.layout.composer import MOST_ROWS, Composer
from client.layout.desk import Desk
from client.layout.input import InputControl, completions_menu
from client.layout.markup import Piece
from client.layout.memberlist import columns_at
from client.layout.mouse import Mouse
from client.layout.notifications import (
    PAUSE_SECONDS,
    knows_osc_9,
    notification,
    window_title,
)
from client.layout.pace import Pace
from client.layout.pages import search_words
from client.layout.pane import Pane, RowsControl
from client.layout.sidebar import COLUMNS, title_of
from client.layout.split import Below, Beside, Over, Part
from client.layout.statusline import Facts, status_line
from client.layout.sweeping import sweep
from client.layout.terminal import LinkingStyle, Terminal, open_terminal
from client.layout.themes import theme_of
from client.layout.wrapping import settle
from client.messages import Entry
from client.model import Model

NEWS_SECONDS: Final = 1 / 10
"""From any drawing of the screen to one that is made because of the server …"""

NEWS_AT_LEAST: Final = 1 / 3
"""… but no longer than this from the last such one: a key seldom has to wait for the server's,
nor for its turn, since what is drawn for the server counts into the most of a second too."""

FRAMES: Final = 25
"""Drawings in a second, and …"""

IN_A_ROW: Final = 5
"""… so many more at once, when keys come quickly: 30 in any second at most."""

_KEY_SECONDS: Final = 0.4  # to wait whether Esc begins a longer key
_BYTE_SECONDS: Final = 0.05  # the same for its bytes
_TOPIC_FROM: Final = 10  # rows of the screen from which the topic has one of them


class View:
    """The screen of one client."""

    def __init__(
        self, app: App, *, input: Input | None = None, output: Terminal | None = None
    ) -> None:
        """`input` and `output` are those of the program where they are not given."""
        self.app = app
        self.output = output or open_terminal()
        self.output.tells_focus = True
        self.desk = Desk(app, colorless=bool(os.environ.get("NO_COLOR")))
        self.composer = Composer(app.model, self._typed, lambda: app.settings.typing)
        self.actions = Actions(
            *(self.desk, self.composer),
            columns=self._columns,
            redraw=self._draw_anew,
            suspend=self._stop,
        )
        self.mouse = Mouse(self.desk, self.actions, copy=self._copy, done=self.sync)
        following = self.mouse.following
        self.input = InputControl(
            self.composer.input,
            hint=lambda: self.composer.hint,
            ends=self.mouse.ends,
            copy=self._copy,
        )
        self._chooser = RowsControl(
            self.mouse.remembering_list(self._draw_chooser),
            on_mouse=following(self.mouse.on_chooser),
            bindings=bind_chooser(self.actions, self.sync),
            columns=lambda: self._with_chooser(overlay.chooser_columns, self._columns()),
            rows=lambda _: self._with_chooser(overlay.chooser_rows, self._rows()),
        )
        self._finder = RowsControl(
            lambda columns, _: [
                overlay.finder_line(self.desk.finder, columns) if self.desk.finder else []
            ],
            bindings=bind_finder(self.actions, self.sync),
        )
        self.screen: Application[None] = Application(
            layout=Layout(self._layout(), focused_element=self.input),
            key_bindings=bind_keys(self.actions, self.sync),
            style=DynamicStyle(self._style),
            full_screen=True,
            mouse_support=Condition(lambda: app.settings.mouse),
            max_render_postpone_time=0,
            input=input or open_keyboard(),
            output=self.output,
            before_render=lambda _: self._before_frame(),
            after_render=lambda _: self._after_frame(),
        )
        self.screen.timeoutlen = _KEY_SECONDS
        self.screen.ttimeoutlen = _BYTE_SECONDS
        self.screen.key_processor.before_key_press += self._pressed
        self.screen.renderer.style = LinkingStyle(self.screen.renderer.style)
        self._styles: dict[str, Style] = {}
        self._osc_9 = knows_osc_9(os.environ)
        self._drawn_at = self._news_at = self._pressed_at = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._pace = Pace(FRAMES, IN_A_ROW)
        self._title = ""
        self._told_at = 0.0
        self._unread = 0

    async def run(self) -> None:
        """Show it until the person leaves."""
        self.app.on_change = self.changed
        tasks = [
            asyncio.create_task(self._leave()),
            asyncio.create_task(sweep(self._idle)),
        ]
        try:
            await self.screen.run_async()
        finally:
            for task in tasks:
                task.cancel()
            self.app.finished.set()
            self.output.set_title("")
            self.output.flush()

    async def _leave(self) -> None:
        await self.app.finished.wait()
        if self.screen.is_running:
            self.screen.exit()

    # Keeping up.

    def changed(self) -> None:
        """Something has changed from outside: draw it soon."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._due(), self._draw_news)

    def _due(self) -> float:
        """Return the seconds until news may be drawn."""
        due = min(self._drawn_at + NEWS_SECONDS, self._news_at + NEWS_AT_LEAST)
        return max(due - time.monotonic(), 0.0)

    def _draw_news(self) -> None:
        self._timer = None
        if self._due() > 0:  # a key has drawn meanwhile, and has left out the news
            self.changed()
            return
        self._news_at = time.monotonic()
        self.composer.go_along()
        self.sync()
        self.screen.invalidate()

    def sync(self) -> None:
        """Let the input be that of the current buffer, and keys go where they belong."""
        desk, layout = self.desk, self.screen.layout
        desk.stale = True
        self._follow_search()
        self.composer.settle()
        self.input.buffer = self.composer.input
        wanted = self._chooser if desk.chooser else self._finder if desk.finder else self.input
        if layout.current_control is not wanted:
            layout.focus(wanted)

    def _follow_search(self) -> None:
        search, chooser = self.desk.model.search_results, self.desk.chooser
        if search and chooser and chooser.wide and chooser.title != "Help":
            sheet = self.desk.sheet(self._columns())
            chooser.replace(*search_words(search, self.desk.server_name, sheet.time_of))

    def _typed(self) -> None:
        self.app.flush()

    def _pressed(self, _: object) -> None:
        self._pressed_at = time.monotonic()
        if self.composer.go_along():
            self.sync()

    def _idle(self) -> float:
        """Return for how many seconds nobody has typed."""
        return time.monotonic() - self._pressed_at

    def _before_frame(self) -> None:
        self._drawn_at = now = time.monotonic()
        self._pace.drawn(now)
        self.screen.min_redraw_interval = self._pace.wait(now) or None

    def _after_frame(self) -> None:
        desk = self.desk
        desk.after_frame()
        self._notify()
        title = window_title(title_of(desk.buffer, desk.server_name), desk.model.buffers)
        if title != self._title:
            self._title = title
            self.output.set_title(title)
            self.output.flush()

    def _notify(self) -> None:
        model, wish = self.desk.model, self.desk.settings.notify
        desk = self.desk
        seen = desk.buffer if desk.looked_at and desk.viewport.follows else None
        alerts = [alert for alert in model.take_alerts() if alert.buffer is not seen]
        told: list[tuple[Any, Entry]] = [(alert.buffer, alert.entry) for alert in alerts]
        unread = sum(buffer.unread for buffer in model.buffers)
        if wish == "all" and not told and unread > self._unread:
            told = [newest for newest in map(_newest_unread, model.buffers) if newest]
        self._unread = unread
        now = model.clock()
        if told and wish != "off" and now - self._told_at >= PAUSE_SECONDS:
            self._told_at = now
            self.output.write_raw(notification(*told[-1], osc_9=self._osc_9))
            self.output.flush()

    def _copy(self, text: str) -> None:
        lines = text.count("\n") + 1
        if self.output.copy(text):
            self.desk.notice(f"Copied {lines} line{'s' if lines > 1 else ''}.")
        else:
            self.desk.notice("That is too long to be copied.")

    def _stop(self) -> None:
        self.screen.suspend_to_background()

    def _draw_anew(self) -> None:
        self.screen.renderer.clear()

    def _columns(self) -> int:
        return self.output.get_size().columns

    def _rows(self) -> int:
        return self.output.get_size().rows

    def _style(self) -> Style:
        name = self.desk.theme_name
        if name not in self._styles:
            self._styles[name] = Style(list(theme_of(name).styles.items()))
        return self._styles[name]

    # The parts of the screen.

    def _layout(self) -> FloatContainer:
        desk, following, beside = self.desk, self.mouse.following, self.mouse.beside
        nothing = beside(lambda _: False)
        left = Pane(desk.sidebar_at, on_mouse=beside(self.mouse.on_sidebar))
        right = Pane(desk.members_at, on_mouse=beside(self.mouse.on_members))
        messages = Pane(
            self.mouse.remembering(desk.messages_at), on_mouse=following(self.mouse.on_messages)
        )
        typed = Window(
            self.input,
            height=self._input_rows,
            wrap_lines=True,
            get_line_prefix=self._prompt,
            dont_extend_height=True,
        )
        middle = Below(
            Part(Pane(desk.topic_at, on_mouse=nothing), lambda _: self._rows() >= _TOPIC_FROM),
            Part(messages),
        )
        columns = Beside(
            Part(left, lambda _: COLUMNS * self._shows_sidebar()),
            Part(_upright(), lambda _: self._shows_sidebar()),
            Part(middle),
            Part(_upright(), lambda _: self._shows_members()),
            Part(right, lambda _: columns_at(self._columns()) * self._shows_members()),
        )
        body = Below(
            Part(columns),
            Part(Pane(self._border, on_mouse=nothing), lambda _: 1),
            Part(Pane(self._status, on_mouse=nothing), lambda _: 1),
            Part(Pane(self._reply), lambda _: self.composer.reply is not None),
            Part(Window(self._finder), lambda _: desk.finder is not None),
            Part(typed, lambda width: typed.preferred_height(width, self._rows()).preferred),
            style=self._ground,
        )
        open_list = Condition(lambda: desk.chooser is not None)
        page = ConditionalContainer(Window(self._chooser), open_list)
        return FloatContainer(
            body,
            [
                Float(Over(completions_menu()), xcursor=True, ycursor=True),
                Float(Over(page), transparent=False),
            ],
        )

    def _shows_sidebar(self) -> bool:
        return self.desk.shows_sidebar(self._columns())

    def _shows_members(self) -> bool:
        return self.desk.shows_members(self._columns())

    def _ground(self) -> str:
        """Return the style of the whole screen; to fill it with one takes time at every frame."""
        return "class:screen" if self.desk.theme.styles.get("screen", "").strip() else ""

    def _input_rows(self) -> Dimension:
        return Dimension(min=1, max=min(MOST_ROWS, max(self._rows() // 3, 1)))

    def _prompt(self, line: int, wrap: int) -> AnyFormattedText:
        prompt = truncate(f" {self.desk.model.nick}", max(self._columns() // 3, 4)) + " ▸ "
        if line or wrap:
            return [
                (
                    "class:ghost",
                    " " * (width(prompt) - 2) + "· " if line and not wrap else " " * width(prompt),
                )
            ]
        return [("class:prompt", settle(prompt))]

    def _reply(self, columns: int, _rows: int) -> list[list[Piece]]:
        entry = self.composer.reply
        return [overlay.reply_line(entry, columns)] if entry else []

    def _border(self, columns: int, _rows: int) -> list[list[Piece]]:
        line = ["─"] * columns
        if self._shows_sidebar() and columns > COLUMNS:
            line[COLUMNS] = "┴"
        right = columns - columns_at(columns) - 1
        if self._shows_members() and right > 0:
            line[right] = "┴"
        return [[("class:border", "".join(line))]]

    def _status(self, columns: int, _rows: int) -> list[list[Piece]]:
        model, desk = self.desk.model, self.desk
        over = self.composer.over()
        pieces = status_line(self._facts(model, desk), columns)
        if over:
            words = f" {over} bytes too long: it will be sent in parts "
            return [[("class:over", truncate(words, columns))]]
        return [pieces]

    def _facts(self, model: Model, desk: Desk) -> Facts:
        return Facts(
            status=model.status,
            detail=model.detail,
            notice=desk.noticed,
            typing=desk.buffer.typing(model.clock()),
            server=str(self.app.server),
            lag_ms=model.lag_ms,
            pending=model.pending,
            scrolled=not desk.viewport.follows,
            away=model.away,
        )

    def _draw_chooser(self, columns: int, rows: int) -> list[list[Piece]]:
        chooser = self.desk.chooser
        return overlay.draw_chooser(chooser, columns, rows) if chooser else []

    def _with_chooser(self, ask: Callable[[Any, int], int], size: int) -> int:
        return ask(self.desk.chooser, size) if self.desk.chooser else 0


def _upright() -> Pane:
    return Pane(lambda _, rows: [[("class:border", "│")]] * rows)


def _newest_unread(buffer: Any) -> tuple[Any, Entry] | None:
    if not buffer.unread:
        return None
    return next(((buffer, entry) for entry in buffer.entries.newest_first() if entry.counts), None)


async def run(app: App) -> None:
    """Show a client on the terminal until the person leaves."""
    async with app.running():
        await View(app).run()
