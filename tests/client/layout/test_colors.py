"""Colours are readable where they are shown, and stable."""

import pytest

from chatserver.formatting import Rgb
from client.layout.colors import contrast, hex_of, palette, pick
from client.layout.themes import theme_of
from client.settings import THEMES

COLORED = [name for name in THEMES if name != "mono"]


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#123456", "#123456") == 1


@pytest.mark.parametrize("name", COLORED)
def test_every_nick_can_be_read(name: str) -> None:
    theme = theme_of(name)
    assert len(set(theme.nicks)) == 16
    assert min(contrast(color, theme.background) for color in theme.nicks) >= 4.5


@pytest.mark.parametrize("name", COLORED)
def test_every_part_can_be_read(name: str) -> None:
    theme = theme_of(name)
    for part, style in theme.styles.items():
        words = style.split()
        ground = next((w[3:] for w in words if w.startswith("bg:")), theme.background)
        for color in (w for w in words if w.startswith("#")):
            least = 2.2 if part in {"border", "time", "ghost", "auto-suggestion"} else 2.4
            assert contrast(color, ground) >= least, (part, style)


def test_mono_has_no_colour_at_all() -> None:
    assert not any("#" in style for style in theme_of("mono").styles.values())


def test_all_themes_style_the_same_parts() -> None:
    parts = set(theme_of("dark").styles)
    for name in COLORED:
        assert set(theme_of(name).styles) == parts


def test_a_name_has_one_colour() -> None:
    colors = palette("#000000", 5)
    assert pick("ada", colors) == pick("ada", colors)
    assert len({pick(f"nick{n}", colors) for n in range(200)}) == len(colors)
    assert pick("ada", ()) == ""


def test_irc_colours_by_number_and_by_parts() -> None:
    assert hex_of(4) == "#ff0000"
    assert hex_of(16) == "#470000"
    assert hex_of(98) == "#ffffff"
    assert hex_of(Rgb(1, 2, 255)) == "#0102ff"
    assert hex_of(None) == ""
