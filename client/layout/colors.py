"""Colours: those of IRC, how readable one is on another, and which one a nick has."""

from __future__ import annotations

import colorsys
import zlib
from typing import Final

from chatserver.formatting import Color, Rgb

HUES: Final = 16
"""Different colours of nicks: more than that nobody tells apart."""

_STEPS: Final = 200
_SATURATION: Final = 0.7

# Of the numbers 0 to 15 the names are fixed ("Colors"), the rest by their parts ("Colors 16-98").
_NUMBERED: Final = [
    "ffffff",
    "000000",
    "00007f",
    "009300",
    "ff0000",
    "7f0000",
    "9c009c",
    "fc7f00",
    "ffff00",
    "00fc00",
    "009393",
    "00ffff",
    "5c5cfc",
    "ff00ff",
    "7f7f7f",
    "d2d2d2",
    "470000",
    "472100",
    "474700",
    "324700",
    "004700",
    "00472c",
    "004747",
    "002747",
    "000047",
    "2e0047",
    "470047",
    "47002a",
    "740000",
    "743a00",
    "747400",
    "517400",
    "007400",
    "007449",
    "007474",
    "004074",
    "000074",
    "4b0074",
    "740074",
    "740045",
    "b50000",
    "b56300",
    "b5b500",
    "7db500",
    "00b500",
    "00b571",
    "00b5b5",
    "0063b5",
    "0000b5",
    "7500b5",
    "b500b5",
    "b5006b",
    "ff0000",
    "ff8c00",
    "ffff00",
    "b2ff00",
    "00ff00",
    "00ffa0",
    "00ffff",
    "008cff",
    "0000ff",
    "a500ff",
    "ff00ff",
    "ff0098",
    "ff5959",
    "ffb459",
    "ffff71",
    "cfff60",
    "6fff6f",
    "65ffc9",
    "6dffff",
    "59b4ff",
    "5959ff",
    "c459ff",
    "ff66ff",
    "ff59bc",
    "ff9c9c",
    "ffd39c",
    "ffff9c",
    "e2ff9c",
    "9cff9c",
    "9cffdb",
    "9cffff",
    "9cd3ff",
    "9c9cff",
    "dc9cff",
    "ff9cff",
    "ff94d3",
    "000000",
    "131313",
    "282828",
    "363636",
    "4d4d4d",
    "656565",
    "818181",
    "9f9f9f",
    "bcbcbc",
    "e2e2e2",
    "ffffff",
]


def hex_of(color: Color) -> str:
    """Return a colour of a text as `#rrggbb`, or nothing for the reader's own."""
    match color:
        case None:
            return ""
        case Rgb(red, green, blue):
            return f"#{red:02x}{green:02x}{blue:02x}"
        case _:
            return f"#{_NUMBERED[color]}" if color < len(_NUMBERED) else ""


def contrast(one: str, other: str) -> float:
    """Return how far apart two colours are, from 1 to 21 (WCAG 2.1, "contrast ratio")."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def palette(background: str, least: float) -> tuple[str, ...]:
    """Return colours all around the wheel that are readable on a background.

    Each has at least the given contrast, and stays as colourful as that allows.
    """
    return tuple(_readable(hue / HUES, background, least) for hue in range(HUES))


def pick(name: str, colors: tuple[str, ...]) -> str:
    """Return the colour of a folded name: always the same one (hash() differs from run to run)."""
    return colors[zlib.crc32(name.encode()) % len(colors)] if colors else ""


def _readable(hue: float, background: str, least: float) -> str:
    steps = range(_STEPS + 1) if _luminance(background) < 0.5 else range(_STEPS, -1, -1)
    found = (_from_hls(hue, step / _STEPS) for step in steps)
    return next(color for color in found if contrast(color, background) >= least)


def _from_hls(hue: float, lightness: float) -> str:
    parts = colorsys.hls_to_rgb(hue, lightness, _SATURATION)
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)


def _luminance(color: str) -> float:
    """Relative luminance (WCAG 2.1)."""
    parts = (int(color[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
