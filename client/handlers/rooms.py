"""Rooms: who comes and goes, what a room is about, and how people are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from chatserver.formatting import sanitize
from chatserver.irc.message import Message, Source
from chatserver.irc.numerics import Numeric
from chatserver.text import clean
from client import sending
from client.buffers import Buffer, BufferKind
from client.catching_up import catch_up
from client.handlers.refusals import in_words
from client.messages import Kind
from client.modes import read_changes
from client.reading import read, time_of
from client.state import State


def _show(state: State, buffer: Buffer | None, message: Message) -> None:
    entry = read(state, message)
    if buffer and entry and not (entry.msgid and buffer.entries.find(entry.msgid)):
        state.add(buffer, entry)


def _join(state: State, message: Message) -> None:
    source = Source.parse(message.source)
    own = state.is_me(source.nick)
    buffer = state.open(message.params[0]) if own else state.find(message.params[0])
    if buffer is None:
        return
    facts: dict[str, str | bool] = {"user": source.user, "host": source.host, "online": True}
    if len(message.params) > 2:  # extended-join
        account, realname = message.params[1:3]
        facts |= {"account": "" if account == "*" else clean(account), "realname": clean(realname)}
    state.people.learn(clean(source.nick), **facts)
    buffer.members.add(clean(source.nick))
    if own:
        _enter(state, buffer, message)
    else:
        _show(state, buffer, message)
    state.changed(buffer)


def _enter(state: State, buffer: Buffer, message: Message) -> None:
    """One is in a room: fetch what was missed, and show it if it was asked for by name."""
    name = state.fold(message.params[0])
    buffer.name, buffer.joined, buffer.wanted = message.params[0], True, True
    buffer.ready = buffer.who_asked = False
    buffer.entered_at = time_of(message) or state.clock()
    if not buffer.read_at and not state.has("draft/read-marker"):
        buffer.read_at = buffer.entered_at
    catch_up(state, buffer)
    _show(state, buffer, message)
    if name in state.going_to or state.current is state.server:
        state.going_to.discard(name)
        state.switch(buffer)
    state.tell_announced()


def _left(state: State, buffer: Buffer, reason: str) -> None:
    """One is no longer in a room."""
    buffer.joined = buffer.wanted = False
    nicks = [member.nick for member in buffer.members]
    buffer.members.reset({})
    state.forget_strangers(nicks)
    sending.refuse_all(state, buffer, reason)


def _part(state: State, message: Message) -> None:
    source, buffer = Source.parse(message.source), state.find(message.params[0])
    if buffer is None:
        return
    buffer.members.remove(source.nick)
    _show(state, buffer, message)
    if state.is_me(source.nick):
        _left(state, buffer, "You have left this room.")
    state.forget_strangers([source.nick])


def _kick(state: State, message: Message) -> None:
    buffer = state.find(message.params[0])
    if buffer is None or len(message.params) < 2:
        return
    buffer.members.remove(message.params[1])
    _show(state, buffer, message)
    if state.is_me(message.params[1]):
        _left(state, buffer, "You were put out of this room.")
    state.forget_strangers([message.params[1]])


def _quit(state: State, message: Message) -> None:
    nick = Source.parse(message.source).nick
    for buffer in state.buffers:
        partner = buffer.kind is BufferKind.PERSON and state.fold(buffer.name) == state.fold(nick)
        if buffer.members.remove(nick) or partner:
            _show(state, buffer, message)
    state.people.learn(nick, online=False)
    state.forget_strangers([nick])
    if state.fold(nick) == state.fold(state.wishes.nick):
        state.take_back_nick()


def _nick(state: State, message: Message) -> None:
    old, new = Source.parse(message.source).nick, clean(message.params[0])
    own = state.is_me(old)
    state.people.rename(old, new)
    for buffer in state.buffers:
        partner = buffer.kind is BufferKind.PERSON and state.fold(buffer.name) == state.fold(old)
        if buffer.members.rename(old, new) or partner:
            _show(state, buffer, message)
        if partner and state.find(new) in {None, buffer}:
            buffer.name = new
    if own:
        state.take_nick(new)
        if not any(buffer.joined for buffer in state.buffers):
            state.note(f"You are called {new} now.")
    state.changed()


def _topic(state: State, message: Message) -> None:
    buffer = state.find(message.params[0])
    if buffer:
        buffer.topic = sanitize(message.params[-1]) if len(message.params) > 1 else ""
        _show(state, buffer, message)


def _topic_is(state: State, message: Message) -> None:
    buffer = state.find(message.params[1]) if len(message.params) > 2 else None
    if buffer:
        told = message.command == Numeric.RPL_TOPIC
        buffer.topic = sanitize(message.params[2]) if told else ""
        if buffer is state.asked_topic:
            state.asked_topic = None
            state.tell(Kind.NOTE, buffer.topic or "There is no topic.", buffer=buffer)
        state.changed(buffer)


def _mode(state: State, message: Message) -> None:
    if len(message.params) < 2:
        return
    buffer = state.find(message.params[0])
    if buffer is None:
        return
    ranks = dict(state.features.ranks)
    for change in read_changes(state.features, message.params[1:]):
        if change.letter in ranks:
            buffer.members.set_rank(change.value, ranks[change.letter], held=change.on)
    _show(state, buffer, message)


def _names(state: State, message: Message) -> None:
    """Some of who is in a room (353); with userhost-in-names also from where."""
    if len(message.params) < 4:
        return
    found = state.names.setdefault(state.fold(message.params[2]), {})
    signs = state.features.signs
    for word in message.params[-1].split():
        bare = word.lstrip(signs)
        source = Source.parse(bare)
        found[clean(source.nick)] = word[: len(word) - len(bare)]
        facts = {"user": source.user, "host": source.host} if source.host else {}
        state.people.learn(clean(source.nick), online=True, **facts)


def _names_end(state: State, message: Message) -> None:
    if len(message.params) < 2:
        return
    room, key = clean(message.params[1]), state.fold(message.params[1])
    found = state.names.pop(key, {})
    if key in state.questions.members:
        state.questions.members.discard(key)
        names = ", ".join(f"{sign}{nick}" for nick, sign in sorted(found.items()))
        state.note(f"In {room}: {names}" if names else f"Nobody is in {room}.")
    buffer = state.find(message.params[1])
    if buffer and buffer.joined:
        if found:
            buffer.members.reset(found)
        if not buffer.read_at:
            buffer.read_at = buffer.entered_at
        if buffer is state.current:
            state.ask_who(buffer)
        state.changed(buffer)


def _away(state: State, message: Message) -> None:
    nick = Source.parse(message.source).nick
    why = clean(message.params[0]) if message.params else ""
    state.people.learn(nick, away=bool(message.params), away_text=why)
    state.changed_people(nick)


def _account(state: State, message: Message) -> None:
    account = clean(message.params[0])
    state.people.learn(Source.parse(message.source).nick, account="" if account == "*" else account)


def _realname(state: State, message: Message) -> None:
    state.people.learn(Source.parse(message.source).nick, realname=clean(message.params[0]))


def _host(state: State, message: Message) -> None:
    if len(message.params) > 1:
        user, host = map(clean, message.params[:2])
        state.people.learn(Source.parse(message.source).nick, user=user, host=host)


def _rename(state: State, message: Message) -> None:
    """A room has another name (channel-rename)."""
    buffer = state.find(message.params[0]) if len(message.params) > 1 else None
    if buffer:
        words = f"The room is called {message.params[1]} now."
        why = message.params[2] if len(message.params) > 2 else ""
        left = state.find(message.params[1])  # another of that name, which one has left
        if left and left is not buffer:
            if left is state.current:
                state.switch(buffer)
            state.take_off(left)
        buffer.name = clean(message.params[1])
        state.tell(Kind.NOTE, f"{words} {why}".rstrip(), buffer=buffer)


def _invite(state: State, message: Message) -> None:
    """One is invited oneself, or somebody else to a room that one is in (IRCv3 invite-notify)."""
    entry = read(state, message)
    if entry is None or len(message.params) < 2:
        return
    if state.is_me(message.params[0]):
        state.add(state.current, entry)
        return
    words = f"{entry.nick} invites {clean(message.params[0])} to {entry.text}."
    state.tell(Kind.NOTE, words, buffer=state.find(message.params[1]) or state.server)


def not_entered(state: State, message: Message) -> None:
    """One was not let into a room. Where one never was, and nothing is kept, nothing is left."""
    name, reason = message.params[1], clean(message.params[-1])
    words = in_words(state, message) or f"{name}: {reason}"
    buffer = state.find(name)
    state.going_to.discard(state.fold(name))
    if buffer and not (buffer.entered_at or len(buffer.entries) or buffer.draft):
        state.take_off(buffer)
    elif buffer and not buffer.joined:
        _left(state, buffer, words.removesuffix("."))
        state.tell(Kind.FAULT, words, buffer=buffer)
    if buffer is not state.current:
        state.tell(Kind.FAULT, words)


HANDLERS: Final[dict[str, Callable[[State, Message], None]]] = {
    "JOIN": _join,
    "PART": _part,
    "KICK": _kick,
    "QUIT": _quit,
    "NICK": _nick,
    "TOPIC": _topic,
    "MODE": _mode,
    "AWAY": _away,
    "ACCOUNT": _account,
    "SETNAME": _realname,
    "CHGHOST": _host,
    "RENAME": _rename,
    "INVITE": _invite,
    Numeric.RPL_TOPIC.value: _topic_is,
    Numeric.RPL_NOTOPIC.value: _topic_is,
    Numeric.RPL_NAMREPLY.value: _names,
    Numeric.RPL_ENDOFNAMES.value: _names_end,
}
