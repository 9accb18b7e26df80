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


PRIVATE = frozenset({Kind.TOLD, Kind.TOLD_ACTION})


class Message(Struct, frozen=True, gc=False):
    """A line as it was said.

    `room` is empty in a private one, which goes `to` these people instead; it waits for those of
    them who are not here. One message has one id, however many it goes to.
    """

    id: int
    at: float
    kind: Kind
    room: str
    nick: str
    text: str
    to: tuple[str, ...] = ()
    waits_for: tuple[str, ...] = ()


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


class Taken(Struct, frozen=True, gc=False):
    """The messages that waited for somebody, up to this id, are handed over."""

    nick: str
    through: int


Entry = Message | Arrival | Departure | Taken


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
