"""Marks: what happens to a line after it was said: reactions, and that it is taken back."""

from typing import Final

from chatserver.irc.message import Message, Source
from chatserver.text import clean, fill
from client.buffers import Buffer
from client.messages import SPEECH, Entry, reacted, redacted
from client.reading import reply_of
from client.state import State

_COLUMNS: Final = 24  # of a reaction: an emoji, or a word


def apply_mark(state: State, buffer: Buffer, message: Message) -> None:
    """Do what a message does to an entry; nothing where it is of another kind, or that is gone."""
    match message.command:
        case "TAGMSG":
            _react(state, buffer, message)
        case "REDACT" if len(message.params) > 1:
            _redact(state, buffer, message)


def _react(state: State, buffer: Buffer, message: Message) -> None:
    entry = buffer.entries.find(reply_of(message))
    if entry is None or entry.kind not in SPEECH or entry.redacted:
        return
    nick = clean(Source.parse(message.source).nick)
    for tag, present in (("+draft/react", True), ("+draft/unreact", False)):
        if emoji := fill(clean(message.tags.get(tag, "")).strip(), _COLUMNS):
            _put(state, buffer, reacted(entry, emoji, nick, present=present))


def _redact(state: State, buffer: Buffer, message: Message) -> None:
    entry = buffer.entries.find(message.params[1])
    if entry is not None and entry.redacted is None:
        reason = message.params[2] if len(message.params) > 2 else ""
        _put(
            state, buffer, redacted(entry, clean(Source.parse(message.source).nick), clean(reason))
        )
        buffer.recount()


def _put(state: State, buffer: Buffer, entry: Entry) -> None:
    buffer.entries.replace(entry)
    state.changed(buffer)
