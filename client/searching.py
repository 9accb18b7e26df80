"""Searching: what the server is asked to find (soju.im/search), page by page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from chatserver.irc.message import Message
from client.buffers import Buffer
from client.messages import Entry
from client.queries import read_query
from client.reading import format_time
from client.state import Search, State, Status

PAGE: Final = 100
"""How many lines are asked for at once, beside those that are known already."""

_EDGE: Final = 0.0015  # seconds: bounds are told in whole milliseconds, and must hold the line


def search(state: State, text: str, buffer: Buffer | None) -> None:
    """Ask the server for lines, in the words of `read_query`; without a buffer in all."""
    _ask(state, Search(text), buffer, {})


def search_further(state: State, last: Search, buffer: Buffer | None) -> None:
    """Go on with a search, to what is older than all that it has found.

    The bound is a time, and a line at that very time may be new: those that are known come once
    more, and are left out then.
    """
    if not last.done:
        return
    oldest = min(last.known.values(), default=None)
    if oldest is None:
        search(state, last.text, buffer)
        return
    again = sum(at <= oldest + _EDGE for at in last.known.values())
    next_ = Search(last.text, further=True, known=last.known, limit=PAGE + again)
    _ask(state, next_, buffer, {"before": format_time(oldest + _EDGE)})


def found(state: State, hits: Iterable[tuple[Buffer, Entry]], whole: int) -> None:
    """Take what the server has found: a page of so many lines in `whole`, in one order or other."""
    last = state.search_results
    if last is None:
        return
    by_age = list(hits)
    if by_age and by_age[0][1].at > by_age[-1][1].at:
        by_age.reverse()
    by_age.sort(key=lambda hit: hit[1].at)  # lines of the same time stay as they were
    new = [hit for hit in by_age if _name(*hit) not in last.known]
    state.search_results = replace(
        last,
        hits=tuple(reversed(new)),
        done=True,
        more=bool(new) and whole >= last.limit,
        known=last.known | {_name(*hit): hit[1].at for hit in new},
    )
    state.changed()


def fail(state: State, reason: str) -> None:
    """There is no answer to what was asked last; what was found before is not forgotten."""
    last = state.search_results
    if last and not last.done:
        state.search_results = replace(last, done=True, fault=reason)
        state.changed()


def _name(buffer: Buffer, entry: Entry) -> str:
    """Return what tells a line from others."""
    return entry.msgid or f"{buffer.name} {entry.at} {entry.nick} {entry.text}"


def _ask(state: State, wanted: Search, buffer: Buffer | None, bound: dict[str, str]) -> None:
    state.search_results = wanted
    state.changed()
    if state.status is not Status.ONLINE or not state.has("soju.im/search"):
        fail(state, "This server cannot search.")
        return
    place = {"in": buffer.name} if buffer else {}
    try:
        query = place | read_query(wanted.text, state.clock())
    except ValueError as error:
        fail(state, str(error))
        return
    query |= {"limit": str(wanted.limit)} | bound
    attributes = Message("X", tags=query).encode().removeprefix("@").removesuffix(" X")
    state.send("SEARCH", attributes)
