"""Marking: the messages that do something to a line after it was said (marks.py keeps it)."""

from typing import Final

from chatserver.irc.message import Message, Source
from chatserver.text import clean, fill
from client.buffers import Buffer
from client.messages import Redaction
from client.reading import reply_of, time_of
from client.state import State

_COLUMNS: Final = 24  # of a reaction: an emoji, or a word
_SIGNS: Final = (("+draft/react", True), ("+draft/unreact", False))


def apply_mark(state: State, buffer: Buffer, message: Message) -> None:
    """Keep what a message does to a line, and do it where the line is there; others do nothing."""
    match message.command:
        case "TAGMSG":
            msgid = _react(state, buffer, message)
        case "REDACT" if len(message.params) > 1:
            msgid = _redact(buffer, message)
        case _:
            return
    entry = buffer.entries.find(msgid) if msgid else None
    marked = buffer.marks.on(entry) if entry else None
    if entry and marked and marked != entry:
        buffer.entries.replace(marked)
        if marked.redacted:
            buffer.recount()
        state.changed(buffer)


def _react(state: State, buffer: Buffer, message: Message) -> str:
    msgid, nick = reply_of(message), clean(Source.parse(message.source).nick)
    if not msgid or state.fold(nick) in state.ignored:
        return ""
    at = time_of(message) or state.clock()
    for tag, present in _SIGNS:
        if emoji := fill(clean(message.tags.get(tag, "")).strip(), _COLUMNS):
            buffer.marks.react(msgid, emoji, nick, at, present=present)
    return msgid


def _redact(buffer: Buffer, message: Message) -> str:
    msgid = message.params[1]
    reason = message.params[2] if len(message.params) > 2 else ""
    nick = clean(Source.parse(message.source).nick)
    buffer.marks.redact(msgid, Redaction(nick, clean(reason)))
    return msgid
