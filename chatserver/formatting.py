"""The looks that IRC can give to a text: control codes in it, read into spans or taken out.

The codes are those of modern IRC's "IRC Formatting" ("Characters").
"""

import re
from collections.abc import Iterator
from enum import IntFlag
from itertools import groupby
from operator import itemgetter
from typing import Final, NamedTuple

from msgspec import Struct

from chatserver.text import clean

_DEFAULT_COLOR: Final = 99
_RGB_DIGITS: Final = 6
_SIGN: Final = re.compile("([\x02\x03\x04\x0f\x11\x16\x1d\x1e\x1f])")  # what begins a code


class Style(IntFlag):
    """What may be switched on and off by itself; more than one may hold."""

    PLAIN = 0
    BOLD = 1
    ITALIC = 2
    UNDERLINE = 4
    STRIKETHROUGH = 8
    MONOSPACE = 16
    REVERSE = 32


class Rgb(NamedTuple):
    """A colour by its parts, 0 to 255 each."""

    red: int
    green: int
    blue: int


Color = int | Rgb | None
"""A colour by its number, 0 to 98 ("Colors" and "Colors 16-98"), or by its parts; None is the
reader's own."""


class Look(Struct, frozen=True):
    """How a piece of text is shown."""

    style: Style = Style.PLAIN
    foreground: Color = None
    background: Color = None


class Span(Struct, frozen=True):
    """A piece of text that looks the same from its start to its end."""

    text: str
    look: Look


PLAIN: Final = Look()

_TOGGLES: Final = {
    "\x02": Style.BOLD,
    "\x1d": Style.ITALIC,
    "\x1f": Style.UNDERLINE,
    "\x1e": Style.STRIKETHROUGH,
    "\x11": Style.MONOSPACE,
    "\x16": Style.REVERSE,
}
_RESET: Final = "\x0f"
# Looked up by number: operators of an IntFlag take ten times as long as those of an int.
_STYLES: Final = tuple(map(Style, range(64)))
# Each part is of bounded length, so there is nothing to go back over. Two digits where there are
# two; a comma belongs to the code only with a digit behind it ("Forms of Color Codes").
_CODE: Final = re.compile(
    "[\x02\x1d\x1f\x1e\x11\x16\x0f]"
    "|\x03(?:([0-9]{1,2})(?:,([0-9]{1,2}))?)?"
    "|\x04(?:([0-9A-Fa-f]{6})(?:,([0-9A-Fa-f]{6}))?)?"
)


def parse(text: str) -> tuple[Span, ...]:
    """Return the pieces of a text with their looks, without empty ones.

    Neighbours look different. Time is linear; characters that are no such code stay as they are,
    other control characters too.
    """
    same = groupby(_pieces(text), key=itemgetter(0))
    return tuple(Span("".join(piece for _, piece in pieces), look) for look, pieces in same)


def strip(text: str) -> str:
    """Return a text without its codes: what `parse` gives, joined."""
    return _CODE.sub("", text)


def sanitize(text: str) -> str:
    """Return what of a text may reach other clients: cleaned, but for the codes of formatting.

    A text that is clean only as long as its codes stand in it loses them: they would part a heap
    of marks on one base into small ones.
    """
    if text.isprintable():
        return text if text.isascii() else clean(text)
    pieces = _SIGN.split(text)
    coded = "".join(piece if _SIGN.fullmatch(piece) else clean(piece) for piece in pieces)
    bare = strip(coded)
    cleaned = clean(bare)
    return coded if cleaned == bare else cleaned


def _pieces(text: str) -> Iterator[tuple[Look, str]]:
    """Yield what stands between codes."""
    look, start = PLAIN, 0
    for code in _CODE.finditer(text):
        if code.start() > start:
            yield look, text[start : code.start()]
        look, start = _apply(look, code), code.end()
    if start < len(text):
        yield look, text[start:]


def _apply(look: Look, code: re.Match[str]) -> Look:
    sign = code[0][0]
    if sign in _TOGGLES:
        style = _STYLES[int.__xor__(look.style, _TOGGLES[sign])]
        return Look(style, look.foreground, look.background)
    if sign == _RESET:
        return PLAIN
    foreground, background = code[1] or code[3], code[2] or code[4]
    if not foreground:
        return Look(look.style)
    ground = _color(background) if background else look.background
    return Look(look.style, _color(foreground), ground)


def _color(digits: str) -> Color:
    if len(digits) == _RGB_DIGITS:
        return Rgb(*bytes.fromhex(digits))
    number = int(digits)
    return None if number == _DEFAULT_COLOR else number
