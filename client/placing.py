"""Placing: where a page of the past belongs in a log.

A page hangs together: nothing was said between its lines. What stands in the log already says where
the rest belongs; a page that has nothing in common with it stands between gaps.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby, islice

from chatserver.irc.message import Message
from client.buffers import Buffer, Past
from client.messages import Entry, Kind
from client.reading import read
from client.state import State

Sifted = list[Entry | int]
"""The entries of a page in their order; of those that are in the log already the keys."""


def sift(state: State, buffer: Buffer, page: Sequence[Message]) -> Sifted:
    """Return the entries of a page in their order; of those that are known already the keys."""
    settled = islice(buffer.entries, buffer.entries.settled)
    untold = {_likeness(entry): entry.key for entry in settled if not entry.msgid}
    found: Sifted = []
    for message in page:
        entry = read(state, message)
        if entry is None or state.fold(entry.nick) in state.ignored:
            continue
        same = buffer.entries.find(entry.msgid) if entry.msgid else None
        key = same.key if same else untold.get(_likeness(entry))
        found.append(buffer.marks.on(entry) if key is None else key)
    return found


def fresh(sifted: Iterable[Entry | int]) -> list[Entry]:
    """Return what of a page is not in the log yet."""
    return [item for item in sifted if isinstance(item, Entry)]


def _likeness(entry: Entry) -> tuple[Kind, str, str, int]:
    """What two entries have in common that are the same, but for a msgid."""
    return entry.kind, entry.nick, entry.text, round(entry.at * 1000)


def place_around(state: State, buffer: Buffer, sifted: Sifted) -> None:
    """Put a page into the log: at what it has in common with it, or by its time."""
    entries = buffer.entries
    keys = [item for item in sifted if isinstance(item, int)]
    if not keys:
        _place_by_time(state, buffer, fresh(sifted))
        return
    index = entries.place_of(keys[0]) or 0
    for is_new, run in groupby(sifted, key=lambda item: isinstance(item, Entry)):
        items = list(run)
        if is_new:
            entries.insert(index, fresh(items), past=True)
            index += len(items)
        else:
            index = (entries.place_of(_last_key(items)) or 0) + 1
    _close_gaps(buffer, _key(sifted[0]), _key(sifted[-1]))


def place_before(state: State, buffer: Buffer, sifted: Sifted, anchor: int) -> None:
    """Put a page into the log that ends where an entry stands; an empty one: nothing is there."""
    entries = buffer.entries
    index = entries.place_of(anchor)
    if index is None:  # let go meanwhile
        return
    if any(isinstance(item, int) for item in sifted):
        place_around(state, buffer, sifted)
    else:
        entries.insert(index, fresh(sifted), past=True)
    if sifted:
        _close_gaps(buffer, _key(sifted[0]), anchor)
        return
    while (index := entries.place_of(anchor) or 0) and entries[index - 1].kind is Kind.GAP:
        entries.cut(index - 1, index)
    if index == 0:
        buffer.past = Past.COMPLETE


def _close_gaps(buffer: Buffer, first: int, last: int) -> None:
    """Between two entries nothing is missing; what was missed is looked through by itself."""
    entries = buffer.entries
    start, end = entries.place_of(first), entries.place_of(last)
    if start is None or end is None:
        return
    for entry in entries[start:end]:
        if entry.kind is Kind.GAP and (buffer.ready or entry.key not in buffer.missed):
            entries.remove(entry.key)


def _key(item: Entry | int) -> int:
    return item if isinstance(item, int) else item.key


def _last_key(items: Sifted) -> int:
    return next(item for item in reversed(items) if isinstance(item, int))


def _place_by_time(state: State, buffer: Buffer, page: list[Entry]) -> None:
    """Put a page that has nothing in common with the log into it, between gaps."""
    if not page:
        return
    entries = buffer.entries
    index = entries.settled
    while index > 0 and entries[index - 1].at > page[0].at:
        index -= 1
    first, last = page[0].at, page[-1].at
    if index > 0 and entries[index - 1].kind is not Kind.GAP:
        page.insert(0, state.make(Kind.GAP, at=first))
    if index < entries.settled and entries[index].kind is not Kind.GAP:
        page.append(state.make(Kind.GAP, at=last))
    entries.insert(index, page, past=True)
    if index == 0:
        buffer.past = Past.UNKNOWN
