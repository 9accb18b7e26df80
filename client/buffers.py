"""Buffer: a room or a person one talks to, or the server's own words."""

from __future__ import annotations

from collections import OrderedDict
from enum import Enum, auto

from client.log import Log
from client.marks import Marks
from client.members import Members
from client.messages import SPEECH, Entry, Kind

TYPING_SECONDS = 6.0
"""How long somebody counts as typing after a sign of it (IRCv3 typing, "active")."""

PAUSED_SECONDS = 30.0
"""The same for somebody who has paused ("paused")."""


_MOST_SPOKEN = 500  # nicks that are remembered for having spoken


class BufferKind(Enum):
    """What one talks to in it."""

    SERVER = auto()  # nobody; commands are typed here all the same
    ROOM = auto()
    PERSON = auto()


class Past(Enum):
    """What is before the oldest entry."""

    UNKNOWN = auto()  # more may be there; `Model.request_older` asks
    ASKED = auto()  # asked for, not there yet
    COMPLETE = auto()  # nothing: it begins here
    CLOSED = auto()  # the server keeps no past


class Buffer:
    """One conversation. The model changes it; a view only reads, but for `draft` and `watched`.

    Attributes:
        name: of the room or the person, as the server writes it; cleaned.
        kind: what it is.
        entries: what stands in it, oldest first: a sequence, with `place_of(key)`,
            `by_key(key)`, `find(msgid)` and a counter `changes`.
        unread: how many lines of others are not read yet; `mentions` how many of them name one
            (in a private conversation each does).
        new_from: key of the first line that was not read when the buffer was last shown: the
            « new » line stands above it. None where there is none.
        members: who is there, for a room.
        topic: of a room, cleaned but for IRC formatting; may be empty.
        joined: whether one is in the room now, or the person is reachable.
        past: what is before the oldest entry.
        draft: what is typed and not sent; the view keeps it here.
        watched: whether somebody looks at its end now; a view says so here. No « new » line is
            put above what they see coming in.
        changes: grows with every change of anything here, members and typing included.
    """

    __slots__ = (
        "__weakref__",
        "_typing",
        "changes",
        "cursors",
        "draft",
        "entered_at",
        "entries",
        "joined",
        "key",
        "kind",
        "marks",
        "members",
        "mentions",
        "missed",
        "name",
        "new_from",
        "pages_left",
        "past",
        "read_at",
        "ready",
        "spoke",
        "topic",
        "unread",
        "wanted",
        "watched",
        "who_asked",
    )

    def __init__(self, name: str, kind: BufferKind, members: Members) -> None:
        self.name = name
        self.kind = kind
        self.members = members
        self.entries = Log()
        self.marks = Marks()
        self.unread = 0
        self.mentions = 0
        self.new_from: int | None = None
        self.entered_at = 0.0  # by the server's clock, where it tells
        self.read_at = 0.0  # seconds since the epoch: what is not newer is read
        self.topic = ""
        self.key = ""  # of a room that has one
        self.joined = False
        self.wanted = False  # to be joined again after a reconnect
        self.ready = True  # whether what is said goes out at once: not while catching up
        self.past = Past.UNKNOWN
        self.cursors: dict[int, str] = {}  # by the key of a gap: how far it is filled
        self.missed: set[int] = set()  # keys of the gaps that lost connections have left
        self.pages_left = 0  # of gaps, to be fetched without being asked
        self.draft = ""
        self.watched = False
        self.who_asked = False  # whether the server was asked how its members are
        self.changes = 0
        self.spoke: OrderedDict[str, None] = OrderedDict()  # nicks, who spoke last at the end
        self._typing: dict[str, float] = {}  # nick: until when

    def __repr__(self) -> str:
        return f"<Buffer {self.name!r}>"

    def touch(self) -> None:
        """Something has changed."""
        self.changes += 1

    def add(self, entry: Entry) -> None:
        """Put what has come in at the end, and count it where it is not read."""
        self.entries.append(entry)
        if entry.kind in SPEECH:
            self._typing.pop(entry.nick, None)
            self.spoke[entry.nick] = None
            self.spoke.move_to_end(entry.nick)
            if len(self.spoke) > _MOST_SPOKEN:
                self.spoke.popitem(last=False)
        self.count(entry)
        self.touch()

    def count(self, entry: Entry) -> None:
        """Count an entry as unread, unless it is read or one's own."""
        if entry.counts and entry.at > self.read_at:
            self.unread += 1
            self.mentions += entry.mention
            if self.new_from is None and not self.watched:
                self.new_from = entry.key

    def reopen(self) -> None:
        """The oldest entries were let go: they can be asked for again."""
        if self.past is Past.COMPLETE:
            self.past = Past.UNKNOWN

    def read(self, at: float) -> None:
        """All that is not newer than this has been read, here or on another device."""
        if at <= self.read_at:
            return
        self.read_at = at
        self.recount()

    def recount(self) -> None:
        """Count again what is not read."""
        self.unread = self.mentions = 0
        for entry in self.entries.newest_first():
            if entry.at <= self.read_at and entry.kind in SPEECH:
                break
            if entry.counts and entry.at > self.read_at:
                self.unread += 1
                self.mentions += entry.mention
        self.touch()

    def mark_new(self) -> None:
        """Put the « new » line above the first entry that is not read."""
        self.new_from = None
        for entry in self.entries.newest_first():
            if entry.at <= self.read_at and entry.kind in SPEECH:
                break
            if entry.counts and entry.at > self.read_at:
                self.new_from = entry.key
        self.touch()

    def newest_at(self) -> float:
        """The time of the newest line that the server has confirmed; 0 where there is none."""
        return self._newest_before(self.entries.settled)

    def readable_at(self) -> float:
        """The same of what can have been read: nothing behind a gap that is about to be filled.

        One's own coming back stands behind what was missed, and is there before it.
        """
        places = [] if self.ready else [self.entries.place_of(gap) for gap in self.missed]
        gaps = (place for place in places if place is not None)
        return self._newest_before(min(gaps, default=self.entries.settled))

    def _newest_before(self, end: int) -> float:
        for index in reversed(range(end)):
            entry = self.entries[index]
            if entry.kind not in {Kind.NOTE, Kind.FAULT, Kind.GAP}:
                return entry.at
        return 0.0

    def typing(self, now: float) -> tuple[str, ...]:
        """Return the nicks of who is typing at a time, who began first in front."""
        return tuple(nick for nick, until in self._typing.items() if until > now)

    def set_typing(self, nick: str, until: float) -> None:
        """Somebody types, until a time; 0 where they have stopped."""
        if until:
            self._typing[nick] = until
        else:
            self._typing.pop(nick, None)
        self.touch()

    def stop_typing(self, now: float) -> bool:
        """Forget who has given no sign of typing for long; say whether anybody was."""
        over = [nick for nick, until in self._typing.items() if until <= now]
        for nick in over:
            del self._typing[nick]
        return bool(over)
