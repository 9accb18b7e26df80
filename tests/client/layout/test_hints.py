"""What helps somebody who sees the screen for the first time, and is in nobody's way later."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from prompt_toolkit.layout import UIContent

from client.layout.composer import HINT
from client.layout.input import MENU_ROWS, Scrollbar
from tests.client.layout.show import Show, play


@pytest.mark.parametrize(("columns", "rows"), [(40, 10), (80, 24)])
def test_the_empty_line_says_how_to_go_on_until_something_is_typed(
    tmp_path: Path, columns: int, rows: int
) -> None:
    async def scene() -> None:
        async with Show(tmp_path, columns, rows) as show:
            await show.welcome()
            await show.sees(HINT)
            assert show.rows()[-1].rstrip() == f" ada ▸ {HINT}"
            assert show.screen.cursor.x == len(" ada ▸ ")
            show.type("h")
            await show.loses(HINT)
            show.type("i\r")
            await show.until(lambda: not show.view.composer.input.text, "it is said")
            assert HINT not in show.rows()[-1]
            assert any(line.endswith("#ops hi") for line in show.sent)

    play(scene())


@pytest.mark.parametrize(("lines", "columns"), [(2, 0), (MENU_ROWS, 0), (MENU_ROWS + 1, 1)])
def test_a_menu_of_which_all_is_seen_has_no_scrollbar(lines: int, columns: int) -> None:
    assert Scrollbar(MENU_ROWS).get_width(lambda: UIContent(line_count=lines)) == columns


def test_with_no_color_a_theme_is_said_to_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome()
            show.type("/theme light\r")
            await show.sees("NO_COLOR is set")
            await show.sees("“light” now")

    play(scene())


def test_ctrl_z_gives_the_terminal_back_and_types_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped: list[int] = []
    monkeypatch.setattr("os.kill", lambda _pid, number: stopped.append(number))

    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome()
            show.type("half\x1a")
            await show.until(lambda: stopped == [signal.SIGTSTP], "it stops")
            show.type(" a line")
            await show.until(lambda: show.view.composer.input.text == "half a line", "it goes on")

    play(scene())
