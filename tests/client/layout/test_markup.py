"""What is found in a text, and how it is broken into rows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatserver.formatting import sanitize, strip
from chatserver.text import clean, width
from client.layout.markup import read_markup
from client.layout.themes import theme_of
from client.layout.wrapping import settle, wrap_pieces

DARK = theme_of("dark")


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("plain", [("", "plain")]),
        ("a *b c* d", [("", "a "), ("bold", "b c"), ("", " d")]),
        ("_x_", [("italic", "x")]),
        ("`*a*`", [("class:code", "*a*")]),
        ("2*3*4 and snake_case_name", [("", "2*3*4 and snake_case_name")]),
        ("*not * closed", [("", "*not * closed")]),
        ("/usr/*lib*/x", [("", "/usr/*lib*/x")]),
        ("hi Ada!", [("", "hi "), ("class:me", "Ada"), ("", "!")]),
        ("adam", [("", "adam")]),
        ("\x02b\x02 \x1di\x0f", [("bold", "b"), ("", " "), ("italic", "i")]),
        ("\x0304red", [("fg:#ff0000", "red")]),
        ("\x0301black", [("", "black")]),
        ("\x0301,01hidden", [("bg:#000000 fg:#ffffff", "hidden")]),
    ],
)
def test_what_is_found(text: str, pieces: list[tuple[str, str]]) -> None:
    assert list(read_markup(text, DARK, "ada")) == pieces


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("see https://example.org.", "https://example.org"),
        ("(https://example.org/a)", "https://example.org/a"),
        ("https://e.org/a_(b)_c", "https://e.org/a_(b)_c"),
        ("<http://e.org/?q=1>", "http://e.org/?q=1"),
        ("https://e.org/ä", "https://e.org/%C3%A4"),
        ("https://e.org/a;b]c", "https://e.org/a%3Bb%5Dc"),
        ("ircs://irc.test/ops", "ircs://irc.test/ops"),
    ],
)
def test_links(text: str, link: str) -> None:
    styles = [style for style, _ in read_markup(text, DARK)]
    assert f"class:link [link:{link}]" in styles


@pytest.mark.parametrize("text", ["javascript:x", "file:///etc/passwd", "www.e.org", "https://"])
def test_what_is_no_link(text: str) -> None:
    assert all("link" not in style for style, _ in read_markup(text, DARK))


def test_mono_shows_no_colours_of_others() -> None:
    assert read_markup("\x0304,02red", theme_of("mono")) == (("", "red"),)


@given(st.text(max_size=200))
def test_nothing_is_lost_or_added(text: str) -> None:
    cleaned = sanitize(text)
    shown = "".join(piece for _, piece in read_markup(cleaned, DARK, "ada"))
    assert shown.replace("*", "").replace("_", "").replace("`", "") == strip(cleaned).replace(
        "*", ""
    ).replace("_", "").replace("`", "")


@given(st.text(max_size=300), st.integers(1, 60))
def test_rows_fit_and_hold_all_words(text: str, columns: int) -> None:
    pieces = read_markup(clean(text), DARK)
    rows = wrap_pieces(pieces, columns)
    assert rows
    for row in rows:
        assert width("".join(part for _, part in row).rstrip(" ")) <= max(columns, 1)
    if columns > 1:
        whole = settle("".join(part for _, part in pieces)).replace(" ", "")
        broken = "".join(part for row in rows for _, part in row).replace(" ", "")
        assert broken.replace("\u200d", "") == whole.replace("\u200d", "")


def test_styles_go_over_a_break() -> None:
    rows = wrap_pieces([("", "one "), ("bold", "two three"), ("", " four")], 7)
    assert rows == [
        (("", "one "), ("bold", "two")),
        (("bold", "three"),),
        (("", "four"),),
    ]


def test_members_of_a_family_stand_side_by_side() -> None:
    assert settle("👨\u200d👩\u200d👧") == "👨👩👧"
    assert settle("❤\ufe0f") == "❤\ufe0f "
    assert settle("क्\u200dष") == "क्\u200dष"
