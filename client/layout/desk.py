"""Desk: what a person has before them: which rows, what is open over them, what is being answered.

It knows the model and no terminal; actions.py changes it, view.py draws it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from chatserver.formatting import strip
from chatserver.text import truncate, width
from client.app import App
from client.buffers import Buffer, BufferKind
from client.layout import sidebar
from client.layout.chooser import Chooser
from client.layout.excerpt import told
from client.layout.finder import Finder
from client.layout.flow import Flow
from client.layout.markup import Piece, read_markup
from client.layout.memberlist import MemberList
from client.layout.rows import Row, Sheet
from client.layout.selection import Point, Selection, columns_of, restyle
from client.layout.themes import Theme, theme_of
from client.layout.viewport import Viewport
from client.layout.wrapping import settle, wrap_pieces
from client.messages import SPEECH, Delivery, Entry, Kind
from client.model import Excerpt, Model
from client.settings import Settings

SIDEBAR_FROM: Final = 60
"""Columns of the screen from which the list on the left is shown by itself."""

MEMBERS_FROM: Final = 78
"""The same for the members on the right."""

NOTICE_SECONDS: Final = 4.0
"""How long a word of the client stands in the status line."""


_ELSEWHERE: Final = "/server HOST:PORT goes to another server, /quit leaves, F1 shows the rest."


class Desk:
    """One person's view of one client.

    Attributes:
        chooser: the list that is open, or None; `finder` the search.
        selection: what is marked with the mouse, or None.
        target: key of the entry that was clicked, or None.
        excerpted: keys of the entries that /history has brought last.
        looked_at: whether the window has the keyboard, as far as the terminal tells.
        stale: whether the rows of messages have to be made anew; a letter that is typed changes
            nothing in them, and must not wait for a flood to be laid out.
        colorless: whether there are no colours, whatever the theme.
        sidebar_wish, members_wish: what the person wants to see; None leaves it to the width.
    """

    def __init__(self, app: App, *, colorless: bool = False) -> None:
        """`colorless`: NO_COLOR is set."""
        self.app = app
        self.chooser: Chooser | None = None
        self.finder: Finder | None = None
        self.selection: Selection | None = None
        self.target: int | None = None
        self.excerpted: frozenset[int] = frozenset()
        self.looked_at: bool | None = None
        self.stale = True
        self._drawn: list[list[Piece]] = []
        self._drawn_for: tuple[Buffer, int, int] | None = None
        self.sidebar_wish: bool | None = None
        self.members_wish: bool | None = None
        self.colorless = colorless
        self._notice = ("", 0.0)
        self._excerpt: Excerpt | None = None
        self._viewports: dict[Buffer, Viewport] = {}
        self._members_first = 0
        self._memberlist = MemberList()
        self.sidebar_rows: list[Buffer] = []

    @property
    def model(self) -> Model:
        """What is known of the server."""
        return self.app.model

    @property
    def settings(self) -> Settings:
        """What the person has chosen."""
        return self.app.settings

    @property
    def buffer(self) -> Buffer:
        """The one that is shown."""
        return self.model.current

    @property
    def theme_name(self) -> str:
        """Which theme holds."""
        return "mono" if self.colorless else self.settings.theme

    @property
    def theme(self) -> Theme:
        """The theme that holds."""
        return theme_of(self.theme_name)

    @property
    def viewport(self) -> Viewport:
        """The rows of the current buffer."""
        found = self._viewports.get(self.buffer)
        if found is None:
            open_ones = set(self.model.buffers)
            self._viewports = {b: v for b, v in self._viewports.items() if b in open_ones}
            found = self._viewports[self.buffer] = Viewport(Flow(self.buffer))
        return found

    @property
    def server_name(self) -> str:
        """What the server is called in the lists."""
        return self.model.network or self.app.server.host

    # A word of the client.

    def notice(self, text: str) -> None:
        """Say something in the status line, for some seconds."""
        self._notice = (text, self.model.clock() + NOTICE_SECONDS)

    @property
    def noticed(self) -> str:
        """What was said there, if it still holds."""
        text, until = self._notice
        return text if self.model.clock() < until else ""

    def clear_notice(self) -> None:
        """Take it away."""
        self._notice = ("", 0.0)

    # The columns.

    @property
    def member_rows(self) -> list[str]:
        """Whose rows are shown."""
        return self._memberlist.shown

    def shows_sidebar(self, columns: int) -> bool:
        """Whether there is the list on the left at a width of the screen."""
        if self.sidebar_wish is not None:
            return self.sidebar_wish
        return self.settings.sidebar and columns >= SIDEBAR_FROM

    def shows_members(self, columns: int) -> bool:
        """Whether there are the members on the right."""
        if self.buffer.kind is not BufferKind.ROOM:
            return False
        if self.members_wish is not None:
            return self.members_wish
        return self.settings.memberlist and columns >= MEMBERS_FROM

    def sidebar_at(self, columns: int, height: int) -> list[list[Piece]]:
        """Return the rows of the list on the left."""
        buffers = self.ordered()
        chosen = buffers.index(self.buffer) if self.buffer in buffers else 0
        first = sidebar.window(len(buffers), chosen, height)
        self.sidebar_rows = buffers[first : first + height]
        return [
            sidebar.row_of(
                *(buffer, columns),
                current=buffer is self.buffer,
                server=self.server_name,
                gone=not buffer.joined and buffer.kind is not BufferKind.SERVER,
            )
            for buffer in self.sidebar_rows
        ]

    def ordered(self) -> list[Buffer]:
        """Return the buffers in the order in which they are listed."""
        return sidebar.ordered(self.model.buffers, self.settings.sort)

    def members_at(self, columns: int, height: int) -> list[list[Piece]]:
        """Return the rows of the list on the right; of many only those that are seen."""
        members = self.buffer.members.listed
        self._members_first = min(self._members_first, max(len(members) - height, 0))
        return self._memberlist.rows(members, self._members_first, height, self.sheet(columns))

    def scroll_members(self, count: int) -> None:
        """Move the list on the right."""
        self._members_first = max(self._members_first + count, 0)

    def topic_at(self, columns: int, _height: int) -> list[list[Piece]]:
        """Return the line above the messages: the room and what it is about."""
        name = sidebar.title_of(self.buffer, self.server_name)
        shown = settle(truncate(name, max(columns - 1, 1)))
        topic = strip(self.buffer.topic)
        rest = truncate(topic, max(columns - width(name) - 3, 0)) if topic else ""
        style = "class:topic"
        pieces = [("class:topic.name", f" {shown}  ")]
        return [
            [*pieces, *((f"{style} {own}".strip(), t) for own, t in read_markup(rest, self.theme))]
        ]

    # The messages.

    def sheet(self, columns: int) -> Sheet:
        """Return what rows are made for."""
        model = self.model
        return Sheet(
            *(columns, self.theme, self.theme_name, model.nick, model.fold), self.settings.clock
        )

    def messages_at(self, columns: int, height: int) -> list[list[Piece]]:
        """Return the rows of the messages, from the top; the newest stand at the bottom."""
        place = (self.buffer, columns, height)
        if self.stale or place != self._drawn_for:
            self._drawn = self._draw(columns, height)
            self._drawn_for, self.stale = place, False
        return self._drawn

    def _draw(self, columns: int, height: int) -> list[list[Piece]]:
        if page := self.app.page or self._nobody_there():
            return _page(page, columns, height)
        viewport = self.viewport
        viewport.flow.use(self.sheet(columns))
        self._follow_excerpt()
        self._follow_focus(height)
        rows = viewport.lay_out(height)
        shown = [self._marked(row) for row in rows]
        if not viewport.follows and shown:
            shown[-1] = _below(viewport.news(), columns)
        blank: list[list[Piece]] = [[] for _ in range(height - len(shown))]
        return [*blank, *shown]

    def _nobody_there(self) -> list[str]:
        """Return what is said where there is nothing else to be seen yet."""
        model = self.model
        if model.was_online or not model.detail or len(self.buffer.entries):
            return []
        reason = model.detail.partition("; ")[0]
        return [f"There is no connection to {reason}.", "", _ELSEWHERE]

    def row_at(self, y: int, height: int) -> Row | None:
        """Return the row of messages that stands on a row of their pane."""
        rows = self.viewport.rows
        index = y - (height - len(rows))
        return rows[index] if 0 <= index < len(rows) else None

    def is_below_line(self, y: int, height: int) -> bool:
        """Whether that is the row that tells of new lines below."""
        return not self.viewport.follows and y == height - 1

    def unmark(self) -> None:
        """Nothing is clicked, marked with the mouse, or brought by /history any more."""
        self.target = self.selection = None
        self.excerpted = frozenset()

    def _follow_excerpt(self) -> None:
        excerpt = self.model.excerpt
        if excerpt and excerpt is not self._excerpt and excerpt.buffer is self.buffer:
            self.unmark()
            self._excerpt, self.excerpted = excerpt, frozenset(excerpt.keys)
            self.notice(told(excerpt, self.model.clock(), self.sheet(0).time_of))

    def _follow_focus(self, height: int) -> None:
        focus = self.model.focus
        if focus and focus[0] is self.buffer:
            self.viewport.lay_out(height)
            is_excerpt = focus[1] in self.excerpted
            if self.viewport.show(focus[1], at_top=is_excerpt) and not is_excerpt:
                self.target = focus[1]
            self.model.focus = None

    def _marked(self, row: Row) -> list[Piece]:
        """Put on a row what comes and goes: found words, the mouse's marks."""
        pieces: Sequence[Piece] = row.pieces
        if row.text_at and (row.key == self.target or row.key in self.excerpted):
            pieces = restyle(pieces, 0, row.text_at - 1, "class:target")
        if self.finder and self.finder.text:
            for start, end in _places(row.text, self.finder.text):
                pieces = restyle(pieces, start, end, "class:found")
        if self.selection:
            start, end = columns_of(row, self.selection, self.viewport)
            pieces = restyle(pieces, start, end, "class:selected")
        return list(pieces)

    def select(self, point: Point) -> None:
        """The mouse is at a point with its button held."""
        start = self.selection.start if self.selection else point
        self.selection = Selection(start, point)

    # Entries that are meant.

    def entry_meant(self) -> Entry | None:
        """Return what was clicked, or else the last thing that somebody else has said."""
        clicked = None if self.target is None else self.buffer.entries.by_key(self.target)
        if clicked and is_answerable(clicked):
            return clicked
        return self.before(None, others=True) or self.before(None)

    def before(self, entry: Entry | None, *, others: bool = False) -> Entry | None:
        """Return what was said before an entry; the last one without."""
        entries = self.buffer.entries
        place = None if entry is None else entries.place_of(entry.key)
        index = len(entries) if place is None else place
        while index > 0:
            index -= 1
            found = entries[index]
            if is_answerable(found) and not (others and found.own):
                return found
        return None

    def last_refused(self) -> Entry | None:
        """Return the newest line that was refused; the one that was clicked before others."""
        entries = self.buffer.entries
        clicked = None if self.target is None else entries.by_key(self.target)
        if clicked and clicked.delivery is Delivery.REFUSED:
            return clicked
        return next((e for e in entries.newest_first() if e.delivery is Delivery.REFUSED), None)

    # Whether somebody looks.

    def focus(self, *, there: bool) -> None:
        """The window has got or lost the keyboard; « new » stands above what comes without it."""
        self.looked_at = there
        if not there:
            self.buffer.mark_new()

    def sees(self, buffer: Buffer) -> bool:
        """Whether the end of a buffer is before somebody's eyes, for all that is known."""
        return buffer is self.buffer and self.viewport.follows and self.looked_at is not False

    # After a frame.

    def after_frame(self) -> None:
        """Ask for what will be needed, and say what was seen."""
        viewport, buffer, model = self.viewport, self.buffer, self.model
        if viewport.wants_older:
            model.request_older(buffer)
        for key in {row.key for row in viewport.rows}:
            entry = buffer.entries.by_key(key)
            if entry and entry.kind is Kind.GAP:
                model.fill(buffer, entry)
        for other in model.buffers:
            other.watched = self.sees(other)
        if self.sees(buffer):
            model.mark_read(buffer)
        self.app.flush()


