"""Stays: who is in which room, or where they left off."""

import sqlite3

from chatserver.chat.names import fold
from chatserver.history.rows import milliseconds


def departure(connection: sqlite3.Connection, nick: str, room: str) -> int | None:
    """Return the id with which somebody left a room; None: they never did, or are there."""
    found = connection.execute(
        "select left_id from stay where nick = ? and room = ?", (fold(nick), fold(room))
    ).fetchone()
    return found[0] if found else None


def end_all(connection: sqlite3.Connection, id: int, at: float) -> None:
    """Let everybody have left with the line of that id: the server had stopped."""
    connection.execute(
        "update stay set left_id = ?, left_at = ? where left_id is null", (id, milliseconds(at))
    )
