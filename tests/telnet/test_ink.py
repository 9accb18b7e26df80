"""The looks of IRC on a terminal: readable whatever its ground, and gone without colour."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatserver.formatting import Color, Look, Rgb, Style
from chatserver.telnet.colors import Colors
from chatserver.telnet.ink import sequence
from tests.telnet.test_colors import CONTRAST, luminance, rgb

COLORS: st.SearchStrategy[Color] = st.one_of(
    st.integers(0, 98), st.builds(Rgb, *[st.integers(0, 255)] * 3)
)
BLACK, WHITE = (0, 0, 0), (255, 255, 255)
# xterm's own eight.
EIGHT = (
    *(BLACK, (205, 0, 0), (0, 205, 0), (205, 205, 0)),
    *((0, 0, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229)),
)


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def shown(look: Look, colors: Colors) -> dict[str, tuple[int, int, int]]:
    """Return the text's colour (3) and the ground's (4), as far as they are set."""
    found = re.findall(r"(?<=[\[;])([34])(?:8;5;(\d+)|([0-7]))(?=[;m])", sequence(look, colors))
    return {where: rgb(int(many)) if many else EIGHT[int(few)] for where, many, few in found}


@given(COLORS)
def test_a_color_alone_is_readable_on_black_and_on_white(color: Color) -> None:
    for ink in shown(Look(foreground=color), Colors.MANY).values():
        assert contrast(ink, BLACK) >= CONTRAST
        assert contrast(ink, WHITE) >= CONTRAST


@given(COLORS)
def test_of_eight_colors_those_that_nicks_have(color: Color) -> None:
    found = shown(Look(foreground=color), Colors.BASIC)
    assert set(found.values()) <= {EIGHT[number] for number in (1, 2, 5, 6)}


@given(st.none() | COLORS, COLORS, st.sampled_from([Colors.BASIC, Colors.MANY]))
def test_a_color_on_another_is_readable_there(text: Color, ground: Color, colors: Colors) -> None:
    """Also text of the colour of its ground, with which people hide words."""
    found = shown(Look(foreground=text, background=ground), colors)
    assert set(found) == {"3", "4"}
    assert contrast(found["3"], found["4"]) >= CONTRAST


@pytest.mark.parametrize(
    ("look", "basic", "many"),
    [
        (Look(), "", ""),
        (Look(Style.BOLD), "\x1b[1m", "\x1b[1m"),
        (Look(Style.ITALIC | Style.UNDERLINE), "\x1b[3;4m", "\x1b[3;4m"),
        (Look(Style.REVERSE | Style.STRIKETHROUGH), "\x1b[7;9m", "\x1b[7;9m"),
        (Look(Style.MONOSPACE), "", ""),
        (Look(foreground=4), "\x1b[31m", "\x1b[38;5;196m"),
        (Look(foreground=3), "\x1b[32m", "\x1b[38;5;28m"),
        (Look(foreground=0), "", ""),  # black, white and grey are the reader's own colour
        (Look(foreground=14), "", ""),
        (Look(Style.BOLD, 4), "\x1b[1;31m", "\x1b[1;38;5;196m"),
        (Look(foreground=8, background=1), "\x1b[33;40m", "\x1b[38;5;226;48;5;16m"),
    ],
)
def test_sequences(look: Look, basic: str, many: str) -> None:
    assert sequence(look, Colors.NONE) == ""
    assert sequence(look, Colors.BASIC) == basic
    assert sequence(look, Colors.MANY) == many
