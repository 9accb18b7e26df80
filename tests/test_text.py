"""What reaches a terminal: no control, no bidi, few marks, and never wider than it said."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wcwidth import wcwidth

from chatserver import text as text_module
from chatserver.text import (
    CLUSTER_LIMIT,
    MARKS_PER_BASE,
    clean,
    fill,
    graphemes,
    truncate,
    width,
    wrap,
)

FAMILY = "👨\u200d👩\u200d👧"
ACUTE = "\u0301"

# The planes with assigned characters, and a piece of each other kind of plane.
SOME_OF_ALL = [
    *map(chr, range(0x33500)),
    *map(chr, range(0x3FFF0, 0x40010)),
    *map(chr, range(0xDFFF0, 0xE1000)),
    *map(chr, range(0xF0000, 0xF0010)),
    chr(sys.maxunicode),
]

# Letters, wide letters, marks, joiners, flags, vowels that join, and what must not get through.
awkward = st.text(
    st.one_of(
        st.sampled_from(
            [
                *"ab  é世界👩👧🏽🇩🇪",
                ACUTE,
                "\u200d",
                "\u200c",
                "\ufe0f",
                "\u20e3",
                "\u1161",
                "\u093f",
            ]
        ),
        st.sampled_from(
            ["\x1b", "\x07", "\t", "\n", "\x9b", "\u202e", "\u2066", "\u2028", "\ue000"]
        ),
        st.characters(),
    ),
    max_size=60,
)


def test_printable_ascii_comes_back_as_the_same_object() -> None:
    text = "".join(map(chr, range(0x20, 0x7F)))
    assert clean(text) is text


def test_printable_text_of_other_scripts_comes_back_as_the_same_object() -> None:
    text = "Привет, 世界 — naïve"
    assert clean(text) is text


@pytest.mark.parametrize(
    ("dirty", "tidy"),
    [
        ("\x1b[2Jgone", "[2Jgone"),
        ("\x1b]0;title\x07", "]0;title"),
        ("a\x9b31mb", "a31mb"),  # the 8-bit CSI
        ("a\x00\x7fb", "ab"),
        ("col\tumn", "col umn"),
        ("one\u2028two\u2029three", "one two three"),
        ("bob\u202egnp.exe", "bobgnp.exe"),
        ("\u2067x\u2069\u200e\u200f\u061c", "x"),
        ("soft\u00adhyphen\ufeff", "softhyphen"),
        ("\ue000\U000f0000", ""),
        ("\ud800x", "x"),
        ("\u0378\uffff\U0010ffff", ""),
        ("a\r\nb", "ab"),
        (FAMILY, FAMILY),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("a\u00a0b\u3000c", "a\u00a0b\u3000c"),
        ("\U0001fae8", "\U0001fae8"),  # Unicode 15: unknown to Python 3.11
    ],
)
def test_what_is_dropped_and_what_stays(dirty: str, tidy: str) -> None:
    assert clean(dirty) == tidy


def test_no_character_of_the_dropped_categories_passes() -> None:
    joiners = "\u200c\u200d"
    passed = {char for char in SOME_OF_ALL if clean(char) == char}
    for char in passed:
        category = unicodedata.category(char)
        newer_emoji = category == "Cn" and 0x1F000 <= ord(char) <= 0x1FAFF
        assert category[0] != "C" or char in joiners or newer_emoji, hex(ord(char))
        assert category not in {"Zl", "Zp"}


def test_who_walks_through_unicode_makes_the_server_remember_little() -> None:
    for char in SOME_OF_ALL:
        clean(char)
        width(char)
    assert len(text_module._purged) <= text_module._REMEMBERED
    assert len(text_module._widths) <= text_module._REMEMBERED


def test_every_character_without_a_cell_is_seen_by_the_count_of_marks() -> None:
    for char in SOME_OF_ALL:
        if wcwidth(char) == 0 and clean(char) == char:
            assert len(clean("x" + char * 50)) == 1 + MARKS_PER_BASE, hex(ord(char))


def test_zalgo_keeps_eight_marks_on_each_base() -> None:
    marks = "".join(chr(0x300 + i % 0x40) for i in range(200))
    assert clean("a" + marks + "b" + marks) == "a" + marks[:8] + "b" + marks[:8]


def test_marks_are_counted_past_what_is_dropped_between_them() -> None:
    assert clean("a" + (ACUTE * 8 + "\u202e") * 5) == "a" + ACUTE * 8


@given(awkward)
@settings(max_examples=200, deadline=None)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(awkward)
@settings(max_examples=200, deadline=None)
def test_graphemes_lose_nothing_and_have_a_bound(text: str) -> None:
    assert "".join(graphemes(text)) == text
    assert all(len(cluster) <= CLUSTER_LIMIT for cluster in graphemes(text))


def test_graphemes_are_what_a_person_calls_a_character() -> None:
    assert graphemes(f"a{FAMILY}e{ACUTE}🇩🇪") == ["a", FAMILY, f"e{ACUTE}", "🇩🇪"]


def test_an_endless_cluster_is_split() -> None:
    assert len(graphemes("👩\u200d" * 100)) == 7


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("", 0),
        ("abc", 3),
        ("世界", 4),
        (f"e{ACUTE}", 1),
        (FAMILY, 6),
        ("❤\ufe0f", 2),  # one cell in terminals that do not know the emoji style, two elsewhere
        ("कि", 2),  # the spacing vowel sign has its own cell in some
    ],
)
def test_width_is_the_upper_bound(text: str, columns: int) -> None:
    assert width(text) == columns


@given(awkward)
@settings(max_examples=200, deadline=None)
def test_width_is_never_below_the_sum_over_code_points(text: str) -> None:
    assert width(text) >= sum(max(wcwidth(char), 0) for char in text)


@pytest.mark.parametrize(
    ("text", "columns", "short"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdef", 5, "abcd…"),
        ("世界世", 5, "世界…"),
        ("世界世", 4, "世…"),
        (FAMILY + "x", 6, "…"),
        (f"e{ACUTE}e{ACUTE}", 1, "…"),
        ("abc", 0, ""),
        ("abc", -3, ""),
    ],
)
def test_truncate_keeps_whole_graphemes(text: str, columns: int, short: str) -> None:
    assert truncate(text, columns) == short


@given(awkward.map(clean), st.integers(0, 30))
@settings(max_examples=200, deadline=None)
def test_truncate_and_fill_fit(text: str, columns: int) -> None:
    assert width(truncate(text, columns)) <= columns
    assert width(fill(text, columns)) <= columns
    assert text.startswith(fill(text, columns))


@pytest.mark.parametrize(
    ("text", "columns", "indent", "lines"),
    [
        ("", 10, 0, [""]),
        ("   ", 10, 0, [""]),
        ("short", 10, 2, ["short"]),
        ("the quick brown fox", 10, 0, ["the quick", "brown fox"]),
        ("<bob> the quick brown", 16, 6, ["<bob> the quick", "      brown"]),
        ("<bob> the quick brown", 15, 6, ["<bob> the quick", "brown"]),  # no room to indent
        ("a  b   c", 20, 0, ["a  b   c"]),
        ("  art", 20, 0, ["  art"]),
        ("see abcdefghijklmno ok", 10, 0, ["see abcdef", "ghijklmno", "ok"]),
        ("bob: 世界世界世界", 10, 0, ["bob: 世界", "世界世界"]),
        ("aaaaaaaaaa bb", 10, 0, ["aaaaaaaaaa", "bb"]),
        ("bob: 世世世世", 6, 0, ["bob:", "世世世", "世"]),
        ("世", 1, 0, ["?"]),
    ],
)
def test_wrap(text: str, columns: int, indent: int, lines: list[str]) -> None:
    assert wrap(text, columns, indent) == lines


@given(awkward.map(clean), st.integers(2, 40), st.integers(0, 12))
@settings(max_examples=300, deadline=None)
def test_wrap_is_never_too_wide_and_loses_only_spaces(text: str, columns: int, indent: int) -> None:
    lines = wrap(text, columns, indent)
    assert lines
    assert all(width(line) <= columns for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    if columns >= indent + 10:
        assert all(line.startswith(" " * indent) for line in lines[1:])


@pytest.mark.parametrize(
    "text",
    [" " * 4096 + "x", "x" + " " * 4096, "!" * 4096, "a" + ACUTE * 2000, ("👩\u200d" * 600)[:1000]],
    ids=["leading spaces", "trailing spaces", "dashes", "zalgo", "family"],
)
def test_worst_lines_give_few_lines(text: str) -> None:
    lines = wrap(clean(text), 80, 10)
    assert len(lines) <= 4096 // 70 + 1
