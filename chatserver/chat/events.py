"""What happened: one immutable type per fact.

Times (`at`) are seconds since the epoch, UTC; ids are the place in the one order. A `mask` is the
USER@HOST of the nick that acts, empty where it is not known any more.
"""

from collections.abc import Mapping

from msgspec import Struct

from chatserver.chat.modes import Change, Rank
from chatserver.chat.requests import Tags
from chatserver.limits import Limits


class Event(Struct, frozen=True, eq=False):
    """A fact that a session is told."""


class Deed(Event, frozen=True, eq=False, kw_only=True):
    """What somebody has done besides speaking; `bot`: by a program, as it says of itself."""

    bot: bool = False


def doer(event: Event) -> str:
    """Return whose doing it was, by the nick they had then; "" for nobody's."""
    return str(event.old if isinstance(event, Renamed) else getattr(event, "nick", ""))


class Topic(Event, frozen=True, eq=False):
    """A topic as it stands, who set it and when."""

    text: str
    nick: str
    at: float


class Profile(Event, frozen=True, eq=False):
    """One person of a list. `room` is the one they are listed for, or one they are seen in."""

    nick: str
    away: str | None
    user: str = ""
    host: str = ""
    realname: str = ""
    rank: Rank = Rank.NONE
    operator: bool = False
    bot: bool = False
    room: str = ""
    idle: float = 0.0


# Facts for an audience.


class Said(Event, frozen=True, eq=False, gc=False):
    """Somebody said a text in a room; `action`: as `/me` does; `cuts` as in Say."""

    id: int
    at: float
    room: str
    nick: str
    text: str
    action: bool
    notice: bool = False
    mask: str = ""
    tags: Tags = ()
    rank: Rank = Rank.NONE
    cuts: tuple[int, ...] = ()


class Told(Event, frozen=True, eq=False):
    """Somebody said a text to `to` alone; `cuts` as in Say."""

    id: int
    at: float
    nick: str
    to: str
    text: str
    action: bool
    notice: bool = False
    mask: str = ""
    tags: Tags = ()
    cuts: tuple[int, ...] = ()


class Tagged(Event, frozen=True, eq=False):
    """Somebody tells programs something that is no text; `target` is a room or a nick."""

    id: int
    at: float
    target: str
    nick: str
    mask: str
    tags: Tags
    rank: Rank = Rank.NONE


class Joined(Deed, frozen=True, eq=False):
    """Somebody else has come into a room."""

    id: int
    at: float
    room: str
    nick: str
    mask: str = ""
    realname: str = ""
    away: str | None = None


class Left(Deed, frozen=True, eq=False):
    """Somebody else has gone out of a room."""

    id: int
    at: float
    room: str
    nick: str
    why: str
    mask: str = ""


class Gone(Deed, frozen=True, eq=False):
    """Somebody else has left the server; told once, however many `rooms` were shared."""

    id: int
    at: float
    nick: str
    why: str
    rooms: tuple[str, ...]
    mask: str = ""


class Renamed(Deed, frozen=True, eq=False):
    """Somebody else has another name now, in all these `rooms`."""

    at: float
    old: str
    new: str
    mask: str = ""
    id: int = 0
    rooms: tuple[str, ...] = ()


class TopicSet(Deed, frozen=True, eq=False):
    """A room has another topic; `before` is the one it had."""

    id: int
    at: float
    room: str
    nick: str
    topic: str
    before: "Topic | None" = None
    mask: str = ""


class Kicked(Deed, frozen=True, eq=False):
    """`nick` has put somebody out of a room, who is told so too."""

    id: int
    at: float
    room: str
    nick: str
    victim: str
    why: str
    mask: str = ""


class ModesSet(Deed, frozen=True, eq=False):
    """A room is set to something else."""

    id: int
    at: float
    room: str
    nick: str
    changes: tuple[Change, ...]
    mask: str = ""


class RoomRenamed(Deed, frozen=True, eq=False):
    """A room has another name. Who takes it for another room needs to know what is in it.

    `read_until`: until when its members have read there, by folded nick, as far as that is known.
    """

    id: int
    at: float
    old: str
    new: str
    nick: str
    why: str
    mask: str = ""
    topic: "Topic | None" = None
    members: "tuple[Profile, ...]" = ()
    secret: bool = False
    read_until: Mapping[str, float] = {}


class Redacted(Deed, frozen=True, eq=False):
    """What was said under the id `message` is taken back; `target` is a room or a nick."""

    id: int
    at: float
    target: str
    nick: str
    message: int
    why: str
    mask: str = ""


class Invited(Deed, frozen=True, eq=False):
    """`nick` has invited somebody, `to`, to a room; told to them, and to members who ask for it."""

    at: float
    room: str
    nick: str
    to: str
    mask: str = ""


class AwaySet(Deed, frozen=True, eq=False):
    """Somebody else is away for a reason, or back (None).

    `watched`: one is told because one watches them, and shares no room with them.
    """

    at: float
    nick: str
    why: str | None
    mask: str = ""
    watched: bool = False


class RealnameSet(Deed, frozen=True, eq=False):
    """Somebody else has another real name; `watched` as in AwaySet."""

    at: float
    nick: str
    realname: str
    mask: str = ""
    watched: bool = False


class Walloped(Deed, frozen=True, eq=False):
    """An operator of the server has something to say to those who want to hear it."""

    at: float
    nick: str
    text: str
    mask: str = ""


class Killed(Deed, frozen=True, eq=False):
    """An operator of the server, `nick`, ends your connection; you are the `victim`."""

    at: float
    nick: str
    why: str
    mask: str = ""
    victim: str = ""


class Watched(Event, frozen=True, eq=False):
    """Somebody you watch has come (`here`) or gone. `mask` is empty for who is gone."""

    at: float
    nick: str
    here: bool
    mask: str = ""


class Governed(Event, frozen=True, eq=False):
    """Other limits hold from now on: the settings were read again."""

    before: Limits
    after: Limits


class MarkedRead(Event, frozen=True, eq=False):
    """You have read what was said there until that time, as another program of yours says."""

    target: str
    at: float


class Kept(Event, frozen=True, eq=False):
    """What was said to somebody alone while they were not here.

    It waits on until the session has acknowledged it: when it is with the person's machine, as far
    as can be known.
    """

    lines: tuple[Told, ...]


Line = Said | TopicSet
