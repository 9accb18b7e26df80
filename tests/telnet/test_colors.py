"""Colours: readable on dark and on light, and the same for a name for ever."""

import pytest

from chatserver.telnet.colors import NICK_COLORS, Colors, colors_of, paint, paint_nick
from tests.telnet.house import TestHouse

CONTRAST = 3.0  # WCAG 2.1 section 1.4.11
LEVELS = (0, 95, 135, 175, 215, 255)  # of xterm's 6 x 6 x 6 cube


def rgb(number: int) -> tuple[int, int, int]:
    assert 16 <= number <= 231
    number -= 16
    return LEVELS[number // 36], LEVELS[number // 6 % 6], LEVELS[number % 6]


def luminance(color: tuple[int, int, int]) -> float:
    """Relative luminance by WCAG 2.1."""
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in color)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("number", NICK_COLORS)
def test_a_color_stands_out_from_black_and_from_white(number: int) -> None:
    light = luminance(rgb(number))
    assert (light + 0.05) / 0.05 >= CONTRAST
    assert 1.05 / (light + 0.05) >= CONTRAST


def test_there_is_a_choice_of_colors() -> None:
    assert len(set(NICK_COLORS)) == len(NICK_COLORS) >= 24


@pytest.mark.parametrize(("nick", "number"), [("ada", 67), ("bob", 27)])
def test_a_name_keeps_its_color_over_runs(nick: str, number: int) -> None:
    """The number comes from the name alone; Python's hash() would differ from run to run."""
    assert paint_nick(nick, nick, Colors.MANY) == f"\x1b[38;5;{number}m{nick}\x1b[0m"


def test_the_letter_case_of_a_name_does_not_change_its_color() -> None:
    house = TestHouse()
    ada = house.terminal("ada")
    bob = house.pipe("bob")
    bob.send("hi\n/nick BOB\nhi\n")
    sent = ada.read()
    color = sent[: sent.index(b"mbob")].rpartition(b"\x1b")[2]
    assert b"\x1b" + color + b"mBOB" in sent


def test_names_use_all_the_colors() -> None:
    used = {paint_nick(f"guest{number}", "x", Colors.MANY) for number in range(1000)}
    assert len(used) == len(NICK_COLORS)


@pytest.mark.parametrize(
    ("kind", "colors"),
    [
        (None, Colors.BASIC),
        ("", Colors.NONE),
        ("dumb", Colors.NONE),
        ("UNKNOWN", Colors.NONE),
        ("vt100-m", Colors.NONE),
        ("xterm-m", Colors.NONE),
        ("vt100", Colors.BASIC),
        ("VT220", Colors.BASIC),
        ("linux", Colors.BASIC),
        ("ansi", Colors.BASIC),
        ("xterm", Colors.MANY),
        ("XTERM-256COLOR", Colors.MANY),
        ("screen.xterm-256color", Colors.MANY),
    ],
)
def test_colors_of_terminals(kind: str | None, colors: Colors) -> None:
    assert colors_of(kind) is colors


def test_without_colors_nothing_is_painted() -> None:
    assert paint_nick("ada", "ada", Colors.NONE) == "ada"
    assert paint("\x1b[2m", "12:01", Colors.NONE) == "12:01"


def test_colors_may_be_switched_off_and_on_again() -> None:
    house = TestHouse()
    ada, bob = house.terminal("ada"), house.pipe("bob")
    bob.send("hi\n")
    assert b"m" in ada.read()
    ada.send("/color off\r\0")
    ada.read()
    bob.send("hi\n")
    assert ada.read() == b"\r\x1b[K12:01 <bob> hi\r\n[#lobby] "
    ada.send("/color on\r\0")
    ada.read()
    bob.send("hi\n")
    assert b"m12:01" in ada.read()
