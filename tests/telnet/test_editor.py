"""The editor byte for byte: what each key does to the line, the actions, and the output."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatserver.telnet import line as line_module
from chatserver.telnet import window as window_module
from chatserver.telnet.completion import LISTED, common_start, in_columns
from chatserver.telnet.editor import (
    Action,
    Complete,
    Leave,
    Line,
    LineEditor,
    TooLong,
    over_idle,
)
from chatserver.telnet.recall import CHARACTERS, LINES, Recall
from chatserver.telnet.window import view
from chatserver.text import clean, graphemes, width

FAMILY = "👨\u200d👩\u200d👧"
E_ACUTE = "e\u0301"
UP, DOWN, RIGHT, LEFT = b"\x1b[A", b"\x1b[B", b"\x1b[C", b"\x1b[D"
HOME, END, DELETE = b"\x1b[H", b"\x1b[F", b"\x1b[3~"
KILL_END, KILL_START, KILL_WORD_BACK, YANK, SWAP = b"\x0b", b"\x15", b"\x17", b"\x19", b"\x14"
ALT_B, ALT_F, ALT_D = b"\x1bb", b"\x1bf", b"\x1bd"


def shown(columns: int = 80, limit: int = 4096) -> LineEditor:
    editor = LineEditor(columns, limit)
    editor.prompt = "> "
    editor.show()
    editor.take_output()
    return editor


def pasted(text: str) -> bytes:
    return b"\x1b[200~" + text.encode() + b"\x1b[201~"


def actions(editor: LineEditor, data: bytes) -> list[Action]:
    editor.feed(data)
    return list(iter(editor.next, None))


def screen(editor: LineEditor, data: bytes) -> bytes:
    """Return what some keys, none of which needs the owner, send to the screen."""
    assert actions(editor, data) == []
    return editor.take_output()


def typed(data: bytes, **settings: int) -> str:
    """Return the line that some keys and Enter send; a bar marks where the cursor was."""
    editor = shown(**settings)
    assert actions(editor, data + b"|") == []
    (action,) = actions(editor, b"\r")
    assert isinstance(action, Line)
    return action.text


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


# -- completion


def test_one_candidate_is_inserted_with_its_suffix() -> None:
    editor = shown()
    (asked,) = actions(editor, b"hi Bo, ok" + LEFT * 4 + b"\t")
    assert asked == Complete("hi Bo", again=False)
    editor.complete(["bobby "], 3)
    assert actions(editor, b"\r") == [Line("hi bobby , ok")]


def test_several_candidates_give_what_they_have_in_common() -> None:
    editor = shown()
    screen(editor, b"BO")
    actions(editor, b"\t")
    editor.complete(["bob: ", "bobby: "], 0)
    assert editor.take_output() == b"\r> bob\x1b[K"


def test_a_second_tab_lists_the_candidates() -> None:
    editor = shown(columns=20)
    assert actions(editor, b"bo\t") == [Complete("bo", again=False)]
    editor.complete(["bob ", "boris ", "bo "], 0)
    assert editor.take_output() == b"bo\a"
    assert actions(editor, b"\t") == [Complete("bo", again=True)]
    editor.complete(["bob ", "boris ", "bo "], 0)
    assert editor.take_output() == b"\r\x1b[Kbob    boris  bo\r\n> bo"
    assert actions(editor, b"x\t") == [Complete("box", again=False)]


def test_no_candidate_rings_the_bell() -> None:
    editor = shown()
    actions(editor, b"q\t")
    editor.complete([], 0)
    assert editor.take_output() == b"q\a"


def test_a_late_answer_is_ignored() -> None:
    editor = shown()
    actions(editor, b"bo\tx")
    editor.complete(["bob "], 0)
    assert actions(editor, b"\r") == [Line("box")]
    editor.complete(["bob "], 0)
    assert editor.take_output() == b""


def test_a_candidate_over_the_limit_changes_nothing() -> None:
    editor = shown(limit=5)
    actions(editor, b"bo\t")
    editor.complete(["bobby: "], 0)
    assert editor.take_output() == b"bo\a"
    assert actions(editor, b"\r") == [Line("bo")]


def test_an_index_out_of_range_is_taken_as_the_nearest() -> None:
    editor = shown()
    actions(editor, b"bo\t")
    editor.complete(["x "], 99)
    actions(editor, b"\t")
    editor.complete(["y "], -5)
    assert actions(editor, b"\r") == [Line("y ")]


@pytest.mark.parametrize(
    ("candidates", "common"),
    [
        ([], ""),
        (["bob: ", "bob: "], "bob"),
        (["bob ", "alice "], ""),
        (["Bob ", "bOB "], "Bob"),
        (["#dev ", "#devel "], "#dev"),
        (["İa ", "ia "], ""),
    ],
)
def test_the_common_start(candidates: list[str], common: str) -> None:
    assert common_start(candidates) == common


def test_a_long_list_is_cut() -> None:
    lines = in_columns([f"nick{i} " for i in range(LISTED + 800)], 79)
    assert lines[-1] == "… and 800 more"
    assert len(lines) < 30
    assert all(width(line) <= 79 for line in lines)


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
