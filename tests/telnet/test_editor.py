"""The editor byte for byte: what each key does to the line, and the actions."""

from __future__ import annotations

import pytest

from chatserver.telnet.editor import (
    Complete,
    Leave,
    Line,
    TooLong,
)
from chatserver.telnet.recall import CHARACTERS, LINES, Recall
from tests.telnet.editing import (
    ALT_B,
    ALT_D,
    ALT_F,
    DELETE,
    DOWN,
    E_ACUTE,
    END,
    FAMILY,
    HOME,
    KILL_END,
    KILL_START,
    KILL_WORD_BACK,
    LEFT,
    RIGHT,
    SWAP,
    UP,
    YANK,
    actions,
    pasted,
    screen,
    shown,
    typed,
)

# -- the line


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"abc", "abc|"),
        (b"abc" + LEFT, "ab|c"),
        (b"abc" + LEFT * 9, "|abc"),
        (b"abc" + LEFT * 9 + RIGHT, "a|bc"),
        (b"abc" + RIGHT, "abc|"),
        (b"abc" + HOME, "|abc"),
        (b"abc\x01", "|abc"),
        (b"abc" + HOME + END, "abc|"),
        (b"abc\x02\x02\x06", "ab|c"),
        (b"abc\x7f", "ab|"),
        (b"abc\x08", "ab|"),
        (b"\x7f", "|"),
        (b"abc" + HOME + DELETE, "|bc"),
        (b"abc" + HOME + b"\x04", "|bc"),
        (b"abc" + DELETE, "abc|"),
        (b"one two" + ALT_B, "one |two"),
        (b"one two" + ALT_B * 2, "|one two"),
        (b"one, two " + ALT_B * 2, "|one, two "),
        (b"one, two" + HOME + ALT_F, "one|, two"),
        (b"one, two" + HOME + ALT_F * 2, "one, two|"),
        (b"one two\x1b[1;5D", "one |two"),
        (b"one two" + HOME + b"\x1b[1;5C", "one| two"),
        (b"one two" + LEFT * 3 + KILL_END, "one |"),
        (b"one two" + LEFT * 3 + KILL_START, "|two"),
        (b"one two" + KILL_WORD_BACK, "one |"),
        (b"one a,b  " + KILL_WORD_BACK, "one |"),
        (b"   " + KILL_WORD_BACK, "|"),
        (b"one two" + HOME + ALT_D, "| two"),
        (b"one two" + HOME + ALT_D * 2, "|"),
        (b"ab" + SWAP, "ba|"),
        (b"abc" + LEFT + SWAP, "acb|"),
        (b"abc" + HOME + SWAP, "|abc"),
        (b"a" + SWAP, "a|"),
    ],
)
def test_keys(data: bytes, line: str) -> None:
    assert typed(data) == line


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"one two" + KILL_WORD_BACK + YANK, "one two|"),
        (b"one two" + KILL_WORD_BACK + KILL_WORD_BACK + YANK, "one two|"),
        (b"one two" + KILL_WORD_BACK + b"x" + KILL_WORD_BACK + YANK, "one x|"),
        (b"one two" + HOME + ALT_D + ALT_D + YANK + YANK, "one twoone two|"),
        (b"one two" + ALT_B + KILL_END + KILL_START + YANK, "one two|"),
        (b"one" + KILL_START + b"two" + HOME + YANK, "one|two"),
        (b"one" + KILL_START + LEFT + KILL_END + YANK, "one|"),  # nothing killed, nothing lost
        (YANK, "|"),
    ],
)
def test_kills_fill_one_buffer_and_those_in_a_row_add_up(data: bytes, line: str) -> None:
    assert typed(data) == line


def test_what_was_killed_outlives_the_line() -> None:
    editor = shown()
    assert actions(editor, b"one" + KILL_START + b"x\r" + YANK + b"\r") == [Line("x"), Line("one")]


@pytest.mark.parametrize("cluster", [FAMILY, E_ACUTE, "世", "🇩🇪", "👧🏽", "각"])
def test_the_cursor_moves_and_deletes_by_grapheme(cluster: str) -> None:
    whole = ("a" + cluster + "b").encode()
    assert typed(whole + LEFT * 2) == f"a|{cluster}b"
    assert typed(whole + HOME + RIGHT * 2) == f"a{cluster}|b"
    assert typed(whole + LEFT + b"\x7f") == "a|b"
    assert typed(whole + HOME + RIGHT + DELETE) == "a|b"
    assert typed(whole + LEFT + SWAP + LEFT) == f"ab|{cluster}"


def test_a_family_typed_before_another_person_stays_in_order() -> None:
    """Its characters may come one at a time, and each joins what stands behind the cursor."""
    editor = shown()
    actions(editor, "👧".encode() + HOME)
    for char in "👨\u200d👩":
        actions(editor, char.encode())
    assert actions(editor, b"\r") == [Line("👨\u200d👩👧")]


def test_inside_a_grapheme_the_cursor_is_drawn_behind_it() -> None:
    editor = shown()
    screen(editor, "👧".encode() + HOME)
    assert screen(editor, "👨\u200d".encode()) == "\r> 👨\u200d👧\x1b[K".encode()


def test_marks_beyond_the_eighth_are_refused_however_they_come() -> None:
    mark = "\u0301".encode()
    editor = shown()
    actions(editor, b"e")
    for _ in range(30):
        actions(editor, mark)
    assert editor.take_output().endswith(b"\a")
    assert actions(editor, b"\r") == [Line("e" + "\u0301" * 8)]
    assert typed(b"e" + mark * 30) == "e" + "\u0301" * 8 + "|"
    assert typed(pasted("e" + "\u0301" * 5) + pasted("\u0301" * 20)) == "e" + "\u0301" * 8 + "|"


