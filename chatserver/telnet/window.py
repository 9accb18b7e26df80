"""The part of a long line that a row of the screen shows: a window that scrolls sideways."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from chatserver.telnet.line import snap
from chatserver.text import MARKS_PER_BASE, graphemes, iterate_graphemes, width

LEFT_MARK: Final = "<"
RIGHT_MARK: Final = ">"
_UNSHOWABLE: Final = "?"


class View(NamedTuple):
    """What to draw: the text on both sides of the cursor, marks included."""

    first: int
    """The position in the line of the first character that is shown."""
    before: str
    after: str


def view(text: str, at: int, first: int, room: int) -> View:
    """Choose what of a line to show.

    Parameters:
        text: the line.
        at: the cursor's position in it; inside a grapheme it is drawn behind it.
        first: where the window began when it was drawn last; it stays there if it can.
        room: columns for the line, marks included, 4 or more. The cursor may stand behind them.

    A line that fits is shown whole. The character under the cursor is always shown; one that is
    wider than the window is shown as a question mark. The work is bounded by `room`.
    """
    at = snap(text, at)
    first = 0 if _fits(text, room) else snap(text, first)
    kept = _from(text, at, first, room) if first < at or first == 0 else None
    return kept or _from(text, at, _scrolled(text, at, room), room) or View(at, LEFT_MARK, "")


def _fits(text: str, room: int) -> bool:
    return len(text) <= _most_points(room) and width(_drawn(graphemes(text), room)) <= room


def _from(text: str, at: int, first: int, room: int) -> View | None:
    """Show the line from one position on, or return None if the cursor would not be in view."""
    if at - first > _most_points(room):
        return None
    before = (LEFT_MARK if first else "") + _drawn(graphemes(text[first:at]), room)
    left = room - width(before)
    if left < 0:
        return None
    rest = text[at : at + _most_points(left + 1)]
    after, whole = _fill(rest, left, room)
    if whole and at + len(rest) == len(text):
        return View(first, before, after)
    after, _ = _fill(rest, left - 1, room)
    return View(first, before, after + RIGHT_MARK) if after else None


def _scrolled(text: str, at: int, room: int) -> int:
    """Return where to begin so that the cursor stands at three quarters of the window."""
    under = _drawn(graphemes(text[at : at + _most_points(1)])[:1], room)
    left = min(room * 3 // 4, room - 2 - width(under))
    first = at
    for cluster in reversed(graphemes(text[max(0, at - _most_points(room)) : at])):
        left -= width(_drawn([cluster], room))
        if left < 0:
            break
        first -= len(cluster)
    return first


def _fill(text: str, columns: int, room: int) -> tuple[str, bool]:
    """Return what fits of a text as it is drawn, and whether that is all of it."""
    drawn: list[str] = []
    for cluster in iterate_graphemes(text):
        shape = _drawn([cluster], room)
        columns -= width(shape)
        if columns < 0:
            return "".join(drawn), False
        drawn.append(shape)
    return "".join(drawn), True


def _drawn(clusters: Iterable[str], room: int) -> str:
    most = room - len(LEFT_MARK) - len(RIGHT_MARK)
    return "".join(c if width(c) <= most else _UNSHOWABLE for c in clusters)


def _most_points(columns: int) -> int:
    """Return how many code points of cleaned text so many columns can hold, and one cluster."""
    return (columns + 1) * (MARKS_PER_BASE + 1)
