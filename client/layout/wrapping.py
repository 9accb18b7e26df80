"""Wrapping: pieces with styles into rows of a width, broken as chatserver.text breaks them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from unicodedata import category

from wcwidth import wcwidth

from chatserver.text import iterate_graphemes, width, wrap
from client.layout.markup import Piece

_ZWJ: Final = "\u200d"
_PICTURES: Final = frozenset({"So", "Sk", "Cn"})  # Cn: newer than this Python


def wrap_pieces(pieces: Sequence[Piece], columns: int) -> list[tuple[Piece, ...]]:
    """Break pieces into rows; there is always one, and none is wider than `columns`.

    Spaces at a break are dropped, words too long for a row are broken between graphemes.
    """
    plain = "".join(text for _, text in pieces)
    if plain.isascii() and len(plain) <= columns and plain.isprintable() and plain[-1:] != " ":
        return [tuple(pieces)]
    rows: list[tuple[Piece, ...]] = []
    place = 0
    for line in wrap(plain, columns, 0):
        if rows:  # what stands at a break is not there any more
            place += len(plain) - place - len(plain[place:].lstrip(" "))
        rows.append(tuple(_slice(pieces, place, line)))
        place += len(line)
    return rows


def _slice(pieces: Iterable[Piece], start: int, line: str) -> Iterator[Piece]:
    """Yield the styles that hold from a place on, with the characters of a line."""
    end, place = start + len(line), 0
    for style, text in pieces:
        first, last = max(start, place), min(end, place + len(text))
        if first < last:
            yield style, settle(line[first - start : last - start])
        place += len(text)


def settle(text: str) -> str:
    """Return a text that takes as many cells on the screen as `width` counts.

    A screen gives a grapheme the cells of its characters by themselves; where a terminal may give
    more (an emoji by variation selector) a space holds them, so that what follows has its place.
    """
    if text.isascii():
        return text
    return "".join(_settled(cluster) for cluster in iterate_graphemes(text))


def _settled(cluster: str) -> str:
    # A family joined into one picture has a different width in each terminal: its members stand
    # side by side. In Indic scripts and Persian the same sign shapes letters, and stays.
    if _ZWJ in cluster and any(category(char) in _PICTURES for char in cluster):
        cluster = cluster.replace(_ZWJ, "")
    missing = width(cluster) - sum(max(wcwidth(char), 0) for char in cluster)
    return cluster + " " * missing
