"""Ink: the looks that IRC can give to a text, as the escape sequences of a person's terminal.

Nobody knows whether a terminal is dark or light, so a colour without a ground of its own becomes
the nearest that is readable on both; and one with a ground becomes readable on that.
"""

from bisect import bisect
from functools import cache, lru_cache
from typing import Final

from chatserver.formatting import Color, Look, Rgb, Style
from chatserver.telnet.colors import NICK_COLORS, Colors

_CONTRAST: Final = 3.0  # to both sides, WCAG 2.1 section 1.4.11
# The luminance of what has that contrast to black and to white, with some room for rounding.
_DARKEST: Final = 0.11
_LIGHTEST: Final = 0.29

_ATTRIBUTES: Final = (
    (Style.BOLD, "1"),
    (Style.ITALIC, "3"),
    (Style.UNDERLINE, "4"),
    (Style.REVERSE, "7"),
    (Style.STRIKETHROUGH, "9"),
)  # ECMA-48 section 8.3.117; monospace is what a terminal has anyway


def _rgbs(digits: str) -> tuple[Rgb, ...]:
    parts = bytes.fromhex(digits)
    return tuple(Rgb(*parts[start : start + 3]) for start in range(0, len(parts), 3))


# "Colors" of modern IRC's "IRC Formatting", 0 to 15, then 16 to 98.
_COLORS: Final = _rgbs(
    "ffffff 000000 00007f 009300 ff0000 7f0000 9c009c fc7f00 "
    "ffff00 00fc00 009393 00ffff 0000fc ff00ff 7f7f7f d2d2d2 "
    "470000 472100 474700 324700 004700 00472c 004747 002747 000047 2e0047 470047 47002a "
    "740000 743a00 747400 517400 007400 007449 007474 004074 000074 4b0074 740074 740045 "
    "b50000 b56300 b5b500 7db500 00b500 00b571 00b5b5 0063b5 0000b5 7500b5 b500b5 b5006b "
    "ff0000 ff8c00 ffff00 b2ff00 00ff00 00ffa0 00ffff 008cff 0000ff a500ff ff00ff ff0098 "
    "ff5959 ffb459 ffff71 cfff60 6fff6f 65ffc9 6dffff 59b4ff 5959ff c459ff ff66ff ff59bc "
    "ff9c9c ffd39c ffff9c e2ff9c 9cff9c 9cffdb 9cffff 9cd3ff 9c9cff dc9cff ff9cff ff94d3 "
    "000000 131313 282828 363636 4d4d4d 656565 818181 9f9f9f bcbcbc e2e2e2 ffffff"
)
_LEVELS: Final = (0, 95, 135, 175, 215, 255)  # of xterm's 6 x 6 x 6 cube, colours 16 to 231
_BETWEEN: Final = (48, 115, 155, 195, 235)
_CUBE: Final = {
    16 + 36 * r + 6 * g + b: Rgb(_LEVELS[r], _LEVELS[g], _LEVELS[b])
    for r in range(6)
    for g in range(6)
    for b in range(6)
}
# The eight of ECMA-48 as xterm shows them.
_EIGHT: Final = dict(enumerate(_rgbs("000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5")))
# Of each palette, what may stand on a ground that nobody knows. Of the eight: red, green, magenta
# and cyan, as for nicks.
_ANYWHERE: Final = {
    Colors.BASIC: {number: _EIGHT[number] for number in (1, 2, 5, 6)},
    Colors.MANY: {number: _CUBE[number] for number in NICK_COLORS},
}
_ALL: Final = {Colors.BASIC: _EIGHT, Colors.MANY: _CUBE}
_EXTREMES: Final = {Colors.BASIC: (0, 7), Colors.MANY: (16, 231)}  # black and white


def sequence(look: Look, colors: Colors) -> str:
    """Return the sequence that begins such a look, empty for a plain one."""
    if colors is Colors.NONE:
        return ""
    codes = [code for style, code in _ATTRIBUTES if look.style & style]
    codes += _color_codes(look, colors)
    return f"\x1b[{';'.join(codes)}m" if codes else ""


def _color_codes(look: Look, colors: Colors) -> list[str]:
    text, ground = _snap(look.foreground), _snap(look.background)
    if ground is not None:
        above, below = _pair(text, ground, colors)
        return [_code(above, colors, 30), _code(below, colors, 40)]
    if text is None or _is_grey(_CUBE[text]):
        return []
    return [_code(_alone(text, colors), colors, 30)]


def _snap(color: Color) -> int | None:
    """Return the nearest colour of the cube: there are few of these, so that they are remembered,
    whatever a text is painted with.
    """
    if color is None:
        return None
    red, green, blue = map(_level, color if isinstance(color, Rgb) else _COLORS[color])
    return 16 + 36 * red + 6 * green + blue


def _level(part: int) -> int:
    return bisect(_BETWEEN, part)


@cache
def _alone(text: int, colors: Colors) -> int:
    """Return what stands for a colour of the cube on a ground that nobody knows."""
    return _nearest(_readable(_CUBE[text]), _ANYWHERE[colors])


@lru_cache(maxsize=4096)
def _pair(text: int | None, ground: int, colors: Colors) -> tuple[int, int]:
    """Return what stands for a colour on another."""
    palette = _ALL[colors]
    below = _of(palette, ground)
    best = max(_EXTREMES[colors], key=lambda ink: _contrast(palette[ink], palette[below]))
    above = best if text is None else _of(palette, text)
    if _contrast(palette[above], palette[below]) < _CONTRAST:
        above = best
    return above, below


def _of(palette: dict[int, Rgb], number: int) -> int:
    """Return what stands in a palette for a colour of the cube."""
    return number if number in palette else _nearest(_CUBE[number], palette)


def _code(number: int, colors: Colors, base: int) -> str:
    return str(base + number) if colors is Colors.BASIC else f"{base + 8};5;{number}"


def _is_grey(color: Rgb) -> bool:
    """Whether it is black, white or between: that is the reader's own colour."""
    return len(set(color)) == 1


def _nearest(color: Rgb, palette: dict[int, Rgb]) -> int:
    """Return the number of the nearest colour."""

    def distance(number: int) -> int:
        return sum((one - other) ** 2 for one, other in zip(color, palette[number], strict=True))

    return min(palette, key=distance)


def _readable(color: Rgb) -> Rgb:
    """Return the colour as dark, or as light, as it must be to stand out from black and white."""
    light = _luminance(color)
    parts = [_linear(part) for part in color]
    if light > _LIGHTEST:
        parts = [part * _LIGHTEST / light for part in parts]
    elif light < _DARKEST:
        white = (_DARKEST - light) / (1 - light)
        parts = [part + (1 - part) * white for part in parts]
    return Rgb(*map(_encoded, parts))


def _contrast(one: Rgb, other: Rgb) -> float:
    """The contrast ratio of WCAG 2.1."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: Rgb) -> float:
    """The relative luminance of WCAG 2.1, 0 to 1."""
    red, green, blue = map(_linear, color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: int) -> float:
    value = part / 255
    return value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4


def _encoded(value: float) -> int:
    coded = value * 12.92 if value <= 0.0031 else 1.055 * value ** (1 / 2.4) - 0.055
    return round(min(max(coded, 0.0), 1.0) * 255)
