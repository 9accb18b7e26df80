"""Runs: a row of the screen as a few texts, each of one style, instead of as many single cells.

prompt_toolkit keeps a row as characters by their columns, and compares and writes each as a whole,
of however many code points and cells it is. So a text may stand there as well: what is to be done
for every cell of every frame is then done for every run, of which a row has ten and not a hundred.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, MutableMapping
from functools import lru_cache
from typing import Final

from prompt_toolkit.layout.screen import Char
from wcwidth import wcwidth

from client.layout.markup import Piece

_SYMBOLS: Final = "\u2600"  # from here on terminals disagree: pictures, and scripts that are rare
_REMEMBERED: Final = 8_192  # characters

Cells = MutableMapping[int, Char]
"""A row: what stands at which column."""


@lru_cache(_REMEMBERED)
def is_doubtful(char: str) -> bool:
    """Whether terminals may disagree how many cells a character takes."""
    return char >= _SYMBOLS or wcwidth(char) != 1


def is_plain(text: str) -> bool:
    """Whether each character of a text takes one cell, and all terminals agree."""
    return text.isascii() or not any(map(is_doubtful, text))


class Run(Char):
    """A text of one style: either of characters that take one cell each, or one that is doubtful.

    Behind every part of a row stands an empty one (see `runs_of`): it keeps prompt_toolkit from
    erasing the rest of the row, and its text is the doubtful character that it is behind, if any.
    """

    __slots__ = ()

    def __init__(self, text: str, style: str, width: int) -> None:
        # Not what it would do: that remembers the width of every text for ever.
        self.char, self.style, self.width = text, style, width


class _Behind(str):
    """A text behind a doubtful character: it is another one when that is.

    Where a terminal draws that character wider than it should, the text is covered; so it has to
    be written again whenever that character is.
    """

    __slots__ = ("after",)
    after: str

    def __eq__(self, other: object) -> bool:
        return str.__eq__(self, other) is True and self.after == getattr(other, "after", "")

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((str(self), self.after))


def runs_of(pieces: Iterable[Piece], x: int, columns: int, ground: str = "") -> dict[int, Char]:
    """Return what fills so many columns from a column on, and the mark of its end.

    Parameters:
        ground: the style on which the pieces' own ones stand.
    """
    cells: dict[int, Char] = {}
    end, after = x + columns, ""
    for run in _filled(pieces, columns, ground):
        cells[x] = _behind(run, after) if after else run
        x += run.width
        after = "" if is_plain(run.char) else run.char
    cells[end] = Run(after, "", 0)
    return cells


def lay(row: Cells, x: int, cells: dict[int, Char]) -> None:
    """Put into a row what `runs_of` has made for a column; from left to right."""
    before = row.get(x)
    row.update(cells)
    if before is not None and before.char:
        row[x] = _behind(cells[x], before.char)


def cut(row: Cells, start: int, end: int) -> None:
    """Take out of a row what stands between two columns, so that something else can stand there."""
    for x, char in list(row.items()):
        stop = x + char.width
        if x >= end or stop <= start:
            continue
        del row[x]
        if x < start:
            row[x] = _part(char, 0, start - x)
        if stop > end:
            row[end] = _part(char, end - x, char.width)


def _behind(char: Char, after: str) -> Run:
    text = _Behind(char.char)
    text.after = after
    return Run(text, char.style, char.width)


def _part(char: Char, start: int, end: int) -> Run:
    text = char.char if is_plain(char.char) else " " * char.width  # half a picture is none
    return Run(text[start:end], char.style, end - start)


def _filled(pieces: Iterable[Piece], columns: int, ground: str) -> Iterator[Run]:
    """Yield runs that are as wide as the columns together."""
    room = columns
    for run in _joined(pieces, ground):
        fitting = run if run.width <= room else _part(run, 0, room)
        room -= fitting.width
        if fitting.width:
            yield fitting
        if not room and fitting is not run:
            return
    if room:
        yield Run(" " * room, ground, room)


def _joined(pieces: Iterable[Piece], ground: str) -> Iterator[Run]:
    """Yield runs, marks joined with what they belong to."""
    last: Run | None = None
    for run in _taken_apart(pieces, ground):
        if last is None:
            last = run if run.width else None  # a mark on nothing
        elif run.width == 0:
            base, last = _base_of(last)
            if base.width:
                yield base
            last.char += run.char
        else:
            yield last
            last = run
    if last is not None:
        yield last


def _base_of(run: Run) -> tuple[Run, Run]:
    """Take off the last character of a run, to which a mark belongs."""
    if not is_plain(run.char):
        return Run("", run.style, 0), run
    return _part(run, 0, run.width - 1), _part(run, run.width - 1, run.width)


def _taken_apart(pieces: Iterable[Piece], ground: str) -> Iterator[Run]:
    """Yield runs; each doubtful character is one, and of no width where it is a mark."""
    for own, text in pieces:
        style = f"{ground} {own}" if ground else own
        if text.isascii() and text.isprintable():
            if text:
                yield Run(text, style, len(text))
            continue
        plain = ""
        for char in text:
            shown = Char.display_mappings.get(char, char)  # never a control character by itself
            if shown.isascii() or not is_doubtful(shown):
                plain += shown
                continue
            if plain:
                yield Run(plain, style, len(plain))
                plain = ""
            yield Run(shown, style, max(wcwidth(shown), 0))
        if plain:
            yield Run(plain, style, len(plain))
