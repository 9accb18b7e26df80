"""Marking: the messages that do something to a line after it was said (marks.py keeps it)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from chatserver.irc.message import Message, Source
from chatserver.text import clean, fill
from client.buffers import Buffer
from client.marks import Mark
from client.messages import Redaction
from client.reading import reply_of, time_of
from client.state import State

_COLUMNS: Final = 24  # of a reaction: an emoji, or a word
_SIGNS: Final = (("+draft/react", True), ("+draft/unreact", False))


def apply_mark(state: State, buffer: Buffer, message: Message) -> list[Mark]:
    """Keep what a message does to a line, and do it where the line is there; others do nothing.

    Returns what it has done that was not done before, as far as one can tell.
    """
    match message.command:
        case "TAGMSG":
            msgid, marks = reply_of(message), list(_reactions(state, message))
        case "REDACT" if len(message.params) > 1:
            msgid, marks = message.params[1], [_redaction(state, message)]
        case _:
            return []
    if not msgid:
        return []
    for mark in marks:
        buffer.marks.keep(msgid, mark)
    entry = buffer.entries.find(msgid)
    marked = buffer.marks.on(entry) if entry else None
    if entry and marked:
        if marked == entry:
            return []
        buffer.entries.replace(marked)
        if marked.redacted:
            buffer.recount()
        state.changed(buffer)
    return [replace(mark, entry=entry) for mark in marks]


def _reactions(state: State, message: Message) -> Iterator[Mark]:
    nick = clean(Source.parse(message.source).nick)
    if state.fold(nick) in state.ignored:
        return
    at = time_of(message) or state.clock()
    for tag, present in _SIGNS:
        if emoji := fill(clean(message.tags.get(tag, "")).strip(), _COLUMNS):
            yield Mark(nick, at, emoji=emoji, present=present)


def _redaction(state: State, message: Message) -> Mark:
    nick = clean(Source.parse(message.source).nick)
    reason = clean(message.params[2]) if len(message.params) > 2 else ""
    at = time_of(message) or state.clock()
    return Mark(nick, at, redaction=Redaction(nick, reason))
