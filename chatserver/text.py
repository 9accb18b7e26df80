"""What may reach a person's terminal, and how many columns it takes.

Everything here is a pure function of its arguments. Lengths are in columns (terminal cells) unless
a docstring says otherwise.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from wcwidth import iter_graphemes, wcwidth

MARKS_PER_BASE: Final = 8
"""How many characters without a cell of their own may follow one that has a cell.

Vietnamese needs 2, Tibetan 3, the longest recommended emoji sequence 3 between two emoji; the rest
of Unicode's own stream-safe 30 (UAX #15) is only ever used to paint over the neighbouring lines.
"""

CLUSTER_LIMIT: Final = 32
"""Code points in one grapheme; UAX #29 knows no limit, an editor's row needs one."""

_ELLIPSIS: Final = "…"
_UNSHOWABLE: Final = "?"
_ZWNJ: Final = "\u200c"
_ZWJ: Final = "\u200d"
_EMOJI_STYLE: Final = "\ufe0f"

_DROPPED: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_SPACED: Final = frozenset({"Zl", "Zp"})
_MARKS: Final = frozenset({"Mn", "Mc", "Me"})

# Remembered characters: more than any one script uses, and a bound on what a hostile talker who
# walks through all of Unicode can make the server remember.
_REMEMBERED: Final = 8192

# Nothing that \w matches is without a cell, but for the Hangul vowels and finals that join the
# syllable before them and two Hangul fillers. So nine of these in a row are rare (dashes, emoji)
# and only then are the marks counted one by one.
_SUSPECT: Final = re.compile(rf"[\W\u1160-\u11ff\u3164\ud7b0-\ud7fb\uffa0]{{{MARKS_PER_BASE + 1}}}")


def _purge(point: int) -> int | None:
    """Say what becomes of one code point: itself, a space, or nothing."""
    char = chr(point)
    if char == "\t":
        return 0x20
    if char in {_ZWJ, _ZWNJ}:
        return point
    category = unicodedata.category(char)
    if category in _SPACED:
        return 0x20
    if category not in _DROPPED or _is_newer_emoji(char, category):
        return point
    return None


def _is_newer_emoji(char: str, category: str) -> bool:
    """Tell an emoji that is newer than Python's own tables.

    Python 3.11 knows Unicode 14 only; the width tables are newer, and all that is, or will be,
    assigned as wide in the emoji blocks is an emoji (UAX #11, 4.2).
    """
    return category == "Cn" and "\U0001f000" <= char <= "\U0001faff" and wcwidth(char) == 2


def _cells(char: str) -> int:
    """Count the cells of one character on the terminal that gives it most."""
    cells = max(wcwidth(char), 0)
    if cells or char in {_ZWJ, _ZWNJ}:
        return cells
    if char == _EMOJI_STYLE:
        return 1  # terminals that follow UTS #51 make the symbol before it wide
    if unicodedata.category(char) in {"Mn", "Me", "Cc", "Cf", "Cs"}:
        return 0
    # Spacing marks and Hangul vowels: joined with the one before in some terminals only.
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


class _Purge(dict[int, int | None]):
    """The table for str.translate, filled as characters turn up."""

    def __missing__(self, point: int) -> int | None:
        result = _purge(point)
        if len(self) < _REMEMBERED:
            self[point] = result
        return result


class _Widths(dict[str, int]):
    """Cells by character, filled as characters turn up."""

    def __missing__(self, char: str) -> int:
        result = _cells(char)
        if len(self) < _REMEMBERED:
            self[char] = result
        return result


_purged: Final = _Purge()
_widths: Final = _Widths()
_cells_of: Final = _widths.__getitem__


def clean(text: str) -> str:
    """Return what of a text may reach a terminal.

    Control, format, private, surrogate and unassigned characters (Unicode categories Cc Cf Co Cs
    Cn) are dropped, which takes escape sequences and bidi overrides with them. The two joiners
    U+200C and U+200D stay, since emoji families and Persian are written with them. A tab, line
    or paragraph separator becomes a space. At most `MARKS_PER_BASE` marks stay on one base.

    Cleaning twice changes nothing more. Time is linear; printable ASCII comes back as it is.
    """
    # str.isprintable is False for exactly the categories above, the separators but U+0020 included.
    if text.isprintable():
        if text.isascii():
            return text
    else:
        text = text.translate(_purged)
    return text if _SUSPECT.search(text) is None else _with_few_marks(text)


