"""Rows: what stands on the screen for an entry, at a width and in a theme."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final

from msgspec import Struct

from chatserver.text import truncate, width
from client.layout.colors import pick
from client.layout.folding import summarize
from client.layout.markup import Piece, read_markup
from client.layout.themes import Theme
from client.layout.wrapping import settle, wrap_pieces
from client.messages import PRESENCE, Delivery, Entry, Kind, Reaction

NARROW: Final = 44
"""Columns below which nicks get less of a row."""

MOST_LINES: Final = 200
"""Rows of one message; a server's limit for a message of several lines is far below."""

RESEND_HINT: Final = "Alt-S sends it again, Alt-X takes it out"

_FEW_NAMES: Final = 3
_REMEMBERED: Final = 1_000  # times
_RULE: Final = "─"
_TOPIC: Final = "The topic is now: "


class Row(Struct, frozen=True):
    """One row of the screen.

    Attributes:
        pieces: what stands there, not wider than the pane.
        key: of the entry that it belongs to.
        number: which row of its entry it is, the lines above it (a day, « new ») included.
        text_at: the column where the text begins, behind time and nick.
        goes_on: whether it continues the line of the row above (broken at a space).
    """

    pieces: tuple[Piece, ...]
    key: int
    number: int
    text_at: int = 0
    goes_on: bool = False

    @property
    def text(self) -> str:
        """What stands there, without styles."""
        return "".join(text for _, text in self.pieces)


