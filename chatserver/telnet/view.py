"""View: what one person sees, by their terminal and their own settings."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

from chatserver.chat.events import Event, Line
from chatserver.telnet.clock import Clock, Zone
from chatserver.telnet.colors import DIM, Colors, paint
from chatserver.telnet.past import found_rows, past_lines
from chatserver.telnet.render import answer_lines, lines, mentions
from chatserver.telnet.shown import Shown
from chatserver.telnet.style import Look, style_of
from chatserver.telnet.terminal import Terminal

# A page ends at either; a line of names may hold ten reasons for being away.
PAGE_LINES = 50
PAGE_CHARACTERS = 4096


class View:
    """Settings, the style that follows from them, and the rest of a long answer."""

    __slots__ = (
        "_pages",
        "bell",
        "color",
        "has_pages",
        "room",
        "shown",
        "style",
        "terminal",
        "zone",
    )

    def __init__(self, terminal: Terminal, shown: Shown) -> None:
        """`shown` is what everybody on telnet has been shown."""
        self.terminal = terminal
        self.shown = shown
        self.color = True
        self.bell = True
        self.zone: Zone = Clock.SERVER
        self.room: str | None = None  # the current one, "" for none, None before there is a name
        self.style = style_of(Look(shown=shown))
        self._pages: Iterator[str] | None = None
        self.has_pages = False  # whether there is more of a long answer

    def restyle(self) -> None:
        """Follow a change of a setting, of the room or of the terminal."""
        terminal = self.terminal
        if self.room is not None:
            terminal.set_prompt(f"[{self.room or 'no room'}] ")
        look = Look(
            terminal.colors if self.color else Colors.NONE,
            terminal.columns,
            self.zone,
            self.room or "",
            terminal.end,
            terminal.prompt,
            terminal.charset,
            terminal.speaks_telnet,
            self.shown,
        )
        if look != self.style.look:
            self.style = style_of(look)

    def tell(self, *texts: str) -> None:
        """Show what the server itself has to say, a paragraph each."""
        self.terminal.print(self.told(*texts))

    def told(self, *texts: str) -> list[str]:
        """Return what the server itself has to say as rows."""
        return [row for text in texts for row in answer_lines(text, self.style.look)]

    def show(self, events: Sequence[Event], me: str = "") -> None:
        """Show events; those that speak of the person of that folded name stand out and ring."""
        look = self.style.look
        self.shown.note(events)
        meant = [bool(me) and mentions(event, me) for event in events]
        self.terminal.print(
            [
                line
                for event, mine in zip(events, meant, strict=True)
                for line in lines(event, look, me if mine else "")
            ]
        )
        if self.bell and any(meant):
            self.terminal.ring()

    # A long answer.

    def tell_pages(self, texts: Iterator[str]) -> None:
        """Show what the server has to say, of a long answer the first page."""
        look = self.style.look
        self.print_pages(row for text in texts for row in answer_lines(text, look))

    def print_pages(self, rows: Iterator[str]) -> None:
        """Print the first page of rendered rows; the rest comes by `turn`, as the client reads.

        What is left of pages before comes first.
        """
        self._pages = chain(self._pages, rows) if self._pages else rows
        self.has_pages = True
        self.turn()

    def turn(self) -> None:
        """Print the next page of a long answer."""
        if self._pages is None:
            return
        page: list[str] = []
        characters = 0
        while len(page) < PAGE_LINES and characters < PAGE_CHARACTERS:
            row = next(self._pages, None)
            if row is None:
                self._pages = None
                self.has_pages = False
                break
            page.append(row)
            characters += len(row)
        self.terminal.print(page)

    def turn_all(self) -> None:
        """Print all that is left of a long answer."""
        while self.has_pages:
            self.turn()

    # What was said before.

    def print(self, rows: Sequence[str]) -> None:
        """Print rendered rows, behind a long answer of which there is more."""
        if self._pages:
            self._pages = chain(self._pages, rows)
        else:
            self.terminal.print(rows)

    def found(self, news: Sequence[Line], words: Sequence[str]) -> Iterator[str]:
        """Yield lines that were looked for as rows, the words marked."""
        return found_rows(news, words, self.style.look)

    def past(self, news: Sequence[Event], left_at: int | None = None, missed: int = 0) -> list[str]:
        """Return lines of earlier as rows, dimmed, each day under its name.

        What has come since the person left, with the id `left_at`, is set off from what they know.
        """
        look = self.style.look
        self.shown.note(news)
        plain = replace(look, colors=Colors.NONE)
        return [paint(DIM, row, look.colors) for row in past_lines(news, plain, left_at, missed)]
