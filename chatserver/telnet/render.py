"""Events of a room as the lines that a person reads."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from chatserver.chat import events
from chatserver.chat.names import fold
from chatserver.telnet.clock import Zone, stamp
from chatserver.telnet.colors import BRIGHT, DIM, RESET, REVERSE, Colors, paint, paint_nick
from chatserver.text import clean, width, wrap

# A whole word that may be a name of a person, see chat.names.
NAME = re.compile(r"[A-Za-z_\[\]{}^][A-Za-z0-9_\[\]{}^-]*")
IN, OUT, OTHER = "->", "<-", "--"
_MARK_COLORS = {IN: "\x1b[32m", OUT: "\x1b[31m", OTHER: "\x1b[36m"}


class Look(Protocol):
    """The part of a person's settings that matters here; see style.Look."""

    @property
    def colors(self) -> Colors:
        """What the terminal shows."""

    @property
    def columns(self) -> int:
        """The width of the window, 0 if not known."""

    @property
    def zone(self) -> Zone:
        """Which time to show."""

    @property
    def room(self) -> str:
        """The current room."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A line before it is wrapped: what comes below the text's first column is indented so far."""

    head: str  # as it is measured
    painted: str  # as it is shown
    text: str


def lines(event: events.Event, look: Look, me: str = "") -> list[str]:
    """Return an event of a room as lines without their ends; none where people are not told.

    `me` is the folded name of the person who reads, whose name is marked in others' lines; empty
    for many readers at once.
    """
    row_of = _ROWS.get(type(event))
    if row_of is None:
        return []
    return _layout(row_of(event, look), look, me)


def all_lines(news: Sequence[events.Event], look: Look) -> list[str]:
    """Return the lines of several events, for many readers at once."""
    plain = look.colors is Colors.NONE and not look.columns
    rows: list[str] = []
    for event in news:
        if plain and type(event) is events.Said:
            rows.append(_plain_said(event, look))
        else:
            rows += lines(event, look)
    return rows


def mentions(event: events.Event, me: str) -> bool:
    """Whether somebody else speaks of, or to, the person of that folded name."""
    match event:
        case events.Said(nick=nick, text=text):
            return fold(nick) != me and me in NAME.findall(fold(text))
        case events.Told(nick=nick):
            return fold(nick) != me
        case _:
            return False


def answer_lines(text: str, look: Look) -> list[str]:
    """Return what the server itself says to a person, indented by two and wrapped."""
    text = f"  {clean(text)}".rstrip(" ")
    return wrap(text, look.columns, 2) if look.columns else [text]


def _plain_said(event: events.Said, look: Look) -> str:
    """The line most people see most often, without the detour."""
    where = "" if event.room == look.room else f"{event.room} "
    who = f"* {event.nick}" if event.action else f"<{event.nick}>"
    return f"{stamp(event.at // 60, look.zone)}{where}{who} {clean(event.text)}"


def _said_row(event: events.Said, look: Look) -> _Row:
    who = _speaker(event.nick, event.nick, event.action, look)
    return _row(event.at, event.room, who, event.text, look)


def _told_row(event: events.Told, look: Look) -> _Row:
    who = _speaker(event.nick, f"{event.nick} -> {event.to}", event.action, look)
    return _row(event.at, look.room, who, event.text, look)


def _joined_row(event: events.Joined, look: Look) -> _Row:
    return _notice(event.at, IN, f"{event.nick} has joined {event.room}", look)


def _left_row(event: events.Left, look: Look) -> _Row:
    return _notice(event.at, OUT, f"{event.nick} has left {event.room}{_why(event.why)}", look)


def _gone_row(event: events.Gone, look: Look) -> _Row:
    return _notice(event.at, OUT, f"{event.nick} left{_why(event.why)}", look)


def _renamed_row(event: events.Renamed, look: Look) -> _Row:
    return _notice(event.at, OTHER, f"{event.old} is now {event.new}", look)


def _topic_row(event: events.TopicSet, look: Look) -> _Row:
    did = f"set the topic of {event.room}: {event.topic}"
    if not event.topic:
        did = f"took the topic of {event.room} away"
    return _notice(event.at, OTHER, f"{event.nick} {did}", look)


_ROWS: dict[type[events.Event], Callable[[Any, Look], _Row]] = {
    events.Said: _said_row,
    events.Told: _told_row,
    events.Joined: _joined_row,
    events.Left: _left_row,
    events.Gone: _gone_row,
    events.Renamed: _renamed_row,
    events.TopicSet: _topic_row,
}


def _why(reason: str) -> str:
    return f" ({reason})" if reason else ""


def _speaker(nick: str, shown: str, action: bool, look: Look) -> tuple[str, str]:
    """Return who speaks, as measured and as painted."""
    left, right = ("* ", "") if action else ("<", ">")
    painted = paint_nick(fold(nick), shown, look.colors)
    return f"{left}{shown}{right}", f"{left}{painted}{right}"


def _row(at: float, room: str, who: tuple[str, str], text: str, look: Look) -> _Row:
    start = stamp(at // 60, look.zone)
    where = "" if room == look.room else f"{clean(room)} "
    painted_start = paint(DIM, start, look.colors) if start else ""
    return _Row(f"{start}{where}{who[0]} ", f"{painted_start}{where}{who[1]} ", clean(text))


def _notice(at: float, mark: str, text: str, look: Look) -> _Row:
    return _row(at, look.room, (mark, paint(_MARK_COLORS[mark], mark, look.colors)), text, look)


def _layout(row: _Row, look: Look, me: str) -> list[str]:
    whole = row.head + row.text
    wrapped = wrap(whole, look.columns, width(row.head)) if look.columns else [whole]
    if not wrapped[0].startswith(row.head):  # the window is narrower than the head
        return wrapped
    texts = [wrapped[0].removeprefix(row.head), *wrapped[1:]]
    if me and look.colors is not Colors.NONE:
        texts = [_mark_name(text, me) for text in texts]
    return [row.painted + texts[0], *texts[1:]]


def _mark_name(text: str, me: str) -> str:
    def mark(found: re.Match[str]) -> str:
        name = found[0]
        return f"{BRIGHT}{REVERSE}{name}{RESET}" if fold(name) == me else name

    return NAME.sub(mark, text)
