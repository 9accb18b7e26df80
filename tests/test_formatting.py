"""IRC's codes for looks: read, and taken out."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatserver.formatting import PLAIN, Look, Rgb, Span, Style, parse, sanitize, strip
from chatserver.text import clean

SIGNS = "\x02\x1d\x1f\x1e\x11\x16\x0f\x03\x04"
CODES = st.sampled_from([*"\x02\x1d\x1f\x1e\x11\x16\x0f\x03\x04,,0159aF"])
TEXTS = st.text(CODES | st.characters(exclude_categories=["Cs"]), max_size=40)


def colored(foreground: int | None, background: int | None = None) -> Look:
    return Look(Style.PLAIN, foreground, background)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("", []),
        ("plain", [("plain", PLAIN)]),
        ("\x02\x02\x0f", []),
        ("a\x02b\x02c", [("a", PLAIN), ("b", Look(Style.BOLD)), ("c", PLAIN)]),
        ("\x1da", [("a", Look(Style.ITALIC))]),
        ("\x1fa", [("a", Look(Style.UNDERLINE))]),
        ("\x1ea", [("a", Look(Style.STRIKETHROUGH))]),
        ("\x11a", [("a", Look(Style.MONOSPACE))]),
        ("\x16a", [("a", Look(Style.REVERSE))]),
        (
            "\x02a\x1db\x02c",
            [
                ("a", Look(Style.BOLD)),
                ("b", Look(Style.BOLD | Style.ITALIC)),
                ("c", Look(Style.ITALIC)),
            ],
        ),
        ("a\x02\x02b", [("ab", PLAIN)]),  # it looks the same on both sides
        ("\x02\x033a\x0fb", [("a", Look(Style.BOLD, 3)), ("b", PLAIN)]),
        ("\x033a", [("a", colored(3))]),
        ("\x0303a", [("a", colored(3))]),
        ("\x03131", [("1", colored(13))]),
        ("\x033,a", [(",a", colored(3))]),
        ("\x033,4a", [("a", colored(3, 4))]),
        ("\x033,045", [("5", colored(3, 4))]),
        ("\x033,4,5", [(",5", colored(3, 4))]),
        ("\x033,4a\x035b", [("a", colored(3, 4)), ("b", colored(5, 4))]),
        ("\x033,4a\x03b", [("a", colored(3, 4)), ("b", PLAIN)]),
        ("\x033,4a\x03,7", [("a", colored(3, 4)), (",7", PLAIN)]),
        ("\x0398a", [("a", colored(98))]),
        ("\x033,4a\x0399,99b", [("a", colored(3, 4)), ("b", PLAIN)]),
        ("\x03٣a", [("٣a", PLAIN)]),  # digits are ASCII's
        ("\x02\x033a\x03b", [("a", Look(Style.BOLD, 3)), ("b", Look(Style.BOLD))]),
        ("\x04FF8000a", [("a", Look(Style.PLAIN, Rgb(255, 128, 0)))]),
        ("\x04ff80001", [("1", Look(Style.PLAIN, Rgb(255, 128, 0)))]),
        (
            "\x04000001,000002a\x04b",
            [("a", Look(Style.PLAIN, Rgb(0, 0, 1), Rgb(0, 0, 2))), ("b", PLAIN)],
        ),
        ("\x04000001,00000z", [(",00000z", Look(Style.PLAIN, Rgb(0, 0, 1)))]),
        ("\x04ff80a", [("ff80a", PLAIN)]),
        ("\x01ACTION a\x01", [("\x01ACTION a\x01", PLAIN)]),  # these are no looks
    ],
)
def test_a_text_is_read(text: str, spans: list[tuple[str, Look]]) -> None:
    assert parse(text) == tuple(Span(piece, look) for piece, look in spans)
    assert strip(text) == "".join(piece for piece, _ in spans)


@given(TEXTS)
def test_spans_are_the_text_without_codes(text: str) -> None:
    spans = parse(text)
    assert "".join(span.text for span in spans) == strip(text)
    assert all(span.text for span in spans)
    assert all(before.look != after.look for before, after in pairwise(spans))


@given(TEXTS)
def test_no_code_is_left(text: str) -> None:
    assert not set(SIGNS) & set(strip(text))


@given(TEXTS)
def test_colors_are_numbers_to_98_or_parts_to_255(text: str) -> None:
    for span in parse(text):
        for color in (span.look.foreground, span.look.background):
            match color:
                case None:
                    pass
                case Rgb():
                    assert all(0 <= part <= 255 for part in color)
                case number:
                    assert 0 <= number <= 98


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("plain", "plain"),
        ("\x02a\x0304,12b\x0f", "\x02a\x0304,12b\x0f"),
        ("\x02a\x1b[2J\x9b\x07\x02\r\n\0", "\x02a[2J\x02"),
        ("\x02\u202ea", "\x02a"),
        ("e" + "\u0301" * 9, "e" + "\u0301" * 8),
        ("e" + ("\u0301" * 8 + "\x02") * 3, "e" + "\u0301" * 8),
    ],
)
def test_only_codes_of_formatting_pass(text: str, kept: str) -> None:
    assert sanitize(text) == kept


@given(st.text(st.sampled_from([*SIGNS, "\x1b", "\u0301", "\u202e"]) | CODES, max_size=60) | TEXTS)
def test_a_sanitized_text_is_clean_without_its_codes(text: str) -> None:
    kept = sanitize(text)
    assert sanitize(kept) == kept
    assert clean(strip(kept)) == strip(kept)
