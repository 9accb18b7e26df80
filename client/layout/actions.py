"""Actions: what keys do. The names are those of the table in keys.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from chatserver.text import clean
from client.buffers import Buffer
from client.commands import UsageError, submit
from client.layout import pages
from client.layout.chooser import Chooser
from client.layout.composer import PASTE_LINES, Composer
from client.layout.desk import Desk
from client.layout.finder import Finder
from client.layout.viewport import Viewport
from client.messages import Kind
from client.model import Status
from client.orders import Choose, Open, Order, Page, Quit, Show, Switch

_T = TypeVar("_T")

TWICE_SECONDS: Final = 2.0
"""Between two Ctrl-C that leave."""


_COLORLESS: Final = "NO_COLOR is set in the environment: colours come when it is not."


class Actions:
    """Everything that a person can do with a key, but for writing."""

    def __init__(
        self,
        desk: Desk,
        composer: Composer,
        *,
        columns: Callable[[], int],
        redraw: Callable[[], None],
        suspend: Callable[[], None],
    ) -> None:
        """`columns` tells the width of the screen; `redraw` draws all of it anew.

        `suspend` gives the terminal back to the shell for a while.
        """
        self.desk = desk
        self.composer = composer
        self._columns = columns
        self._redraw = redraw
        self._suspend = suspend
        self._dropped_at = -TWICE_SECONDS

    @property
    def _viewport(self) -> Viewport:
        return self.desk.viewport

    # Typing.

    def send(self) -> None:
        """Say what is typed, or do it."""
        desk, buffer = self.desk, self.desk.buffer
        reply, searched = self.composer.reply, desk.model.search_results
        text = self.composer.take()
        if desk.model.status is not Status.ONLINE:
            desk.app.try_now()  # as the status line says; what is typed is kept until then
        if not text.strip():
            return
        try:
            order = submit(desk.model, buffer, text, reply_to=reply)
        except UsageError as error:
            desk.model.tell(Kind.FAULT, str(error))
            self.composer.put_back(text)
            self._viewport.to_end()
        else:
            if not text.startswith("/"):
                self.composer.reply_to.pop(buffer, None)
                desk.target = None
            self.obey(order)
            if desk.model.search_results is not searched:
                self.show_search()
            if desk.model.looks_back:
                desk.notice("Asking for what was said …")  # it is told when it is there
            else:
                desk.excerpted = frozenset()
                self._viewport.to_end()

    def obey(self, order: Order | None) -> None:
        """Do what a command asks for."""
        if self.desk.colorless and isinstance(order, Choose | Switch) and order.name == "theme":
            self.desk.model.note(_COLORLESS)
        match self.desk.app.obey(order):
            case Open(Page.HELP):
                self.help()
            case Open(Page.EMOJI):
                self.react()
            case Show(buffer):
                self.show(buffer)

    def break_line(self) -> None:
        """Begin a new line in the message."""
        self.composer.input.insert_text("\n")

    def complete(self, direction: int) -> None:
        """Complete the word in hand; go on through the menu."""
        typed = self.composer.input
        if typed.complete_state:
            typed.complete_next() if direction > 0 else typed.complete_previous()
        elif direction > 0:
            self.composer.complete()

    def accept(self) -> None:
        """Take the grey text."""
        typed = self.composer.input
        if typed.suggestion and typed.document.is_cursor_at_the_end:
            typed.insert_text(typed.suggestion.text)
        else:
            typed.cursor_right()

    def recall(self, direction: int) -> None:
        """Go through the menu, the lines of the message, or what was sent before."""
        typed = self.composer.input
        if typed.complete_state:
            typed.complete_next() if direction > 0 else typed.complete_previous()
        elif direction > 0:
            typed.auto_down()
        else:
            typed.auto_up()

    def drop(self) -> None:
        """Drop what is typed; the second time leave."""
        desk = self.desk
        if desk.chooser or desk.finder:
            self.cancel()
            return
        if self.composer.input.text or self.composer.reply:
            self.composer.drop()
            return
        now = desk.model.clock()
        if now - self._dropped_at <= TWICE_SECONDS:
            desk.model.quit()
            desk.app.obey(Quit())
        self._dropped_at = now
        desk.notice("Ctrl-C again leaves.")

    def edit(self) -> None:
        """Write in the editor that the person likes ($VISUAL, $EDITOR)."""
        self.composer.input.open_in_editor()

    def paste(self, text: str) -> None:
        """Take a pasted text in; ask before many lines."""
        text = "\n".join(map(clean, text.replace("\r\n", "\n").replace("\r", "\n").split("\n")))
        text = text.strip("\n")
        if self.desk.finder:
            self.desk.finder.type(text.replace("\n", " "))
        elif self.desk.chooser:
            self.desk.chooser.type(text.replace("\n", " "))
        elif text.count("\n") >= PASTE_LINES:
            self._open(pages.paste_page(text, self._closing(self.composer.insert_paste)))
        else:
            self.composer.insert_paste(text)

    # Rooms and people.

    def show(self, buffer: Buffer) -> None:
        """Go to a buffer."""
        self.desk.finder = None
        self.desk.unmark()
        self.desk.model.show(buffer)

    def go_to(self, number: int) -> None:
        """Go to the one at a place of the list; the server's own page is not counted."""
        rooms = [b for b in self.desk.ordered() if b is not self.desk.model.server]
        if number <= len(rooms):
            self.show(rooms[number - 1])

    def step(self, direction: int) -> None:
        """Go to the one above or below."""
        buffers = self.desk.ordered()
        index = buffers.index(self.desk.buffer) if self.desk.buffer in buffers else 0
        self.show(buffers[(index + direction) % len(buffers)])

    def next_news(self) -> None:
        """Go to the next one with news: those where one is named before others."""
        buffers = self.desk.ordered()
        index = buffers.index(self.desk.buffer) if self.desk.buffer in buffers else 0
        around = [*buffers[index + 1 :], *buffers[:index]]
        news = [b for b in around if b.mentions] or [b for b in around if b.unread]
        if news:
            self.show(news[0])
        else:
            self.desk.notice("Nothing new anywhere.")

    def jump(self) -> None:
        """Go to one by a part of its name."""
        desk = self.desk
        take = self._closing(self.show)
        others = [b for b in desk.ordered() if b is not desk.buffer]
        self._open(pages.jump_page(others, desk.server_name, take))

    def toggle_sidebar(self) -> None:
        """Show or hide the list on the left."""
        self.desk.sidebar_wish = not self.desk.shows_sidebar(self._columns())

    def toggle_members(self) -> None:
        """Show or hide the members."""
        self.desk.members_wish = not self.desk.shows_members(self._columns())

    # Messages.

    def page(self, direction: int) -> None:
        """Scroll by a screen."""
        self._viewport.page(direction)

    def to_top(self) -> None:
        """Go to the oldest that is loaded."""
        self._viewport.to_top()

    def to_end(self) -> None:
        """Go to the end of the line, or of the messages when one is there."""
        typed = self.composer.input
        if typed.document.is_cursor_at_the_end_of_line:
            self._viewport.to_end()
            self.desk.unmark()
        else:
            typed.cursor_position += typed.document.get_end_of_line_position()

    def reply(self) -> None:
        """Answer the line that was clicked, or the last one; again the one before."""
        desk = self.desk
        begun = self.composer.reply
        entry = desk.before(begun) if begun else desk.entry_meant()
        if entry is None:
            desk.notice("There is nothing to reply to.")
            return
        self.composer.reply_to[desk.buffer] = entry
        desk.target = entry.key
        self._viewport.ensure(entry.key)

    def react(self) -> None:
        """React to the line that was clicked or is being answered, or to the last one."""
        desk = self.desk
        entry = self.composer.reply or desk.entry_meant()
        if entry is None:
            desk.notice("There is nothing to react to.")
            return
        buffer = desk.buffer
        desk.target = entry.key

        def take(emoji: str) -> None:
            desk.model.react(buffer, entry, emoji)
            desk.target = None

        self._open(pages.emoji_page(entry, self._closing(take)))

    def resend(self) -> None:
        """Send a refused line again."""
        if entry := self.desk.last_refused():
            self.desk.model.retry(self.desk.buffer, entry)

    def discard(self) -> None:
        """Take a refused line out."""
        if entry := self.desk.last_refused():
            self.desk.model.discard(self.desk.buffer, entry)

    def find(self) -> None:
        """Find in what is loaded; again the one before."""
        if self.desk.finder:
            self.find_step(-1)
        else:
            self.desk.chooser = None
            self.desk.finder = Finder(self.desk.buffer)

    def find_step(self, direction: int) -> None:
        """Go to the next line that holds what is looked for."""
        finder = self.desk.finder
        if finder:
            finder.older() if direction < 0 else finder.newer()
            self.show_found()

    def show_found(self) -> None:
        """Bring what is found into view."""
        finder = self.desk.finder
        if finder and finder.key is not None:
            self._viewport.ensure(finder.key)
            self.desk.target = finder.key

    # All else.

    def help(self) -> None:
        """Show all keys and commands."""
        self._open(pages.help_page(self._closing(self.composer.insert_paste)))

    def show_search(self) -> None:
        """Show what the server finds, as it comes."""
        desk = self.desk
        if desk.model.search_results is None:
            return

        def take(found: pages.Found) -> None:
            desk.model.jump(*found)

        sheet = desk.sheet(self._columns())
        page = pages.search_page(
            *(desk.model.search_results, desk.server_name, sheet.time_of), self._closing(take)
        )
        self._open(page)

    def cancel(self) -> None:
        """Close what is open; else take back what was begun."""
        desk = self.desk
        if desk.chooser:
            desk.chooser = None
        elif desk.finder:
            desk.finder = desk.target = None
        elif self.composer.input.complete_state:
            self.composer.input.cancel_completion()
        elif desk.app.page:
            desk.app.page = []
        else:
            self.composer.reply_to.pop(desk.buffer, None)
            desk.unmark()
            desk.clear_notice()

    def suspend(self) -> None:
        """Stop, and let the shell have the terminal until it says to go on (job control)."""
        self._suspend()

    def redraw(self) -> None:
        """Draw the whole screen anew."""
        self._redraw()

    def _open(self, chooser: Chooser) -> None:
        self.desk.finder = None
        self.desk.chooser = chooser

    def _closing(self, take: Callable[[_T], None]) -> Callable[[_T], None]:
        def taken(value: _T) -> None:
            self.desk.chooser = None
            take(value)

        return taken
