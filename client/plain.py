"""Plain: a line for each message above a prompt; for screen readers and simple terminals."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Final

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.patch_stdout import patch_stdout

from chatserver.formatting import strip
from client.app import App
from client.buffers import Buffer
from client.commands import UsageError, help_lines, submit
from client.completion import complete
from client.messages import Delivery, Entry
from client.model import Search, Status
from client.orders import Open, Page
from client.sentences import sentence
from client.unseen import Unseen

_INDENT: Final = "      "


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
        self._status = ""
        self._found: Search | None = None
        self._place: Buffer | None = None
        app.on_change = self.print_news

    async def run(self) -> None:
        """Talk until the person has had enough."""
        session: PromptSession[str] = PromptSession(
            self._prompt, completer=_Completer(self._app), complete_while_typing=False
        )
        with patch_stdout(raw=False):
            async with self._app.running():
                while not self._app.finished.is_set():
                    try:
                        line = await session.prompt_async()
                    except (EOFError, KeyboardInterrupt):
                        self._type("/quit")
                        return
                    self._type(line)

    def print_news(self) -> None:
        """Print what has come, and how the connection is where that is new."""
        model = self._app.model
        for buffer, entry in self._unseen.take(model):
            print(line_of(buffer, entry, self._app.settings.clock))
        self._print_found()
        words = model.detail if model.status is Status.OFFLINE else ""
        status = words.partition(";")[0]  # without the seconds that are left
        if status and status != self._status:
            print(f"! {words}")
        self._status = status
        for row in self._app.page:
            print(row)
        self._app.page = []
        if model.current is not self._place and model.current is not model.server:
            print(f"* You write to {model.current.name} now.")
        self._place = model.current
        model.mark_read(model.current)
        self._app.flush()

    def _print_found(self) -> None:
        found = self._app.model.search_results
        if found and found.done and found is not self._found:
            self._found = found
            for buffer, entry in reversed(found.hits):
                print(line_of(buffer, entry, f"%Y-%m-%d {self._app.settings.clock}"))
            print(f"! {found.fault}" if found.fault else f"* {len(found.hits)} lines found.")

    def _prompt(self) -> str:
        model = self._app.model
        return f"{model.nick} {model.current.name}> ".replace("  ", " ")

    def _type(self, line: str) -> None:
        if not line.strip():
            self._app.try_now()
            return
        model = self._app.model
        try:
            order = self._app.obey(submit(model, model.current, line))
        except UsageError as error:
            print(f"! {error}")
            return
        if isinstance(order, Open) and order.page is Page.HELP:
            print("\n".join(help_lines(order.about)))
        self._app.flush()
        self.print_news()


def line_of(buffer: Buffer, entry: Entry, clock: str) -> str:
    """Return an entry as it is printed: when, where, and the words; no control characters."""
    where = f" [{buffer.name}]" if buffer.name else ""
    rows = strip(sentence(entry)).split("\n")
    refused = f" (not sent: {entry.reason})" if entry.delivery is Delivery.REFUSED else ""
    when = datetime.fromtimestamp(entry.at)
    return f"{when:{clock}}{where} {f'{chr(10)}{_INDENT}'.join(rows)}{refused}"


async def run(app: App) -> None:
    """Talk in lines until the person has had enough."""
    with suppress(asyncio.CancelledError):
        await Plain(app).run()
