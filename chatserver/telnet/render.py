"""Events of a room as the lines that a person reads."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from chatserver.chat import events
from chatserver.chat.modes import Rank
from chatserver.chat.names import fold
from chatserver.chat.tags import REACT, UNREACT, value_of
from chatserver.formatting import strip
from chatserver.telnet.clock import Clock, Zone, show_time, stamp
from chatserver.telnet.colors import DIM, Colors, paint, paint_nick
from chatserver.telnet.layout import NAME, Row, indent, lay_out, one_line
from chatserver.telnet.modes import changes_in_words
from chatserver.telnet.shown import Shown
from chatserver.telnet.words import HERE
from chatserver.text import clean, truncate, width, wrap

IN, OUT, OTHER = "->", "<-", "--"
_CTCP = "\x01"
_QUOTED = 40  # columns of a line that is spoken of, and of a reaction
_TO = {Rank.OPERATOR: " -> operators", Rank.VOICE: " -> those with a voice"}
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

    @property
    def shown(self) -> Shown | None:
        """What has been shown before."""


def lines(event: events.Event, look: Look, me: str = "") -> list[str]:
    """Return an event of a room as lines without their ends; none where people are not told.

    `me` is the folded name of the person who reads, whose name is marked in others' lines; empty
    for many readers at once.
    """
    row_of = _ROWS.get(type(event))
    if row_of is None:
        return []
    row = row_of(event, look)
    return lay_out(row, look.columns, look.colors, me) if row else []


def all_lines(news: Sequence[events.Event], look: Look) -> list[str]:
    """Return the lines of several events, for many readers at once."""
    plain = look.colors is Colors.NONE and not look.columns
    rows: list[str] = []
    for event in news:
        if plain and type(event) is events.Said and (row := _plain_said(event, look)):
            rows.append(row)
        else:
            rows += lines(event, look)
    return rows


def mentions(event: events.Event, me: str) -> bool:
    """Whether somebody else speaks of, or to, the person of that folded name."""
    match event:
        case events.Said(nick=nick, text=text):
            return fold(nick) != me and me in names_in(text)
        case events.Told(nick=nick):
            return fold(nick) != me
        case _:
            return False


def names_in(text: str) -> Sequence[str]:
    """Return the words of a text that may be names, folded, in order."""
    found: list[str] = NAME.findall(fold(text if text.isprintable() else strip(text)))
    return found


def answer_lines(text: str, look: Look) -> list[str]:
    """Return what the server itself says to a person, indented by two and wrapped.

    A tab takes no room: below what stands behind it, the further rows are lined up.
    """
    before, tab, _ = text.partition(HERE)
    whole = f"  {one_line(text.replace(HERE, '', 1))}".rstrip(" ")
    if not look.columns:
        return [whole]
    below = indent(width(f"  {one_line(before)}"), look.columns) if tab else 2
    return wrap(whole, look.columns, below)


def _plain_said(event: events.Said, look: Look) -> str:
    """The line most people see most often, without the detour; nothing where it is not so plain."""
    text = event.text
    if event.notice or event.rank or event.tags or not (text.isascii() and text.isprintable()):
        return ""
    where = "" if event.room == look.room else f"{event.room} "
    who = f"* {event.nick}" if event.action else f"<{event.nick}>"
    return f"{stamp(event.at // 60, look.zone)}{where}{who} {text}"


def _said_row(event: events.Said, look: Look) -> Row:
    who = _speaker(event, _TO.get(event.rank, ""), look)
    return _row(event.at, event.room, who, _addressed(event, look), look)


def _addressed(event: events.Said, look: Look) -> str:
    """Return the words, and whom they answer where a program knows it (IRCv3 reply), as people
    write it; some programs do that too.
    """
    text = _spoken(event.text)
    line = look.shown.answered(event) if look.shown and event.tags else None
    if line is None or event.action or fold(line.nick) == fold(event.nick):
        return text
    return text if fold(line.nick) in names_in(text)[:1] else f"{line.nick}: {text}"


def _told_row(event: events.Told, look: Look) -> Row:
    who = _speaker(event, f" -> {event.to}", look)
    return _row(event.at, look.room, who, _spoken(event.text), look)


def _spoken(text: str) -> str:
    """What programs ask each other is shown for what it is."""
    return text if text[:1] != _CTCP else f"CTCP {text.strip(_CTCP)}"


def _speaker(event: events.Said | events.Told, to: str, look: Look) -> tuple[str, str]:
    """Return who speaks and to whom, as measured and as painted: `<bob>`, `* bob`, `-bob-`."""
    left, right = ("* ", "") if event.action else ("-", "-") if event.notice else ("<", ">")
    shown = f"{event.nick}{to}"
    painted = paint_nick(fold(event.nick), shown, look.colors)
    return f"{left}{shown}{right}", f"{left}{painted}{right}"


def _joined_row(event: events.Joined, look: Look) -> Row:
    return _notice(event.at, IN, f"{event.nick} has joined {event.room}", look)


def _left_row(event: events.Left, look: Look) -> Row:
    return _notice(event.at, OUT, f"{event.nick} has left {event.room}{_why(event.why)}", look)


def _gone_row(event: events.Gone, look: Look) -> Row:
    return _notice(event.at, OUT, f"{event.nick} left{_why(event.why)}", look)


def _renamed_row(event: events.Renamed, look: Look) -> Row:
    return _notice(event.at, OTHER, f"{event.old} is now {event.new}", look)


def _topic_row(event: events.TopicSet, look: Look) -> Row:
    did = f"set the topic of {event.room}: {event.topic}"
    if not event.topic:
        did = f"took the topic of {event.room} away"
    return _notice(event.at, OTHER, f"{event.nick} {did}", look)


def _kicked_row(event: events.Kicked, look: Look) -> Row:
    did = f"put {event.victim} out of {event.room}{_why(event.why)}"
    return _notice(event.at, OUT, f"{event.nick} {did}", look)


def _modes_row(event: events.ModesSet, look: Look) -> Row:
    who = event.nick or "The server"
    did = changes_in_words(event.room, event.changes)
    return _notice(event.at, OTHER, f"{who} {did}", look)


def _room_renamed_row(event: events.RoomRenamed, look: Look) -> Row:
    did = f"renamed {event.old} to {event.new}{_why(event.why)}"
    return _notice(event.at, OTHER, f"{event.nick} {did}", look)


def _redacted_row(event: events.Redacted, look: Look) -> Row:
    """The words are not repeated: some who read this may not have seen them."""
    line = look.shown.taken_back(event) if look.shown else None
    what = "something said earlier"
    if line:
        who = "they" if fold(line.nick) == fold(event.nick) else line.nick
        what = f"what {who} said at {_clock_time(line.at, look)}"
    did = f"took back {what}{_why(event.why)}"
    return _notice(event.at, OTHER, f"{event.nick} {did}", look, _room_of(event.target, look))


def _tagged_row(event: events.Tagged, look: Look) -> Row | None:
    """Of what programs tell each other, people see reactions (IRCv3 react)."""
    reaction, dropped = value_of(event.tags, REACT), value_of(event.tags, UNREACT)
    line = look.shown.answered(event) if look.shown else None
    quoted = f" to “{_excerpt(line.text)}”" if line and line.text else ""
    if reaction:
        did = f"reacted{quoted} with {_excerpt(reaction)}"
    elif dropped:
        did = f"took back the reaction {_excerpt(dropped)}{quoted}"
    else:
        return None
    return _notice(event.at, OTHER, f"{event.nick} {did}", look, _room_of(event.target, look))


def _walloped_row(event: events.Walloped, look: Look) -> Row:
    return _notice(event.at, OTHER, f"{event.nick} to all who listen: {event.text}", look)


_ROWS: dict[type[events.Event], Callable[[Any, Look], Row | None]] = {
    events.Said: _said_row,
    events.Told: _told_row,
    events.Tagged: _tagged_row,
    events.Joined: _joined_row,
    events.Left: _left_row,
    events.Gone: _gone_row,
    events.Kicked: _kicked_row,
    events.Renamed: _renamed_row,
    events.TopicSet: _topic_row,
    events.ModesSet: _modes_row,
    events.RoomRenamed: _room_renamed_row,
    events.Redacted: _redacted_row,
    events.Walloped: _walloped_row,
}


def _why(reason: str) -> str:
    return f" ({reason})" if reason else ""


def _excerpt(text: str) -> str:
    return truncate(one_line(text), _QUOTED)


def _clock_time(at: float, look: Look) -> str:
    return show_time(at, Clock.SERVER if look.zone is Clock.OFF else look.zone)


def _room_of(target: str, look: Look) -> str:
    """Return the room of something, the current one for what is between two people."""
    return target if target.startswith("#") else look.room


def _row(at: float, room: str, who: tuple[str, str], text: str, look: Look) -> Row:
    start = stamp(at // 60, look.zone)
    where = "" if room == look.room else f"{clean(room)} "
    painted_start = paint(DIM, start, look.colors) if start else ""
    return Row(f"{start}{where}{who[0]} ", f"{painted_start}{where}{who[1]} ", text)


def _notice(at: float, mark: str, text: str, look: Look, room: str | None = None) -> Row:
    """Return a row that says what happened; most name the room in their words."""
    where = look.room if room is None else room
    return _row(at, where, (mark, paint(_MARK_COLORS[mark], mark, look.colors)), text, look)
