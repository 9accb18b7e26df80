"""Answers: what the server says to what was asked, in words; and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

from chatserver.formatting import strip
from chatserver.irc.message import Message, Source
from chatserver.irc.numerics import Numeric
from chatserver.text import clean
from client import catching_up, searching, sending
from client.buffers import Buffer, BufferKind
from client.handlers.refusals import in_words
from client.handlers.rooms import not_entered
from client.messages import Kind
from client.modes import modes_in_words
from client.outbox import Parcel
from client.state import QUIET, State

_SILENT: Final = frozenset(
    {
        *(Numeric.RPL_LISTSTART, Numeric.RPL_ENDOFWHO),
        *(Numeric.RPL_CREATIONTIME, Numeric.RPL_TOPICWHOTIME),
        *(Numeric.RPL_UMODEIS, Numeric.RPL_ENDOFWHOWAS),
        *(Numeric.RPL_ENDOFMONLIST, Numeric.RPL_MONLIST, Numeric.RPL_MOTDSTART),
    }
)
_TO_SERVER: Final = frozenset(
    {
        *(Numeric.RPL_LUSERCLIENT, Numeric.RPL_LUSEROP, Numeric.RPL_LUSERUNKNOWN),
        *(Numeric.RPL_LUSERCHANNELS, Numeric.RPL_LUSERME, Numeric.RPL_LOCALUSERS),
        *(Numeric.RPL_GLOBALUSERS, Numeric.RPL_MOTD, Numeric.RPL_VISIBLEHOST),
    }
)
_COUNTS: Final = frozenset({Numeric.RPL_LOCALUSERS, Numeric.RPL_GLOBALUSERS})  # said twice
_NOT_ENTERED: Final = frozenset(
    {
        *(Numeric.ERR_NOSUCHCHANNEL, Numeric.ERR_TOOMANYCHANNELS, Numeric.ERR_CHANNELISFULL),
        *(Numeric.ERR_INVITEONLYCHAN, Numeric.ERR_BANNEDFROMCHAN, Numeric.ERR_BADCHANNELKEY),
        *(Numeric.ERR_BADCHANMASK, Numeric.ERR_LINKCHANNEL),
    }
)
_NOT_SAID: Final = frozenset(
    {
        *(Numeric.ERR_NOSUCHNICK, Numeric.ERR_NOSUCHCHANNEL, Numeric.ERR_CANNOTSENDTOCHAN),
        *(Numeric.ERR_TOOMANYTARGETS, Numeric.ERR_NOTONCHANNEL, Numeric.ERR_NORECIPIENT),
        *(Numeric.ERR_NOTEXTTOSEND, Numeric.ERR_INPUTTOOLONG, Numeric.ERR_UNKNOWNERROR),
    }
)


def answer(state: State, message: Message) -> None:
    """Show a numeric that has no handler of its own."""
    code = message.command
    if code in _SILENT or message.tags.get("label") == QUIET:
        return
    if code in _TO_SERVER and _is_back(state):
        return
    if code[0] in "45" and _refuse(state, message):
        return
    if _is_of_entering(state, message):
        not_entered(state, message)
    elif words := in_words(state, message):
        state.tell(Kind.FAULT, words)
    elif code == Numeric.ERR_UNKNOWNCOMMAND and "CHATHISTORY" in message.params:
        _fail_oldest(state, clean(message.params[-1]))
    else:
        kind = Kind.FAULT if code[0] in "45" else Kind.SERVER
        buffer = state.server if code in _TO_SERVER else state.current
        params = message.params[-1:] if code in _COUNTS else message.params[1:]
        state.add(buffer, state.make(kind, text=" ".join(params)))


def _is_of_entering(state: State, message: Message) -> bool:
    """Whether a room lets one not in; servers have refusals of their own (477, 489 …) too."""
    if len(message.params) < 3 or message.command[0] not in "45":
        return False
    return message.command in _NOT_ENTERED or state.fold(message.params[1]) in state.going_to


def _is_back(state: State) -> bool:
    """Whether a server greets somebody who was here a moment ago."""
    return state.was_online and not state.greeted


def _refuse(state: State, message: Message) -> bool:
    """Find the line that a refusal is about, by its label or its target; say whether there is."""
    parcel = _parcel_of(state, message)
    if parcel is None:
        return False
    sending.refuse(state, parcel, _reason(parcel.buffer, message))
    return True


def _reason(buffer: Buffer, message: Message) -> str:
    """Return why a line was refused: in words of our own where the server's help nobody."""
    if buffer.kind is BufferKind.ROOM and not buffer.joined:
        return f"you are not in this room; /join {buffer.name} takes you there"
    if buffer.kind is BufferKind.PERSON and message.command == Numeric.ERR_NOSUCHNICK:
        return "nobody of that name is here"
    return clean(message.params[-1])


