"""Sidebar: the rooms and people one talks to, with what is not read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from chatserver.text import truncate, width
from client.buffers import Buffer, BufferKind
from client.layout.markup import Piece
from client.layout.wrapping import settle

COLUMNS: Final = 14
_MOST_SHOWN: Final = 999

_ORDERS: Final[dict[str, Callable[[Buffer], object]]] = {
    "name": lambda buffer: buffer.name.lstrip("#&").casefold(),
    "news": lambda buffer: (-min(buffer.mentions, 1), -min(buffer.unread, 1)),
}


def ordered(buffers: Sequence[Buffer], sort: str) -> list[Buffer]:
    """Return the buffers as the person wants them; the server's own stays first."""
    server: list[Buffer] = []
    rest: list[Buffer] = []
    for buffer in buffers:
        (server if buffer.kind is BufferKind.SERVER else rest).append(buffer)
    order = _ORDERS.get(sort)
    return [*server, *(sorted(rest, key=order) if order else rest)]  # type: ignore[arg-type]


def title_of(buffer: Buffer, server: str) -> str:
    """Return what a buffer is called on the screen."""
    return buffer.name or server


def count_of(buffer: Buffer) -> str:
    """Return how much is not read: « 3 », or « !1 » where one is named."""
    if buffer.mentions:
        return f"!{min(buffer.mentions, _MOST_SHOWN)}"
    return str(min(buffer.unread, _MOST_SHOWN)) if buffer.unread else ""


def row_of(buffer: Buffer, columns: int, *, current: bool, server: str, gone: bool) -> list[Piece]:
    """Return the row of a buffer, as wide as the column."""
    count = "" if current else count_of(buffer)
    room = max(columns - len(count) - (3 if count else 2), 1)
    name = truncate(title_of(buffer, server), room)
    padding = " " * (columns - 1 - width(name) - len(count) - 1)
    style = f"class:{_part(buffer, current=current, gone=gone)}"
    return [(style, f" {settle(name)}{padding}{count} ")]


def _part(buffer: Buffer, *, current: bool, gone: bool) -> str:
    if current:
        return "room.current"
    if buffer.mentions:
        return "room.mention"
    if buffer.unread:
        return "room.unread"
    return "room.gone" if gone else "room"


def window(count: int, chosen: int, height: int) -> int:
    """Return which row is the first of a list that does not fit, so that one of them is seen."""
    if count <= height:
        return 0
    return min(max(chosen - height // 2, 0), count - height)
