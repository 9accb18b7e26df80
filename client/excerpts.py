"""Excerpts: lines of the past that a person has asked for, so many at a time (/history)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from client import catching_up
from client.buffers import Buffer, BufferKind
from client.messages import SPEECH, Entry, Kind
from client.placing import Sifted
from client.queries import Lookback
from client.state import Excerpt, State, Status

_SHOWN: Final = SPEECH | {Kind.TOPIC}
_ROUNDS: Final = 5  # of asking, where a page holds little that is said
_SPARE: Final = 20  # lines asked for beyond those that are wanted: people come and go between them
_MANY: Final = 500  # lines asked for where there are not enough of them
_MOMENT: Final = 0.001  # seconds: the times of the server are no finer


class _Look(Struct):
    """What is being looked for.

    Attributes:
        end: key of the entry in front of which the excerpt ends; None for the end of all.
        rounds: how often it may still be asked for.
    """

    wanted: Lookback
    buffer: Buffer
    end: int | None
    rounds: int = _ROUNDS


def look_back(state: State, buffer: Buffer, wanted: Lookback) -> None:
    """Get an excerpt of a room's past; see `State.excerpt`. Asked again it goes further back."""
    further = wanted.since is None and wanted.until is None
    look = _Look(wanted, buffer, state.looked_back.get(buffer) if further else None)
    if state.status is Status.ONLINE and state.has(catching_up.CAP) and _has_past(buffer):
        _ask(state, look)
    else:
        _show(state, look, _of_loaded(look))


def _has_past(buffer: Buffer) -> bool:
    return buffer.kind is not BufferKind.SERVER


def _ask(state: State, look: _Look) -> None:
    wanted, buffer = look.wanted, look.buffer
    lines = 2 * wanted.count + _SPARE

    def then(page: Sifted) -> None:
        _found(state, look, page)

    if wanted.since is not None:
        catching_up.ask_at(state, buffer, "AFTER", wanted.since - _MOMENT, lines, then)
    elif wanted.until is not None:
        catching_up.ask_at(state, buffer, "BEFORE", wanted.until, lines, then)
    else:
        catching_up.ask_before(state, buffer, _index(look), lines, then)


def _found(state: State, look: _Look, page: Sifted) -> None:
    """A page is in its place: show what is wanted of it, or look further."""
    entries = look.buffer.entries
    keys = [item if isinstance(item, int) else item.key for item in page]
    if look.wanted.since is not None:
        start = entries.place_of(keys[0]) if keys else None
        rest = entries[start : entries.settled] if start is not None else []
        _show(state, look, _first(rest, look.wanted.count))
        return
    if look.wanted.until is not None and look.rounds == _ROUNDS:
        if not keys:
            _show(state, look, [])
            return
        last = (entries.place_of(keys[-1]) or 0) + 1
        look.end = entries[last].key if last < entries.settled else None
    found = _last(entries[: _index(look)], look.wanted.count)
    look.rounds -= 1
    if len(found) < look.wanted.count and page and look.rounds:
        start = _loaded_from(look)
        catching_up.ask_before(
            *(state, look.buffer, start, _MANY), lambda page: _found(state, look, page)
        )
    else:
        _show(state, look, found)


def _loaded_from(look: _Look) -> int:
    """Return the index from which on all is here, up to where the excerpt ends."""
    entries, index = look.buffer.entries, _index(look)
    while index > 0 and entries[index - 1].kind is not Kind.GAP:
        index -= 1
    return index


def _index(look: _Look) -> int:
    """Return the index where the excerpt ends."""
    entries = look.buffer.entries
    index = entries.place_of(look.end) if look.end is not None else None
    return entries.settled if index is None else index


def _of_loaded(look: _Look) -> list[Entry]:
    """Return what is wanted of what is here: nothing else can be had."""
    wanted, entries = look.wanted, look.buffer.entries
    if wanted.since is not None:
        since = wanted.since
        return _first((e for e in entries[: entries.settled] if e.at >= since), wanted.count)
    until = wanted.until
    before = [e for e in entries[: _index(look)] if until is None or e.at < until]
    return _last(before, wanted.count)


def _first(entries: Iterable[Entry], count: int) -> list[Entry]:
    found: list[Entry] = []
    for entry in entries:
        if entry.kind is Kind.GAP or len(found) == count:
            break
        if entry.kind in _SHOWN:
            found.append(entry)
    return found


def _last(entries: list[Entry], count: int) -> list[Entry]:
    return _first(reversed(entries), count)[::-1]


def _show(state: State, look: _Look, found: list[Entry]) -> None:
    buffer = look.buffer
    state.excerpt = Excerpt(buffer, tuple(entry.key for entry in found))
    if found:
        back = look.wanted.until is None
        state.looked_back[buffer] = found[0].key
        state.focus = (buffer, (found[0] if back else found[-1]).key)
    else:
        when = "older" if look.wanted.since is None else "since then"
        state.note(f"Nothing {when} is kept of {buffer.name}.")
    state.changed(buffer)