def test_what_is_sent_is_clean_where_its_parts_met() -> None:
    editor = shown()
    marks = "\u0301" * 8
    assert actions(editor, f"e{marks}".encode() + pasted(f"\u0301\n{marks}x") + b"y") == [
        Line("e" + marks),
        Line(marks + "x"),
    ]


def test_a_yank_at_the_start_leaves_out_leading_marks() -> None:
    assert typed(pasted("a \u0301b") + KILL_WORD_BACK + KILL_START + YANK) == "a \u0301b|"
    assert typed(pasted("a \u0301b") + KILL_WORD_BACK + b"\x7f\x7f" + YANK) == "b|"


def test_a_mark_may_not_be_drawn_over_the_prompt() -> None:
    assert typed("\u0301a".encode()) == "a|"
    editor = shown()
    (line,) = actions(editor, b"a" + pasted("x\n\u0301b") + b"y")[1:]
    assert line == Line("\u0301b")
    assert screen(editor, UP) == b"b"


def test_what_is_typed_is_cleaned() -> None:
    assert typed("a\x9b\u202eb\u2066".encode() + b"\xff") == "ab\ufffd|"
    assert typed(pasted("a\tb\x1b[31m\x07")) == "a b[31m|"


# -- actions


def test_enter_sends_the_line_and_leaves_the_bare_prompt() -> None:
    editor = shown()
    assert screen(editor, b"hi") == b"hi"
    assert actions(editor, b"\r") == [Line("hi")]
    assert editor.take_output() == b"\r> \x1b[K"
    assert actions(editor, b"\r\n") == [Line("")]
    assert editor.take_output() == b""


def test_next_stops_at_what_needs_the_owner_and_keeps_the_rest_in_order() -> None:
    editor = shown()
    editor.feed(b"hi bo\tx\rlater")
    assert editor.next() == Complete("hi bo", again=False)
    editor.feed(b"!\r")
    editor.complete(["bob "], 3)
    assert editor.next() == Line("hi bob x")
    assert editor.next() == Line("later!")
    assert editor.next() is None


def test_end_of_input_leaves_from_an_empty_line_only() -> None:
    editor = shown()
    assert actions(editor, b"\x04") == [Leave()]
    assert actions(editor, b"a\x04") == []
    assert actions(editor, b"\x01\x04\x04") == [Leave()]


def test_interrupt_drops_the_line() -> None:
    editor = shown()
    screen(editor, b"oops")
    assert screen(editor, b"\x03") == b"\r> \x1b[K"
    assert editor.idle


def test_a_lone_escape_does_nothing() -> None:
    editor = shown()
    editor.feed(b"\x1b")
    assert editor.escape_waiting
    assert not editor.idle
    editor.flush_escape()
    assert editor.next() is None
    assert not editor.escape_waiting
    assert editor.take_output() == b""


# -- the limit


def test_typing_over_the_limit_rings_the_bell() -> None:
    editor = shown(limit=10)
    assert screen(editor, b"0123456789x") == b"0123456789\a"
    assert screen(editor, b"xxxx") == b"\a"
    assert actions(editor, b"\r") == [Line("0123456789")]


def test_the_limit_counts_bytes() -> None:
    assert typed("世世世世世".encode(), limit=10) == "世世世|"


def test_a_paste_over_the_limit_is_refused_whole() -> None:
    editor = shown(limit=10)
    actions(editor, b"ab")
    assert actions(editor, pasted("123456789")) == [TooLong()]
    assert actions(editor, pasted("1\n12345678901\n2")) == [TooLong()]
    assert actions(editor, pasted("12345678") + b"\r") == [Line("ab12345678")]


def test_a_paste_over_the_decoder_s_bound_is_refused_whole() -> None:
    assert actions(shown(limit=10**6), pasted("x\n" * 40_000)) == [TooLong()]


def test_a_yank_over_the_limit_rings_the_bell() -> None:
    editor = shown(limit=6)
    assert screen(editor, b"abcd" + KILL_START + YANK + YANK) == b"abcd\a"


# -- own lines


def test_up_and_down_walk_the_own_lines_and_keep_the_half_typed_one() -> None:
    editor = shown()
    actions(editor, b"one\rtwo\rhalf")
    editor.take_output()
    assert screen(editor, UP) == b"\r> two\x1b[K"
    assert screen(editor, b"\x10") == b"\r> one\x1b[K"
    assert screen(editor, UP) == b"\a"
    assert screen(editor, DOWN) == b"\r> two\x1b[K"
    assert screen(editor, b"\x0e") == b"\r> half\x1b[K"
    assert screen(editor, DOWN) == b"\a"


def test_a_line_sent_twice_in_a_row_is_kept_once() -> None:
    assert typed(b"a\rb\rb\r".replace(b"\r", b"\x15"), limit=9) == "|"
    editor = shown()
    actions(editor, b"a\rb\rb\r\r")
    assert actions(editor, UP + UP + b"\r") == [Line("a")]


def test_recall_has_two_bounds() -> None:
    recall = Recall()
    for number in range(LINES + 50):
        recall.add(str(number))
    oldest = ""
    while (line := recall.older("")) is not None:
        oldest = line
    assert oldest == "50"
    for number in range(50):
        recall.add(f"{number:4096}")
    count = 0
    while recall.older("") is not None:
        count += 1
    assert count * 4096 == CHARACTERS
