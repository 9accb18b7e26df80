"""What the hub hands over to be stored, and what is read back.

Times (`at`) are seconds since the epoch, UTC; they are stored in milliseconds. Ids are the places
in the one order.
"""

from enum import IntEnum

from msgspec import Struct


class Kind(IntEnum):
    """What sort of line a message is; the number is what is stored."""

    SAID = 1
    ACTION = 2
    TOLD = 3
    TOLD_ACTION = 4
    TOPIC = 5
    NOTICE = 6
    TOLD_NOTICE = 7
    NOTICE_ACTION = 8
    TOLD_NOTICE_ACTION = 9


PRIVATE = frozenset({Kind.TOLD, Kind.TOLD_ACTION, Kind.TOLD_NOTICE, Kind.TOLD_NOTICE_ACTION})
ACTIONS = frozenset({Kind.ACTION, Kind.TOLD_ACTION, Kind.NOTICE_ACTION, Kind.TOLD_NOTICE_ACTION})
NOTICES = frozenset({Kind.NOTICE, Kind.TOLD_NOTICE, Kind.NOTICE_ACTION, Kind.TOLD_NOTICE_ACTION})

Tags = tuple[tuple[str, str], ...]  # names with their values


class What(IntEnum):
    """What happened besides what was said; the number is what is stored."""

    JOINED = 1
    LEFT = 2
    GONE = 3
    KICKED = 4
    MODES_SET = 5
    ROOM_RENAMED = 6
    TAGGED = 7
    REDACTED = 8
    RENAMED = 9


class Message(Struct, frozen=True, gc=False):
    """A line as it was said.

    `room` is empty in a private one, which goes `to` these people instead; it waits for those of
    them who are not here. One message has one id, however many it goes to. `tags` are what programs
    have hung on it, `cuts` where one has cut long lines of it, as in requests.Say.
    """

    id: int
    at: float
    kind: Kind
    room: str
    nick: str
    text: str
    to: tuple[str, ...] = ()
    waits_for: tuple[str, ...] = ()
    tags: Tags = ()
    cuts: tuple[int, ...] = ()


class Happening(Struct, frozen=True, gc=False):
    """Something besides a line: who came and went, a reaction. It counts as no line of a room.

    `room` is empty where it is between `nick` and `other` alone. `other` is whom it happened to;
    of a room with a new name, the old one and the new one with a comma between; of what was taken
    back, the id. `text` says why. `tags` are those of a reaction, `changes` those of a room's
    modes: set or not, the letter, its value.
    """

    id: int
    at: float
    what: What
    room: str
    nick: str
    other: str = ""
    text: str = ""
    tags: Tags = ()
    changes: tuple[tuple[bool, str, str], ...] = ()


class Moved(Struct, frozen=True, gc=False):
    """A room has another name: its lines are found under the new one from now on.

    Where there are lines under that name already, each stays where it is.
    """

    old: str
    new: str


class Redaction(Struct, frozen=True, gc=False):
    """What is stored under the id `message` is to be erased; a mark is left that `nick` did so."""

    id: int
    at: float
    nick: str
    message: int


class Given(Struct, frozen=True, gc=False):
    """An id was given to something that is not stored, and must not be given again."""

    id: int
    at: float


class Arrival(Struct, frozen=True, gc=False):
    """Somebody has come into a room: if the server is killed now, they leave with its last line."""

    nick: str
    room: str


class Departure(Struct, frozen=True, gc=False):
    """Somebody has left a room; what is said after `id` is said in their absence."""

    id: int
    at: float
    nick: str
    room: str


Entry = Message | Happening | Arrival | Departure | Moved | Redaction | Given
Record = Message | Happening  # what is read back
Placed = Message | Happening | Departure | Redaction | Given  # what has a place in the order

Pair = tuple[str, str]  # the nicks of two people who talk in private


class KeptTopic(Struct, frozen=True, gc=False):
    """A room's topic as it was last set, under the room's display name."""

    room: str
    nick: str
    at: float
    text: str


class Seen(Struct, frozen=True, gc=False):
    """When somebody last said something to a room, or left one."""

    nick: str
    at: float


class Forget(Struct, frozen=True, gc=False):
    """What is to be erased: everything that matches all of what is given.

    `nick`: what they said, and what was said to them alone. `before`: a time.
    """

    nick: str | None = None
    room: str | None = None
    before: float | None = None
