"""What a session is answered: one immutable type per answer to a single request.

Each goes to the one session that sent the request `to_request`.
"""

from chatserver.chat.errors import ChatError
from chatserver.chat.events import Event, Line, Profile, Told, Topic
from chatserver.chat.modes import Change, ListEntry, Rank
from chatserver.chat.requests import Request, TakeBack


class Answer(Event, frozen=True, eq=False):
    """The end of one request; exactly one is given to each that asks for one."""

    to_request: Request


class Refused(Answer, frozen=True, eq=False):
    """The wish was not fulfilled, and nothing has changed."""

    error: ChatError


class Done(Answer, frozen=True, eq=False):
    """The wish was fulfilled, and there is no more to tell."""


class Counted(Answer, frozen=True, eq=False):
    """People with a name, and rooms with people in them.

    `invisible` and `operators` are among the people; `most` is how many there ever were at once.
    `strangers` are connected, but have no name yet.
    """

    people: int
    rooms: int
    invisible: int = 0
    operators: int = 0
    most: int = 0
    strangers: int = 0


class TimeIs(Answer, frozen=True, eq=False):
    """The time, in seconds since the epoch."""

    at: float


class Entered(Answer, frozen=True, eq=False):
    """The name is taken; it is yours until you leave."""

    nick: str
    mask: str = ""


class Authenticated(Answer, frozen=True, eq=False):
    """Whether the password was right."""

    right: bool


class YouRenamed(Answer, frozen=True, eq=False):
    """Your name is another one now."""

    old: str
    new: str
    at: float = 0.0
    mask: str = ""
    id: int = 0


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
    id: int = 0
    at: float = 0.0
    why: str = ""


class TopicIs(Answer, frozen=True, eq=False):
    """The room's topic, None where it has none."""

    room: str
    topic: Topic | None


class ModesAre(Answer, frozen=True, eq=False):
    """What a room is set to: `flags` in order; the key is empty for who is not in the room."""

    room: str
    flags: str
    key: str | None
    limit: int | None
    created: float


class ModesDone(Answer, frozen=True, eq=False):
    """The changes that were made, which may be none; `refused` says why others were not."""

    room: str
    changes: tuple[Change, ...]
    refused: tuple[ChatError, ...] = ()


class ListIs(Answer, frozen=True, eq=False):
    """What stands on one of a room's lists, in the order it was put there."""

    room: str
    letter: str
    entries: tuple[ListEntry, ...]


class InviteDone(Answer, frozen=True, eq=False):
    """Somebody was invited; `away` says why they may not see it yet."""

    nick: str
    room: str
    away: str | None


class InvitationsAre(Answer, frozen=True, eq=False):
    """The rooms one may enter once."""

    rooms: tuple[str, ...]


class TellDone(Answer, frozen=True, eq=False):
    """Your private message has reached these people; `away` pairs a name with a reason.

    It is kept for those who are `waited` for; those who are `missing` get nothing, nor do those for
    whom so many wait already that no more are kept, as `refused` says.
    """

    told: tuple[Told, ...]
    away: tuple[tuple[str, str], ...]
    waited: tuple[str, ...]
    missing: tuple[str, ...]
    refused: ChatError | None = None


class AwayIs(Answer, frozen=True, eq=False):
    """You are marked as away for that reason, or as back (None)."""

    why: str | None


class RealnameIs(Answer, frozen=True, eq=False):
    """Your real name is that one now."""

    realname: str
    at: float


class RoomLine(Event, frozen=True, eq=False):
    """One room of a list; `topic_at` and `created` are times."""

    room: str
    people: int
    topic: str
    topic_at: float | None = None
    created: float = 0.0


class RoomsAre(Answer, frozen=True, eq=False):
    """All rooms, the largest first, as they are at that time."""

    rooms: tuple[RoomLine, ...]
    at: float = 0.0


class MembersAre(Answer, frozen=True, eq=False):
    """Everyone in a room, by name."""

    room: str
    members: tuple[Profile, ...]
    secret: bool = False


class PeopleAre(Answer, frozen=True, eq=False):
    """Those who were asked for."""

    people: tuple[Profile, ...]


class Former(Event, frozen=True, eq=False):
    """Who had a nick until that time."""

    nick: str
    user: str
    host: str
    realname: str
    at: float


class FormerAre(Answer, frozen=True, eq=False):
    """Who had that nick, the latest first."""

    nick: str
    former: tuple[Former, ...]


class WatchIs(Answer, frozen=True, eq=False):
    """Of those who are watched: who is `here`, as NICK!USER@HOST, and who is `gone`.

    `names` are all of these, as they are watched. Not watched are those whom nobody can be (`bad`)
    and those that are too many (`missed`).
    """

    here: tuple[str, ...]
    gone: tuple[str, ...]
    names: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()


class FlagsAre(Answer, frozen=True, eq=False):
    """Your flags, in order, and what was changed of them."""

    flags: str
    changes: tuple[Change, ...]


class Reloaded(Answer, frozen=True, eq=False):
    """The settings were read again; those `waiting` hold only after a restart."""

    waiting: tuple[str, ...]


class PersonIs(Answer, frozen=True, eq=False):
    """Who somebody is. `rooms` are those of theirs that one may know; `idle` is in seconds."""

    nick: str
    since: float
    idle: float
    away: str | None
    rooms: tuple[str, ...]
    ranks: tuple[Rank, ...] = ()
    profile: Profile | None = None
    address: str = ""
    flags: str = ""


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


class PastIs(Answer, frozen=True, eq=False):
    """Part of what was said in a room, or with a person, oldest first."""

    target: str
    lines: tuple[Event, ...]


class MessageFound(Answer, frozen=True, eq=False):
    """What somebody wants to take back is there; see redaction.Errand for what follows."""

    order: TakeBack


class TargetsAre(Answer, frozen=True, eq=False):
    """Rooms and people, each with the time of the latest line, the earliest first."""

    targets: tuple[tuple[str, float], ...]


class ReadUntil(Answer, frozen=True, eq=False):
    """Until when one has read what was said there; None: never."""

    target: str
    at: float | None


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
