"""Masks: the public data, the rules, and that no mask is slow."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatserver.masks import Mask, complete_mask, matches
from tests.irc.parser_data import cases


@pytest.mark.parametrize("case", cases("mask-match"), ids=lambda case: case["mask"])
def test_a_mask_matches_as_the_public_data_says(case: dict[str, Any]) -> None:
    mask = Mask(case["mask"])
    assert [name for name in case["matches"] if not mask.matches(name)] == []
    assert [name for name in case["fails"] if mask.matches(name)] == []


@pytest.mark.parametrize(
    ("mask", "name"),
    [
        ("", ""),
        ("*", ""),
        ("**", "abc"),
        ("a", "A"),
        ("É", "É"),
        ("?", "é"),
        ("?", "👍"),
        ("a*a", "aa"),
        ("*ab*ab", "abab"),
        ("*a?c*", "aabc"),  # the first a that might do does not
        ("?*?", "ab"),
        ("a\\*b", "a*b"),
        ("a\\?b", "a?b"),
        ("a\\b", "a\\b"),  # nothing to escape: it is itself
        ("a\\\\*", "a\\*"),  # the first one is itself, the second one escapes
        ("a\\", "a\\"),
        ("*\\**", "x*y"),
        ("[a-z]", "[A-Z]"),
        ("a.c", "A.C"),
        ("a\nb*", "a\nbc"),
    ],
)
def test_a_name_fits(mask: str, name: str) -> None:
    assert matches(mask, name)


@pytest.mark.parametrize(
    ("mask", "name"),
    [
        ("", "a"),
        ("a", ""),
        ("?", ""),
        ("?", "ab"),
        ("a", "ab"),
        ("a*a", "a"),
        ("*ab*ab", "ab"),
        ("ab*ba", "aba"),  # one character cannot serve twice
        ("*a?c*", "aab"),
        ("?*?", "a"),
        ("a\\*b", "axb"),
        ("a\\?b", "axb"),
        ("É", "é"),  # CASEMAPPING=ascii
        ("[ab]", "a"),
        ("a.c", "abc"),
        ("{", "["),  # nor is it rfc1459
        ("k", "\u212a"),  # the Kelvin sign
    ],
)
def test_a_name_does_not_fit(mask: str, name: str) -> None:
    assert not matches(mask, name)


MASKS = st.text("aAb?*\\é", max_size=12)
NAMES = st.text("aAb?*\\é", max_size=12)


def as_regex(mask: str) -> re.Pattern[str]:
    """Return the same in another language, one character after the other."""
    parts, rest = "", mask
    while rest:
        if rest[0] == "\\" and rest[1:2] in {"*", "?"}:
            rest = rest[1:]
            parts += re.escape(rest[0])
        else:
            parts += {"*": ".*", "?": "."}.get(rest[0], re.escape(rest[0]))
        rest = rest[1:]
    return re.compile(parts, re.DOTALL | re.IGNORECASE)


@given(MASKS, NAMES)
def test_masks_mean_what_regular_expressions_would(mask: str, name: str) -> None:
    assert matches(mask, name) == bool(as_regex(mask).fullmatch(name))


@given(
    st.text("aAb?*é", max_size=12),
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=3),
)
def test_a_name_with_parts_left_out_is_a_mask_for_it(
    name: str, gaps: list[tuple[int, int]]
) -> None:
    pieces = [f"\\{character}" if character in "*?" else character for character in name]
    for start, stop in gaps:
        pieces[min(start, stop) : max(start, stop)] = ["*"]
    assert matches("".join(pieces), name)


@pytest.mark.parametrize(
    ("mask", "name"),
    [
        ("*a" * 2000 + "b", "a" * 4096),
        ("*a?" * 1300 + "b", "a" * 4096),
        ("*" + "a" * 2000 + "b*", "a" * 4096),
        ("*?" + "a" * 2000 + "?b*", "a" * 4096),
        ("*" * 4000 + "b", "a" * 4096),
        ("?" * 2000 + "*" + "?" * 2097, "a" * 4096),
    ],
)
def test_no_mask_takes_long(mask: str, name: str) -> None:
    """With going back these would take longer than the test's 60 seconds, or for ever."""
    assert not Mask(mask).matches(name)


@pytest.mark.parametrize(
    ("mask", "whole"),
    [
        ("bob", "bob!*@*"),
        ("b*b", "b*b!*@*"),
        ("", "*!*@*"),
        ("*", "*!*@*"),
        ("bob!b", "bob!b@*"),
        ("bob!", "bob!*@*"),
        ("b@host", "*!b@host"),
        ("@host", "*!*@host"),
        ("b@", "*!b@*"),
        ("bob!@host", "bob!*@host"),
        ("!b@host", "*!b@host"),
        ("bob!b@host", "bob!b@host"),
        ("*.example.org", "*!*@*.example.org"),
        ("::1", "*!*@::1"),
    ],
)
def test_what_is_left_out_of_a_mask_may_be_anything(mask: str, whole: str) -> None:
    assert complete_mask(mask) == whole


@given(st.text("ab!@.*", max_size=10))
def test_a_completed_mask_is_complete(mask: str) -> None:
    whole = complete_mask(mask)
    assert complete_mask(whole) == whole
    assert re.fullmatch(r"[^!@]+![^@]+@.+", whole)
