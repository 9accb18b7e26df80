"""Registration: how one is let in, what is agreed on, and that both are still there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from chatserver.irc.message import Message
from chatserver.irc.numerics import Numeric
from client import sending
from client.buffers import Buffer, BufferKind
from client.catching_up import ask_targets, catch_up
from client.features import learn
from client.messages import Kind
from client.state import State, Status

WANTED: Final = (
    *("account-notify", "account-tag", "away-notify", "batch", "cap-notify", "chghost"),
    *("draft/channel-rename", "draft/chathistory", "draft/event-playback"),
    *("draft/message-redaction", "draft/multiline", "draft/read-marker", "echo-message"),
    *("extended-join", "extended-monitor", "invite-notify", "labeled-response", "message-tags"),
    *("multi-prefix", "server-time", "setname", "soju.im/search", "standard-replies"),
    "userhost-in-names",
)
"""What is asked for wherever it is offered."""

LAG: Final = "lag-"
"""What the PING begins with whose answer tells the lag."""

PING_SECONDS: Final = 15.0
"""How often the lag is measured."""

REST_SECONDS: Final = 2.0
"""How long nothing was sent before the lag is measured: a server may let one wait with more."""

LONGEST_SECONDS: Final = 2 * PING_SECONDS
"""How long the lag is not measured at most."""

TAKEN: Final = "{wanted} is somebody else now; you are called {nick} until that name is free."

_REQUEST_BYTES: Final = 300  # of names in one CAP REQ
_NAMES_BYTES: Final = 400  # of rooms or people in one line
_VERSION: Final = "302"


def register(state: State) -> None:
    """Begin: say who one is, and ask what there is to agree on."""
    wishes = state.wishes
    state.nick = wishes.nick
    state.send("CAP", "LS", _VERSION)
    if wishes.password:
        state.send("PASS", wishes.password)
    state.send("NICK", wishes.nick)
    state.send("USER", wishes.username or wishes.nick, "0", "*", wishes.realname or wishes.nick)


def _capability(state: State, message: Message) -> None:
    if len(message.params) < 3:
        return
    words = message.params[-1].split()
    match message.params[1]:
        case "LS":
            state.offered |= dict(_named(words))
            if message.params[2] != "*":
                _request(state)
        case "NEW":
            state.offered |= dict(_named(words))
            _request(state)
        case "DEL":
            _drop(state, words)
        case "ACK":
            _measure(state)
            _agree(state, words)
            _end(state, words)
        case "NAK":
            if len(words) > 1:  # they are refused together: ask for each alone
                state.asking.update(words)
                for word in words:
                    state.send("CAP", "REQ", word)
            _end(state, words if len(words) == 1 else [])


def _named(words: list[str]) -> list[tuple[str, str]]:
    return [(name, value) for name, _, value in (word.partition("=") for word in words)]


def _request(state: State) -> None:
    wanted = [name for name in WANTED if name in state.offered and name not in state.caps]
    state.asking.update(wanted)
    if wanted and state.status is Status.REGISTERING:
        state.pinged_at = state.clock()
    row: list[str] = []
    for name in wanted:
        if len(" ".join((*row, name))) > _REQUEST_BYTES:
            state.send("CAP", "REQ", " ".join(row))
            row = []
        row.append(name)
    if row:
        state.send("CAP", "REQ", " ".join(row))
    elif state.status is Status.REGISTERING and not state.asking:
        state.send("CAP", "END")


def _agree(state: State, words: list[str]) -> None:
    for word in words:
        if word.startswith("-"):
            state.caps.discard(word[1:])
        else:
            state.caps.add(word)


def _measure(state: State) -> None:
    """The first measure of the lag: a server lets nobody wait before they are let in."""
    if state.lag is None and state.status is Status.REGISTERING:
        state.lag = max(state.clock() - state.pinged_at, 0.0)


def _drop(state: State, words: list[str]) -> None:
    for word in words:
        state.caps.discard(word)
        state.offered.pop(word, None)


def _end(state: State, answered: list[str]) -> None:
    """All is answered: go on with the registration."""
    before = bool(state.asking)
    state.asking.difference_update(answered)
    if before and not state.asking and state.status is Status.REGISTERING:
        state.send("CAP", "END")


def _welcome(state: State, message: Message) -> None:
    """One is in, and is called what the server says (001)."""
    state.nick = message.params[0]
    state.status = Status.ONLINE
    state.detail = ""
    if not state.is_me(state.wishes.nick):
        state.announce(TAKEN.format(wanted=state.wishes.nick, nick=state.nick))
    if state.lag is None:
        state.pinged_at -= PING_SECONDS  # it is measured as soon as the first rush is over
    state.changed()


def _features(state: State, message: Message) -> None:
    state.features = learn(state.features, message.params[1:-1])
    for buffer in state.buffers:
        buffer.members.rank_by(state.features.signs)
    state.changed()


def _ready(state: State, message: Message) -> None:
    """All that a server says at first is said: go where one was, and where one wants to be."""
    if state.greeted:
        return
    state.greeted = True
    for name in state.wishes.rooms if not state.was_online else ():
        state.open(name).wanted = True
    since = max((buffer.newest_at() for buffer in state.buffers), default=0.0)
    rooms = [buffer for buffer in state.buffers if buffer.kind is BufferKind.ROOM and buffer.wanted]
    _enter(state, rooms)
    if not rooms:
        state.tell_announced()
    partners = [buffer for buffer in state.buffers if buffer.kind is BufferKind.PERSON]
    watch(state, *(partner.name for partner in partners))
    for partner in partners:
        partner.ready = False
        catch_up(state, partner)
    for buffer in state.buffers:
        if buffer.kind is BufferKind.ROOM and not buffer.wanted:
            sending.flush(state, buffer)
    if state.was_online:
        ask_targets(state, since)
        if state.away:
            state.send("AWAY", state.away_text or "away")
    state.was_online = True


def _enter(state: State, rooms: Sequence[Buffer]) -> None:
    """Join rooms: several at once, for a server may let one send so many lines only."""
    by_key = sorted(rooms, key=lambda room: not room.key)  # whose keys stand in the same order
    for room in rooms:
        room.ready = False
    keys = {room.name: room.key for room in rooms}
    for names in _rows([room.name for room in by_key], keys):
        with_keys = ",".join(keys[name] for name in names if keys[name])
        state.send("JOIN", ",".join(names), *([with_keys] if with_keys else []))


def _rows(names: Sequence[str], more: Mapping[str, str]) -> Iterator[list[str]]:
    """Divide names into what goes into one line each, with what else stands there for them."""
    row: list[str] = []
    used = 0
    for name in names:
        size = len(f"{name},{more.get(name, '')},".encode())
        if row and used + size > _NAMES_BYTES:
            yield row
            row, used = [], 0
        row.append(name)
        used += size
    if row:
        yield row


def watch(state: State, *nicks: str) -> None:
    """Ask to be told when somebody comes and goes (monitor)."""
    if state.features.monitored:
        for names in _rows(nicks, {}):
            state.send("MONITOR", "+", ",".join(names))


def _nick_in_use(state: State, message: Message) -> None:
    if state.status is Status.REGISTERING:
        state.nick += "_"
        state.send("NICK", state.nick)
        state.changed()
    else:
        _refused_nick(state, message)


def _refused_nick(state: State, message: Message) -> None:
    words = message.params[-1]
    nick = message.params[1] if len(message.params) > 2 else state.nick
    wanted, tail = state.wishes.nick, len(state.nick) - len(state.nick.rstrip("_"))
    stem = wanted[: len(state.nick) - 1 - tail]
    if state.status is Status.REGISTERING and not state.is_me(wanted) and stem:
        state.nick = f"{stem}{'_' * tail}"  # nobody but the client has made it up, and too long
        state.send("NICK", state.nick)
        return
    state.questions.nicks.discard(state.fold(nick))
    state.tell(Kind.FAULT, f"You cannot be called {nick}: {words} (/nick takes another name)")
    if state.status is Status.REGISTERING:
        state.detail = f"The server does not accept the name {nick}."


def _ping(state: State, message: Message) -> None:
    state.send("PONG", *message.params)


def _pong(state: State, message: Message) -> None:
    token = message.params[-1]
    if token.startswith(LAG) and token == state.ping_token:
        state.lag = max(state.clock() - state.pinged_at, 0.0)
        state.ping_token = ""
        state.changed()
    elif token.startswith(sending.PROOF):
        label = token.removeprefix(sending.PROOF)
        for parcel in state.outbox.sent():
            sending.confirm(state, parcel)
            if parcel.label == label:
                break


def measure_lag(state: State, now: float) -> None:
    """Ask for a sign of life where it is time to; while none comes the lag grows."""
    waited = now - state.pinged_at
    rested = now - state.sent_at >= REST_SECONDS and not state.asked
    if state.ping_token:
        if waited > max(state.lag or 0.0, 1.0):
            state.lag = waited
            state.changed()
    elif waited >= (PING_SECONDS if rested else LONGEST_SECONDS):
        state.ping_token, state.pinged_at = f"{LAG}{state.next_label()}", now
        state.send("PING", state.ping_token)


def _error(state: State, message: Message) -> None:
    state.farewell = message.params[-1] if message.params else ""
    state.tell(Kind.SERVER, state.farewell, buffer=state.server)


def _nothing(state: State, message: Message) -> None:
    pass


HANDLERS: Final[dict[str, Callable[[State, Message], None]]] = {
    "CAP": _capability,
    "PING": _ping,
    "PONG": _pong,
    "ERROR": _error,
    Numeric.RPL_WELCOME.value: _welcome,
    Numeric.RPL_ISUPPORT.value: _features,
    Numeric.RPL_ENDOFMOTD.value: _ready,
    Numeric.ERR_NOMOTD.value: _ready,
    Numeric.ERR_NICKNAMEINUSE.value: _nick_in_use,
    Numeric.ERR_NICKCOLLISION.value: _nick_in_use,
    Numeric.ERR_ERRONEUSNICKNAME.value: _refused_nick,
    Numeric.RPL_MYINFO.value: _nothing,
    Numeric.RPL_YOURHOST.value: _nothing,
    Numeric.RPL_CREATED.value: _nothing,
}
