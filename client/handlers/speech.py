"""Speech: what people say, and what happens to it afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from chatserver.irc.message import Message, Source
from chatserver.text import clean
from client import sending
from client.buffers import PAUSED_SECONDS, TYPING_SECONDS, Buffer, BufferKind
from client.handlers.registration import watch
from client.marking import apply_mark
from client.messages import Entry
from client.outbox import Stage
from client.reading import parse_time, read
from client.state import State

_MOST_PARTNERS: Final = 200  # strangers who have opened a conversation; others go to the server's
_TYPING: Final = {"active": TYPING_SECONDS, "paused": PAUSED_SECONDS}


def conversation(state: State, message: Message) -> Buffer:
    """Return the buffer where a message to a target belongs; it is opened where there is none."""
    target, source = message.params[0], Source.parse(message.source)
    if target[:1] in state.features.signs and state.features.is_room(target[1:]):
        target = target[1:]  # to those of a rank (STATUSMSG)
    if state.features.is_room(target):
        return state.open(target)
    partner = target if state.is_me(source.nick) else source.nick
    if message.command == "NOTICE" or not source.user or not partner:
        return state.find(partner) or state.server
    known = state.find(partner)
    if known is None:
        persons = sum(buffer.kind is BufferKind.PERSON for buffer in state.buffers)
        if persons >= _MOST_PARTNERS:
            return state.server
        known = state.open(partner)
        known.joined = True
        watch(state, partner)
    return known


def _speech(state: State, message: Message) -> None:
    entry = read(state, message)
    if entry is None:
        return
    source = Source.parse(message.source)
    if source.host and (entry.own or state.people.knows(source.nick)):
        state.people.learn(source.nick, user=source.user, host=source.host)
    if entry.own:
        _own(state, message, entry)
    elif state.fold(entry.nick) not in state.ignored:
        buffer = conversation(state, message)
        if not entry.msgid or buffer.entries.find(entry.msgid) is None:
            state.add(buffer, entry)


def _own(state: State, message: Message, entry: Entry) -> None:
    """The echo of one's own line, or what one has said on another device."""
    label = message.tags.get("label", "")
    parcel = state.outbox.get(label) if label else None
    buffer = parcel.buffer if parcel else conversation(state, message)
    if parcel is None and not state.has("labeled-response"):
        parcel = sending.matching(state, buffer, entry, Stage.SENT)
    if parcel:
        sending.confirm(state, parcel, entry)
    elif not entry.msgid or buffer.entries.find(entry.msgid) is None:
        state.add(buffer, entry)


def _acknowledged(state: State, message: Message) -> None:
    """The server has nothing to say: what needs no echo has arrived (labeled-response)."""
    parcel = state.outbox.get(message.tags.get("label", ""))
    if parcel and not state.has("echo-message"):
        sending.confirm(state, parcel)


def _tags(state: State, message: Message) -> None:
    source = Source.parse(message.source)
    if not message.params or state.fold(source.nick) in state.ignored:
        return
    target = message.params[0]
    name = target if state.features.is_room(target) or state.is_me(source.nick) else source.nick
    buffer = state.find(name)
    if buffer is None:
        return
    state.note_marks(buffer, apply_mark(state, buffer, message))
    typing = message.tags.get("+typing", "")
    if typing and not state.is_me(source.nick):
        seconds = _TYPING.get(typing)
        buffer.set_typing(clean(source.nick), state.clock() + seconds if seconds else 0.0)
        state.changed()


def _redact(state: State, message: Message) -> None:
    source, target = Source.parse(message.source), message.params[0]
    buffer = state.find(source.nick if state.is_me(target) else target)
    if buffer:
        state.note_marks(buffer, apply_mark(state, buffer, message))


def _read(state: State, message: Message) -> None:
    """How far one has read, on this device or another (read-marker)."""
    if len(message.params) < 2:
        return
    buffer = state.find(message.params[0])
    name, _, value = message.params[1].partition("=")
    if buffer is None:
        return
    if name == "timestamp":
        buffer.read(parse_time(value))
        if buffer is not state.current:
            buffer.mark_new()
    elif not buffer.read_at:
        buffer.read(buffer.entered_at)
    state.changed(buffer)


HANDLERS: Final[dict[str, Callable[[State, Message], None]]] = {
    "PRIVMSG": _speech,
    "NOTICE": _speech,
    "TAGMSG": _tags,
    "REDACT": _redact,
    "MARKREAD": _read,
    "ACK": _acknowledged,
}
