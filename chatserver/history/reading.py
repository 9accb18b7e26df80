"""Reading a part of the past: of a room, or of what two people said in private.

Lines that are indexed are found by the index of the room or of the two people, the rest line by
line, as there are few.
"""

import sqlite3
from collections.abc import Collection
from math import ceil
from typing import Final

from chatserver.chat.names import fold
from chatserver.history.entries import Kind, Pair, Record, What
from chatserver.history.rows import (
    FROM_LINE,
    HAPPENING_COLUMNS,
    to_happening,
    to_message,
)

_INDEXED_TO: Final = "(select indexed_to from state)"
_BETWEEN: Final = "id > :after and id < :before"
_FOLDED: Final = "',' || lower(addressees) || ','"
_IN_ROOM: Final = "room = :key"
_IN_PRIVATE: Final = (
    f"room = 0 and ((lower(nick) = :one and instr({_FOLDED}, ',' || :other || ','))"
    f" or (lower(nick) = :other and instr({_FOLDED}, ',' || :one || ',')))"
)
_LINES: Final = """
    {select} where id in (
        select id from (
            select id from line where id > {indexed_to} and {between} and {here}{kinds}
            order by id {order} limit :count
        ) union all select id from (
            select line.id from {index} join line on line.id = {index}.id
            where {index_is} and {index}.{between_index}{kinds}
            order by {index}.id {order} limit :count
        )
    ) order by id {order} limit :count
"""
_HAPPENINGS: Final = (
    f"select {HAPPENING_COLUMNS} from happening where room = :key and {_BETWEEN}"
    f" and what <> {int(What.REDACTED)} order by id {{order}} limit :count"
)
_PRIVATE_HAPPENINGS: Final = (
    f"select {HAPPENING_COLUMNS} from private_line"
    " join happening on happening.room = 0 and happening.id = private_line.id"
    " where private_line.nick = :one and private_line.other = :other"
    " and private_line.id > :after and private_line.id < :before"
    " order by private_line.id {order} limit :count"
)


def _lines(here: str, index: str, index_is: str, order: str, *, topics: bool) -> str:
    return _LINES.format(
        select=FROM_LINE,
        indexed_to=_INDEXED_TO,
        between=_BETWEEN,
        between_index=f"id > :after and {index}.id < :before",
        here=here,
        index=index,
        index_is=index_is,
        kinds="" if topics else f" and kind <> {int(Kind.TOPIC)}",
        order=order,
    )


def past(
    connection: sqlite3.Connection,
    where: str | Pair,
    span: tuple[int, int],
    count: int,
    *,
    newest: bool,
    happenings: bool,
) -> list[Record]:
    """Return what store.Reader.past says, inside a transaction."""
    order = "desc" if newest else "asc"
    values: dict[str, int | str] = {"after": span[0], "before": span[1], "count": count}
    if isinstance(where, str):
        key = _key_of(connection, where)
        if key is None:
            return []
        values["key"] = key
        lines = _lines(_IN_ROOM, "room_line", "room_line.room = :key", order, topics=happenings)
        others = _HAPPENINGS
    else:
        values["one"], values["other"] = map(fold, where)
        index_is = "private_line.nick = :one and private_line.other = :other"
        lines = _lines(_IN_PRIVATE, "private_line", index_is, order, topics=happenings)
        others = _PRIVATE_HAPPENINGS
    found: list[Record] = [to_message(row) for row in connection.execute(lines, values)]
    if happenings:
        rows = connection.execute(others.format(order=order), values)
        found += [to_happening(row) for row in rows]
    found.sort(key=lambda record: record.id)
    return found[-count:] if newest else found[:count]


def find(connection: sqlite3.Connection, id: int) -> Record | None:
    """Return the line or the reaction of that id, inside a transaction."""
    line = f"{FROM_LINE} where id = ? and kind <> ?"
    for row in connection.execute(line, (id, int(Kind.TOPIC))):
        return to_message(row)
    happening = f"select {HAPPENING_COLUMNS} from happening where id = ? and what = ?"
    for row in connection.execute(happening, (id, int(What.TAGGED))):
        return to_happening(row)
    return None


def latest(
    connection: sqlite3.Connection, nick: str, rooms: Collection[str], held_since: int
) -> list[tuple[str, float]]:
    """Return what store.Reader.latest says, inside a transaction."""
    own = fold(nick)
    places: list[str | Pair] = [*rooms]
    places += [(own, other) for other in _partners(connection, own)]
    found = []
    for where in places:
        after = -1 if isinstance(where, str) else held_since
        last = past(connection, where, (after, 2**63 - 1), 1, newest=True, happenings=False)
        found += [(record, where) for record in last]
    return in_order(found)


def in_order(found: list[tuple[Record, str | Pair]]) -> list[tuple[str, float]]:
    """Return places with their last lines as store.Reader.latest has them."""
    named = [
        (record.id, where if isinstance(where, str) else spelled(record, where), record.at)
        for record, where in found
    ]
    return [(name, at) for _, name, at in sorted(named)]


def spelled(record: Record, pair: Pair) -> str:
    """Return the second of two people as a line between them spells the name."""
    names = (record.nick, *getattr(record, "to", ()))
    return next((name for name in names if fold(name) == fold(pair[1])), pair[1])


def _partners(connection: sqlite3.Connection, own: str) -> set[str]:
    """Return whom somebody has talked with in private, by folded nick."""
    # The index is skipped through, a step for each of them.
    partners = {
        other
        for (other,) in connection.execute(
            "with recursive partner (other) as ("
            " select min(other) from private_line where nick = ?1 union all"
            " select (select min(other) from private_line"
            " where nick = ?1 and other > partner.other)"
            " from partner where partner.other is not null)"
            " select other from partner where other is not null",
            (own,),
        )
    }
    for nick, addressees in connection.execute(
        f"select lower(nick), lower(addressees) from line where id > {_INDEXED_TO} and room = 0"
        f" and (lower(nick) = ?1 or instr({_FOLDED}, ',' || ?1 || ','))",
        (own,),
    ):
        partners.update(addressees.split(",") if nick == own else [])
        if own in addressees.split(","):
            partners.add(nick)
    return partners


def _key_of(connection: sqlite3.Connection, room: str) -> int | None:
    found = connection.execute("select key from room where folded = ?", (fold(room),)).fetchone()
    return int(found[0]) if found else None


def first_id_at(connection: sqlite3.Connection, moment: float) -> int:
    """Return an id below which all is older than a moment, and from which on nothing is."""
    stamp = ceil(round(moment * 1000, 2))  # a float of today has so many digits
    # What is older in either table comes before all that is not in the one order.
    return max(_first_id_at(connection, table, stamp) for table in ("line", "happening"))


def _first_id_at(connection: sqlite3.Connection, table: str, stamp: int) -> int:
    """Return the id after the last that is older, or 0.

    Stamps rise with the ids, so this is found by halving.
    """
    low = 0
    (high,) = connection.execute(f"select coalesce(max(id), -1) + 1 from {table}").fetchone()
    while low < high:
        middle = (low + high) // 2
        id, at = connection.execute(
            f"select id, at from {table} where id >= ? order by id limit 1", (middle,)
        ).fetchone()
        if at >= stamp:
            high = middle
        else:
            low = id + 1
    return int(low)
