"""Member list: who is in the room, by rank, with presence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from chatserver.text import truncate, width
from client.layout.markup import Piece
from client.layout.rows import Sheet
from client.layout.wrapping import settle
from client.members import Member

LEAST: Final = 10
MOST: Final = 20
_SHARE: Final = 6  # of the screen's columns, one in so many

HERE: Final = "●"
AWAY: Final = "○"
_WORD: Final = " (away)"  # behind the name, where the column can be that wide


class MemberList:
    """The members of a room as they were drawn last: as long as they are the same, so are the rows.

    Attributes:
        shown: the nicks on the rows.
    """

    def __init__(self) -> None:
        self.shown: list[str] = []
        self._drawn: tuple[Sequence[Member], int, int, Sheet] | None = None
        self._rows: list[list[Piece]] = []

    def rows(
        self, members: Sequence[Member], first: int, height: int, sheet: Sheet
    ) -> list[list[Piece]]:
        """Return so many rows from a member on."""
        drawn = (members, first, height, sheet)
        if self._drawn is None or members is not self._drawn[0] or drawn[1:] != self._drawn[1:]:
            seen = members[first : first + height]
            self._rows = [row_of(member, sheet.columns, sheet) for member in seen]
            self.shown = [member.nick for member in seen]
            self._drawn = drawn
        return self._rows


def columns_at(screen: int) -> int:
    """Return how wide the column is on a screen of so many columns, whoever is there.

    Were it as wide as the longest name, all lines would be broken anew when somebody comes.
    """
    return min(max(screen // _SHARE, LEAST), MOST)


def row_of(member: Member, columns: int, sheet: Sheet) -> list[Piece]:
    """Return the row of a member."""
    name = truncate(member.nick, max(columns - 4 - len(member.sign), 1))
    dot, style = (AWAY, "class:away") if member.away else (HERE, sheet.nick_style(member.nick))
    room = columns - 3 - len(member.sign) - width(name)
    pieces = [
        (style, f" {dot} "),
        ("class:rank", member.sign),
        ("class:away" if member.away else style, settle(name)),
    ]
    if member.away and room >= len(_WORD):
        pieces.append(("class:away", _WORD))
    return pieces
