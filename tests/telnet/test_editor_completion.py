"""The editor byte for byte: a Tab and the answer to it."""

from __future__ import annotations

import pytest

from chatserver.telnet.completion import LISTED, common_start, in_columns
from chatserver.telnet.editor import (
    Complete,
    Line,
)
from chatserver.text import width
from tests.telnet.editing import (
    LEFT,
    actions,
    screen,
    shown,
)


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
