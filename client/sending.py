"""Sending: what a person says goes out, and is confirmed or refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from chatserver.formatting import sanitize
from chatserver.irc.message import NO_TAGS, split_text
from client.buffers import Buffer
from client.messages import Delivery, Entry, Kind, confirmed, refused
from client.outbox import Parcel, Stage
from client.state import State, Status

PROOF: Final = "sent-"
"""What the PING after a line begins with where the server does not echo: its PONG confirms."""

UNKNOWN_FATE: Final = "The connection was lost before the server confirmed it."

_CTCP: Final = "\x01"
_MASK_BYTES: Final = 10 + 63  # of user and host, as long as one does not know one's own
_LEAST: Final = 64  # bytes of text in a message, whatever else it holds
_VERBS: Final = {Kind.NOTICE: "NOTICE"}


def say(state: State, buffer: Buffer, text: str, kind: Kind, reply_to: str = "") -> None:
    """Put a line into a buffer as pending, and send it if that can be now."""
    entry = state.make(
        *(kind,),
        nick=state.nick,
        text=text,
        own=True,
        reply_to=reply_to,
        delivery=Delivery.PENDING,
    )
    parcel = Parcel(state.next_label(), buffer, entry.key, kind, text, reply_to)
    state.outbox.add(parcel)
    state.add(buffer, entry)
    if can_send(state, buffer):
        transmit(state, parcel)


def can_send(state: State, buffer: Buffer) -> bool:
    """Whether what is said there goes out at once."""
    return state.status is Status.ONLINE and buffer.ready


def flush(state: State, buffer: Buffer) -> None:
    """A buffer's past is known again: send what has waited, and what has not arrived."""
    buffer.ready = True
    for parcel in state.outbox.of(buffer, Stage.WAITING, Stage.UNCERTAIN):
        transmit(state, parcel)


def give_up(state: State, buffer: Buffer) -> None:
    """Nobody can tell what has arrived: leave it to the person. What was never sent is sent."""
    for parcel in state.outbox.of(buffer, Stage.UNCERTAIN):
        refuse(state, parcel, UNKNOWN_FATE)
    flush(state, buffer)


def refuse_all(state: State, buffer: Buffer, reason: str) -> None:
    """Nothing can be said there: refuse what has waited for it."""
    buffer.ready = True
    for parcel in state.outbox.of(buffer, Stage.WAITING, Stage.UNCERTAIN):
        refuse(state, parcel, reason)


def refuse(state: State, parcel: Parcel, reason: str) -> None:
    """A line was not delivered."""
    state.outbox.drop(parcel)
    if entry := parcel.buffer.entries.by_key(parcel.key):
        parcel.buffer.entries.replace(refused(entry, reason))
    state.changed(parcel.buffer)


def confirm(state: State, parcel: Parcel, echo: Entry | None = None) -> None:
    """A line has been delivered; the echo says what it has become."""
    state.outbox.drop(parcel)
    entries = parcel.buffer.entries
    pending = entries.by_key(parcel.key)
    if pending is None:
        if echo:
            state.add(parcel.buffer, echo)
        return
    told = echo or state.make(pending.kind, nick=parcel.nick, text=parcel.text, own=True)
    entries.replace(confirmed(pending, told))
    state.changed(parcel.buffer)


def transmit(state: State, parcel: Parcel) -> None:
    """Send a parcel; one that does not fit into one message becomes several."""
    portions = _portions(state, parcel)
    if len(portions) != 1:
        _divide(state, parcel, portions)
        return
    parcel.stage, parcel.nick = Stage.SENT, state.nick
    rows = portions[0]
    if len(rows) == 1:
        _speak(state, parcel, rows[0][0], _tags(state, parcel))
    else:
        _send_batch(state, parcel, rows)
    if not (state.has("echo-message") or state.has("labeled-response")):
        state.send("PING", f"{PROOF}{parcel.label}")


def matching(state: State, buffer: Buffer, echo: Entry, *stages: Stage) -> Parcel | None:
    """Return the first parcel that an own line seems to be, for want of a label."""
    text = _comparable(echo.text)
    for parcel in state.outbox.of(buffer, *stages):
        same = parcel.kind is echo.kind and _comparable(parcel.text) == text
        if same and state.fold(parcel.nick) == state.fold(echo.nick):
            return parcel
    return None


