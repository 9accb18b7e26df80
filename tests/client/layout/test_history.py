"""/history on the screen: one sees which lines it has brought, also where they stood already."""

from __future__ import annotations

from pathlib import Path

import pytest

from client.layout.themes import theme_of
from client.settings import Settings
from tests.client.layout.show import CAPS, Show, play

GROUND = theme_of("dark").styles["target"].partition("bg:")[2].removeprefix("#")


async def talk(show: Show, lines: int) -> None:
    await show.welcome()
    for number in range(lines):
        show.say("bob", f"line {number}.")
    await show.sees(f"line {lines - 1}.")


def marked(show: Show) -> list[str]:
    """What is said on the rows that are marked."""
    rows = show.rows()
    left = rows[0].index("│") + 2
    return [
        row[left:].partition("│")[0].split(maxsplit=2)[2].rstrip()
        for y, row in enumerate(rows)
        if "│" in row and show.screen.buffer[y][left].bg == GROUND
    ]


async def types(show: Show, line: str) -> None:
    show.type(f"{line}\r")
    await show.until(lambda: not show.view.composer.input.text, "it is taken")


def test_lines_that_stand_there_already_are_marked_and_told_of(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await talk(show, 9)
            assert marked(show) == []
            await types(show, "/history 2")
            await show.sees("2 lines from ")
            assert marked(show) == ["line 7.", "line 8."]
            assert "/history again: older ones" in show.row("2 lines from ")
            await types(show, "/history 3")
            await show.sees("3 lines from ")
            assert marked(show) == ["line 4.", "line 5.", "line 6."]
            show.type("\x1b")
            await show.until(lambda: not marked(show), "no marks")
            await show.loses("3 lines from ")

    play(scene())


@pytest.mark.parametrize("keys", ["hello\r", "\x1b[F", "/topic\r", "\x1b1"])
def test_the_marks_go_with_what_one_does_next(tmp_path: Path, keys: str) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await talk(show, 9)
            await types(show, "/history 2")
            await show.until(lambda: marked(show), "marks")
            show.type(keys)
            await show.until(lambda: not marked(show), "no marks")

    play(scene())


def test_one_page_after_the_other_is_read_from_its_top(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path, rows=20) as show:
            await talk(show, 200)
            await types(show, "/history 30")
            await show.sees("line 170.")
            assert "line 169." in show.rows()[1]  # what it follows on stands above it
            assert "line 170." in show.rows()[2]
            await types(show, "/history 30")
            await show.sees("line 140.")
            assert "line 140." in show.rows()[2]

    play(scene())


def test_where_nothing_is_older_that_is_said_and_one_stays_where_one_is(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await talk(show, 60)
            await types(show, "/history 500")
            await show.sees("60 lines from ")
            await show.sees("line 0.")
            await types(show, "/history")
            await show.sees("Nothing older is kept of #ops.")
            await show.sees("line 0.")

    play(scene())


def test_of_another_room_and_without_times(tmp_path: Path) -> None:
    async def scene() -> None:
        settings = Settings(host="chat.test", nick="ada", rooms=(), clock="")
        async with Show(tmp_path, settings=settings) as show:
            await talk(show, 9)
            show.hear(":ada!u@h JOIN #den", ":s 353 ada = #den :@ada", ":s 366 ada #den :End")
            await show.goes_to("#den")
            await types(show, "/history 1 ops")
            await show.sees("1 line; /history again: older ones")
            await show.sees("line 8.")

    play(scene())


def test_while_the_server_takes_its_time_that_is_seen(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome(f"{CAPS} draft/chathistory labeled-response")
            (asked,) = (line for line in show.sent if "CHATHISTORY" in line)
            answer(show, asked)
            show.say("bob", "line 0.")
            await show.sees("line 0.")
            await types(show, "/history 2")
            await show.sees("Asking for what was said")
            answer(show, show.sent[-1])
            await show.sees("1 line from ")

    play(scene())


def answer(show: Show, line: str) -> None:
    """Say that nothing older is there."""
    label = line.partition("label=")[2].partition(" ")[0]
    show.hear(f"@label={label} :s BATCH +b chathistory #ops", ":s BATCH -b")
