"""Plain: a line for each message above a prompt; for screen readers and simple terminals."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import datetime
from itertools import groupby
from typing import Any, Final
from weakref import WeakSet

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.output import DummyOutput, Output, create_output
from prompt_toolkit.output.vt100 import Vt100_Output
from prompt_toolkit.patch_stdout import patch_stdout
from prompt_toolkit.shortcuts import CompleteStyle
from prompt_toolkit.utils import is_dumb_terminal

from chatserver.formatting import strip
from client.app import App
from client.buffers import Buffer, BufferKind
from client.commands import UsageError, help_lines, submit
from client.completion import complete
from client.dumb import BottomRow
from client.keyboard import open_keyboard
from client.messages import Delivery, Entry, Kind
from client.model import Excerpt, Search, Status
from client.orders import Open, Page
from client.sentences import MORE, found_words, mark_words, sentence
from client.unseen import Unseen

TWICE_SECONDS: Final = 2.0
"""Between two Ctrl-C that leave."""

FIRST_LINES: Final = 20
"""What is shown of what was said before one came, at most, where more of it is not unread."""

_MOST_NAMES: Final = 10
_INDENT: Final = "      "
_ONLINE: Final = "online"


class _Completer(Completer):
    """What the model knows, for prompt_toolkit."""

    def __init__(self, app: App) -> None:
        self._app = app

    def get_completions(self, document: Document, event: CompleteEvent) -> Iterable[Completion]:
        model = self._app.model
        for found in complete(model, model.current, document.text_before_cursor):
            yield Completion(found.text, found.start, display_meta=found.about)


class Plain:
    """Prints what is new, and asks for lines."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._unseen = Unseen()
        self._lines: list[str] = []  # to be shown together
        self._status = ""
        self._found: Search | None = None
        self._excerpt: Excerpt | None = None
        self._place: Buffer | None = None
        self._known: WeakSet[Buffer] = WeakSet()  # where one was before
        self._day = _day_of(app.model.clock())
        self._dropped_at = -TWICE_SECONDS
        self._row: BottomRow | None = None
        if is_dumb_terminal():
            self._row = BottomRow(_write, lambda: shutil.get_terminal_size().columns)
        self._session: PromptSession[str] = PromptSession(
            self._prompt,
            completer=_Completer(app),
            complete_while_typing=False,
            complete_style=CompleteStyle.READLINE_LIKE,
            reserve_space_for_menu=0,
            erase_when_done=True,
            input=open_keyboard(),
            output=DummyOutput() if self._row else _output(),
        )
        self._session.default_buffer.on_text_changed += lambda _: self._show_row()
        app.on_change = self.print_news

    async def run(self) -> None:
        """Talk until the person has had enough."""
        patched: AbstractContextManager[Any] = nullcontext() if self._row else patch_stdout()
        # Raw between two prompts too: else the terminal itself shows what is typed then.
        with patched, self._session.input.raw_mode():
            async with self._app.running():
                self._show_row()
                while not self._app.finished.is_set():
                    try:
                        line = await self._session.prompt_async()
                    except EOFError:
                        self._type("/quit")
                    except KeyboardInterrupt:
                        self._drop()
                    else:
                        self._type(line)
            if self._row:
                self._row.show("")

    def print_news(self) -> None:
        """Print what has come, and how the connection is where that is new."""
        model = self._app.model
        if model.status is Status.ONLINE:
            self._print_status()
        caught_up = [buffer for buffer in model.buffers if buffer.ready or not buffer.joined]
        news = self._unseen.take(model, caught_up)
        for buffer, new in groupby(news, key=lambda one: one[0]):
            self._print_new(buffer, [entry for _, entry in new])
            model.mark_read(buffer)
        for buffer, mark in model.take_marks():
            words = mark_words(mark, self._app.settings.clock)
            self._put(mark.at, _stamped(buffer, mark.at, words, self._app.settings.clock))
        self._print_excerpt()
        self._print_found()
        self._print_status()
        self._lines += self._app.page
        self._app.page = []
        if model.current is not self._place and model.current is not model.server:
            self._lines.append(f"* You write to {model.current.name} now.")
        self._place = model.current
        model.mark_read(model.current)
        self._ring()
        self._app.flush()
        self._show_lines()

    def _print_new(self, buffer: Buffer, entries: list[Entry]) -> None:
        """Print what is new in a buffer; of what was before one came not more than fits."""
        if buffer not in self._known and buffer.joined:
            self._known.add(buffer)
            kept = max(FIRST_LINES, buffer.unread)
            if len(entries) > kept:
                self._lines.append(f"* /history shows what was said before in {buffer.name}.")
            entries = entries[-kept:]
        for entry in entries:
            self._print(buffer, entry)
        came = any(entry.own and entry.kind is Kind.JOINED for entry in entries)
        if came and buffer.kind is BufferKind.ROOM:
            self._lines.append(_who_is_in(buffer))

    def _print(self, buffer: Buffer, entry: Entry) -> None:
        self._put(entry.at, line_of(buffer, entry, self._app.settings.clock))

    def _put(self, at: float, line: str) -> None:
        """Print a line under its day, where that is another one than that of the line before."""
        day = _day_of(at)
        if day != self._day:
            self._lines.append(f"-- {day} --")
            self._day = day
        self._lines += line.split("\n")

    def _print_status(self) -> None:
        """Print how the connection is where that is new."""
        model = self._app.model
        words, semicolon, _ = model.detail.partition("; ")  # behind it: the seconds that are left
        if model.status is Status.ONLINE and self._status != _ONLINE:
            self._lines.append(f"* You are connected to {self._app.server} as {model.nick}.")
            self._status = _ONLINE
        elif model.status is Status.OFFLINE and semicolon and self._status != words:
            self._lines.append(f"! {model.detail}")
            self._status = words

    def _print_excerpt(self) -> None:
        """Print the page of the past that was asked for, under its days."""
        excerpt = self._app.model.excerpt
        if excerpt is None or excerpt is self._excerpt:
            return
        self._excerpt, self._day = excerpt, ""
        for entry in filter(None, map(excerpt.buffer.entries.by_key, excerpt.keys)):
            self._print(excerpt.buffer, entry)

    def _print_found(self) -> None:
        found = self._app.model.search_results
        if found and found.done and found is not self._found:
            self._found = found
            for buffer, entry in reversed(found.hits):
                line = line_of(buffer, entry, f"%Y-%m-%d {self._app.settings.clock}")
                self._lines += line.split("\n")
            words = f"* {found_words(found)}." + (f" {MORE}" if found.more else "")
            self._lines.append(f"! {found.fault}" if found.fault else words)

    def _ring(self) -> None:
        if self._app.model.take_alerts() and self._app.settings.notify != "off":
            _write("\a")

    def _show_lines(self) -> None:
        lines, self._lines = self._lines, []
        if self._row and lines:
            self._row.put_above(lines)
        elif lines:
            print("\n".join(lines))
        self._show_row()

    def _show_row(self) -> None:
        """Let the prompt and what is typed be seen; where more can be done that is done already."""
        if self._row:
            self._row.show(f"{self._prompt()}{self._session.default_buffer.text}")

    def _prompt(self) -> str:
        model = self._app.model
        return f"{model.nick} {model.current.name}> ".replace("  ", " ")

    def _drop(self) -> None:
        """Drop what is typed; the second time leave."""
        now = self._app.model.clock()
        if not self._session.default_buffer.text:
            if now - self._dropped_at <= TWICE_SECONDS:
                self._type("/quit")
                return
            self._dropped_at = now
            self._lines.append("* Ctrl-C again leaves.")
        self._session.default_buffer.reset()
        self._show_lines()

    def _type(self, line: str) -> None:
        self._session.default_buffer.reset()
        self._show_row()
        if not line.strip():
            self._app.try_now()
            return
        model = self._app.model
        try:
            order = self._app.obey(submit(model, model.current, line))
        except UsageError as error:
            self._lines.append(f"! {error}")
            order = None
        if isinstance(order, Open) and order.page is Page.HELP:
            self._lines += help_lines(order.about)
        if model.pending and model.status is not Status.ONLINE and not line.startswith("/"):
            self._lines.append("* That is sent when there is a connection again.")
        self._app.flush()
        self.print_news()


