"""Composer: the line one types, with history and draft of each room, completion and ghost text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from prompt_toolkit.auto_suggest import Suggestion
from prompt_toolkit.buffer import Buffer as Input
from prompt_toolkit.buffer import CompletionState
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition
from prompt_toolkit.history import InMemoryHistory

from client.buffers import Buffer
from client.completion import complete
from client.messages import Entry
from client.model import Model
from client.sending import text_bytes

PASTE_LINES: Final = 3
"""Pasted lines above which one is asked."""

MOST_ROWS: Final = 8
"""Rows that the input grows to."""

HINT: Final = "Write here; F1 shows all keys"
"""What stands in the empty line until something is typed for the first time."""

_OPENERS: Final = ("/", ":", "#", "@")  # a menu opens by itself for words that begin so


class Composer:
    """What is typed, in each buffer for itself.

    Attributes:
        input: of the current buffer.
        reply_to: by buffer, the entry that is answered with the next line.
    """

    def __init__(
        self,
        model: Model,
        typed: Callable[[], None],
        tells: Callable[[], bool] = lambda: True,
    ) -> None:
        """`typed` is called after each change of what is typed.

        `tells` says whether others may know that one types.
        """
        self.model = model
        self._tells = tells
        self.reply_to: dict[Buffer, Entry] = {}
        self._typed = typed
        self._inputs: dict[Buffer, Input] = {}
        self._place = model.current  # where one types
        self._is_new = True  # whether nothing was ever typed

    def settle(self) -> None:
        """One types in the current buffer from now on; a draft of another one stays there."""
        self._place = self.model.current

    def go_along(self) -> bool:
        """Let what is typed come along where the model has gone to another buffer by itself.

        That is so when the answer to a /join is there, and one has typed on meanwhile. Where a
        draft stands already both stay. Returns whether it has gone to another one.
        """
        before, here = self._place, self.model.current
        if before is here:
            return False
        self._place = here
        left = self._inputs.get(before)
        if left and left.text and not self.input.text:
            document = left.document
            self._clear(before, left)
            self.input.set_document(document)
        return True

    @property
    def input(self) -> Input:
        """What is typed in the current buffer."""
        buffer = self.model.current
        known = self._inputs.get(buffer)
        if known is None:
            self._forget()
            known = self._inputs[buffer] = self._make(buffer)
        return known

    @property
    def hint(self) -> str:
        """What stands behind the cursor for who does not know yet what to type."""
        return HINT if self._is_new else ""

    @property
    def reply(self) -> Entry | None:
        """What the next line answers."""
        return self.reply_to.get(self.model.current)

    def take(self) -> str:
        """Return what is typed, put it into the history, and clear the line."""
        text = self.input.text
        self.input.reset(append_to_history=bool(text.strip()))
        self.model.current.draft = ""
        return text

    def drop(self) -> None:
        """Drop what is typed, and what it answers."""
        self._clear(self.model.current, self.input)
        self.reply_to.pop(self.model.current, None)

    def put_back(self, text: str) -> None:
        """Let a line that was taken stand there again."""
        self.input.set_document(Document(text), bypass_readonly=True)

    def insert_paste(self, text: str) -> None:
        """Put a pasted text in at the cursor."""
        self.input.insert_text(text)

    def complete(self) -> None:
        """Put the best completion in; where there are several the menu shows them."""
        typed = self.input
        found = list(_ModelCompleter(self.model, self.model.current).at(typed.document))
        if len(found) == 1:
            typed.apply_completion(found[0])
        elif found:
            # At once, not as a task beside the one that makes the menu while one types.
            typed.complete_state = CompletionState(typed.document, found)
            typed.go_to_completion(0)

    def over(self) -> int:
        """Count the bytes of the longest line that do not fit into one message."""
        text = self.input.text
        if text.startswith("/") and not text.startswith("//"):
            return 0
        longest = max(len(line.encode()) for line in text.split("\n"))
        return max(longest - text_bytes(self.model, self.model.current), 0)

    def _make(self, buffer: Buffer) -> Input:
        made = Input(
            completer=_ModelCompleter(self.model, buffer),
            history=InMemoryHistory(),
            multiline=True,
            complete_while_typing=Condition(lambda: _opens(made.document.text_before_cursor)),
            document=Document(buffer.draft),
            enable_history_search=False,
        )
        # Not prompt_toolkit's AutoSuggest: that comes a frame later, and every key is drawn twice.
        made.on_text_insert += lambda _: self._suggest(buffer, made)
        made.on_text_changed += lambda _: self._keep(buffer, made)
        return made

    def _suggest(self, buffer: Buffer, made: Input) -> None:
        """Show what is missing of the best completion, if it only adds to what is typed."""
        document = made.document
        before = document.text_before_cursor
        if not document.is_cursor_at_the_end or not before.strip():
            return
        for found in complete(self.model, buffer, before)[:1]:
            word = before[len(before) + found.start :]
            if len(word) > 1 and found.text.casefold().startswith(word.casefold()):
                made.suggestion = Suggestion(found.text[len(word) :].rstrip())

    def _keep(self, buffer: Buffer, made: Input) -> None:
        buffer.draft = made.text
        self._is_new = self._is_new and not made.text
        speaks = bool(made.text.strip()) and not made.text.startswith("/")
        self.model.set_typing(buffer, typing=speaks and self._tells())
        self._typed()

    def _clear(self, buffer: Buffer, made: Input) -> None:
        made.reset()  # which tells nobody
        self._keep(buffer, made)

    def _forget(self) -> None:
        """Let go of what belongs to closed buffers."""
        open_ones = set(self.model.buffers)
        self._inputs = {b: made for b, made in self._inputs.items() if b in open_ones}
        self.reply_to = {b: entry for b, entry in self.reply_to.items() if b in open_ones}


class _ModelCompleter(Completer):
    """What completion.py offers, as prompt_toolkit wants it."""

    def __init__(self, model: Model, buffer: Buffer) -> None:
        self._model = model
        self._buffer = buffer

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        """Yield how the word in hand may go on."""
        return self.at(document)

    def at(self, document: Document) -> Iterator[Completion]:
        """Yield how the word at the cursor may go on."""
        for found in complete(self._model, self._buffer, document.text_before_cursor):
            yield Completion(
                found.text, found.start, display=found.text.strip(), display_meta=found.about
            )


def _opens(before: str) -> bool:
    """Whether the menu opens while one types: at a command, a room, an emoji, a name with @."""
    word = before.rpartition(" ")[2].rpartition("\n")[2]
    return len(word) > 1 and word.startswith(_OPENERS) and not before.startswith("//")
