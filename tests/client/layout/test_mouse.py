"""What clicks, the wheel and dragging do."""

import base64
import re
from pathlib import Path

from tests.client.layout.show import Show, play


def press(x: int, y: int, button: int = 0) -> str:
    return f"\x1b[<{button};{x + 1};{y + 1}M"


def release(x: int, y: int) -> str:
    return f"\x1b[<0;{x + 1};{y + 1}m"


def click(x: int, y: int) -> str:
    return press(x, y) + release(x, y)


def drag(start: tuple[int, int], end: tuple[int, int]) -> str:
    return press(*start) + press(*end, button=32) + release(*end)


def place(show: Show, text: str) -> tuple[int, int]:
    """Where a text stands; left of it there is nothing wide."""
    for y, row in enumerate(show.rows()):
        if text in row:
            return row.index(text), y
    raise AssertionError(text)


def test_a_click_goes_to_a_room_and_talks_to_a_person(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome()
            show.hear(":ada!u@h JOIN #games", ":s 366 ada #games :End")
            await show.sees("#games")
            show.type(click(*place(show, "#games")))
            await show.until(lambda: show.model.current.name == "#games", "#games")
            await show.goes_to("#ops")
            await show.sees("● cy")
            show.type(click(*place(show, "● cy")))
            await show.until(lambda: show.model.current.name == "cy", "cy")

    play(scene())


def test_the_wheel_scrolls_and_a_click_on_the_last_line_returns(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome()
            for number in range(60):
                show.say("bob", f"line {number}.")
            await show.sees("line 59.")
            show.type(press(30, 5, button=64) * 3)
            await show.sees("more below")
            assert not any("line 59." in row for row in show.rows())
            show.type(click(*place(show, "more below")))
            await show.sees("line 59.")

    play(scene())


def test_dragging_copies_what_was_marked(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome()
            show.say("bob", "a line of many words that has to be broken somewhere at its end")
            show.say("cy", "another one")
            await show.sees("another one")
            start, end = place(show, "line of many"), place(show, "another")
            show.type(drag(start, (end[0] + 6, end[1])))
            await show.sees("Copied 2 lines.")
            assert show.style_of("line of many").reverse
            assert copies(show) == [
                "line of many words that has to be broken somewhere at its end\nanother"
            ]

    play(scene())


def test_a_clicked_line_is_what_one_replies_to(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome()
            for text in ("first", "second", "third"):
                show.say("bob", text)
            await show.sees("third")
            show.type(click(*place(show, "first")))
            show.type("\x1br")
            await show.sees("↳ to bob: first")

    play(scene())


def test_a_click_takes_a_line_of_an_open_list(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome()
            show.hear(":ada!u@h JOIN #games", ":s 366 ada #games :End")
            show.type("\x0b")
            await show.sees("Go to")
            x, y = place(show, "Go to")
            show.type(click(x, y))  # the frame is no line
            show.type(click(x, place(show, "type a part")[1]))
            listed = [number for number, row in enumerate(show.rows()) if "│ #games" in row]
            show.type(click(x, listed[-1]))
            await show.until(lambda: show.model.current.name == "#games", "#games")
            await show.loses("Go to")

    play(scene())


def test_what_is_typed_after_a_click_stands_where_one_went(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome()
            show.hear(":ada!u@h JOIN #games", ":s 366 ada #games :End")
            await show.sees("#games")
            show.type(click(*place(show, "#games")) + "typed")
            await show.until(lambda: show.buffer("#games").draft == "typed", "a draft")
            assert show.buffer("#ops").draft == ""

    play(scene())


def copies(show: Show) -> list[str]:
    found = re.findall(r"\x1b\]52;c;([^\x07]*)\x07", show.written)
    return [base64.b64decode(data).decode() for data in found]
