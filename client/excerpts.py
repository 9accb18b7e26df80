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


class Look(Struct, eq=False):
    """What is being looked for.

    Attributes:
        end: key of the entry in front of which the excerpt ends; None for the end of all.
        rounds: how often it may still be asked for.
        oldest: key of the first line that was found; in front of that the next look goes on,
            unless something else was typed in between (`parted`).
        over: whether all is found that will be.
        next: the look that waits for this one.
    """

    wanted: Lookback
    buffer: Buffer
    end: int | None = None
    rounds: int = _ROUNDS
    oldest: int | None = None
    parted: bool = False
    over: bool = False
    next: Look | None = None


def look_back(state: State, buffer: Buffer, wanted: Lookback) -> None:
    """Get an excerpt of a room's past; see `State.excerpt`. Asked again it goes further back."""
    before = state.looked_back.get(buffer)
    look = state.looked_back[buffer] = Look(wanted, buffer)
    if before and not before.over:
        before.next = look
    else:
        _begin(state, look, before)


def look_anew(state: State) -> None:
    """Something else was typed: further back is only what follows at once."""
    for look in state.looked_back.values():
        look.parted = True


def _begin(state: State, look: Look, before: Look | None) -> None:
    """Look for something, further back than what was looked for before."""
    wanted = look.wanted
    if before and not before.parted:
        look.oldest = before.oldest
    if wanted.since is None and wanted.until is None:
        look.end = look.oldest
    if state.status is Status.ONLINE and state.has(catching_up.CAP) and _has_past(look.buffer):
        _ask(state, look)
    else:
        _show(state, look, _of_loaded(look))


def _end(state: State, look: Look) -> None:
    """All is found that will be: go on with what waits."""
    look.over = True
    if look.next:
        _begin(state, look.next, look)


def _has_past(buffer: Buffer) -> bool:
    return buffer.kind is not BufferKind.SERVER


def _ask(state: State, look: Look) -> None:
    wanted, buffer = look.wanted, look.buffer
    lines = 2 * wanted.count + _SPARE

    def then(page: Sifted | None) -> None:
        _found(state, look, page)

    if wanted.since is not None:
        catching_up.ask_at(state, buffer, "AFTER", wanted.since - _MOMENT, lines, then)
    elif wanted.until is not None:
        catching_up.ask_at(state, buffer, "BEFORE", wanted.until, lines, then)
    else:
        catching_up.ask_before(state, buffer, _index(look), lines, then)


def _found(state: State, look: Look, page: Sifted | None) -> None:
    """A page is in its place: show what is wanted of it, or look further."""
    if page is None:
        _end(state, look)
        return
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


def _loaded_from(look: Look) -> int:
    """Return the index from which on all is here, up to where the excerpt ends."""
    entries, index = look.buffer.entries, _index(look)
    while index > 0 and entries[index - 1].kind is not Kind.GAP:
        index -= 1
    return index


def _index(look: Look) -> int:
    """Return the index where the excerpt ends."""
    entries = look.buffer.entries
    index = entries.place_of(look.end) if look.end is not None else None
    return entries.settled if index is None else index


def _of_loaded(look: Look) -> list[Entry]:
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


def _show(state: State, look: Look, found: list[Entry]) -> None:
    buffer = look.buffer
    if found:
        state.excerpt = Excerpt(buffer, tuple(entry.key for entry in found))
        back = look.wanted.until is None
        look.oldest = found[0].key
        state.focus = (buffer, (found[0] if back else found[-1]).key)
    else:
        when = "older" if look.wanted.since is None else "since then"
        note = f"Nothing {when} is kept of {buffer.name}."
        state.excerpt = Excerpt(buffer, (), note)
        state.note(note)
    state.changed(buffer)
    _end(state, look)