def line_of(buffer: Buffer, entry: Entry, clock: str) -> str:
    """Return an entry as it is printed: when, where, and the words; no control characters."""
    rows = strip(sentence(entry)).split("\n")
    refused = f" (not sent: {entry.reason})" if entry.delivery is Delivery.REFUSED else ""
    return _stamped(buffer, entry.at, f"{f'{chr(10)}{_INDENT}'.join(rows)}{refused}", clock)


def _stamped(buffer: Buffer, at: float, words: str, clock: str) -> str:
    where = f" [{buffer.name}]" if buffer.name else ""
    when = datetime.fromtimestamp(at).strftime(clock) if clock else ""
    return f"{when}{where} {words}".lstrip()


def _who_is_in(room: Buffer) -> str:
    """Return « * In #ops: @ada, bob and 3 others. »"""
    names = [f"{member.sign}{member.nick}" for member in room.members]
    rest = len(names) - _MOST_NAMES
    return f"* In {room.name}: {', '.join(names[:_MOST_NAMES])}" + (
        f" and {rest} others." if rest > 0 else "."
    )


def _day_of(at: float) -> str:
    day = datetime.fromtimestamp(at)
    return f"{day:%A} {day.day} {day:%B %Y}"


def _output() -> Output:
    """Return the terminal, which is not asked where its cursor is: not all of them answer."""
    output = create_output()
    if isinstance(output, Vt100_Output):
        output.enable_cpr = False
    return output


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


async def run(app: App) -> None:
    """Talk in lines until the person has had enough."""
    with suppress(asyncio.CancelledError):
        await Plain(app).run()
