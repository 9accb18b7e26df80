"""A hand that slips: a drag that ends beside the messages, or is made in the input."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest

from tests.client.layout.show import Show, play
from tests.client.layout.test_mouse import drag, place, press, release


def copied(show: Show) -> list[str]:
    found = re.findall(r"\x1b\]52;c;([^\x07]*)\x07", show.written)
    return [base64.b64decode(data).decode() for data in found]


@pytest.mark.parametrize(
    "end",
    [(3, 1), (75, 1), (30, 0), (30, 21), (30, 22), (8, 23)],
    ids=["sidebar", "members", "topic", "border", "status", "input"],
)
def test_what_is_let_go_beside_the_messages_is_copied(tmp_path: Path, end: tuple[int, int]) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome()
            show.hear(":ada!u@h JOIN #den", ":s 366 ada #den :End")
            show.say("bob", "some words to be marked")
            await show.sees("to be marked")
            x, y = place(show, "words to")
            show.type(press(x, y) + press(x + 4, y, button=32) + press(*end, button=32))
            show.type(release(*end))
            await show.sees("Copied 1 line.")
            assert copied(show) == ["words"]
            assert show.model.current.name == "#ops"
            show.type("typed")
            await show.until(lambda: show.view.composer.input.text == "typed", "keys go on")

    play(scene())


def test_what_is_marked_in_the_input_is_copied_and_one_types_on(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome()
            show.type("hello world")
            await show.sees("hello world")
            x, y = place(show, "hello")
            show.type(drag((x, y), (x + 5, y)))
            await show.sees("Copied 1 line.")
            assert copied(show) == ["hello"]
            show.type("!")
            await show.until(lambda: "!" in show.view.composer.input.text, "keys go on")

    play(scene())


def test_ctrl_space_does_not_stop_the_keys(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome()
            show.type("one\x00two")
            await show.until(lambda: show.view.composer.input.text == "onetwo", "keys go on")

    play(scene())
