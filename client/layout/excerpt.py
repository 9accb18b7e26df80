"""Excerpt: which lines /history has brought, said in words and marked in the messages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from client.layout.folding import day_of
from client.model import Excerpt


def told(excerpt: Excerpt, now: float, time_of: Callable[[float], str]) -> str:
    """Return « 2 lines from 12:01 on; /history again: older ones », or why there are none.

    Parameters:
        now: seconds since the epoch.
        time_of: says when something was in the way the person likes; nothing for not at all.
    """
    first = excerpt.buffer.entries.by_key(excerpt.keys[0]) if excerpt.keys else None
    if first is None:
        return excerpt.note
    count = len(excerpt.keys)
    lines = f"{count} line{'s' if count > 1 else ''}"
    when = " ".join(filter(None, (_day(first.at, now), time_of(first.at))))
    return f"{lines}{f' from {when} on' if when else ''}; /history again: older ones"


def _day(at: float, now: float) -> str:
    day = datetime.fromtimestamp(at)
    return "" if day_of(at) == day_of(now) else f"{day.day} {day:%B}"
