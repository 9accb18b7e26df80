"""Catching up: older pages, and what was missed while there was no connection (chathistory).

A gap is an entry of its own: lines are missing where it stands. What stands in front of it and
behind it says what to ask for, so a gap that was half filled when the connection was lost again is
filled from where it was left. It goes when a page brings nothing more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby, islice
from typing import Final

from msgspec import Struct

from chatserver.irc.message import Message
from client import sending
from client.buffers import Buffer, BufferKind, Past
from client.marks import apply_mark
from client.messages import Entry, Kind, confirmed
from client.outbox import Stage
from client.reading import format_time, read
from client.state import State, Status

CAP: Final = "draft/chathistory"
PAGES: Final = 20
"""How many pages of a gap are fetched by themselves; the rest when a person comes to it."""

_ALL: Final = "*"
_ANY: Final = "*"
_SMALL: Final = 100  # lines in a page that is scrolled to
_LARGE: Final = 500  # and of what was missed
_A_DAY: Final = 86_400.0
_MOST_TARGETS: Final = 50
_FROM_SERVER: Final = frozenset(Kind) - {Kind.GAP, Kind.NOTE, Kind.FAULT, Kind.SERVER}


class Asked(Struct):
    """A page that was asked for.

    Attributes:
        gap: key of the gap that it fills; None for the page in front of the oldest entry.
        after, before: the msgids or times between which it lies, as they were sent.
        focus: a msgid that is to be shown when it is there, `*` for what was said at a time (`at`,
            seconds since the epoch), or empty.
        by_time: whether it was asked for by times, since the server did not know the msgid.
    """

    buffer: Buffer
    gap: int | None
    after: str = ""
    before: str = ""
    focus: str = ""
    by_time: bool = False
    at: float = 0.0


def catch_up(state: State, buffer: Buffer) -> None:
    """One is in the room (again), or the person can be written to: fetch what was missed."""
    if not state.has(CAP):
        buffer.past = Past.CLOSED
        sending.give_up(state, buffer)
        return
    gap = _last_settled(buffer)
    if gap is None or gap.kind is not Kind.GAP:
        gap = state.make(Kind.GAP)
        state.add(buffer, gap)
    buffer.missed.add(gap.key)
    if buffer.past is Past.CLOSED:
        buffer.past = Past.UNKNOWN
    buffer.pages_left = PAGES
    fill_next(state, buffer)


def fill_next(state: State, buffer: Buffer) -> None:
    """Go on with the newest gap of what was missed, or end: what has waited is sent."""
    gap = next(
        (entry for entry in buffer.entries.newest_first() if entry.key in buffer.missed), None
    )
    if gap is None:
        sending.flush(state, buffer)
    elif buffer.pages_left <= 0:
        sending.give_up(state, buffer)
    else:
        buffer.pages_left -= 1
        fill(state, buffer, gap.key)


def fill(state: State, buffer: Buffer, gap: int, *, by_time: bool = False) -> None:
    """Ask for a page of what is missing at a gap."""
    if any(asked.gap == gap for asked in state.asked.values()):
        return
    entries = buffer.entries
    index = entries.place_of(gap)
    if index is None:
        return
    after = buffer.cursors.get(gap, "") if not by_time else ""
    after = after or _mark(state, reversed(entries[:index]), by_time=by_time)
    before = _mark(state, entries[index + 1 : entries.settled], by_time=by_time)
    asked = Asked(buffer, gap, after, before, by_time=by_time)
    if after and before:
        _ask(state, asked, "BETWEEN", after, before)
    elif after:
        _ask(state, asked, "AFTER", after)
    elif before:
        _ask(state, asked, "BEFORE", before)
    else:
        _ask(state, asked, "LATEST", _ALL)


def ask_older(state: State, buffer: Buffer) -> None:
    """Ask for the page in front of the oldest entry."""
    if buffer.past is not Past.UNKNOWN or state.status is not Status.ONLINE or not state.has(CAP):
        return
    if buffer.kind is BufferKind.SERVER or not buffer.ready:
        return
    buffer.past = Past.ASKED
    state.changed(buffer)
    before = _mark(state, buffer.entries, by_time=False)
    asked = Asked(buffer, None, before=before)
    _ask(state, asked, *(("BEFORE", before) if before else ("LATEST", _ALL)))


def ask_around(state: State, buffer: Buffer, entry: Entry) -> None:
    """Ask for what was said around a line that is not here; it is shown when it has come."""
    if state.has(CAP):
        mark = f"msgid={entry.msgid}" if entry.msgid else f"timestamp={format_time(entry.at)}"
        _ask(state, Asked(buffer, None, focus=entry.msgid or _ANY, at=entry.at), "AROUND", mark)


def ask_targets(state: State, since: float) -> None:
    """Ask who has written in private since a time."""
    if state.has(CAP) and since:
        marks = (f"timestamp={format_time(at)}" for at in (since, state.clock() + _A_DAY))
        state.send("CHATHISTORY", "TARGETS", *marks, f"{_MOST_TARGETS}")


def take(state: State, label: str, target: str) -> Asked | None:
    """Return what a page answers, and take it off the list."""
    if not label:
        same = state.fold(target)
        waiting = state.asked.items()
        label = next((key for key, one in waiting if state.fold(one.buffer.name) == same), "")
    return state.asked.pop(label, None)


def receive(state: State, asked: Asked, page: Sequence[Message]) -> None:
    """Put a page where it belongs, and ask for the next where one is needed."""
    buffer = asked.buffer
    sifted = _sift(state, buffer, page)
    if asked.focus:
        _place_around(state, buffer, sifted)
        _focus(state, asked, sifted)
    elif asked.gap is None:
        buffer.entries.insert(0, _fresh(sifted))
        buffer.past = Past.UNKNOWN if page else Past.COMPLETE
    else:
        _fill_in(state, asked, page, sifted)
    for message in page:
        apply_mark(state, buffer, message)
    state.changed(buffer)
    if asked.gap is not None:
        buffer.recount()
        buffer.mark_new()
        fill_next(state, buffer)


def fail(state: State, asked: Asked, reason: str) -> None:
    """The server has no page for us."""
    buffer = asked.buffer
    if asked.gap is not None and not asked.by_time and (asked.after or asked.before):
        buffer.cursors.pop(asked.gap, None)
        fill(state, buffer, asked.gap, by_time=True)
    elif asked.gap is not None:
        buffer.entries.remove(asked.gap)
        sending.give_up(state, buffer)
    elif asked.focus:
        state.tell(Kind.FAULT, reason)
    else:
        buffer.past = Past.CLOSED
    state.changed(buffer)


def _ask(state: State, asked: Asked, way: str, *marks: str) -> None:
    label = state.next_label()
    state.asked[label] = asked
    tags = {"label": label} if state.has("labeled-response") else {}
    lines = state.features.page(_LARGE if asked.gap is not None and asked.after else _SMALL)
    state.send("CHATHISTORY", way, asked.buffer.name, *marks, f"{lines}", tags=tags)


def _mark(state: State, entries: Iterable[Entry], *, by_time: bool) -> str:
    """Return how the server knows the first of some entries, or nothing."""
    by_time = by_time or not state.has("message-tags")
    for entry in entries:
        if by_time and entry.kind in _FROM_SERVER:
            return f"timestamp={format_time(entry.at)}"
        if not by_time and entry.msgid:
            return f"msgid={entry.msgid}"
    return ""


def _last_settled(buffer: Buffer) -> Entry | None:
    return next(buffer.entries.newest_first(), None)


def _sift(state: State, buffer: Buffer, page: Sequence[Message]) -> list[Entry | int]:
    """Return the entries of a page in their order; of those that are known already the keys."""
    settled = islice(buffer.entries, buffer.entries.settled)
    untold = {_likeness(entry): entry.key for entry in settled if not entry.msgid}
    found: list[Entry | int] = []
    for message in page:
        entry = read(state, message)
        if entry is None or state.fold(entry.nick) in state.ignored:
            continue
        same = buffer.entries.find(entry.msgid) if entry.msgid else None
        key = same.key if same else untold.get(_likeness(entry))
        found.append(entry if key is None else key)
    return found


def _fresh(sifted: Iterable[Entry | int]) -> list[Entry]:
    return [item for item in sifted if isinstance(item, Entry)]


def _likeness(entry: Entry) -> tuple[Kind, str, str, int]:
    """What two entries have in common that are the same, but for a msgid."""
    return entry.kind, entry.nick, entry.text, round(entry.at * 1000)


def _fill_in(
    state: State, asked: Asked, page: Sequence[Message], sifted: list[Entry | int]
) -> None:
    """Put a page in front of its gap; take the gap away where nothing more is missing."""
    buffer, gap = asked.buffer, asked.gap
    if gap is None or buffer.entries.place_of(gap) is None:  # let go meanwhile
        return
    arrived = [_claim(state, buffer, entry) for entry in _fresh(sifted)]
    buffer.entries.insert(buffer.entries.place_of(gap) or 0, arrived)
    for entry in arrived:
        state.alert(buffer, entry)
    last = next((mark for mark in (_mark_of(one, asked) for one in reversed(page)) if mark), "")
    reached = any(_stands_behind(buffer, key, gap) for key in sifted if isinstance(key, int))
    if not asked.after or reached or last in {"", asked.after}:
        buffer.cursors.pop(gap, None)
        buffer.entries.remove(gap)
    else:
        buffer.cursors[gap] = last


def _mark_of(message: Message, asked: Asked) -> str:
    by_time = asked.by_time or asked.after.startswith("timestamp=")
    name, tag = ("timestamp", "time") if by_time else ("msgid", "msgid")
    value = message.tags.get(tag, "")
    return f"{name}={value}" if value else ""


def _stands_behind(buffer: Buffer, key: int, gap: int) -> bool:
    place, end = buffer.entries.place_of(key), buffer.entries.place_of(gap)
    return place is not None and end is not None and place > end


def _claim(state: State, buffer: Buffer, entry: Entry) -> Entry:
    """Where that is one's own line of unknown fate: it has arrived; the entry takes its key."""
    parcel = sending.matching(state, buffer, entry, Stage.UNCERTAIN) if entry.own else None
    if parcel is None:
        return entry
    pending = buffer.entries.by_key(parcel.key)
    state.outbox.drop(parcel)
    buffer.entries.remove(parcel.key)
    return confirmed(pending, entry) if pending else entry


def _place_around(state: State, buffer: Buffer, sifted: list[Entry | int]) -> None:
    """Put a page that hangs together into the log: at what it has in common, or by its time."""
    entries = buffer.entries
    keys = [item for item in sifted if isinstance(item, int)]
    if not keys:
        _place_by_time(state, buffer, _fresh(sifted))
        return
    index = entries.place_of(keys[0]) or 0
    for is_new, run in groupby(sifted, key=lambda item: isinstance(item, Entry)):
        items = list(run)
        if is_new:
            entries.insert(index, _fresh(items))
            index += len(items)
        else:
            index = (entries.place_of(_last_key(items)) or 0) + 1


def _last_key(items: list[Entry | int]) -> int:
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
    entries.insert(index, page)
    if index == 0:
        buffer.past = Past.UNKNOWN


def _focus(state: State, asked: Asked, page: list[Entry | int]) -> None:
    entries = asked.buffer.entries
    there = [entries.by_key(item if isinstance(item, int) else item.key) for item in page]
    shown = [entry for entry in there if entry]
    since = next((entry for entry in shown if entry.at >= asked.at), None)
    entry = entries.find(asked.focus) or since or next(reversed(shown), None)
    if entry:
        state.focus = (asked.buffer, entry.key)
