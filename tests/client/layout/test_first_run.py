"""The page of the first time."""

import io
from typing import cast

import pytest
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import create_pipe_input

from client.layout.first_run import ask
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
    found = answer(f"{TO_SERVER}{CLEAR}a b\r\r\r\r" + f"\t{CLEAR}irc.test\r\r\r\r")
    assert found.host == "irc.test"


def test_who_leaves_has_chosen_nothing() -> None:
    with pytest.raises(SettingsError):
        answer("\x03")
