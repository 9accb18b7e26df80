"""State: what a client knows of its server, and what it has yet to send. Handlers act on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum, auto
from itertools import count
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from chatserver.formatting import sanitize
from chatserver.irc.message import NO_TAGS, Message
from chatserver.text import clean
from client.buffers import Buffer, BufferKind
from client.features import Features
from client.marks import Mark
from client.members import Members, People
from client.messages import Entry, Kind
from client.names import fold
from client.outbox import Outbox
from client.questions import Questions

if TYPE_CHECKING:
    from client.catching_up import Asked
    from client.excerpts import Look

KEPT = 20_000
"""Entries of one buffer that are kept; older ones are let go and can be fetched again."""

QUIET = "quiet"
"""The label of what is not worth an answer."""

_READ = 3
_ALERTS = 100  # kept for a view that does not take them

_new_key = count(1).__next__


class Status(Enum):
    """Where one stands with the server."""

    OFFLINE = auto()  # `detail` says what is being done about it
    CONNECTING = auto()
    REGISTERING = auto()  # the server is there, and has not let one in yet
    ONLINE = auto()


class Wishes(Struct, frozen=True, kw_only=True):
    """What a person wants of a server: to be called so, and to be in these rooms."""

    nick: str
    rooms: tuple[str, ...] = ()
    username: str = ""
    realname: str = ""
    password: str = ""


class Alert(Struct, frozen=True):
    """Something that a person wants to be told of: they were named, or written to in private."""

    buffer: Buffer
    entry: Entry


class Search(Struct):
    """A page of what a search has found: entries that stand in no log, with their buffer.

    Attributes:
        text: what was looked for.
        hits: where and what, newest first.
        done: whether the answer is there; `fault` says why there is none, or is empty.
        further: whether it is not the first page, and `more` whether it is not the last.
        limit: how many lines were asked for.
        known: when the lines of all its pages were said, by what tells them from others.
    """

    text: str
    hits: tuple[tuple[Buffer, Entry], ...] = ()
    done: bool = False
    fault: str = ""
    further: bool = False
    more: bool = False
    limit: int = 100
    known: dict[str, float] = {}


class Excerpt(Struct, frozen=True, eq=False):
    """Lines of the past that somebody has asked for.

    Attributes:
        keys: of the entries, oldest first.
        note: why there are none, which stands in the buffer too; else empty.
    """

    buffer: Buffer
    keys: tuple[int, ...]
    note: str = ""


class State:
    """Everything about one server. Model documents what a view may read."""

    def __init__(self, wishes: Wishes, clock: Callable[[], float], kept: int = KEPT) -> None:
        """`clock` gives seconds since the epoch; `kept` is how many entries a buffer keeps."""
        self.wishes = wishes
        self.clock = clock
        self.kept = kept
        self.status = Status.OFFLINE
        self.detail = ""
        self.nick = wishes.nick
        self.away = False
        self.offered: dict[str, str] = {}  # capabilities with their values
        self.caps: set[str] = set()  # those that hold
        self.features = Features()
        self.people = People(self.fold)
        self.rooms: dict[str, tuple[str, int, str]] = {}  # of LIST: name, members, topic
        self.ignored: dict[str, str] = {}  # nick by folded nick
        self.outbox = Outbox()
        self.asked: dict[str, Asked] = {}  # pages of the past, by label
        self.turns: list[Buffer] = []  # whose past is still to be caught up with
        self.turns_at = 0.0  # when to go on with that
        self.asking: set[str] = set()  # capabilities that the server has not answered for
        self.greeted = False  # whether it has said all that it says at first
        self.was_online = False  # whether it is the first time that one is
        self.leaving = False  # whether one has said goodbye
        self.last_online = 0.0
        self.away_text = ""
        self.going_to: set[str] = set()  # folded rooms to be shown when one is in
        self.questions = Questions()
        self.asked_topic: Buffer | None = None
        self.names: dict[str, dict[str, str]] = {}  # of NAMES that are not whole, by room
        self.quiet_who: set[str] = set()  # folded rooms whose WHO is not shown
        self.shows_list = False
        self.bans: list[str] = []  # of a room, as they are told
        self.sought = ""  # whom one wants to know the last visit of
        self.ping_token = ""
        self.pinged_at = 0.0
        self.sent_at = 0.0  # when something was last sent
        self.farewell = ""  # what the server said at the end
        self.search_results: Search | None = None
        self.focus: tuple[Buffer, int] | None = None
        self.excerpt: Excerpt | None = None
        self.looked_back: dict[Buffer, Look] = {}  # what /history has looked for last
        self.changes = 0
        self.lag: float | None = None
        self.server = Buffer("", BufferKind.SERVER, Members(self.people, self.fold))
        self.buffers: list[Buffer] = [self.server]
        self.current = self.server
        self._announced: list[str] = []  # not told yet
        self._alerts: list[Alert] = []
        self._marks: list[tuple[Buffer, Mark]] = []
        self._out: list[bytes] = []
        self._labels = count(1)

    def fold(self, name: str) -> str:
        """Return a name so that names which are the same to the server are equal."""
        return fold(name, self.features.casemap)

    def is_me(self, nick: str) -> bool:
        """Whether that is what one is called."""
        return self.fold(nick) == self.fold(self.nick)

    def has(self, cap: str) -> bool:
        """Whether a capability holds."""
        return cap in self.caps

    # Sending.

    def send(self, verb: str, *params: str, tags: Mapping[str, str] = NO_TAGS) -> None:
        """Send a message to the server.

        Raises:
            ValueError: it cannot be written as one.
        """
        self.sent_at = self.clock()
        self._out.append(f"{Message(verb, params, tags=tags).encode()}\r\n".encode())

    def next_label(self) -> str:
        """Return a name for something asked that was never used (labeled-response)."""
        return f"{next(self._labels)}"

    # Buffers.

    def find(self, name: str) -> Buffer | None:
        """Return the buffer of a room or a person, if there is one."""
        wanted = self.fold(name)
        for buffer in self.buffers:
            if buffer.kind is not BufferKind.SERVER and self.fold(buffer.name) == wanted:
                return buffer
        return None

    def open(self, name: str) -> Buffer:
        """Return the buffer of a room or a person; it is made where there is none."""
        buffer = self.find(name)
        if buffer is None:
            is_room = self.features.is_room(name)
            kind = BufferKind.ROOM if is_room else BufferKind.PERSON
            buffer = Buffer(clean(name), kind, Members(self.people, self.fold))
            buffer.members.rank_by(self.features.signs)
            self.buffers.append(buffer)
            self.changed(buffer)
        return buffer

    def take_off(self, buffer: Buffer) -> None:
        """Take a buffer off the list, with what was to be said there."""
        for parcel in self.outbox:
            if parcel.buffer is buffer:
                self.outbox.drop(parcel)
        index = self.buffers.index(buffer)
        self.buffers.remove(buffer)
        self.looked_back.pop(buffer, None)
        self.forget_strangers([member.nick for member in buffer.members])
        if self.current is buffer:
            self.switch(self.buffers[min(index, len(self.buffers) - 1)])
        self.changed()

    def forget_strangers(self, nicks: Iterable[str]) -> None:
        """Forget those of these people whom one meets nowhere any more."""
        for nick in nicks:
            met = any(nick in buffer.members for buffer in self.buffers)
            if not met and self.find(nick) is None:
                self.people.forget(nick)

    def switch(self, buffer: Buffer) -> None:
        """Make a buffer the one that is shown."""
        before, self.current = self.current, buffer
        buffer.mark_new()
        self.trim(before)
        self.ask_who(buffer)
        self.changes += 1

    def ask_who(self, buffer: Buffer) -> None:
        """Ask how the members of a room are, once it is looked at: away-notify tells the rest."""
        if buffer.joined and not buffer.who_asked and buffer.kind is BufferKind.ROOM:
            buffer.who_asked = self.has("away-notify")
            if buffer.who_asked:
                self.quiet_who.add(self.fold(buffer.name))
                self.send("WHO", buffer.name)

    def changed_people(self, nick: str) -> None:
        """Something about somebody has changed: say so of where they are seen."""
        for buffer in self.buffers:
            if nick in buffer.members or self.fold(buffer.name) == self.fold(nick):
                buffer.touch()
        self.changes += 1

    def take_nick(self, nick: str) -> None:
        """One is called so now; from now on one wants to be, where it was one's own choice."""
        self.nick = nick
        if self.fold(nick) in self.questions.nicks:
            self.questions.nicks.discard(self.fold(nick))
            self.wishes = replace(self.wishes, nick=nick)

    def take_back_nick(self) -> None:
        """What one wants to be called is free again."""
        if self.status is Status.ONLINE and not self.is_me(self.wishes.nick):
            self.send("NICK", self.wishes.nick)

    def changed(self, buffer: Buffer | None = None) -> None:
        """Say that something has changed, of a buffer or of all."""
        self.changes += 1
        if buffer:
            buffer.touch()

    # Entries.

    def make(
        self, kind: Kind, *, at: float = 0.0, nick: str = "", text: str = "", **more: Any
    ) -> Entry:
        """Return an entry with what comes from outside cleaned; `at` 0 is now."""
        words = "\n".join(map(sanitize, text.split("\n")))
        return Entry(
            key=_new_key(), kind=kind, at=at or self.clock(), nick=clean(nick), text=words, **more
        )

    def put(self, entry: Entry, *, nick: str, by: str, own: bool) -> Entry:
        """Return an entry that somebody else has done to somebody."""
        return replace(entry, nick=clean(nick), by=clean(by), own=own)

    def add(self, buffer: Buffer, entry: Entry) -> None:
        """Put an entry at the end of a buffer, and raise the alarm where it is called for."""
        buffer.add(entry)
        self.alert(buffer, entry)
        self.trim(buffer)
        self.changes += 1

    def alert(self, buffer: Buffer, entry: Entry) -> None:
        """Raise the alarm where an entry calls for it."""
        if entry.mention and entry.counts and entry.at > buffer.read_at:
            self._alerts.append(Alert(buffer, entry))
            del self._alerts[:-_ALERTS]

    def trim(self, buffer: Buffer) -> None:
        """Let old entries go; of the buffer that is read more are kept."""
        kept = self.kept * _READ if buffer is self.current else self.kept
        if buffer.entries.let_go(kept):
            buffer.reopen()

    def tell(self, kind: Kind, *lines: str, buffer: Buffer | None = None) -> None:
        """Put words of the server or of the client itself into a buffer, else the current one."""
        where = buffer or self.current
        for line in lines:
            self.add(where, self.make(kind, text=line))

    def note(self, *lines: str) -> None:
        """Say something to the person in the current buffer, in the client's own name."""
        self.tell(Kind.NOTE, *lines)

    def announce(self, *lines: str) -> None:
        """Have something to say about the connection: it is told in the room that one comes to.

        What is told while one is let in stands on the server's page, where nobody looks.
        """
        self._announced += lines

    def tell_announced(self) -> None:
        """Tell it where one is now."""
        lines, self._announced = self._announced, []
        self.note(*lines)

    def take_alerts(self) -> list[Alert]:
        """Return what has happened since the last call that a person wants to be told of."""
        alerts, self._alerts = self._alerts, []
        return alerts

    def note_marks(self, buffer: Buffer, marks: Iterable[Mark]) -> None:
        """Something was done to lines just now: keep it for a view that tells of it in words."""
        self._marks += ((buffer, mark) for mark in marks)
        del self._marks[:-_ALERTS]

    def take_marks(self) -> list[tuple[Buffer, Mark]]:
        """Return what was done to lines since the last call."""
        marks, self._marks = self._marks, []
        return marks

    @property
    def looks_back(self) -> bool:
        """Whether /history was the last that was typed."""
        return any(not look.parted for look in self.looked_back.values())

    @property
    def pending(self) -> int:
        """How many of one's own lines are not confirmed."""
        return len(self.outbox)

    @property
    def lag_ms(self) -> int | None:
        """How long the server takes to answer."""
        return None if self.lag is None else round(self.lag * 1000)

    @property
    def network(self) -> str:
        """The network's name, or nothing."""
        return self.features.network