def _parcel_of(state: State, message: Message) -> Parcel | None:
    if label := message.tags.get("label", ""):
        return state.outbox.get(label)
    if state.has("labeled-response") or message.command not in _NOT_SAID:
        return None
    target = state.fold(message.params[1]) if len(message.params) > 2 else ""
    same = (p for p in state.outbox.sent() if not target or state.fold(p.buffer.name) == target)
    return next(same, None)


def _fail_oldest(state: State, reason: str) -> None:
    label = next(iter(state.asked), "")
    if asked := state.asked.pop(label, None):
        catching_up.fail(state, asked, reason)


def _standard(state: State, message: Message) -> None:
    """FAIL, WARN and NOTE (standard-replies)."""
    if len(message.params) < 3:
        return
    verb, code, *context, text = message.params
    label = message.tags.get("label", "")
    if message.command == "FAIL":
        if _refuse(state, message):
            return
        if verb == "CHATHISTORY" and _fail_history(state, label, context, text):
            return
        if verb == "SEARCH" and state.search_results:
            searching.fail(state, clean(text))
            return
        if verb == "BATCH" or code == "MULTILINE_INVALID":
            parcel = next(state.outbox.sent(), None)
            if parcel:
                sending.refuse(state, parcel, clean(text))
                return
    if verb in {"MARKREAD", "TAGMSG"}:
        return  # nobody has asked for it in words
    state.tell(Kind.FAULT if message.command == "FAIL" else Kind.SERVER, text)


def _fail_history(state: State, label: str, context: list[str], text: str) -> bool:
    if "TARGETS" in context:
        return True
    target = next((word for word in context if state.find(word)), "")
    asked = catching_up.take(state, label, target)
    if asked is None and not target and not label:
        _fail_oldest(state, text)
    elif asked:
        catching_up.fail(state, asked, clean(text))
    return True


def _listed(state: State, message: Message) -> None:
    """A room that there is (LIST)."""
    if len(message.params) < 4:
        return
    name, count, topic = clean(message.params[1]), message.params[2], message.params[3]
    people = int(count) if count.isdecimal() and len(count) < 10 else 0
    state.rooms[state.fold(name)] = (name, people, clean(strip(topic)))


def _list_ends(state: State, message: Message) -> None:
    if not state.shows_list:
        return
    state.shows_list = False
    rooms = sorted(state.rooms.values(), key=lambda room: (-room[1], room[0]))
    wide = max((len(name) for name, _, _ in rooms), default=0)
    rows = (f"{name:<{wide}}  {people:>4}  {topic}".rstrip() for name, people, topic in rooms)
    state.note(*(rows if rooms else ("There are no rooms.",)))


def _who(state: State, message: Message) -> None:
    """How somebody is (352): what one has asked for oneself is shown."""
    if len(message.params) < 8:
        return
    _, room, user, host, _, nick, flags, trailing = message.params[:8]
    realname = clean(trailing.partition(" ")[2])
    bot = bool(state.features.bot) and state.features.bot in flags
    away = flags.startswith("G")
    state.people.learn(
        *(clean(nick),), user=clean(user), host=clean(host), realname=realname, away=away, bot=bot
    )
    if state.fold(room) in state.quiet_who:
        state.changed(state.find(room))
    else:
        words = f"{nick} ({user}@{host}) {realname}"
        state.note(f"{clean(words)}{' (away)' if away else ''}")


def _who_ends(state: State, message: Message) -> None:
    if len(message.params) > 1:
        state.quiet_who.discard(state.fold(message.params[1]))


def _params(message: Message) -> list[str]:
    """Return the parameters to be shown; there are always some more, which are empty."""
    return [clean(strip(param)) for param in (*message.params, *[""] * 6)]


def _whois(words: str) -> Callable[[State, Message], None]:
    """Return a handler of an answer about a person: its parameters in braces."""

    def show(state: State, message: Message) -> None:
        state.note(words.format(*_params(message)).strip())

    return show


def _idle(state: State, message: Message) -> None:
    if len(message.params) < 3 or not message.params[2].isdecimal():
        return
    minutes = int(message.params[2][:9]) // 60
    words = f"{clean(message.params[1])} has been idle for {minutes} min"
    if len(message.params) > 4 and message.params[3].isdecimal():
        at = datetime.fromtimestamp(int(message.params[3][:10]))
        words += f", here since {at:%Y-%m-%d %H:%M}"
    state.note(words)


def _away(state: State, message: Message) -> None:
    """Somebody whom one writes to, or asks about, is away (301): to say so once will do."""
    if len(message.params) < 3:
        return
    nick, why = clean(message.params[1]), clean(message.params[2])
    words = f"{nick} is away: {why}" if why else f"{nick} is away."
    if state.fold(nick) == state.questions.described:
        state.note(words)
    elif state.people.get(nick).away_told != why:
        state.people.learn(nick, away=True, away_text=why, away_told=why)
        state.tell(Kind.NOTE, words, buffer=state.find(nick))


