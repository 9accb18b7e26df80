"""Model: a server as its client sees it. Bytes in, state and bytes out; sans I/O.

A view reads `buffers`, `current`, `status` and the like, calls the methods below, and looks once a
frame whether `changes` has grown; nothing here calls it. What each buffer holds is in buffers.py
and messages.py, who is there in members.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from chatserver.irc.message import Message
from client import catching_up, searching, sending
from client.batches import Batch, Batches
from client.buffers import Buffer, BufferKind, Past
from client.excerpts import look_back
from client.features import Features
from client.handlers.past import hear_batch
from client.handlers.registration import measure_lag, register, watch
from client.handlers.table import hear
from client.messages import Delivery, Entry, Kind
from client.outbox import Stage
from client.queries import Lookback
from client.questions import Questions
from client.reading import decode, format_time
from client.state import KEPT, QUIET, Alert, Excerpt, Search, State, Status, Wishes

__all__ = ["Alert", "Excerpt", "Model", "Search", "Status", "Wishes"]

SILENCE_SECONDS: Final = 45.0
"""After which a server that has said nothing is taken for gone."""

READ_SECONDS: Final = 2.0  # between two words on how far one has read
TYPING_EVERY: Final = 3.0  # seconds between two signs that one types (IRCv3 typing)

_NO_LINE_ENDS: Final = dict.fromkeys(map(ord, "\r\n\0"))
_MOST_UNFINISHED: Final = 65_536  # bytes of a line that never ends


class Model(State):
    """One server. All that happens to it happens through these methods, on one thread.

    What a view reads (see State):
        buffers: in the order they were opened, the server's own first; the same list always.
        current: the one that is shown; follow it. `show` changes it, and so does a /join.
        status, detail: whether one is connected, and in words (« trying again in 4 s »).
        nick: what one is called (before the first connection: what one wants to be called).
        lag_ms: how long the server took for its last answer, or None; it grows while it is silent.
        pending: how many of one's own lines are not confirmed.
        network: its name for the status line.
        search_results: what the last search has found, or None.
        excerpt: what /history has brought last; another object each time.
        focus: (buffer, key) of an entry that should be shown in the middle, or None; the view
            sets it back to None when it has done so.
        changes: grows with every change of anything; `buffer.changes` says of which buffer.
        take_alerts(): who has named one or written in private since the last call.
        take_marks(): what was done to lines since then: reactions, and what was taken back.
    """

    def __init__(self, wishes: Wishes, clock: Callable[[], float], kept: int = KEPT) -> None:
        """`clock` gives seconds since the epoch; `kept` is how many entries a buffer keeps."""
        super().__init__(wishes, clock, kept)
        self._unfinished = b""
        self._batches = Batches()
        self._heard_at = 0.0
        self._unmarked: dict[Buffer, None] = {}  # read, and the server does not know it yet
        self._marked_at = 0.0
        self._typed: dict[Buffer, float] = {}  # when others were last told that one types

    # The connection: called by app.py.

    def connecting(self, detail: str = "") -> None:
        """Tell the person what is being tried, and when."""
        self.status = Status.CONNECTING if not detail else Status.OFFLINE
        self.detail = detail
        self.changed()

    def connected(self) -> None:
        """There is a connection: begin to register."""
        self.status, self.detail, self.farewell = Status.REGISTERING, "", ""
        self.leaving = False
        self._heard_at = self.pinged_at = self.clock()
        register(self)
        self.changed()

    def lost(self, reason: str) -> None:
        """There is no connection any more: forget what held for it alone."""
        self.tell_announced()
        if self.status is Status.ONLINE:
            self.last_online = self.clock()
            if not self.leaving:
                self.note(f"The connection is lost: {reason}")
        self.status, self.detail, self.lag = Status.OFFLINE, reason, None
        self.offered, self.caps = {}, set()
        self.features = Features(network=self.features.network)  # it is called so also when away
        self.asking, self.asked, self.names = set(), {}, {}
        self.questions = Questions()
        self.looked_back.clear()
        self.turns, self.turns_at = [], 0.0
        self.quiet_who, self.ping_token, self.greeted = set(), "", False
        self._out, self._unfinished = [], b""
        self._batches.clear()
        self._typed.clear()
        self.people.clear()
        self.outbox.interrupt()
        searching.fail(self, "The connection was lost.")
        for buffer in self.buffers:
            buffer.joined = buffer.ready = False
            buffer.members.reset({})
            if buffer.past is Past.ASKED:
                buffer.past = Past.UNKNOWN
        self.changed()

    def start_anew(self, nick: str = "") -> None:
        """Forget one server for another: its buffers, and what was not sent."""
        self.lost("you went to another server")
        self.features = Features()
        for buffer in list(self.buffers):
            self.close(buffer)
        self.was_online = False
        if nick:
            self.wishes = replace(self.wishes, nick=nick)
        self.nick = self.wishes.nick
        self.changed()

    def receive_data(self, data: bytes) -> None:
        """Take what the server has sent."""
        self._heard_at = self.clock()
        *lines, self._unfinished = (self._unfinished + data).split(b"\n")
        if len(self._unfinished) > _MOST_UNFINISHED:
            self._unfinished = b""
        for line in lines:
            self._hear_line(line.rstrip(b"\r"))

    def data_to_send(self) -> bytes:
        """Return what is to be sent, once."""
        data = b"".join(self._out)
        self._out.clear()
        return data

    def tick(self) -> None:
        """To be called once a second or so: measures the lag, and sees that timers end."""
        now = self.clock()
        catching_up.expire(self)
        catching_up.take_turns(self)
        if self.status is Status.ONLINE:
            measure_lag(self, now)
            self._tell_read()
        for buffer in self.buffers:
            if buffer.stop_typing(now):
                self.changed(buffer)

    @property
    def silent(self) -> bool:
        """Whether the server has not answered for so long that the connection is dead."""
        online = self.status in {Status.ONLINE, Status.REGISTERING}
        return online and self.clock() - self._heard_at > SILENCE_SECONDS

    def _tell_read(self, pause: float = READ_SECONDS) -> None:
        """Tell the server how far one has read (read-marker): one room at a time, and not at every
        line of a flood, for lines of one's own would have to wait behind that."""
        now = self.clock()
        known = self._unmarked if self.has("draft/read-marker") else ()
        for buffer in [one for one in known if one.joined or one.kind is not BufferKind.ROOM]:
            if now - self._marked_at >= pause:
                self._marked_at = now
                del self._unmarked[buffer]
                self.send("MARKREAD", buffer.name, f"timestamp={format_time(buffer.read_at)}")

    def _hear_line(self, line: bytes) -> None:
        try:
            message = Message.parse(decode(line))
        except ValueError:
            return  # an empty line
        match self._batches.take(message):
            case Message() as whole:
                self._hear(whole)
            case Batch() as batch:
                hear_batch(self, batch, self._hear)

    def _hear(self, message: Message) -> None:
        hear(self, message)

    # What a person does.

    def show(self, buffer: Buffer) -> None:
        """Make a buffer the current one; puts the « new » line in its place."""
        if buffer is not self.current:
            self.switch(buffer)

    def send_text(
        self, buffer: Buffer, text: str, *, reply_to: Entry | None = None, action: bool = False
    ) -> None:
        """Say something; line feeds in it make a message of several lines.

        It stands in the buffer as pending at once, also without a connection: it is sent when
        there is one. To carry out what begins with a slash use commands.submit.
        """
        text = text.replace("\r", "").replace("\0", "").strip("\n")
        if not text.strip() or buffer is self.server:
            return
        kind = Kind.ACTION if action else Kind.SAID
        if buffer.kind is BufferKind.ROOM and not buffer.joined and not buffer.wanted:
            buffer.ready = self.status is Status.ONLINE
        sending.say(self, buffer, text, kind, reply_to.msgid if reply_to else "")
        self._typed.pop(buffer, None)

    def retry(self, buffer: Buffer, entry: Entry) -> None:
        """Send a refused entry again."""
        if entry.delivery is Delivery.REFUSED and buffer.entries.by_key(entry.key):
            buffer.entries.remove(entry.key)
            sending.say(self, buffer, entry.text, entry.kind, entry.reply_to)

    def discard(self, buffer: Buffer, entry: Entry) -> None:
        """Take a refused or waiting entry out."""
        for parcel in self.outbox.of(buffer, Stage.WAITING):
            if parcel.key == entry.key:
                self.outbox.drop(parcel)
                buffer.entries.remove(entry.key)
        if entry.delivery is Delivery.REFUSED:
            buffer.entries.remove(entry.key)
        self.changed(buffer)

    def react(self, buffer: Buffer, entry: Entry, emoji: str) -> None:
        """React to what was said, or take that reaction back where one has given it."""
        if self.status is not Status.ONLINE:
            words = f"Your {emoji} was not sent: there is no connection to the server now."
            self.tell(Kind.FAULT, words, buffer=buffer)
            return
        if not self.has("message-tags") or not entry.msgid:
            self.tell(Kind.FAULT, "This server knows no reactions.", buffer=buffer)
            return
        given = any(r.emoji == emoji and self.nick in r.nicks for r in entry.reactions)
        name = "+draft/unreact" if given else "+draft/react"
        self.send("TAGMSG", buffer.name, tags={name: emoji, "+draft/reply": entry.msgid})

    def redact(self, buffer: Buffer, entry: Entry, reason: str = "") -> None:
        """Take back what was said (one's own, or as an operator)."""
        if not self.has("draft/message-redaction") or not entry.msgid:
            self.tell(Kind.FAULT, "This server takes nothing back.", buffer=buffer)
            return
        self.send("REDACT", buffer.name, entry.msgid, *([reason] if reason else []))

    def request_older(self, buffer: Buffer) -> None:
        """Ask for what is before the oldest entry; cheap to call again (see `buffer.past`)."""
        catching_up.ask_older(self, buffer)

    def fill(self, buffer: Buffer, gap: Entry) -> None:
        """Ask for what is missing at an entry of Kind.GAP; cheap to call again."""
        if self.status is Status.ONLINE and self.has(catching_up.CAP):
            catching_up.fill_back(self, buffer, gap.key)

    def mark_read(self, buffer: Buffer) -> None:
        """All in the buffer has been seen; cheap to call at every frame."""
        newest = buffer.readable_at()
        if newest <= buffer.read_at:
            return
        buffer.read(newest)
        self.changes += 1
        if buffer is not self.server:
            self._unmarked[buffer] = None

    def set_typing(self, buffer: Buffer, *, typing: bool) -> None:
        """Tell others that one types, or has stopped; cheap to call at every key."""
        if buffer is self.server or not self.has("message-tags") or not buffer.joined:
            return
        told = self._typed.get(buffer)
        now = self.clock()
        if typing and (told is None or now - told >= TYPING_EVERY):
            self._typed[buffer] = now
            self.send("TAGMSG", buffer.name, tags={"+typing": "active"} | self._quietly())
        elif not typing and told is not None:
            del self._typed[buffer]
            self.send("TAGMSG", buffer.name, tags={"+typing": "done"} | self._quietly())

    def _quietly(self) -> dict[str, str]:
        """Nobody needs to know that typing was not told, as where one may not speak."""
        return {"label": QUIET} if self.has("labeled-response") else {}

    def search(self, text: str, buffer: Buffer | None = None) -> None:
        """Ask the server for lines, in the words of `read_query`; see `search_results`.

        Without a buffer it is in all. Without a text the last search goes further back.
        """
        last = self.search_results
        if text or last is None:
            searching.search(self, text, buffer)
        else:
            searching.search_further(self, last, buffer)

    def jump(self, buffer: Buffer, entry: Entry) -> None:
        """Show a found line in its context: fetches it where needed, then sets `focus`."""
        self.show(buffer)
        known = buffer.entries.find(entry.msgid) if entry.msgid else None
        if known:
            self.focus = (buffer, known.key)
            self.changed(buffer)
        else:
            catching_up.ask_around(self, buffer, entry)

    def look_back(self, buffer: Buffer, wanted: Lookback) -> None:
        """Get lines of the past: they will be `excerpt`, and `focus` leads to them."""
        look_back(self, buffer, wanted)

    def talk_to(self, nick: str) -> Buffer:
        """Open a conversation with a person, and show it."""
        buffer = self.begin(nick)
        self.show(buffer)
        return buffer

    def begin(self, nick: str) -> Buffer:
        """Open a conversation with a person, without showing it."""
        known = self.find(nick)
        buffer = known or self.open(nick)
        if known is None and self.status is Status.ONLINE:
            watch(self, buffer.name)
            buffer.joined = True
            buffer.ready = False
            if self.has("draft/read-marker"):
                self.send("MARKREAD", buffer.name)
            catching_up.catch_up(self, buffer)
        elif known is None:
            buffer.ready = False
        return buffer

    def join(self, room: str, key: str = "") -> None:
        """Go into a room, and show it; also later, when there is a connection again."""
        buffer = self.open(room)
        buffer.wanted, buffer.key = True, key
        if buffer.joined or self.status is not Status.ONLINE:
            self.show(buffer)
            return
        buffer.ready = False
        self.going_to.add(self.fold(room))
        self.send("JOIN", room, *([key] if key else []))

    def leave(self, room: Buffer, why: str = "") -> None:
        """Go out of a room; it stays on the list."""
        if room.joined:
            self.send("PART", room.name, *([why] if why else []))
        room.wanted = False

    def rename(self, nick: str) -> None:
        """Take another name, now or when there is a connection; it is wanted once one has it."""
        if self.status is Status.ONLINE:
            self.questions.nicks.add(self.fold(nick))
        else:
            self.wishes, self.nick = replace(self.wishes, nick=nick), nick
        if self.status in {Status.ONLINE, Status.REGISTERING}:
            self.send("NICK", nick)
        self.changed()

    def set_away(self, why: str) -> None:
        """Be marked as away, or with an empty reason as back; also after a reconnect."""
        self.away, self.away_text = bool(why), why
        if self.status is Status.ONLINE:
            self.send("AWAY", *([why] if why else []))

    def list_rooms(self) -> None:
        """Show which rooms there are, in the current buffer when the answer is there."""
        self.rooms.clear()
        self.shows_list = True
        self.send("LIST")

    def send_raw(self, line: str) -> None:
        """Send a line as it was typed."""
        self._out.append(f"{line.translate(_NO_LINE_ENDS)}\r\n".encode())

    @property
    def partner(self) -> Buffer | None:
        """Who has written in private last."""
        partners = [buffer for buffer in self.buffers if buffer.kind is BufferKind.PERSON]
        heard = [partner for partner in partners if partner.spoke]
        return max(heard, key=Buffer.newest_at, default=None)

    def close(self, buffer: Buffer) -> None:
        """Leave a room, or end a private conversation, and take it off the list."""
        if buffer is self.server:
            return
        if buffer.joined and buffer.kind is BufferKind.ROOM:
            self.send("PART", buffer.name)
        elif buffer.kind is BufferKind.PERSON and self.features.monitored:
            self.send("MONITOR", "-", buffer.name)
        self._unmarked.pop(buffer, None)
        self.take_off(buffer)

    def quit(self, reason: str = "") -> None:
        """Say goodbye to the server; the program ends when that is sent."""
        self.leaving = True
        if self.status is Status.ONLINE:
            self._tell_read(pause=0.0)
        if self.status in {Status.ONLINE, Status.REGISTERING}:
            self.send("QUIT", *([reason] if reason else []))