def _comparable(text: str) -> str:
    """What stays of a text on its way: servers clean, and cut spaces off."""
    return "\n".join(sanitize(line).strip() for line in text.split("\n"))


def _divide(state: State, parcel: Parcel, portions: list[_Rows]) -> None:
    """Put several parcels where one was, and send them."""
    state.outbox.drop(parcel)
    parcel.buffer.entries.remove(parcel.key)
    state.changed(parcel.buffer)
    reply_to = parcel.reply_to
    for rows in portions:
        text = "".join(
            f"{'' if index == 0 or joined else chr(10)}{piece}"
            for index, (piece, joined) in enumerate(rows)
        )
        say(state, parcel.buffer, text, parcel.kind, reply_to)
        reply_to = ""


_Rows = list[tuple[str, bool]]  # pieces, and whether each goes on in the line of the one before


def _portions(state: State, parcel: Parcel) -> list[_Rows]:
    """Return what goes into one message each (a batch of several lines is one)."""
    room = text_bytes(state, parcel.buffer, parcel.kind)
    rows = [row for line in parcel.text.split("\n") for row in _rows(line, room)]
    if not state.has("draft/multiline") or parcel.kind is Kind.ACTION:
        return [[(piece, False)] for piece, _ in rows if piece.strip()]
    most_bytes, most_lines = _multiline_limits(state)
    portions: list[_Rows] = []
    size = 0
    for piece, joined in rows:
        need = len(piece.encode()) + 1
        if not portions or size + need > most_bytes or len(portions[-1]) >= most_lines:
            portions.append([])
            size = 0
        portions[-1].append((piece, joined))
        size += need
    return [rows for rows in portions if any(piece.strip() for piece, _ in rows)]


def _rows(line: str, room: int) -> Iterator[tuple[str, bool]]:
    for index, piece in enumerate(split_text(line, room)):
        yield piece, index > 0


def text_bytes(state: State, buffer: Buffer, kind: Kind = Kind.SAID) -> int:
    """Return how many bytes of text fit into one message as others will get it.

    What they get begins with who says it, as the server shows that; while it has not, the longest
    that servers are known to make of it is taken.
    """
    me = state.people.get(state.nick)
    mask = len(f"{me.user}{me.host}".encode()) if me.host else _MASK_BYTES
    frame = f":{state.nick}!@ {_VERBS.get(kind, 'PRIVMSG')} {buffer.name} :\r\n"
    wrapping = len("\x01ACTION \x01") if kind is Kind.ACTION else 0
    return max(state.features.line_bytes - len(frame.encode()) - mask - wrapping, _LEAST)


def _multiline_limits(state: State) -> tuple[int, int]:
    """Return the most bytes and lines of a batch (multiline, "Capability value")."""
    pairs = (item.partition("=") for item in state.offered.get("draft/multiline", "").split(","))
    values = {name: int(value) for name, _, value in pairs if value.isdecimal() and value}
    return values.get("max-bytes", 4096), values.get("max-lines", 24)


def _verb(parcel: Parcel) -> str:
    return _VERBS.get(parcel.kind, "PRIVMSG")


def _tags(state: State, parcel: Parcel) -> dict[str, str]:
    tags = {"label": parcel.label} if state.has("labeled-response") else {}
    if parcel.reply_to and state.has("message-tags"):
        tags["+draft/reply"] = parcel.reply_to
    return tags


def _speak(state: State, parcel: Parcel, text: str, tags: dict[str, str]) -> None:
    wrapped = f"{_CTCP}ACTION {text}{_CTCP}" if parcel.kind is Kind.ACTION else text
    state.send(_verb(parcel), parcel.buffer.name, wrapped, tags=tags)


def _send_batch(state: State, parcel: Parcel, rows: _Rows) -> None:
    """Send several lines as one message (IRCv3 multiline)."""
    name = f"m{parcel.label}"
    target = parcel.buffer.name
    state.send("BATCH", f"+{name}", "draft/multiline", target, tags=_tags(state, parcel))
    for piece, joined in rows:
        tags = {"batch": name} | ({"draft/multiline-concat": ""} if joined else {})
        state.send(_verb(parcel), target, piece, tags=tags)
    state.send("BATCH", f"-{name}", tags=NO_TAGS)
