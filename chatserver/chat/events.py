"""What happened: one immutable type per fact, and one per answer to a single request.

Times (`at`) are seconds since the epoch, UTC; ids are the place in the one order.
"""

from msgspec import Struct

from chatserver.chat.errors import ChatError
from chatserver.chat.requests import Request


class Event(Struct, frozen=True, eq=False):
    """A fact that a session is told."""


# Facts for an audience.


class Said(Event, frozen=True, eq=False):
    """Somebody said a text in a room; `action`: as `/me` does."""

    id: int
    at: float
    room: str
    nick: str
    text: str
    action: bool


class Told(Event, frozen=True, eq=False):
    """Somebody said a text to `to` alone."""

    id: int
    at: float
    nick: str
    to: str
    text: str
    action: bool


class Joined(Event, frozen=True, eq=False):
    """Somebody else has come into a room."""

    id: int
    at: float
    room: str
    nick: str


class Left(Event, frozen=True, eq=False):
    """Somebody else has gone out of a room."""

    id: int
    at: float
    room: str
    nick: str
    why: str


class Gone(Event, frozen=True, eq=False):
    """Somebody else has left the server; told once, however many `rooms` were shared."""

    id: int
    at: float
    nick: str
    why: str
    rooms: tuple[str, ...]


class Renamed(Event, frozen=True, eq=False):
    """Somebody else has another name now."""

    at: float
    old: str
    new: str


class TopicSet(Event, frozen=True, eq=False):
    """A room has another topic; `before` is the one it had."""

    id: int
    at: float
    room: str
    nick: str
    topic: str
    before: "Topic | None" = None


class Kept(Event, frozen=True, eq=False):
    """What was said to somebody alone while they were not here."""

    lines: tuple[Told, ...]


# Answers: each goes to the one session that sent the request `to_request`.


class Answer(Event, frozen=True, eq=False):
    """The end of one request; exactly one is given to each that asks for one."""

    to_request: Request


class Refused(Answer, frozen=True, eq=False):
    """The wish was not fulfilled, and nothing has changed."""

    error: ChatError


class Done(Answer, frozen=True, eq=False):
    """The wish was fulfilled, and there is no more to tell."""


class Counted(Answer, frozen=True, eq=False):
    """People with a name, and rooms with people in them."""

    people: int
    rooms: int


class Entered(Answer, frozen=True, eq=False):
    """The name is taken; it is yours until you leave."""

    nick: str


class YouRenamed(Answer, frozen=True, eq=False):
    """Your name is another one now."""

    old: str
    new: str


class Topic(Event, frozen=True, eq=False):
    """A topic as it stands, who set it and when."""

    text: str
    nick: str
    at: float


class YouJoined(Answer, frozen=True, eq=False):
    """You are in the room. `others`: at most OTHERS_SHOWN names; `size` counts you too."""

    id: int
    at: float
    room: str
    others: tuple[str, ...]
    size: int
    topic: Topic | None


class YouLeft(Answer, frozen=True, eq=False):
    """You are out of the room."""

    room: str


class TopicIs(Answer, frozen=True, eq=False):
    """The room's topic, None where it has none."""

    room: str
    topic: Topic | None


class TellDone(Answer, frozen=True, eq=False):
    """Your private message has reached these people; `away` pairs a name with a reason.

    It is kept for those who are `waited` for; those who are `missing` get nothing.
    """

    told: tuple[Told, ...]
    away: tuple[tuple[str, str], ...]
    waited: tuple[str, ...]
    missing: tuple[str, ...]


class AwayIs(Answer, frozen=True, eq=False):
    """You are marked as away for that reason, or as back (None)."""

    why: str | None


class RoomLine(Event, frozen=True, eq=False):
    """One room of a list."""

    room: str
    people: int
    topic: str


class RoomsAre(Answer, frozen=True, eq=False):
    """All rooms, the largest first."""

    rooms: tuple[RoomLine, ...]


class MemberLine(Event, frozen=True, eq=False):
    """One person of a list."""

    nick: str
    away: str | None


class MembersAre(Answer, frozen=True, eq=False):
    """Everyone in a room, by name."""

    room: str
    members: tuple[MemberLine, ...]


class PersonIs(Answer, frozen=True, eq=False):
    """Who somebody is. `rooms` are all of theirs; `idle` is in seconds."""

    nick: str
    since: float
    idle: float
    away: str | None
    rooms: tuple[str, ...]


Line = Said | TopicSet


class HistoryPage(Answer, frozen=True, eq=False):
    """Lines of a room, oldest first. `more`: there are older ones.

    `left_at` is the place in the order at which the person was last in the room, if they asked
    for it and were ever there, and `missed` is how many lines have come since.
    """

    room: str
    lines: tuple[Line, ...]
    more: bool
    left_at: int | None = None
    missed: int = 0


class SearchFound(Answer, frozen=True, eq=False):
    """Lines that match, newest first. `words` are those looked for. `more`: there are older."""

    lines: tuple[Line, ...]
    words: tuple[str, ...]
    more: bool


class SeenIs(Answer, frozen=True, eq=False):
    """When somebody was last here: `at`, None if never; or they are here."""

    nick: str
    at: float | None
    here: bool


class NamesFound(Answer, frozen=True, eq=False):
    """Names that begin as asked, at most NAMES_FOUND of them, by name."""

    names: tuple[str, ...]


OTHERS_SHOWN = 20
NAMES_FOUND = 100
