"""Catching up: older pages, and what was missed while there was no connection (chathistory).

A gap is an entry of its own: lines are missing where it stands. What stands in front of it and
behind it says what to ask for, so a gap that was half filled when the connection was lost again is
filled from where it was left. It goes when a page brings nothing more.

A server may let one send so many lines only: rooms are caught up with a few at a time, the one that
is read before others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from chatserver.irc.message import Message
from client import sending
from client.buffers import Buffer, BufferKind, Past
from client.marking import apply_mark
from client.messages import Entry, Kind, confirmed
from client.outbox import Stage
from client.placing import Sifted, fresh, place_around, place_before, sift
from client.reading import format_time
from client.state import State, Status

CAP: Final = "draft/chathistory"
PAGES: Final = 20
"""How many pages of a gap are fetched by themselves; the rest when a person comes to it."""

AT_ONCE: Final = 2
"""How many pages of what was missed are on their way at once."""

SLOW_SECONDS: Final = 0.3
"""A page that takes longer, and twice as long as the server takes to answer, has had to wait."""

PAUSE_SECONDS: Final = 2.0
"""Between two pages then."""

ANSWER_SECONDS: Final = 30.0
"""After which a page that was asked for is not waited for any more."""

REST: Final = (
    "More was said here while you were away than is fetched at once; "
    "the rest comes when you scroll up to it, or with /history."
)

_ALL: Final = "*"
_ANY: Final = "*"
_SMALL: Final = 100  # lines in a page that is scrolled to
_LARGE: Final = 500  # and of what was missed
_A_DAY: Final = 86_400.0
_MOST_TARGETS: Final = 50
_FROM_SERVER: Final = frozenset(Kind) - {Kind.GAP, Kind.NOTE, Kind.FAULT, Kind.SERVER}


class Asked(Struct, kw_only=True):
    """A page that was asked for.

    Attributes:
        gap: key of the gap that it fills, or None.
        anchor: key of the entry that it ends in front of, or None.
        after, before: the msgids or times between which it lies, as they were sent.
        focus: a msgid that is to be shown when it is there, `*` for what was said at a time (`at`,
            seconds since the epoch), or empty.
        then: what is to be done with it when it is in its place; without it where there is none.
        by_time: whether it was asked for by times, since the server did not know the msgid.
        since: when it was asked for.
    """

    buffer: Buffer
    gap: int | None = None
    anchor: int | None = None
    after: str = ""
    before: str = ""
    focus: str = ""
    then: Callable[[Sifted | None], None] | None = None
    by_time: bool = False
    at: float = 0.0
    since: float = 0.0


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
    _wait(state, buffer)
    take_turns(state)


def take_turns(state: State) -> None:
    """Go on with what was missed, where not enough is on its way."""
    while state.turns and sum(one.gap is not None for one in state.asked.values()) < AT_ONCE:
        buffer = state.current if state.current in state.turns else state.turns[0]
        if state.clock() < state.turns_at and buffer is not state.current:
            return
        state.turns.remove(buffer)
        if buffer in state.buffers:
            _fill_next(state, buffer)


def _pause(state: State, asked: Asked) -> None:
    """Where the server lets one wait, leave what it allows to the person for a while."""
    usual = max(SLOW_SECONDS, 2 * (state.lag or 0.0))
    if asked.gap is not None and state.clock() - asked.since > usual:
        state.turns_at = state.clock() + PAUSE_SECONDS


def _wait(state: State, buffer: Buffer) -> None:
    if buffer not in state.turns:
        state.turns.append(buffer)


def _fill_next(state: State, buffer: Buffer) -> None:
    """Go on with the newest gap of what was missed, or end: what has waited is sent."""
    gap = next(
        (entry for entry in buffer.entries.newest_first() if entry.key in buffer.missed), None
    )
    if gap is None:
        sending.flush(state, buffer)
    elif buffer.pages_left <= 0:
        sending.give_up(state, buffer)
        buffer.missed.discard(gap.key)
        state.tell(Kind.NOTE, REST, buffer=buffer)
        fill_back(state, buffer, gap.key)
    else:
        buffer.pages_left -= 1
        fill(state, buffer, gap.key)


def fill(state: State, buffer: Buffer, gap: int, *, by_time: bool = False) -> None:
    """Ask for a page of what is missing at a gap, the oldest of it."""
    entries = buffer.entries
    index = entries.place_of(gap)
    if index is None or _is_asked(state, gap):
        return
    after = buffer.cursors.get(gap, "") if not by_time else ""
    after = after or _mark(state, reversed(entries[:index]), by_time=by_time)
    before = _mark(state, entries[index + 1 : entries.settled], by_time=by_time)
    asked = Asked(buffer=buffer, gap=gap, after=after, before=before, by_time=by_time)
    if after and before:
        _ask(state, asked, "BETWEEN", after, before)
    elif after:
        _ask(state, asked, "AFTER", after)
    elif before:
        _ask(state, asked, "BEFORE", before)
    else:
        _ask(state, asked, "LATEST", _ALL)


def fill_back(state: State, buffer: Buffer, gap: int) -> None:
    """Ask for the newest page of what is missing at a gap: somebody comes to it from below."""
    entries = buffer.entries
    index = entries.place_of(gap)
    if index is None or _is_asked(state, gap) or (gap in buffer.missed and not buffer.ready):
        return
    behind = entries[index + 1 : entries.settled]
    if before := behind and _reached(state, buffer, behind):
        asked = Asked(buffer=buffer, gap=gap, anchor=behind[0].key, before=before)
        _ask(state, asked, "BEFORE", before)
    else:
        fill(state, buffer, gap)


def ask_older(state: State, buffer: Buffer) -> None:
    """Ask for the page in front of the oldest entry."""
    if buffer.past is not Past.UNKNOWN or state.status is not Status.ONLINE or not state.has(CAP):
        return
    if buffer.kind is BufferKind.SERVER or not buffer.ready:
        return
    buffer.past = Past.ASKED
    state.changed(buffer)
    ask_before(state, buffer, 0)


def ask_before(
    state: State,
    buffer: Buffer,
    index: int,
    lines: int = _SMALL,
    then: Callable[[Sifted | None], None] | None = None,
) -> None:
    """Ask for the page that ends in front of an index; `then` gets it when it is in its place."""
    rest = [entry for entry in buffer.entries[index : buffer.entries.settled] if _stands(entry)]
    before = _reached(state, buffer, rest) if rest else ""
    anchor = rest[0].key if rest else None
    asked = Asked(buffer=buffer, anchor=anchor, before=before, then=then)
    _ask(state, asked, *(("BEFORE", before) if before else ("LATEST", _ALL)), lines=lines)


def ask_at(
    state: State,
    buffer: Buffer,
    way: str,
    at: float,
    lines: int,
    then: Callable[[Sifted | None], None],
) -> None:
    """Ask for a page before or after a time; `then` gets it when it is in its place."""
    mark = f"timestamp={format_time(at)}"
    _ask(state, Asked(buffer=buffer, then=then, by_time=True), way, mark, lines=lines)


def ask_around(state: State, buffer: Buffer, entry: Entry) -> None:
    """Ask for what was said around a line that is not here; it is shown when it has come."""
    if state.has(CAP):
        mark = f"msgid={entry.msgid}" if entry.msgid else f"timestamp={format_time(entry.at)}"
        asked = Asked(buffer=buffer, focus=entry.msgid or _ANY, at=entry.at)
        _ask(state, asked, "AROUND", mark)


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
    _pause(state, asked)
    for message in page:
        apply_mark(state, buffer, message)
    sifted = sift(state, buffer, page)
    if asked.anchor is not None:
        _place_back(state, asked, page, sifted)
    elif asked.focus or asked.then:
        place_around(state, buffer, sifted)
    elif asked.gap is None:  # of a room that has been empty
        buffer.entries.insert(0, fresh(sifted), past=True)
        buffer.past = Past.UNKNOWN if page else Past.COMPLETE
    else:
        _fill_in(state, asked, page, sifted)
    if asked.focus:
        _focus(state, asked, sifted)
    if asked.then:
        asked.then(sifted)
    if asked.gap is not None:
        buffer.recount()
        buffer.mark_new()
        if asked.anchor is None:
            _wait(state, buffer)
    state.changed(buffer)
    take_turns(state)


def fail(state: State, asked: Asked, reason: str) -> None:
    """The server has no page for us."""
    buffer = asked.buffer
    if asked.gap is not None and not asked.by_time and (asked.after or asked.before):
        buffer.cursors.pop(asked.gap, None)
        fill(state, buffer, asked.gap, by_time=True)
    elif asked.gap is not None:
        buffer.entries.remove(asked.gap)
        sending.give_up(state, buffer)
    elif asked.focus or asked.then:
        state.tell(Kind.FAULT, reason)
        if asked.then:
            asked.then(None)
    else:
        buffer.past = Past.CLOSED
    state.changed(buffer)
    take_turns(state)


def expire(state: State) -> None:
    """Do not wait any longer for what was asked long ago."""
    long_ago = state.clock() - ANSWER_SECONDS
    for label in [label for label, asked in state.asked.items() if asked.since < long_ago]:
        fail(state, state.asked.pop(label), "The server does not tell.")


def _ask(state: State, asked: Asked, way: str, *marks: str, lines: int = 0) -> None:
    label = state.next_label()
    state.asked[label] = asked
    asked.since = state.clock()
    tags = {"label": label} if state.has("labeled-response") else {}
    wanted = lines or (_LARGE if asked.gap is not None and asked.after else _SMALL)
    count = state.features.page(wanted)
    state.send("CHATHISTORY", way, asked.buffer.name, *marks, f"{count}", tags=tags)


def _is_asked(state: State, gap: int) -> bool:
    return any(asked.gap == gap for asked in state.asked.values())


def _mark(state: State, entries: Iterable[Entry], *, by_time: bool) -> str:
    """Return how the server knows the first of some entries, or nothing."""
    by_time = by_time or not state.has("message-tags")
    for entry in entries:
        if by_time and entry.kind in _FROM_SERVER:
            return f"timestamp={format_time(entry.at)}"
        if not by_time and entry.msgid:
            return f"msgid={entry.msgid}"
    return ""


def _reached(state: State, buffer: Buffer, entries: Sequence[Entry]) -> str:
    """Return from where on to look back in front of some entries, or nothing."""
    return buffer.cursors.get(entries[0].key) or _mark(state, entries, by_time=False)


def _stands(entry: Entry) -> bool:
    return entry.kind is not Kind.GAP


def _last_settled(buffer: Buffer) -> Entry | None:
    return next(buffer.entries.newest_first(), None)


def _place_back(state: State, asked: Asked, page: Sequence[Message], sifted: Sifted) -> None:
    """Put a page in front of its anchor; one that holds nothing but marks is passed over."""
    buffer, anchor = asked.buffer, asked.anchor
    if buffer.past is Past.ASKED:
        buffer.past = Past.UNKNOWN
    if anchor is None:
        return
    if page and not sifted:
        buffer.cursors[anchor] = _mark_of(page[0], asked)
        return
    buffer.cursors.pop(anchor, None)
    place_before(state, buffer, sifted, anchor)
    if asked.gap is not None and not page:
        buffer.entries.remove(asked.gap)


def _fill_in(state: State, asked: Asked, page: Sequence[Message], sifted: Sifted) -> None:
    """Put a page in front of its gap; take the gap away where nothing more is missing."""
    buffer, gap = asked.buffer, asked.gap
    if gap is None or buffer.entries.place_of(gap) is None:  # let go meanwhile
        return
    arrived = [_claim(state, buffer, entry) for entry in fresh(sifted)]
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
    by_time = asked.by_time or (asked.after or asked.before).startswith("timestamp=")
    name, tag = ("timestamp", "time") if by_time else ("msgid", "msgid")
    value = message.tags.get(tag, "")
    return f"{name}={value}" if value else ""


def _stands_behind(buffer: Buffer, key: int, gap: int) -> bool:
    place, end = buffer.entries.place_of(key), buffer.entries.place_of(gap)
    return place is not None and end is not None and place > end


def _claim(state: State, buffer: Buffer, entry: Entry) -> Entry:
    """Where that is one's own line of unknown fate: it has arrived; the entry takes its key."""
    parcel = sending.matching(state, buffer, entry, Stage.UNCERTAIN)
    if parcel is None:
        return entry
    pending = buffer.entries.by_key(parcel.key)
    state.outbox.drop(parcel)
    buffer.entries.remove(parcel.key)
    return confirmed(pending, replace(entry, own=True, mention=False)) if pending else entry


def _focus(state: State, asked: Asked, page: Sifted) -> None:
    entries = asked.buffer.entries
    there = [entries.by_key(item if isinstance(item, int) else item.key) for item in page]
    shown = [entry for entry in there if entry]
    since = next((entry for entry in shown if entry.at >= asked.at), None)
    entry = entries.find(asked.focus) or since or next(reversed(shown), None)
    if entry:
        state.focus = (asked.buffer, entry.key)
