"""The page of the first time."""

import asyncio
import io
from typing import cast

import pyte
import pytest
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import create_pipe_input

from client.layout.first_run import FirstRun, ask
from client.layout.terminal import Terminal
from client.settings import Settings, SettingsError

TO_SERVER = "\x1b[Z"  # Shift-Tab, from the name
CLEAR = "\x01\x0b"  # Ctrl-A Ctrl-K


class _Glass(io.StringIO):
    encoding = "utf-8"


def answer(keys: str) -> Settings:
    with create_pipe_input() as pipe:
        pipe.send_text(keys)
        glass = cast(io.TextIOBase, _Glass())
        output = Terminal(glass, lambda: Size(24, 80), term="xterm")  # type: ignore[arg-type]
        return ask(Settings(nick="ada"), input=pipe, output=output)


def test_what_stands_there_is_taken() -> None:
    assert answer("\r\r\r") == Settings(nick="ada")


def test_everything_can_be_answered() -> None:
    found = answer(
        f"{TO_SERVER}{CLEAR}eve@irc.test:6697\r{CLEAR}\r{CLEAR}ops games\r\x1b[C\x1b[C\r"
    )
    assert (found.host, found.port, found.nick) == ("irc.test", 6697, "eve")
    assert found.rooms == ("#ops", "#games")
    assert found.theme == "solarized"


def test_a_mistake_is_told_and_can_be_mended() -> None:
    found = answer(f"{TO_SERVER}{CLEAR}a b\r" + f"{CLEAR}irc.test\r\r\r\r")
    assert found.host == "irc.test"


def test_one_is_where_the_mistake_is() -> None:
    found = answer(f"{CLEAR}ada lovelace\r{CLEAR}lovelace\r\r\r")  # on the way
    assert found.nick == "lovelace"
    found = answer(f"{CLEAR}ada lovelace\t\t\r{CLEAR}lovelace\r\r\r")  # passed by with Tab
    assert found.nick == "lovelace"


def test_who_leaves_has_chosen_nothing() -> None:
    with pytest.raises(SettingsError):
        answer("\x03")


@pytest.mark.parametrize(("columns", "rows"), [(40, 10), (40, 8), (80, 24), (200, 50)])
def test_all_questions_are_seen_in_any_window(columns: int, rows: int) -> None:
    screen = pyte.Screen(columns, rows)
    stream = pyte.Stream(screen)

    async def scene() -> None:
        with create_pipe_input() as pipe:
            glass = _Glass()
            output = Terminal(
                cast(io.TextIOBase, glass),  # type: ignore[arg-type]
                lambda: Size(rows, columns),
                term="xterm",
            )
            page = FirstRun(Settings(nick="ada")).application(pipe, output)
            running = asyncio.create_task(page.run_async())
            async with asyncio.timeout(20):
                while "mono" not in glass.getvalue():
                    await asyncio.sleep(0.005)
            stream.feed(glass.getvalue())
            pipe.send_text("\x03")
            await running

    asyncio.run(scene())
    shown = "\n".join(screen.display)
    for text in ("Server", "Your name", "Rooms", "Colours", "dark", "high-contrast", "mono"):
        assert text in shown
    assert ("nice colours" in shown) == (rows > 20)
