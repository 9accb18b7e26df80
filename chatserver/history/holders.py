"""Holders: who took a nick last, as far as their mask tells, and since when it is theirs.

Kept in memory until the next commit, and written with it: so whatever is stored of what somebody
says, or is told, is stored together with their having taken the nick.
"""

import sqlite3
from collections.abc import Collection

from msgspec import Struct

from chatserver.chat.names import fold
from chatserver.history.removal import advance
from chatserver.history.rows import milliseconds


class Holder(Struct, frozen=True, gc=False):
    """USER@HOST, the place in the order since which the nick is theirs, when they came last."""

    mask: str
    since: int
    at: float


def taken(last: Holder | None, mask: str, id: int, at: float) -> Holder:
    """Return who has a nick when somebody takes it: as ever, or anew from that place on."""
    since = last.since if last and last.mask == mask else id
    return Holder(mask, since, at)


def read_holders(connection: sqlite3.Connection, nicks: Collection[str]) -> dict[str, Holder]:
    """Return who took these nicks last, by folded nick, as far as it is stored."""
    keys = [*map(fold, nicks)]
    marks = ", ".join("?" * len(keys))
    rows = connection.execute(
        f"select nick, mask, since, at from holder where nick in ({marks})", keys
    )
    return {nick: Holder(mask, since, at / 1000) for nick, mask, since, at in rows}


class Holders:
    """The journal's side of it. Who comes needs no wait for the disk."""

    def __init__(self) -> None:
        self.pending: dict[str, Holder] = {}

    def last(self, connection: sqlite3.Connection, nick: str) -> Holder | None:
        """Return who took a nick last; None: nobody is known."""
        key = fold(nick)
        if key in self.pending:
            return self.pending[key]
        return read_holders(connection, (key,)).get(key)

    def note(self, nick: str, holder: Holder) -> None:
        """Remember who took a nick."""
        self.pending[fold(nick)] = holder

    def write(self, connection: sqlite3.Connection) -> int:
        """Write what waits, inside a transaction; return how many that were."""
        rows = [
            (nick, holder.mask, holder.since, milliseconds(holder.at))
            for nick, holder in self.pending.items()
        ]
        connection.executemany("replace into holder values (?, ?, ?, ?)", rows)
        if rows:
            advance(connection, max(row[2] for row in rows), max(row[3] for row in rows))
        return len(rows)
