"""Status line: who types, what is wrong, where one is connected to, and how quickly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from chatserver.text import truncate, width
from client.layout.markup import Piece
from client.layout.wrapping import settle
from client.model import Status

SLOW_MS: Final = 2000
_FEW: Final = 3
_LEAST_LEFT: Final = 12  # columns
_LEAST_WORDS: Final = 4  # columns; fewer say nothing


class Facts(Struct, frozen=True, kw_only=True):
    """What the line tells of.

    Attributes:
        notice: a word of the client that goes away by itself, or empty.
        typing: nicks of others.
        pending: lines of one's own that are not confirmed.
        scrolled: whether one does not see the end.
    """

    status: Status
    detail: str = ""
    notice: str = ""
    typing: Sequence[str] = ()
    server: str = ""
    lag_ms: int | None = None
    pending: int = 0
    scrolled: bool = False
    away: bool = False


def status_line(facts: Facts, columns: int) -> list[Piece]:
    """Return the line: on the left what changes, on the right where one is."""
    right = _right(facts)
    right_text = "  ".join(text for _, text in right)
    left_style, left = _left(facts)
    room = columns - width(right_text) - 4
    if left and room < _least(facts, left):
        # Too narrow for both: what goes on is more important.
        right, right_text = [], ""
        room = columns - 2
    left = _fitted(left, max(room, 0))
    gap = max(columns - 2 - width(left) - width(right_text), 0)
    pieces: list[Piece] = [(left_style, f" {settle(left)}"), ("class:status", " " * gap)]
    for number, (style, text) in enumerate(right):
        pieces.append((style, f"{'  ' if number else ''}{settle(text)}"))
    return pieces


def _least(facts: Facts, left: str) -> int:
    """Return how many columns the left side must have: a notice is whole, since it goes away."""
    if facts.notice:
        return width(left)
    remedy = left.rpartition("; ")[2] if facts.detail else ""
    return max(_LEAST_LEFT, width(remedy))


def _fitted(text: str, room: int) -> str:
    """Cut a text to a width; what is being done about it, behind a semicolon, stays."""
    words, mark, remedy = text.rpartition("; ")
    left = room - width(mark + remedy)
    if width(text) <= room or not mark or width(remedy) > room:
        return truncate(text, room)
    return f"{truncate(words, left)}{mark}{remedy}" if left >= _LEAST_WORDS else remedy


def _left(facts: Facts) -> Piece:
    if facts.notice:
        return "class:status.news", facts.notice
    if facts.status is not Status.ONLINE:
        words = {Status.REGISTERING: "introducing ourselves …"}.get(facts.status, "connecting …")
        return "class:status.bad", facts.detail or words
    return "class:status", typing_words(facts.typing)


def typing_words(nicks: Sequence[str]) -> str:
    """Return « bob and cy are typing… »."""
    match len(nicks):
        case 0:
            return ""
        case 1:
            return f"{nicks[0]} is typing…"
        case count if count <= _FEW:
            return f"{', '.join(nicks[:-1])} and {nicks[-1]} are typing…"
        case count:
            return f"{count} people are typing…"


def _right(facts: Facts) -> list[Piece]:
    found: list[Piece] = []
    if facts.away:
        found.append(("class:status.news", "away"))
    if facts.pending:
        found.append(("class:status.news", f"{facts.pending} not sent yet"))
    if facts.scrolled:
        found.append(("class:status.news", "scrolled (End)"))
    if not facts.detail:  # it says where
        found.append(("class:status", facts.server))
    if facts.lag_ms is not None and facts.status is Status.ONLINE:
        slow = facts.lag_ms >= SLOW_MS
        found.append(("class:status.bad" if slow else "class:status", _lag(facts.lag_ms)))
    return found


def _lag(milliseconds: int) -> str:
    return f"{milliseconds} ms" if milliseconds < SLOW_MS else f"{milliseconds / 1000:.0f} s"
