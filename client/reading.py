"""Reading: which entry a message makes, be it of now or of the past."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from chatserver.formatting import strip
from chatserver.irc.message import Message, Source
from client.messages import Entry, Kind
from client.modes import changes_in_words
from client.state import State

_CTCP: Final = "\x01"
_ACTION: Final = "\x01ACTION"


def decode(line: bytes) -> str:
    """Read what should be UTF-8; what is not is taken for the old western charset."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")


def read(state: State, message: Message) -> Entry | None:
    """Return what stands in a buffer for a message; None for one that makes no entry."""
    reader = _READERS.get(message.command)
    return reader(state, message) if reader and message.params else None


def time_of(message: Message) -> float:
    """Return when it was, in seconds since the epoch; 0 where it does not say (server-time)."""
    return parse_time(message.tags.get("time", ""))


def parse_time(text: str) -> float:
    """Read the time of a tag or a parameter; 0 is what makes no sense."""
    try:
        at = datetime.fromisoformat(text)
        return at.replace(tzinfo=at.tzinfo or UTC).timestamp()
    except (ValueError, OverflowError):
        return 0.0


def format_time(at: float) -> str:
    """Write a time as the server wants it: in UTC, to the millisecond, rounded down."""
    moment = datetime.fromtimestamp(math.floor(at * 1000) / 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{round(moment.microsecond / 1000):03}Z"


def names(text: str, nick: str) -> bool:
    """Whether somebody is named in a text: as a word of its own, however it is written."""
    return re.search(rf"(?<!\w){re.escape(nick)}(?!\w)", strip(text), re.IGNORECASE) is not None


def reply_of(message: Message) -> str:
    """Return the msgid of what a message answers, or nothing."""
    return message.tags.get("+draft/reply") or message.tags.get("+reply", "")


def _speech(state: State, message: Message) -> Entry | None:
    if len(message.params) < 2:
        return None
    target, text = message.params[0], message.params[-1]
    kind = Kind.SAID if message.command == "PRIVMSG" else Kind.NOTICE
    if text.startswith(_CTCP):
        if kind is Kind.NOTICE or not text.startswith(_ACTION):
            return None  # a question of a program to this one; it is not answered
        kind, text = Kind.ACTION, text.removeprefix(_ACTION).strip(_CTCP).lstrip(" ")
    source = Source.parse(message.source)
    own = state.is_me(source.nick)
    private = state.is_me(target) and bool(source.user) and kind is not Kind.NOTICE
    return _make(
        *(state, message, kind, text),
        own=own,
        mention=not own and (private or names(text, state.nick)),
        reply_to=reply_of(message),
    )


def _make(state: State, message: Message, kind: Kind, text: str = "", **more: object) -> Entry:
    return state.make(
        kind,
        at=time_of(message),
        nick=Source.parse(message.source).nick,
        text=text,
        msgid=message.tags.get("msgid", ""),
        **more,
    )


def _simple(kind: Kind, index: int | None = None) -> Callable[[State, Message], Entry]:
    """Return a reader of what has its text at a place among the parameters, or none."""

    def reader(state: State, message: Message) -> Entry:
        params = message.params
        text = params[index] if index is not None and len(params) > index else ""
        own = state.is_me(Source.parse(message.source).nick)
        return _make(state, message, kind, text, own=own)

    return reader


def _kick(state: State, message: Message) -> Entry | None:
    if len(message.params) < 2:
        return None
    who, why = message.params[1], message.params[2] if len(message.params) > 2 else ""
    by = Source.parse(message.source).nick
    if state.fold(why) in {state.fold(by), state.fold(who)}:
        why = ""  # what servers say where nobody has given a reason
    entry = _make(state, message, Kind.KICKED, why)
    return state.put(entry, nick=who, by=by, own=state.is_me(who))


def _mode(state: State, message: Message) -> Entry:
    room, *words = message.params
    return _make(state, message, Kind.MODE, changes_in_words(state.features, room, words))


_READERS: Final[dict[str, Callable[[State, Message], Entry | None]]] = {
    "PRIVMSG": _speech,
    "NOTICE": _speech,
    "JOIN": _simple(Kind.JOINED),
    "PART": _simple(Kind.LEFT, 1),
    "QUIT": _simple(Kind.QUIT, 0),
    "NICK": _simple(Kind.RENAMED, 0),
    "TOPIC": _simple(Kind.TOPIC, 1),
    "INVITE": _simple(Kind.INVITED, 1),
    "KICK": _kick,
    "MODE": _mode,
}
