"""Member list: who is in the room, by rank, with presence."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Final

from chatserver.text import truncate, width
from client.layout.markup import Piece
from client.layout.rows import Sheet
from client.layout.wrapping import settle
from client.members import Member

LEAST: Final = 8
MOST: Final = 18
_LOOKED_AT: Final = 200  # members whose names decide how wide the column is

HERE: Final = "●"
AWAY: Final = "○"


def columns_for(members: Sequence[Member]) -> int:
    """Return how wide the column is for these names."""
    names = (width(m.nick) + len(m.sign) for m in islice(members, _LOOKED_AT))
    return min(max(max(names, default=0) + 4, LEAST), MOST)


def row_of(member: Member, columns: int, sheet: Sheet) -> list[Piece]:
    """Return the row of a member."""
    name = truncate(member.nick, max(columns - 4 - len(member.sign), 1))
    dot, style = (AWAY, "class:away") if member.away else (HERE, sheet.nick_style(member.nick))
    room = columns - 3 - len(member.sign) - width(name) - 1
    pieces = [
        (style, f" {dot} "),
        ("class:rank", member.sign),
        ("class:away" if member.away else style, settle(name)),
    ]
    if member.away and room >= len(" (away)"):
        pieces.append(("class:away", " (away)"))
    return pieces
