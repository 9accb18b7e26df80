"""The editor byte for byte: pastes, about which it asks, and secrets, for which it is asked."""

from __future__ import annotations

import pytest

from chatserver.telnet.editor import (
    Line,
)
from tests.telnet.editing import (
    DOWN,
    END,
    KILL_START,
    LEFT,
    UP,
    YANK,
    actions,
    pasted,
    screen,
    shown,
    typed,
)

# -- pastes


def test_a_paste_of_one_line_is_inserted() -> None:
    editor = shown()
    actions(editor, b"ac" + LEFT)
    assert actions(editor, pasted("b\r\n")) == []
    assert actions(editor, b"\r") == [Line("abc")]


def test_a_paste_of_several_lines_asks_first() -> None:
    editor = shown()
    screen(editor, b"say: !" + LEFT)
    assert screen(editor, pasted("one\r\rtwo\r   \rthree\r")) == (b"\rSend 3 lines? (y/n) \x1b[K")
    assert screen(editor, b"q\t") == b"\a"
    assert actions(editor, b"Y") == [Line("say: one"), Line("two"), Line("three!")]
    assert editor.take_output() == b"\r> \x1b[K"
    assert screen(editor, UP) == b"three!"


@pytest.mark.parametrize("no", [b"n", b"N", b"\x03", b"\r", b"\x1b"])
def test_no_drops_the_paste_and_restores_the_line(no: bytes) -> None:
    editor = shown()
    screen(editor, b"half" + LEFT + pasted("one\ntwo"))
    assert not editor.idle
    editor.feed(no)
    editor.flush_escape()
    assert screen(editor, b"") == b"\r> half\x1b[K\r> hal"
    assert actions(editor, b"\r") == [Line("half")]


@pytest.mark.parametrize("text", ["\n\n", "", "\r\n", "\n  \n"])
def test_a_paste_of_nothing_changes_nothing(text: str) -> None:
    editor = shown()
    assert screen(editor, b"ab" + pasted(text)) == b"ab"


def test_a_paste_with_one_line_in_it_needs_no_question() -> None:
    assert typed(pasted("\n\nfoo\n\n")) == "foo|"


def test_keys_after_a_confirmed_paste_come_after_it() -> None:
    editor = shown()
    assert actions(editor, pasted("1\n2\n") + b"y3\r") == [Line("1"), Line("2"), Line("3")]


# -- secrets


def test_a_secret_is_neither_shown_nor_kept() -> None:
    editor = shown()
    screen(editor, b"half")
    editor.ask_secret("Password: ")
    assert editor.take_output() == b"\rPassword: \x1b[K"
    assert screen(editor, "hunter2 ü".encode() + LEFT + b"\x7f" + END) == b""
    assert screen(editor, pasted("secret\nmore")) == b""
    assert not editor.idle
    assert actions(editor, b"\r") == [Line("hunter2üsecret", secret=True)]
    assert editor.take_output() == b"\r> half\x1b[K"
    assert screen(editor, UP) == b"\a"


def test_a_killed_secret_cannot_be_yanked_into_the_open() -> None:
    editor = shown()
    editor.ask_secret("Password: ")
    assert actions(editor, b"hunter2" + KILL_START + b"\r") == [Line("", secret=True)]
    editor.take_output()
    assert screen(editor, YANK) == b""


def test_a_secret_has_no_completion_and_no_recall() -> None:
    editor = shown()
    actions(editor, b"one\r")
    editor.ask_secret("Password: ")
    editor.take_output()
    assert screen(editor, b"\t" + UP + DOWN) == b"\a"


def test_interrupt_gives_an_empty_secret() -> None:
    editor = shown()
    editor.ask_secret("Password: ")
    assert actions(editor, b"hunter2\x03") == [Line("", secret=True)]
    assert editor.take_output() == b""
