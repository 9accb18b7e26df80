"""Overlay: how a list that is open is drawn, and the lines around the input."""

from __future__ import annotations

import re
from typing import Final

from chatserver.formatting import strip
from chatserver.text import truncate, width
from client.layout.chooser import Choice, Chooser
from client.layout.finder import Finder
from client.layout.markup import Piece
from client.layout.sidebar import window
from client.layout.wrapping import settle
from client.messages import Entry

LEAST: Final = 34
MOST: Final = 64
MOST_ROWS: Final = 20
_LOW: Final = 16  # rows of a screen below which a list has all of it
_AROUND: Final = 4  # rows that else stay free
_FRAME: Final = 4  # rows that are not the list: borders, what is typed, the hint
_HEAD: Final = 2  # of them those above it
_GAP: Final = re.compile(r"(?<=\S) {3,}")  # between columns: it goes where there is no room


def chooser_columns(chooser: Chooser, columns: int) -> int:
    """Return how wide a list is on a screen."""
    if chooser.wide:
        return max(columns - 4, min(columns, LEAST))
    wished = max((width(c.label) + width(c.about) + 7 for c in chooser.shown), default=0)
    wished = max(wished, width(chooser.title) + 6, width(chooser.hint) + 4, LEAST)
    return min(wished, MOST, columns)


def chooser_rows(chooser: Chooser, rows: int) -> int:
    """Return how high a list is on a screen of so many rows."""
    most = rows - (_AROUND if rows >= _LOW else 1)
    most = most if chooser.wide else min(most, MOST_ROWS)
    return max(min(len(chooser.shown) + _FRAME, most), _FRAME + 1)


def chooser_first(chooser: Chooser, height: int) -> int:
    """Return which choice stands first in a list of so many rows."""
    return window(len(chooser.shown), chooser.index, max(height - _FRAME, 1))


def choice_at(chooser: Chooser, y: int, height: int) -> int | None:
    """Return which choice stands on a row of a list of so many rows."""
    number = y - _HEAD
    index = chooser_first(chooser, height) + number
    is_inside = 0 <= number < max(height - _FRAME, 1) and index < len(chooser.shown)
    return index if is_inside else None


def draw_chooser(chooser: Chooser, columns: int, height: int) -> list[list[Piece]]:
    """Return the rows of a list with its frame."""
    inner = columns - 2
    room = max(height - _FRAME, 1)
    first = chooser_first(chooser, height)
    shown = chooser.shown[first : first + room]
    title = truncate(f" {chooser.title} ", inner - 1)
    body = [
        _choice(choice, inner, chosen=first + number == chooser.index)
        for number, choice in enumerate(shown)
    ] or [[("class:page.dim", _filled("  nothing of that name", inner))]]
    body += [[("class:page", " " * inner)] for _ in range(room - len(body))]
    rows = [
        [
            ("class:page", "┌─"),
            ("class:page.title", settle(title)),
            ("class:page", "─" * (inner - 1 - width(title)) + "┐"),
        ],
        _framed([("class:page.key", _filled(f" {chooser.head}", inner))]),
        *map(_framed, body),
        _framed([("class:page.dim", _filled(f" {chooser.hint}", inner))]),
        [("class:page", "└" + "─" * inner + "┘")],
    ]
    return rows[:height]


def _framed(pieces: list[Piece]) -> list[Piece]:
    return [("class:page", "│"), *pieces, ("class:page", "│")]


def _choice(choice: Choice, columns: int, *, chosen: bool) -> list[Piece]:
    about = f" {choice.about} " if choice.about else " "
    room = max(columns - width(about) - 1, 1)
    label = choice.label if width(choice.label) <= room else _GAP.sub("  ", choice.label)
    label = truncate(label, room)
    padding = " " * max(columns - 1 - width(label) - width(about), 0)
    if chosen and choice.value is not None:
        return [
            ("class:page.chosen", _filled(f" {settle(label)}{padding}{settle(about)}", columns))
        ]
    style = "class:page.title" if choice.value is None else "class:page"
    return [(style, f" {settle(label)}{padding}"), ("class:page.dim", settle(about))]


def _filled(text: str, columns: int) -> str:
    shown = truncate(text, columns)
    return settle(shown) + " " * max(columns - width(shown), 0)


def finder_line(finder: Finder, columns: int) -> list[Piece]:
    """Return the line of a search in what is loaded."""
    hint = finder.words or "Up: older  Down: newer  Esc: done"
    text = truncate(f" find ▸ {finder.text}▏", columns)
    rest = columns - width(text) - width(hint) - 1
    pieces = [("class:prompt", settle(text))]
    if rest > 0:
        style = "class:status.bad" if finder.words else "class:hint"
        pieces += [("", " " * rest), (style, f"{hint} ")]
    return pieces


def reply_line(entry: Entry, columns: int) -> list[Piece]:
    """Return the line above the input that says what is answered."""
    text = strip(entry.text).replace("\n", " ")
    head = f" ↳ to {entry.nick}: "
    return [
        ("class:prompt", settle(truncate(head, columns))),
        ("class:quote", settle(truncate(f"{text} ", max(columns - width(head) - 10, 0)))),
        ("class:hint", "  Esc: no"),
    ]