def is_answerable(entry: Entry) -> bool:
    """Whether one can answer and react to it."""
    confirmed = entry.delivery is Delivery.CONFIRMED
    return entry.kind in SPEECH and entry.redacted is None and confirmed


def _below(news: int, columns: int) -> list[Piece]:
    words = f"↓ {news} new below" if news else "↓ more below"
    text = f"{words} (End)"
    return [("class:below", truncate(text, columns).center(columns))]


def _page(lines: Sequence[str], columns: int, height: int) -> list[list[Piece]]:
    """Return lines broken at words, as they are indented, and as close as they must stand."""
    rows: list[list[Piece]] = []
    for number, line in enumerate(lines):
        indent = " " * (1 + len(line) - len(line.lstrip()))
        style = "" if number else "class:fault"
        for row in wrap_pieces([(style, line.lstrip())], max(columns - len(indent), 1)):
            rows.append([("", indent), *row])
    if len(rows) > height:
        rows = [row for row in rows if any(text.strip() for _, text in row)]
    if len(rows) > height:
        rows[height - 1 :] = [
            [("class:below", truncate(" The rest needs a larger window.", columns))]
        ]
    return rows


def _places(text: str, wanted: str) -> list[tuple[int, int]]:
    """Return the columns where a text stands, however it is written."""
    folded, found, at = text.lower(), [], 0
    wanted = wanted.lower()
    if len(folded) != len(text):  # a letter whose small form is longer: columns would be wrong
        folded = text
    while (at := folded.find(wanted, at)) >= 0:
        start = width(text[:at])
        found.append((start, start + width(text[at : at + len(wanted)])))
        at += max(len(wanted), 1)
    return found
