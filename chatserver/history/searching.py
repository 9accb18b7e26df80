"""Searching: the lines that match a query, newest first, indexed already or not."""

import sqlite3
from collections.abc import Iterator, Sequence
from itertools import chain, islice

from chatserver.chat.names import fold
from chatserver.history.entries import Kind, Message
from chatserver.history.indexing import nick_word, room_word
from chatserver.history.query import SearchQuery
from chatserver.history.reading import first_id_at
from chatserver.history.rows import FROM_LINE, to_message
from chatserver.history.words import Term, holds

_NO_END = 2**63 - 1


def search(
    connection: sqlite3.Connection,
    query: SearchQuery,
    rooms: frozenset[str],
    limit: int,
    before_id: int | None,
    *,
    oldest: bool = False,
) -> list[Message]:
    """Return matching lines of these rooms (folded names), inside a transaction.

    The newest first, or the `oldest`.
    """
    wanted = rooms.intersection(query.rooms) if query.rooms else rooms
    keys = room_keys(connection, sorted(wanted))
    if not keys:
        return []
    first = 0 if query.since is None else first_id_at(connection, query.since)
    end = _NO_END if query.until is None else first_id_at(connection, query.until)
    if before_id is not None:
        end = min(end, before_id)
    indexed_to: int = connection.execute("select indexed_to from state").fetchone()[0]
    order = "asc" if oldest else "desc"
    tail, rest = (max(first, indexed_to + 1), end), (first, min(end, indexed_to + 1))
    parts: list[Iterator[Message]] = [
        _read_tail(connection, query, keys, tail, order),
        _look_up(connection, query, keys, rest, limit, order),
    ]
    return list(islice(chain(*(reversed(parts) if oldest else parts)), limit))


def room_keys(connection: sqlite3.Connection, rooms: Sequence[str]) -> list[int]:
    """Return the keys of the rooms that are known, by folded name."""
    marks = ", ".join("?" * len(rooms))
    found = connection.execute(f"select key from room where folded in ({marks})", rooms)
    return [key for (key,) in found]


def _read_tail(
    connection: sqlite3.Connection,
    query: SearchQuery,
    keys: list[int],
    span: tuple[int, int],
    order: str,
) -> Iterator[Message]:
    rows = connection.execute(
        f"{FROM_LINE} where id >= ? and id < ? and room in ({', '.join('?' * len(keys))})"
        f"{_spoken(query)} order by id {order}",
        (*span, *keys),
    )
    nicks = set(query.nicks)
    for row in rows:
        message = to_message(row)
        if (not nicks or fold(message.nick) in nicks) and holds(message.text, query.terms):
            yield message


def _look_up(
    connection: sqlite3.Connection,
    query: SearchQuery,
    keys: list[int],
    span: tuple[int, int],
    limit: int,
    order: str,
) -> Iterator[Message]:
    rows = connection.execute(
        f"{FROM_LINE} join line_words on line_words.rowid = line.id"
        " where line_words match ? and line_words.rowid >= ? and line_words.rowid < ?"
        f"{_spoken(query)} order by line_words.rowid {order} limit ?",
        (_expression(query, keys), *span, limit),
    )
    yield from map(to_message, rows)


def _spoken(query: SearchQuery) -> str:
    return f" and line.kind <> {int(Kind.TOPIC)}" if query.spoken else ""


def _expression(query: SearchQuery, keys: list[int]) -> str:
    """Return the query in the language of FTS5.

    Nothing that a person types gets there unquoted, and words hold no quotes.
    """
    parts = [_any("room", [(room_word(key),) for key in keys])]
    if query.nicks:
        parts.append(_any("nick", [(nick_word(nick),) for nick in query.nicks]))
    parts += [_any("text", [term]) for term in query.terms]
    return " AND ".join(parts)


def _any(column: str, terms: Sequence[Term]) -> str:
    return f"{column} : ({' OR '.join(_quoted(term) for term in terms)})"


def _quoted(term: Term) -> str:
    return '"' + " ".join(term).replace('"', '""') + '"'
