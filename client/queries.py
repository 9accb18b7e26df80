"""Queries: what a person asks of the past, in words: whom, where, and when."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

from msgspec import Struct

from client.reading import format_time

_NAMED: Final = {"from": "from", "in": "in", "since": "after", "before": "before"}
"""Words before a colon, and what the server calls them (soju.im/search)."""

_TIMES: Final = frozenset({"after", "before"})

LINES: Final = 20
"""How many lines of the past are shown at once where nobody says how many."""

MOST_LINES: Final = 500


class Lookback(Struct, frozen=True, kw_only=True):
    """Which lines of the past somebody wants to see: the last ones, or those at a time.

    Attributes:
        room: where, as it was typed, or empty for the current one.
        since, until: seconds since the epoch; the first lines from then on, the last ones before.
    """

    count: int = LINES
    room: str = ""
    since: float | None = None
    until: float | None = None


def read_lookback(text: str, now: float) -> Lookback:
    """Read `[N] [ROOM] [DAY] [TIME]` or `[N] [ROOM] before [DAY] [TIME]`, in any order.

    Raises:
        ValueError: a time is missing or makes no sense; the message says so.
    """
    count, room, when, before = LINES, "", "", False
    for word in text.split():
        if word.isascii() and word.isdecimal():
            count = min(max(int(word[:9]), 1), MOST_LINES)
        elif word == "before":
            before = True
        elif before or word[0].isdecimal():
            when = f"{when} {word}".strip()
        else:
            room = word
    if before and not when:
        raise ValueError("Something is missing; type it so: /history before 12:30")
    at = read_moment(when, now) if when else None
    return Lookback(count=count, room=room, **{"until" if before else "since": at})


def read_moment(text: str, now: float) -> float:
    """Read a day, a time of day, or both, where the reader is.

    A time of day without a day is the last one that has been.

    Raises:
        ValueError: it is neither; the message says what they look like.
    """
    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError):
        pass
    try:
        wanted = time.fromisoformat(text)
    except ValueError:
        words = f"“{text}” is no day and no time; they look like 2026-11-20 and 12:30."
        raise ValueError(words) from None
    here = datetime.fromtimestamp(now)
    at = datetime.combine(here, wanted)
    return (at if at <= here else at - timedelta(days=1)).timestamp()


def read_query(text: str, now: float) -> dict[str, str]:
    """Return the attributes of a search: `chess from:bob in:#games since:2026-11-01`.

    Raises:
        ValueError: a time makes no sense; the message says so.
    """
    words: list[str] = []
    attributes: dict[str, str] = {}
    for word in text.split():
        name, colon, value = word.partition(":")
        named = _NAMED.get(name.lower()) if colon and value else None
        if named is None:
            words.append(word)
        elif named in _TIMES:
            attributes[named] = format_time(read_moment(value, now))
        else:
            attributes[named] = value
    return ({"text": " ".join(words)} if words else {}) | attributes