def is_mark(char: str) -> bool:
    """Tell whether a cleaned character belongs to the one before it (a mark or a joiner)."""
    return char in {_ZWJ, _ZWNJ} or wcwidth(char) == 0 or unicodedata.category(char) in _MARKS


def _with_few_marks(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for char in text:
        marks = marks + 1 if is_mark(char) else 0
        if marks <= MARKS_PER_BASE:
            kept.append(char)
    return "".join(kept)


def width(text: str) -> int:
    """Return the most columns that a text takes on any terminal in common use.

    It is the sum over code points: a terminal that joins an emoji family into one picture uses
    less, one that does not uses exactly this. Characters of ambiguous width (UAX #11) count as
    one, as they are everywhere but in old East Asian set-ups. Control characters count nothing.
    """
    if text.isascii() and text.isprintable():
        return len(text)
    return sum(map(_cells_of, text))


def iterate_graphemes(text: str) -> Iterator[str]:
    """Yield the user-perceived characters of a text (UAX #29), each `CLUSTER_LIMIT` at most."""
    if text.isascii() and "\r" not in text:
        yield from text
        return
    for cluster in iter_graphemes(text):
        if len(cluster) <= CLUSTER_LIMIT:
            yield cluster
        else:
            yield from _split(cluster)


def graphemes(text: str) -> list[str]:
    """Return the user-perceived characters of a text (UAX #29), each `CLUSTER_LIMIT` at most."""
    return list(iterate_graphemes(text))


def _split(cluster: str) -> Iterator[str]:
    for start in range(0, len(cluster), CLUSTER_LIMIT):
        yield cluster[start : start + CLUSTER_LIMIT]


def truncate(text: str, columns: int) -> str:
    """Return a text whole if it fits into so many columns, else its start and an ellipsis."""
    if width(text) <= columns:
        return text
    if columns < 1:
        return ""
    return fill(text, columns - 1) + _ELLIPSIS


def fill(text: str, columns: int) -> str:
    """Return as many whole graphemes from the start of a text as fit into so many columns."""
    if text.isascii():
        return text[: max(columns, 0)]
    used = end = 0
    for cluster in iterate_graphemes(text):
        used += width(cluster)
        if used > columns:
            break
        end += len(cluster)
    return text[:end]


def wrap(text: str, columns: int, indent: int) -> list[str]:
    """Break a text into lines at its spaces.

    Parameters:
        text: cleaned text without line ends.
        columns: no line is wider; less than 1 counts as 1.
        indent: spaces in front of every line but the first; none where they would leave fewer
            than 10 columns.

    A word that is longer than a line is broken between graphemes, starting behind what is
    already on the line. Spaces at a break are dropped; others stay. There is always one line.
    """
    columns = max(columns, 1)
    if indent < 0 or columns < indent + 10:
        indent = 0
    text = text.rstrip(" ")
    if width(text) <= columns:
        return [text]
    lines: list[str] = []
    line, room = "", columns
    # No space is left at the end, so " *" never has to give back what it took: linear.
    for gap, word in re.findall(r"( *)([^ ]+)", text):
        need = width(word)
        if len(gap) + need <= room:
            line += gap + word
            room -= len(gap) + need
        elif need <= columns - indent and (lines or line):
            lines.append(line)
            line, room = " " * indent + word, columns - indent - need
        else:
            if len(gap) < room:
                line += gap
                room -= len(gap)
            for piece in _pieces(word, columns - indent):
                if width(piece) > room:
                    lines.append(line.rstrip(" "))
                    line, room = " " * indent, columns - indent
                line += piece
                room -= width(piece)
    return [*lines, line]


def _pieces(word: str, columns: int) -> Iterator[str]:
    """Yield graphemes; code points where a grapheme is wider than a whole line."""
    for cluster in iterate_graphemes(word):
        if width(cluster) <= columns:
            yield cluster
        else:
            yield from (char if width(char) <= columns else _UNSHOWABLE for char in cluster)
