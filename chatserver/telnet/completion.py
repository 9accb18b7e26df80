"""What a Tab makes of its candidates: their common start, and a list of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from chatserver.text import truncate, width

LISTED: Final = 200
"""Candidates that are listed at most; a room may have thousands of members."""

_GAP: Final = 2


def bare(candidate: str) -> str:
    """Return a candidate without what completing it would put behind it."""
    return candidate.removesuffix(" ").removesuffix(":")


def common_start(candidates: Sequence[str]) -> str:
    """Return what all candidates begin with, letter case aside, in the first one's letters."""
    common = 0
    for letters in zip(*map(bare, candidates), strict=False):
        if len({letter.lower() for letter in letters}) > 1:
            break
        common += 1
    return candidates[0][:common] if candidates else ""


def in_columns(candidates: Sequence[str], columns: int) -> list[str]:
    """Lay candidates out in columns, downwards first as shells do, in lines of such a width."""
    shown = [truncate(bare(candidate), columns) for candidate in candidates[:LISTED]]
    cell = max(map(width, shown), default=0) + _GAP
    per_line = max((columns + _GAP) // cell, 1)
    rows = -(-len(shown) // per_line)
    lines = [_line(shown[row::rows], cell) for row in range(rows)]
    more = len(candidates) - len(shown)
    return [*lines, f"… and {more} more"] if more else lines


def _line(words: Sequence[str], cell: int) -> str:
    return "".join(word + " " * (cell - width(word)) for word in words).rstrip(" ")
