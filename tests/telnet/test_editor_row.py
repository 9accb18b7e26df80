"""The editor byte for byte: the one row that it draws, and what that costs."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatserver.telnet import line as line_module
from chatserver.telnet import window as window_module
from chatserver.telnet.editor import (
    LineEditor,
    over_idle,
)
from chatserver.telnet.window import view
from chatserver.text import clean, graphemes, width
from tests.telnet.editing import (
    ALT_B,
    ALT_F,
    E_ACUTE,
    END,
    FAMILY,
    HOME,
    KILL_WORD_BACK,
    LEFT,
    RIGHT,
    SWAP,
    YANK,
    actions,
    pasted,
    screen,
    shown,
)

# -- the screen


def test_typing_at_the_end_sends_the_characters_alone() -> None:
    editor = shown()
    assert [screen(editor, char.encode()) for char in "aé世"] == [b"a", "é".encode(), "世".encode()]


def test_typing_in_the_middle_draws_the_row_and_returns_to_the_cursor() -> None:
    editor = shown()
    screen(editor, b"ac")
    assert screen(editor, LEFT) == b"\r> ac\x1b[K\r> a"
    assert screen(editor, b"b") == b"\r> abc\x1b[K\r> ab"


def test_show_and_hide() -> None:
    editor = LineEditor()
    editor.prompt = "> "
    editor.print(["hello"])
    assert editor.take_output() == b"hello\r\n"
    assert not editor.idle
    editor.show()
    assert not editor.idle
    assert editor.take_output() == b"\x1b[?2004h> "
    assert editor.idle
    screen(editor, b"half")
    editor.hide()
    editor.print(["bye"])
    assert editor.take_output() == b"\r\x1b[K\x1b[?2004lbye\r\n"
    assert not editor.idle
    editor.show()
    assert editor.take_output() == b"\x1b[?2004h> half"


def test_print_keeps_the_half_typed_line_and_the_cursor() -> None:
    editor = shown()
    screen(editor, b"half" + LEFT)
    editor.print(["\x1b[31mred\x1b[0m", "two"])
    assert editor.take_output() == (b"\r\x1b[K\x1b[31mred\x1b[0m\r\ntwo\r\n\r> half\x1b[K\r> hal")
    editor.print([])
    assert editor.take_output() == b""


def test_many_prints_cost_one_row() -> None:
    editor = shown()
    screen(editor, b"half")
    for number in range(3):
        editor.print([str(number)])
    assert editor.take_output().count(b"half") == 1


def test_print_of_an_idle_editor_is_over_idle() -> None:
    editor = shown()
    assert editor.idle
    editor.print(["one", "two"])
    assert not editor.idle
    assert editor.take_output() == over_idle("> ", ["one", "two"])
    assert editor.idle
    assert over_idle("> ", []) == b""


def test_an_editor_is_not_idle_when_its_window_cuts_the_prompt() -> None:
    editor = shown(columns=10)
    editor.prompt = "#general> "
    assert editor.take_output() == "\r#gen…\x1b[K".encode()
    assert not editor.idle
    editor.resize(80)
    assert editor.take_output() == b"\r\x1b[K#general> "
    assert editor.idle


def test_a_new_prompt_is_drawn_once() -> None:
    editor = shown()
    screen(editor, b"half")
    editor.prompt = "#a> "
    assert not editor.idle
    assert editor.take_output() == b"\r#a> half\x1b[K"
    editor.prompt = "#a> "
    assert editor.take_output() == b""
    editor.prompt = "\x1b[31m\u202ered> "
    assert editor.prompt == "[31mred> "


def test_redraw_clears_the_screen() -> None:
    editor = shown()
    screen(editor, b"half")
    assert screen(editor, b"\x0c") == b"\x1b[H\x1b[2J> half"
    screen(editor, pasted("1\n2"))
    assert screen(editor, b"\x0c") == b"\x1b[H\x1b[2JSend 2 lines? (y/n) "


def test_a_long_line_scrolls_sideways() -> None:
    editor = shown(columns=14)  # 11 columns for the line, 8 of them before the cursor
    assert screen(editor, b"0123456789a") == b"0123456789a"
    assert screen(editor, b"b") == b"\r> <456789ab\x1b[K"
    assert screen(editor, b"c") == b"c"
    assert screen(editor, HOME) == b"\r> 0123456789>\x1b[K\r> "
    assert screen(editor, RIGHT * 6) == b"\r> 0123456789>\x1b[K\r> 012345"
    assert screen(editor, END) == b"\r> <56789abc\x1b[K"
    assert screen(editor, b"\x7f\x7f") == b"\r> 0123456789a\x1b[K"


def test_silly_widths_are_taken_as_the_nearest_sensible_one() -> None:
    editor = shown(columns=0)
    assert screen(editor, b"0123456") == b"0123456"
    assert screen(editor, b"789") == b"\r> <56789\x1b[K"
    editor.resize(65535)
    screen(editor, b"x" * 1000)
    editor.resize(65535)
    assert len(editor.take_output()) <= 510


# -- the window, by itself

lines = st.lists(
    st.sampled_from(
        ["a", "b ", "世", E_ACUTE, FAMILY, "🇩🇪", "🇩", "\u200d", "\u0301" * 4, "क्षि", "각"]
    ),
    max_size=60,
).map(lambda units: clean("".join(units)))


@given(lines, st.data(), st.integers(4, 60))
@settings(max_examples=400, deadline=None)
def test_the_window_shows_the_cursor_and_never_wraps(
    text: str, data: st.DataObject, room: int
) -> None:
    at = data.draw(st.integers(0, len(text)))
    first = data.draw(st.integers(0, len(text)))
    shape = view(text, at, first, room)
    assert width(shape.before + shape.after) <= room
    assert shape.before.startswith("<") == (shape.first > 0)
    if width(text) <= room and all(width(c) <= room - 2 for c in graphemes(text)):
        assert shape.first == 0
        assert shape.before + shape.after == text
    if at < len(text) and shape.after:
        assert shape.after != ">"
    # Once placed it stays, so that a key pressed twice does not make it jump.
    again = view(text, at, shape.first, room)
    assert (again.before, again.after) == (shape.before, shape.after)


# -- costs


def test_a_flood_of_keys_costs_one_row() -> None:
    editor = shown()
    actions(editor, "é".encode() * 2000)
    editor.take_output()
    assert len(screen(editor, (HOME + END) * 4000 + LEFT)) <= 1000
    assert len(screen(editor, b"\x0c" * 16000)) <= 1000
    editor.feed(b"\t" * 1000)
    while editor.next():
        editor.complete(["alice ", "bob "], 2000)
    assert len(editor.take_output()) <= 1000


@pytest.mark.parametrize(
    "keys",
    [
        LEFT,
        ALT_B,
        ALT_B + ALT_F,
        b"\x7f",
        b"\x01x",
        SWAP,
        b"\x04",
        KILL_WORD_BACK + YANK,
        b"\x15\x19",
    ],
    ids=repr,
)
@pytest.mark.parametrize("unit", ["é", FAMILY, "e" + "\u0301" * 8, "é "])
def test_a_key_looks_at_a_bounded_piece_of_the_line(
    keys: bytes, unit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at = 0

    def counted(text: str) -> list[str]:
        nonlocal looked_at
        looked_at += len(text)
        return graphemes(text)

    monkeypatch.setattr(line_module, "graphemes", counted)
    monkeypatch.setattr(window_module, "graphemes", counted)
    editor = shown()
    actions(editor, (unit * 4096).encode())
    editor.take_output()
    looked_at = 0
    presses = 200
    actions(editor, keys * presses)
    editor.take_output()
    assert looked_at <= (2 * presses + 20) * 300


def test_an_idle_editor_is_small() -> None:
    editor = shown()
    total, queue, seen = 0, [editor], set[int]()
    while queue:
        thing = queue.pop()
        if id(thing) in seen or not hasattr(type(thing), "__slots__"):
            continue
        seen.add(id(thing))
        total += sys.getsizeof(thing)
        queue += [getattr(thing, slot) for slot in type(thing).__slots__]
        total += sum(
            sys.getsizeof(getattr(thing, slot))
            for slot in type(thing).__slots__
            if isinstance(getattr(thing, slot), list | bytes | bytearray | str)
        )
        assert not hasattr(thing, "__dict__")
    assert total < 2500
