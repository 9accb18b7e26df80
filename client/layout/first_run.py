"""First run: one small page that asks where to and as whom, and shows the colours at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from prompt_toolkit.application import Application, get_app
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.layout import ConditionalContainer, HSplit, Layout, VSplit, Window
from prompt_toolkit.layout.controls import FormattedTextControl
from prompt_toolkit.layout.dimension import Dimension
from prompt_toolkit.styles import DynamicStyle, Style
from prompt_toolkit.widgets import TextArea

from chatserver.text import wrap
from client.first_run import with_signs
from client.layout.colors import pick
from client.layout.terminal import Terminal, open_terminal
from client.layout.themes import theme_of
from client.settings import (
    THEMES,
    Settings,
    SettingsError,
    change,
    check_nick,
    default_nick,
    parse_address,
)

_WIDE: Final = 10
_HINT: Final = "Tab, arrows: move   Left, Right: other colours   Ctrl-C: leave"
_ANSWERS_AT: Final = _WIDE + 4  # the column where they stand
_HIGH: Final = 16  # rows of a window from which there is room for more than the questions
_SAMPLE: Final = (("bob", "hi, who is here?"), ("ada", "me! nice colours"), ("cy", "and me"))


class FirstRun:
    """The page. `settings` are what was answered, once it has ended."""

    def __init__(self, settings: Settings) -> None:
        self.settings: Settings | None = None
        self._before = settings
        self._theme = settings.theme
        self._fault = ""
        self._server = _field(f"{settings.host}:{settings.port}")
        self._nick = _field(settings.nick or default_nick())
        self._rooms = _field(" ".join(settings.rooms))
        self._colors = Window(
            FormattedTextControl(self._themes, focusable=True, show_cursor=False),
            dont_extend_height=True,
        )
        self._rows = (
            _row("Server", self._server),
            _row("Your name", self._nick),
            _row("Rooms", self._rooms),
            _row("Colours", self._colors),
        )

    def application(self, input: Input | None, output: Terminal) -> Application[None]:
        """Return the page as a program."""
        is_high = Condition(lambda: output.get_size().rows >= _HIGH)
        blank = ConditionalContainer(Window(height=1), is_high)
        sample = Window(FormattedTextControl(self._sample), height=len(_SAMPLE))
        body = HSplit(
            [
                _words([("class:prompt", "  Welcome to chat.")]),
                _words([("class:hint", "  Change what you like; Enter goes on.")]),
                blank,
                *self._rows,
                blank,
                ConditionalContainer(sample, is_high),
                blank,
                # Small windows: what cannot be seen of it is left out.
                Window(FormattedTextControl(self._last_line), height=Dimension(min=0)),
            ],
            style="class:screen",
        )
        return Application(
            Layout(body, focused_element=self._nick),
            key_bindings=self._keys(),
            style=DynamicStyle(lambda: Style(list(theme_of(self._theme).styles.items()))),
            full_screen=True,
            input=input,
            output=output,
        )

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()
        on_colors = Condition(lambda: self._layout_has(self._colors))

        @keys.add("tab")
        @keys.add("down")
        def _next(event: KeyPressEvent) -> None:
            event.app.layout.focus_next()

        @keys.add("s-tab")
        @keys.add("up")
        def _previous(event: KeyPressEvent) -> None:
            event.app.layout.focus_previous()

        @keys.add("right", filter=on_colors)
        def _right(_event: KeyPressEvent) -> None:
            self._turn(1)

        @keys.add("left", filter=on_colors)
        def _left(_event: KeyPressEvent) -> None:
            self._turn(-1)

        @keys.add("enter")
        def _enter(event: KeyPressEvent) -> None:
            wrong = self._wrong_field()
            here = event.app.layout.has_focus
            if wrong and (on_colors() or here(wrong)):
                event.app.layout.focus(wrong)
            elif on_colors():
                self.settings = self._answers()
                event.app.exit()
            else:
                self._fault = ""
                event.app.layout.focus_next()

        @keys.add("c-c")
        @keys.add("c-d")
        def _leave(event: KeyPressEvent) -> None:
            event.app.exit()

        return keys

    def _layout_has(self, window: Window) -> bool:
        return get_app().layout.has_focus(window)

    def _turn(self, step: int) -> None:
        index = THEMES.index(self._theme)
        self._theme = THEMES[(index + step) % len(THEMES)]

    def _wrong_field(self) -> TextArea | None:
        """Return the first field whose answer makes no sense; why is said below."""
        for field, check in ((self._server, parse_address), (self._nick, check_nick)):
            if field is self._nick and not field.text.strip():
                continue  # there is a usual one
            try:
                check(field.text)
            except SettingsError as error:
                self._fault = str(error)
                return field
        return None

    def _answers(self) -> Settings:
        address = parse_address(self._server.text)
        answers = {
            "host": address.host,
            "port": str(address.port or self._before.port),
            "nick": self._nick.text.strip() or address.nick or default_nick(),
            "rooms": with_signs(self._rooms.text),
            "theme": self._theme,
        }
        settings = self._before
        for name, value in answers.items():
            settings = change(settings, name, value)
        return settings

    def _themes(self) -> StyleAndTextTuples:
        pieces: StyleAndTextTuples = []
        used, room = 0, get_app().output.get_size().columns - _ANSWERS_AT
        for name in THEMES:
            text = f" {name} "
            if used and used + len(text) > room:
                pieces.append(("", "\n"))
                used = 0
            pieces.append(("class:room.current" if name == self._theme else "class:hint", text))
            used += len(text)
        return pieces

    def _sample(self) -> StyleAndTextTuples:
        rows: StyleAndTextTuples = []
        theme = theme_of(self._theme)
        for nick, text in _SAMPLE:
            color = pick(nick, theme.nicks)
            rows += [
                ("class:time", "    12:01 "),
                (f"fg:{color}" if color else "bold", f"{nick:<6}"),
            ]
            rows += [("", f"{text}\n")]
        return rows

    def _last_line(self) -> StyleAndTextTuples:
        style, text = ("class:fault", self._fault) if self._fault else ("class:hint", _HINT)
        rows = wrap(text, max(get_app().output.get_size().columns - 2, 1), 0)
        return [(style, "\n".join(f"  {row}" for row in rows))]


def ask(
    settings: Settings, *, input: Input | None = None, output: Terminal | None = None
) -> Settings:
    """Show the page, and return the settings with the answers.

    Raises:
        SettingsError: the person has left instead.
    """
    page = FirstRun(settings)
    page.application(input, output or open_terminal()).run()
    if page.settings is None:
        raise SettingsError("Nothing was chosen. `chat HOST` goes straight to a server.")
    return page.settings


def _field(text: str) -> TextArea:
    area = TextArea(text, multiline=False, height=1, wrap_lines=False)
    area.buffer.cursor_position = len(text)
    return area


def _row(question: str, field: TextArea | Window) -> VSplit:
    label = Window(
        FormattedTextControl([("class:hint", f"  {question:>{_WIDE}}  ")]),
        width=_ANSWERS_AT,
        height=1,
    )
    return VSplit([label, field])


def _words(pieces: Sequence[tuple[str, str]]) -> Window:
    return Window(FormattedTextControl(list(pieces)), height=1)
