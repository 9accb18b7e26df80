"""Messages with looks and with several lines, in windows of any width."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chatserver.chat import events
from chatserver.formatting import strip
from chatserver.telnet.colors import Colors
from chatserver.telnet.layout import Row, lay_out, one_line
from chatserver.text import MARKS_PER_BASE, clean, is_mark, width
from tests.telnet.house import AT, Guest, Screen, TestHouse

CODES = ["\x02", "\x0304", "\x0304,08", "\x03", "\x04ff8800", "\x0f", "\x16", "\x1d", "\x1f"]
TEXTS = st.lists(
    st.sampled_from([*CODES, " ", "  ", "ada", "word", "x" * 40, "日本", "\u0301" * 5, "\x1b[2J"])
    | st.text(max_size=4),
    max_size=20,
).map("".join)
SGR = re.compile(r"\x1b\[[0-9;]*m")


@settings(deadline=None)
@given(TEXTS, st.integers(0, 60), st.sampled_from(Colors), st.sampled_from(["", "ada"]))
@example("\x02a\x02 " + "b" * 50, 20, Colors.MANY, "")
def test_looks_change_no_row(text: str, columns: int, colors: Colors, me: str) -> None:
    row = Row("12:01 <bob> ", "12:01 <bob> ", text)
    rows = lay_out(row, columns, colors, me)
    assert [SGR.sub("", one) for one in rows] == lay_out(row, columns, Colors.NONE)
    assert all(width(one) <= columns for one in lay_out(row, columns, Colors.NONE) if columns)
    for one in rows:
        assert "\x1b" not in SGR.sub("", one)
        assert one.count("\x1b[0m") * 2 <= one.count("\x1b") + (one.count("\x1b[7m") if me else 0)


@given(TEXTS)
def test_without_color_codes_vanish_whole(text: str) -> None:
    assert one_line(text) == clean(strip(text.replace("\n", " ")))


def test_codes_do_not_part_marks() -> None:
    """Else a heap of them would paint over the lines above."""
    text = "z" + "\x02".join(["\u0301" * 8] * 5)
    for colors in Colors:
        rows = lay_out(Row("", "", text), 0, colors)
        assert sum(map(is_mark, "".join(rows))) == MARKS_PER_BASE


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("a\x02b\x02c", ["a\x1b[1mb\x1b[0mc"]),
        ("\x0304red\x03 x", ["\x1b[38;5;196mred\x1b[0m x"]),
        ("\x0312345", ["\x1b[38;5;63m345\x1b[0m"]),
        ("\x02aaa bbb ccc ddd", ["\x1b[1maaa bbb ccc\x1b[0m", "\x1b[1mddd\x1b[0m"]),
        ("\x02hi ada!", ["\x1b[1mhi \x1b[0m\x1b[1m\x1b[7mada\x1b[0m\x1b[1m!\x1b[0m"]),
        ("\x02", [""]),
        ("a\x02d\x02a", ["\x1b[1m\x1b[7mada\x1b[0m"]),  # a name may hold a code
    ],
)
def test_each_row_begins_and_ends_its_own_looks(text: str, rows: list[str]) -> None:
    assert lay_out(Row("", "", text), 12, Colors.MANY, "ada") == rows


@pytest.mark.parametrize(
    ("columns", "rows"),
    [
        (0, ["<bob> one", "      two", "", "      three fours"]),
        (17, ["<bob> one", "      two", "", "      three fours"]),
        (16, ["<bob> one", "      two", "", "      three", "      fours"]),
        (15, ["<bob> one", "  two", "", "  three fours"]),
    ],
)
def test_later_lines_stand_under_the_text(columns: int, rows: list[str]) -> None:
    row = Row("<bob> ", "<bob> ", "one\ntwo\n\nthree fours")
    assert lay_out(row, columns, Colors.NONE) == rows


def said(guest: Guest, text: str) -> None:
    guest.session.deliver([events.Said(1, AT, "#lobby", "bob", text, False)], guest.home.now)
    guest.home.settle(guest)


def test_a_terminal_shows_it() -> None:
    tess = TestHouse().terminal("tess", columns=40)
    screen = Screen(tess, columns=40)
    said(tess, "\x0304,01dear \x02tess\x02\x0f, this is a long line\nand \x1fanother\x1f")
    assert screen.rows() == [
        "12:01 <bob> dear tess, this is a long",
        "            line",
        "            and another",
        "[#lobby]",
    ]
    cells = screen._screen.buffer
    assert (cells[0][12].fg, cells[0][12].bg) == ("ff0000", "000000")
    assert cells[0][17].reverse  # the own name, whatever look it had
    assert cells[0][17].fg == "default"
    assert cells[0][21].fg == "default"
    assert cells[2][16].underscore
    assert not cells[2][12].underscore


def test_a_pipe_shows_the_words_alone() -> None:
    ada = TestHouse().pipe("ada")
    said(ada, "\x0304,01dear\x0f \x02ada\x02\x0355")
    assert ada.read().decode() == "12:01 <bob> dear ada\n"
    said(ada, "one\ntwo")
    assert ada.read().decode() == "12:01 <bob> one\n            two\n"
