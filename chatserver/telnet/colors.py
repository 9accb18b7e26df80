"""Colours of a person's terminal: which ones it can show, and which one a nick has."""

import zlib
from enum import Enum

from chatserver.telnet.kinds import is_mud_client

RESET = "\x1b[0m"
BRIGHT = "\x1b[1m"
DIM = "\x1b[2m"
REVERSE = "\x1b[7m"


class Colors(Enum):
    """What a terminal can show."""

    NONE = "none"
    BASIC = "the eight colours of ECMA-48"
    MANY = "the 256 colours of xterm"


# Of xterm's 6 x 6 x 6 cube, those that stand out from black and from white alike (a contrast of
# at least 3 to both by WCAG 2.1 section 1.4.11; a test counts it) and from their neighbours here.
NICK_COLORS = (
    27, 28, 31, 33, 61, 63, 64, 65, 67, 69, 92, 93, 97, 99, 100, 128,
    130, 131, 133, 135, 136, 160, 161, 163, 166, 167, 168, 170, 171, 196, 199, 202,
)  # fmt: skip
# Red, green, magenta, cyan: blue is unreadable on black, yellow on white.
_BASIC_NICK_COLORS = (31, 32, 35, 36)

_DULL_TERMINALS = frozenset({"dumb", "unknown", "network", "emacs", ""})
_EIGHT_COLOR_TERMINALS = ("vt", "ansi", "linux", "cygwin", "pcansi", "sun", "wyse", "cons25")


def colors_of(terminal: str | None) -> Colors:
    """Return what a terminal of that name shows (as TTYPE gives it, RFC 1091); None is unknown."""
    if terminal is None:
        return Colors.BASIC
    name = terminal.lower()
    if name in _DULL_TERMINALS or name.endswith("-m"):  # terminfo: -m is monochrome
        return Colors.NONE
    if name.startswith(_EIGHT_COLOR_TERMINALS) or is_mud_client(name):
        return Colors.BASIC
    return Colors.MANY


def paint_nick(folded: str, text: str, colors: Colors) -> str:
    """Colour a text as the person of that folded name is always coloured."""
    number = zlib.crc32(folded.encode())  # hash() differs from run to run
    match colors:
        case Colors.NONE:
            return text
        case Colors.BASIC:
            return f"\x1b[{_BASIC_NICK_COLORS[number % len(_BASIC_NICK_COLORS)]}m{text}{RESET}"
        case Colors.MANY:
            return f"\x1b[38;5;{NICK_COLORS[number % len(NICK_COLORS)]}m{text}{RESET}"


def paint(code: str, text: str, colors: Colors) -> str:
    """Wrap a text in an attribute that every colour terminal has."""
    return text if colors is Colors.NONE else f"{code}{text}{RESET}"
