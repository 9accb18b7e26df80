"""Entry: one thing that stands in a buffer, and what has become of it."""

from collections.abc import Iterable
from enum import Enum, auto

from msgspec import Struct
from msgspec.structs import replace


class Kind(Enum):
    """What an entry tells. What `nick` and `text` are stands beside each."""

    SAID = auto()  # who, what
    ACTION = auto()  # who, what they do
    NOTICE = auto()  # who, what
    JOINED = auto()  # who, nothing
    LEFT = auto()  # who, why
    QUIT = auto()  # who, why
    RENAMED = auto()  # the old nick, the new one
    KICKED = auto()  # who had to go, why; `by` is who made them
    TOPIC = auto()  # who (or empty), the topic; empty when it was taken away
    MODE = auto()  # who (or empty), what they have done to the room, in words
    INVITED = auto()  # who invites, the room
    SERVER = auto()  # the server's name (or empty), its words
    NOTE = auto()  # nobody: the client's own words
    FAULT = auto()  # nobody: what went wrong, in words for the person
    GAP = auto()  # nobody: lines are missing here; `Model.fill` fetches them


SPEECH = frozenset({Kind.SAID, Kind.ACTION, Kind.NOTICE})
"""What people say: it counts as unread, can be answered, reacted to and taken back."""

PRESENCE = frozenset({Kind.JOINED, Kind.LEFT, Kind.QUIT, Kind.RENAMED})
"""Coming and going: a view may fold several in a row into one line."""


class Delivery(Enum):
    """How far one's own line has come. What others say is always CONFIRMED."""

    CONFIRMED = auto()
    PENDING = auto()  # not echoed yet, or waiting for a connection
    REFUSED = auto()  # `reason` says why; `Model.retry` sends it again


class Reaction(Struct, frozen=True):
    """An emoji (cleaned text) and who has reacted with it, in the order they did."""

    emoji: str
    nicks: tuple[str, ...]


class Redaction(Struct, frozen=True):
    """A line was taken back: by whom, and why (may be empty)."""

    by: str
    reason: str = ""


class Entry(Struct, frozen=True, kw_only=True):
    """One thing in a buffer. When something about it changes another entry takes its place,
    with the same key: what was made of an entry stays good as long as `is` holds.

    Attributes:
        key: unique in the process, and never changes; says nothing about the order.
        at: seconds since the epoch, the server's time where it tells.
        nick: who it comes from, see `Kind`; cleaned.
        text: cleaned but for IRC formatting (chatserver.formatting.parse); lines of a multi-line
            message are separated by a line feed.
        own: whether it is this person's own.
        msgid: the server's name for it (message-ids); empty where there is none.
        by: who made it happen, of KICKED.
        mention: whether somebody else has named this person in it.
        reply_to: the msgid of what it answers (`Buffer.find`), or empty.
        reason: why it was refused.
        redacted: set when it was taken back; `text` is empty then.
    """

    key: int
    kind: Kind
    at: float
    nick: str = ""
    text: str = ""
    own: bool = False
    msgid: str = ""
    by: str = ""
    mention: bool = False
    reply_to: str = ""
    reactions: tuple[Reaction, ...] = ()
    delivery: Delivery = Delivery.CONFIRMED
    reason: str = ""
    redacted: Redaction | None = None

    @property
    def counts(self) -> bool:
        """Whether it counts as unread until it is read."""
        return self.kind in SPEECH and not self.own and self.redacted is None


def confirmed(entry: Entry, echo: Entry) -> Entry:
    """Return a pending entry as the server has it now."""
    return replace(echo, key=entry.key, reply_to=echo.reply_to or entry.reply_to)


def refused(entry: Entry, reason: str) -> Entry:
    """Return an entry that was not delivered, and why."""
    return replace(entry, delivery=Delivery.REFUSED, reason=reason)


def redacted(entry: Entry, by: str, reason: str) -> Entry:
    """Return an entry that was taken back."""
    return replace(entry, text="", reactions=(), redacted=Redaction(by, reason))


def reacted(entry: Entry, emoji: str, nick: str, *, present: bool = True) -> Entry:
    """Return an entry with somebody's reaction, or without it."""
    nicks = {reaction.emoji: reaction.nicks for reaction in entry.reactions}
    who = nicks.get(emoji, ())
    if present is (nick in who):
        return entry
    nicks[emoji] = (*who, nick) if present else tuple(other for other in who if other != nick)
    return replace(entry, reactions=_reactions(nicks.items()))


def _reactions(nicks: Iterable[tuple[str, tuple[str, ...]]]) -> tuple[Reaction, ...]:
    return tuple(Reaction(emoji, who) for emoji, who in nicks if who)