class Sheet(Struct, frozen=True):
    """What rows are made for; other rows are made when any of it changes.

    Attributes:
        columns: the width of the pane.
        me: what the reader is called.
        clock: how times are shown (strftime).
    """

    columns: int
    theme: Theme
    theme_name: str
    me: str
    fold: Callable[[str], str]
    clock: str = "%H:%M"

    @property
    def nick_columns(self) -> int:
        """How wide the column of nicks is."""
        return 7 if self.columns < NARROW else min(8 + (self.columns - NARROW) // 10, 14)

    def nick_style(self, nick: str, *, own: bool = False) -> str:
        """Return the style of somebody's nick."""
        color = pick(self.fold(nick), self.theme.nicks)
        return f"class:nick{'.own' if own else ''} {f'fg:{color}' if color else ''}".rstrip()

    def time_of(self, at: float) -> str:
        """Return a time as it is shown."""
        return _shown_time(int(at), self.clock)


_Line = tuple[tuple[Piece, ...], int, bool]  # pieces, text_at, goes_on


@lru_cache(_REMEMBERED)
def _shown_time(second: int, clock: str) -> str:
    return datetime.fromtimestamp(second).strftime(clock)


def day_line(at: float, columns: int) -> tuple[Piece, ...]:
    """Return « Sunday 22 November », centred."""
    day = datetime.fromtimestamp(at)
    return (
        ("class:day", truncate(f"{day:%A} {day.day} {day:%B} {day.year}", columns).center(columns)),
    )


def new_line(columns: int) -> tuple[Piece, ...]:
    """Return the line above what is not read yet."""
    return (("class:new", " new ".center(columns, _RULE)[:columns]),)


def rows_of(entry: Entry, sheet: Sheet, answered: Entry | None) -> list[_Line]:
    """Return the lines of an entry, without those above it.

    Parameters:
        answered: what it replies to, where that is known.
    """
    if entry.redacted is not None:
        return []
    match entry.kind:
        case Kind.SAID | Kind.NOTICE | Kind.ACTION:
            lines = [*_quote(entry, sheet, answered), *_speech(entry, sheet)]
            lines += _reactions(entry.reactions, sheet)
            if entry.delivery is Delivery.REFUSED:
                lines += _aside(f"└ not sent: {entry.reason} ({RESEND_HINT})", "refused", sheet)
        case _:
            lines = _told(entry, sheet)
    return [_overlaid(line, entry, sheet) for line in lines[:MOST_LINES]]


def folded(run: Sequence[Entry], sheet: Sheet) -> list[_Line]:
    """Return the line of several that came and went."""
    room = max(sheet.columns - _text_at(sheet), 1)
    text = truncate(summarize(run), room)
    return [_with_gutter(run[-1].at, ("class:presence", "⇄"), (("class:presence", text),), sheet)]


def _text_at(sheet: Sheet) -> int:
    return 1 + width(sheet.time_of(0.0)) + 1 + sheet.nick_columns + 1


def _speech(entry: Entry, sheet: Sheet) -> Iterator[_Line]:
    look = _look(entry)
    nick = (sheet.nick_style(entry.nick, own=entry.own), _shown_nick(entry))
    if entry.kind is Kind.ACTION:
        nick = (nick[0], "*")
    first = True
    for number, line in enumerate(entry.text.split("\n")):
        pieces = read_markup(line, sheet.theme, "" if entry.own else sheet.me)
        if entry.kind is Kind.ACTION and number == 0:
            pieces = ((sheet.nick_style(entry.nick, own=entry.own), entry.nick), ("", " "), *pieces)
        for row_number, row in enumerate(wrap_pieces(pieces, _room(sheet))):
            styled = tuple((f"{look} {style}".strip(), text) for style, text in row)
            if first:
                yield _with_gutter(entry.at, nick, styled, sheet)
            else:
                yield _indented(styled, sheet, goes_on=row_number > 0)
            first = False


def _look(entry: Entry) -> str:
    match entry.kind:
        case Kind.ACTION:
            return "class:action"
        case Kind.NOTICE:
            return "class:notice"
        case _:
            return ""


def _shown_nick(entry: Entry) -> str:
    return f"-{entry.nick}-" if entry.kind is Kind.NOTICE else entry.nick


def _room(sheet: Sheet) -> int:
    return max(sheet.columns - _text_at(sheet), 1)


def _with_gutter(at: float, sign: Piece, pieces: Iterable[Piece], sheet: Sheet) -> _Line:
    """Put time and nick in front of a row."""
    style, text = sign
    shown = settle(truncate(text, sheet.nick_columns))
    padding = " " * (sheet.nick_columns - width(truncate(text, sheet.nick_columns)) + 1)
    time = sheet.time_of(at)
    return (
        (("class:time", f" {time} "), (style, shown), ("", padding), *pieces),
        _text_at(sheet),
        False,
    )


def _indented(pieces: Iterable[Piece], sheet: Sheet, *, goes_on: bool = False) -> _Line:
    text_at = _text_at(sheet)
    return (("", " " * text_at), *pieces), text_at, goes_on


def _aside(text: str, name: str, sheet: Sheet) -> list[_Line]:
    """Return words of the client about the line above."""
    rows = wrap_pieces([(f"class:{name}", text)], _room(sheet))
    return [_indented(row, sheet, goes_on=number > 0) for number, row in enumerate(rows)]


def _quote(entry: Entry, sheet: Sheet, answered: Entry | None) -> Iterator[_Line]:
    if not entry.reply_to:
        return
    if answered is None:
        text, nick = "an earlier line", ""
    elif answered.redacted is not None:
        text, nick = "a line that was taken back", ""
    else:
        flat = answered.text.replace("\n", " ")
        text = "".join(piece for _, piece in read_markup(flat, sheet.theme))
        nick = answered.nick
    room = _room(sheet)
    head = f"┌ {nick}" + (" " if nick else "")
    shown = truncate(head, room)
    rest = settle(truncate(text, max(room - width(shown), 0)))
    style = sheet.nick_style(nick) if nick else "class:quote"
    pieces = [("class:quote", shown[:2]), (style, settle(shown[2:])), ("class:quote", rest)]
    yield _indented(pieces, sheet)


def _reactions(reactions: Sequence[Reaction], sheet: Sheet) -> list[_Line]:
    if not reactions:
        return []
    shown = "   ".join(_reaction(reaction) for reaction in reactions)
    return _aside(f"└ {shown}", "reaction", sheet)


def _reaction(reaction: Reaction) -> str:
    if len(reaction.nicks) > _FEW_NAMES:
        return f"{reaction.emoji} {len(reaction.nicks)}"
    return f"{reaction.emoji} {', '.join(reaction.nicks)}"


def _told(entry: Entry, sheet: Sheet) -> list[_Line]:
    """Return the lines of what is no speech."""
    sign, name = _TOLD[entry.kind][0], _PARTS.get(entry.kind, "server")
    rows: list[_Line] = []
    for line in _told_pieces(entry, sheet.theme):
        pieces = [(f"class:{name} {style}".rstrip(), text) for style, text in line]
        for number, row in enumerate(wrap_pieces(pieces, _room(sheet))):
            if not rows:
                rows.append(_with_gutter(entry.at, (f"class:{name}", sign), row, sheet))
            else:
                rows.append(_indented(row, sheet, goes_on=number > 0))
    return rows


def _told_pieces(entry: Entry, theme: Theme) -> Iterator[Sequence[Piece]]:
    """Yield the words of each line. Of all these only a topic is in a person's words."""
    if entry.kind is Kind.TOPIC and entry.text:
        by = f" (by {entry.nick})" if entry.nick else ""
        yield (("", _TOPIC), *read_markup(entry.text, theme), ("", by))
        return
    for line in _TOLD[entry.kind][1](entry).split("\n"):
        yield read_markup(line, theme, spoken=False)


def _why(entry: Entry) -> str:
    return f" ({entry.text})" if entry.text else ""


def _left(entry: Entry) -> str:
    return f"{'You' if entry.own else entry.nick} left{_why(entry)}"


# The sign in the place of the nick, and the words.
_TOLD: Final[dict[Kind, tuple[str, Callable[[Entry], str]]]] = {
    Kind.JOINED: ("→", lambda e: "You are in the room." if e.own else f"{e.nick} joined"),
    Kind.LEFT: ("←", _left),
    Kind.QUIT: ("←", _left),
    Kind.RENAMED: (
        "⇄",
        lambda e: f"{'You are' if e.own else f'{e.nick} is'} now called {e.text}",
    ),
    Kind.KICKED: (
        "←",
        lambda e: f"{e.by} has put {'you' if e.own else e.nick} out{_why(e)}",
    ),
    Kind.TOPIC: ("✎", lambda e: f"{e.nick or 'Somebody'} took the topic away"),
    Kind.MODE: ("✎", lambda e: f"{e.nick or 'The server'} {e.text}"),
    Kind.INVITED: ("✉", lambda e: f"{e.nick} invites you to {e.text} (/join {e.text})"),
    Kind.SERVER: ("·", lambda e: e.text),
    Kind.NOTE: ("·", lambda e: e.text),
    Kind.FAULT: ("✗", lambda e: e.text),
    Kind.GAP: ("…", lambda _: "Some lines are missing here; they are on their way."),
}
_PARTS: Final = {
    Kind.NOTE: "note",
    Kind.INVITED: "note",
    Kind.FAULT: "fault",
    Kind.GAP: "gap",
} | dict.fromkeys(PRESENCE, "presence")


def _overlaid(line: _Line, entry: Entry, sheet: Sheet) -> _Line:
    """Put on a row what holds for the whole entry."""
    pieces, text_at, goes_on = line
    match entry.delivery:
        case Delivery.PENDING:
            return tuple((f"{own} class:pending".strip(), t) for own, t in pieces), text_at, goes_on
        case Delivery.REFUSED:
            return tuple((f"{own} class:refused".strip(), t) for own, t in pieces), text_at, goes_on
        case _ if entry.mention and entry.counts:
            used = sum(width(text) for _, text in pieces)
            whole = (*pieces, ("", " " * max(sheet.columns - used, 0)))
            # In front: a ground that a piece has by itself (code) stays.
            return tuple((f"class:mention {own}".strip(), t) for own, t in whole), text_at, goes_on
        case _:
            return line