def _described(state: State, message: Message) -> None:
    """Who somebody is (311): what follows, up to 318, is about them too."""
    state.questions.described = state.fold(message.params[1]) if len(message.params) > 1 else ""
    _whois("{1} is {2}@{3} ({5})")(state, message)


def _described_ends(state: State, message: Message) -> None:
    state.questions.described = ""


def _own_away(state: State, message: Message) -> None:
    state.away = message.command == Numeric.RPL_NOWAWAY
    state.people.learn(state.nick, away=state.away)
    state.note("You are marked as away." if state.away else "You are marked as back.")


def _monitor(state: State, message: Message) -> None:
    """Somebody whom one talks to has come or gone (monitor)."""
    online = message.command == Numeric.RPL_MONONLINE
    for target in message.params[-1].split(","):
        nick = clean(Source.parse(target).nick)
        buffer = state.find(nick)
        if buffer and buffer.kind is BufferKind.PERSON:
            state.people.learn(nick, online=online)
            buffer.joined = online
            state.changed(buffer)
        if not online and state.fold(nick) == state.fold(state.wishes.nick):
            state.take_back_nick()


def _ban(state: State, message: Message) -> None:
    """Somebody who is banned (367): room, mask, and who has done it where that is told."""
    mask, by = _params(message)[2:4]
    if mask:
        state.bans.append(f"{mask} (by {Source.parse(by).nick})" if by else mask)


def _bans_end(state: State, message: Message) -> None:
    bans, state.bans = state.bans, []
    state.note(*(bans or [f"Nobody is banned from {_params(message)[1]}."]))


def _modes(state: State, message: Message) -> None:
    """What a room is set to (324)."""
    room, *modes = _params(message)[1:]
    state.note(modes_in_words(state.features, room, modes))


def _is_on(state: State, message: Message) -> None:
    """Who of those one has asked for is here (303); else when they were is asked for."""
    nick, here = state.sought, message.params[-1].split()
    if nick and state.fold(nick) in map(state.fold, here):
        state.sought = ""
        state.note(f"{nick} is here now.")
    elif nick:
        state.send("WHOWAS", nick, "1")


def _was_on(state: State, message: Message) -> None:
    """Where somebody is, and of those who have gone until when they were here (312)."""
    nick, server, told = _params(message)[1:4]
    if not state.sought or state.fold(nick) != state.fold(state.sought):
        state.note(f"{nick} is on {server}")
        return
    state.sought = ""
    with suppress(ValueError, OverflowError):
        at = datetime.strptime(told, _WHOWAS_TIME).replace(tzinfo=UTC).astimezone()
        told = f"{at:%Y-%m-%d %H:%M}"
    state.note(f"{nick} was last here on {told}.")


def _was_not_on(state: State, message: Message) -> None:
    nick, state.sought = state.sought or _params(message)[1], ""
    state.note(f"Nobody called {nick} was here lately.")


def _was_who(state: State, message: Message) -> None:
    if not state.sought:
        _whois("{1} was {2}@{3} ({5})")(state, message)


_WHOWAS_TIME: Final = "%Y-%m-%d %H:%M:%S UTC"

HANDLERS: Final[dict[str, Callable[[State, Message], None]]] = {
    "FAIL": _standard,
    "WARN": _standard,
    "NOTE": _standard,
    Numeric.RPL_LIST.value: _listed,
    Numeric.RPL_LISTEND.value: _list_ends,
    Numeric.RPL_WHOREPLY.value: _who,
    Numeric.RPL_ENDOFWHO.value: _who_ends,
    Numeric.RPL_WHOISUSER.value: _described,
    Numeric.RPL_ENDOFWHOIS.value: _described_ends,
    Numeric.RPL_WHOWASUSER.value: _was_who,
    Numeric.ERR_WASNOSUCHNICK.value: _was_not_on,
    Numeric.RPL_ISON.value: _is_on,
    Numeric.RPL_BANLIST.value: _ban,
    Numeric.RPL_ENDOFBANLIST.value: _bans_end,
    Numeric.RPL_CHANNELMODEIS.value: _modes,
    Numeric.RPL_INVITING.value: _whois("{1} is invited to {2}."),
    Numeric.RPL_WHOISACTUALLY.value: _whois("{1} comes from {3} {2}"),
    Numeric.RPL_WHOISSERVER.value: _was_on,
    Numeric.RPL_WHOISCHANNELS.value: _whois("{1} is in {2}"),
    Numeric.RPL_WHOISOPERATOR.value: _whois("{1} is an operator"),
    Numeric.RPL_WHOISACCOUNT.value: _whois("{1} is logged in as {2}"),
    Numeric.RPL_WHOISIDLE.value: _idle,
    Numeric.RPL_AWAY.value: _away,
    Numeric.RPL_NOWAWAY.value: _own_away,
    Numeric.RPL_UNAWAY.value: _own_away,
    Numeric.RPL_MONONLINE.value: _monitor,
    Numeric.RPL_MONOFFLINE.value: _monitor,
}
