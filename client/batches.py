"""Batches: messages that belong together are collected until the last has come (IRCv3 batch)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from chatserver.irc.message import Message

_MOST_OPEN: Final = 32
_MOST_ITEMS: Final = 20_000  # of one batch; what is beyond is left out

_MULTILINE: Final = "draft/multiline"
_CONCAT: Final = "draft/multiline-concat"


class Batch(Struct):
    """A batch: its kind and parameters, the tags of its opening, and what was in it."""

    kind: str
    params: tuple[str, ...]
    tags: Mapping[str, str]
    source: str
    items: list[Message | Batch]

    @property
    def label(self) -> str:
        """The label of what it answers, or nothing."""
        return self.tags.get("label", "")

    @property
    def messages(self) -> list[Message]:
        """What is in it and in the batches within it."""
        found: list[Message] = []
        for item in self.items:
            found += item.messages if isinstance(item, Batch) else [item]
        return found


class Batches:
    """The batches that are open; messages go in, and come out as soon as they are whole."""

    __slots__ = ("_open",)

    def __init__(self) -> None:
        self._open: dict[str, tuple[Batch, str]] = {}  # by reference: with that of its parent

    def clear(self) -> None:
        """Forget what is half there."""
        self._open.clear()

    def take(self, message: Message) -> Message | Batch | None:
        """Take a message; return what is whole now, if anything is.

        A batch within another is a part of it; of a multi-line message one message is made.
        """
        parent = message.tags.get("batch", "")
        if message.command == "BATCH" and message.params:
            sign, name = message.params[0][:1], message.params[0][1:]
            if sign == "+" and name and len(self._open) < _MOST_OPEN:
                kind = message.params[1] if len(message.params) > 1 else ""
                batch = Batch(kind, message.params[2:], message.tags, message.source, [])
                self._open[name] = (batch, parent)
            elif sign == "-" and name in self._open:
                return self._close(*self._open.pop(name))
            return None
        if parent in self._open:
            items = self._open[parent][0].items
            if len(items) < _MOST_ITEMS:
                items.append(message)
            return None
        return message

    def _close(self, batch: Batch, parent: str) -> Message | Batch | None:
        whole = _joined(batch) if batch.kind == _MULTILINE else None
        if parent in self._open:
            self._open[parent][0].items.append(whole or batch)
            return None
        return whole or batch


def _joined(batch: Batch) -> Message | None:
    """Make one message of a multi-line one; its tags are those of its opening."""
    rows = batch.messages
    if not rows:
        return None
    text = ""
    for index, item in enumerate(rows):
        row = item.params[-1] if item.params else ""
        text += row if index == 0 or _CONCAT in item.tags else f"\n{row}"
    first = rows[0]
    target = (*batch.params, *first.params, "")[0]
    source = batch.source if "!" in batch.source else first.source
    tags = {name: value for name, value in batch.tags.items() if name != "batch"}
    return Message(first.command, (target, text), source or first.source, {**first.tags, **tags})
