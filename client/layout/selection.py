"""Selection: what is marked with the mouse, and pieces that get another style in between."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from chatserver.text import width
from client.layout.markup import Piece
from client.layout.rows import Row
from client.layout.viewport import Place, Viewport


class Point(Struct, frozen=True):
    """A place in the messages: a row and a column."""

    place: Place
    column: int


class Selection(Struct, frozen=True):
    """From where the button was pressed to where the mouse is."""

    start: Point
    end: Point


def columns_of(row: Row, selection: Selection, viewport: Viewport) -> tuple[int, int]:
    """Return from where to before where a row is selected; an empty range where it is not."""
    first, last = _ordered(selection, viewport)
    here = _order(row, viewport)
    start_row, end_row = _order_of(first.place, viewport), _order_of(last.place, viewport)
    if not start_row <= here <= end_row:
        return 0, 0
    # Who begins in the text wants the text, not the times and nicks below.
    left = row.text_at if first.column >= row.text_at else 0
    start = first.column if here == start_row else left
    end = last.column + 1 if here == end_row else width(row.text)
    return start, end


def copied(selection: Selection, viewport: Viewport) -> str:
    """Return the selected text; rows that were one line are one line again."""
    first, last = _ordered(selection, viewport)
    lines: list[str] = []
    for row in viewport.between(first.place, last.place):
        start, end = columns_of(row, selection, viewport)
        text = "".join(text for _, text in cut(row.pieces, start, end)).rstrip()
        if row.goes_on and lines:
            lines[-1] += f" {text.lstrip()}"
        else:
            lines.append(text)
    return "\n".join(lines)


def cut(pieces: Iterable[Piece], start: int, end: int) -> list[Piece]:
    """Return what stands from one column to before another."""
    return [piece for piece, inside in _split(pieces, start, end) if inside]


def restyle(pieces: Sequence[Piece], start: int, end: int, style: str) -> list[Piece]:
    """Return pieces that have one more style from one column to before another."""
    if start >= end:
        return list(pieces)
    return [
        (f"{own} {style}".strip(), text) if inside else (own, text)
        for (own, text), inside in _split(pieces, start, end)
    ]


def _split(pieces: Iterable[Piece], start: int, end: int) -> Iterable[tuple[Piece, bool]]:
    column = 0
    for style, text in pieces:
        run, run_inside = "", False
        for char in text:
            inside = start <= column < end if (cells := width(char)) else run_inside
            if inside is not run_inside and run:
                yield (style, run), run_inside
                run = ""
            run, run_inside = run + char, inside
            column += cells
        if run:
            yield (style, run), run_inside


def _ordered(selection: Selection, viewport: Viewport) -> tuple[Point, Point]:
    def order(point: Point) -> tuple[int, int, int]:
        return (*_order_of(point.place, viewport), point.column)

    first, last = sorted((selection.start, selection.end), key=order)
    return first, last


def _order(row: Row, viewport: Viewport) -> tuple[int, int]:
    return _order_of((row.key, row.number), viewport)


def _order_of(place: Place, viewport: Viewport) -> tuple[int, int]:
    index = viewport.flow.place_of(place[0])
    return (-1 if index is None else index), place[1]
