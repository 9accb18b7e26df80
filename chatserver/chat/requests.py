"""What a session may wish of the hub: one immutable type per wish.

They are msgspec structs and not dataclasses because a message makes two of them, and a frozen
dataclass takes ten times as long to make (it sets each field through object.__setattr__).
"""

from typing import Annotated, Final

from msgspec import Meta, Struct

from chatserver.chat.modes import Change, Rank
from chatserver.limits import Limits

LAST_MOMENT: Final = 253_402_300_800  # the end of the year 9999, UTC

# What programs hang on a message for each other (IRCv3 message-tags): names with their values.
Tags = tuple[tuple[str, str], ...]


class Request(Struct, frozen=True, eq=False):
    """A wish. Compared by identity, so that an answer names the one request it belongs to."""


class Census(Request, frozen=True, eq=False):
    """How many people and rooms are there? Answered by Counted, also before a name is given."""


class AskTime(Request, frozen=True, eq=False):
    """What time is it here? Answered by TimeIs."""


class Sync(Request, frozen=True, eq=False):
    """Answer Done when everything that this origin sent before is done."""


class Forget(Request, frozen=True, eq=False, forbid_unknown_fields=True):
    """Erase from the history what matches all of these; answered Done when that has begun.

    `nick`: what they said, and what was said to them alone. `before`: a time. It holds for what was
    said before it. It needs no name: who may wish it is for the session to know.
    """

    nick: Annotated[str, Meta(min_length=1, max_length=256)] | None = None
    room: Annotated[str, Meta(min_length=1, max_length=256)] | None = None
    before: Annotated[float, Meta(ge=0, le=LAST_MOMENT)] | None = None

    def __post_init__(self) -> None:
        """Refuse what would be everything."""
        if (self.nick, self.room, self.before) == (None, None, None):
            raise ValueError("nothing is named that is to be forgotten")


class Arrive(Request, frozen=True, eq=False):
    """Be counted as somebody without a name, until one has entered or quit."""


class Enter(Request, frozen=True, eq=False):
    """Claim a name. `follows_crowds`: be told who comes and goes in large rooms too.

    `user` is what a program says of its user, `host` where they are seen to come from; both are
    made of the nick and the address where they are empty. `flags` are those of modes.USER_FLAGS.
    `away`: be away from the start, see SetAway.
    """

    nick: str
    address: str
    follows_crowds: bool = False
    user: str = ""
    host: str = ""
    realname: str = ""
    flags: str = ""
    away: str | None = None


class Acknowledge(Request, frozen=True, eq=False):
    """What has waited for that nick, up to that place, is with who has taken it: see events.Kept.

    It holds also for an origin that has quit meanwhile, and it has no answer.
    """

    nick: str
    through: int


class Authenticate(Request, frozen=True, eq=False):
    """Is that the password of that operator, or, without a name, of the server?

    Answered Authenticated. A hash takes its time, so a helper compares. Wrong ones are counted for
    the `address` that they come from.
    """

    password: str
    name: str = ""
    address: str = ""


class Rename(Request, frozen=True, eq=False):
    """Take another name."""

    nick: str


class Join(Request, frozen=True, eq=False):
    """Go into a room; it is made if nobody is there. `key` opens one that is locked."""

    room: str
    key: str = ""


class Leave(Request, frozen=True, eq=False):
    """Go out of a room, saying why or not."""

    room: str
    why: str = ""


class Say(Request, frozen=True, eq=False, gc=False):
    """Say a text to a room; `action`: as `/me` does. Lines of one text are parted by newlines.

    `notice`: nobody is to answer by itself (RFC 2812 section 3.3.2). `rank`: only members of at
    least that rank hear it, and it is not stored. `cuts`: where a program cut long lines, as
    offsets in the text; those who get it in pieces are to get these.
    """

    room: str
    text: str
    action: bool = False
    notice: bool = False
    tags: Tags = ()
    rank: Rank = Rank.NONE
    cuts: tuple[int, ...] = ()


class Tell(Request, frozen=True, eq=False):
    """Say a text to people alone, as Say does. `waits`: for those not here, until they come."""

    nicks: tuple[str, ...]
    text: str
    action: bool = False
    notice: bool = False
    tags: Tags = ()
    waits: bool = True
    cuts: tuple[int, ...] = ()


class Tag(Request, frozen=True, eq=False):
    """Tell programs something that is no text: that one types, or what one thinks of a message.

    `target` is a room or a person.
    """

    target: str
    tags: Tags
    rank: Rank = Rank.NONE


class SetTopic(Request, frozen=True, eq=False):
    """Set a room's topic; an empty text takes it away."""

    room: str
    topic: str


class AskTopic(Request, frozen=True, eq=False):
    """What is the room's topic, who set it and when?"""

    room: str


class SetAway(Request, frozen=True, eq=False):
    """Be marked as away for a reason (or none, if empty), or as back where `why` is None."""

    why: str | None


class ListRooms(Request, frozen=True, eq=False):
    """Which rooms are there?"""


class ListMembers(Request, frozen=True, eq=False):
    """Who is in a room? Answered by MembersAre."""

    room: str


class FindPeople(Request, frozen=True, eq=False):
    """Who fits a mask, by nick, host or real name? Or who is in a room, if it names one.

    Answered by PeopleAre. `operators`: only those of the server.
    """

    mask: str
    operators: bool = False


class FindPresent(Request, frozen=True, eq=False):
    """Which of these nicks are here? Answered by PeopleAre, in their order, also without a name."""

    nicks: tuple[str, ...]


class AskFormer(Request, frozen=True, eq=False):
    """Who had that nick? At most `count` of them, 0 for all; answered by FormerAre."""

    nick: str
    count: int = 0


class Watch(Request, frozen=True, eq=False):
    """Tell me whenever these come and go; forget those (all of them, if `clear`) first.

    Answered by WatchIs: for those that were added, or, with nothing asked to change, for all.
    """

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    clear: bool = False


class SetRealname(Request, frozen=True, eq=False):
    """Be somebody else to those who ask who one is."""

    realname: str


class SetFlags(Request, frozen=True, eq=False):
    """Change one's own flags, of modes.USER_FLAGS; answered by FlagsAre. Nothing: ask."""

    changes: tuple[Change, ...] = ()


class BecomeOperator(Request, frozen=True, eq=False):
    """Have the rights of an operator of the server; who may is for the session to know."""

    name: str


class Wallop(Request, frozen=True, eq=False):
    """Tell all who want to hear what operators have to say."""

    text: str


class Kill(Request, frozen=True, eq=False):
    """End somebody's connection, as an operator of the server."""

    nick: str
    why: str


class Reload(Request, frozen=True, eq=False):
    """Read the settings again, as an operator of the server; answered by Reloaded."""


class Govern(Request, frozen=True, eq=False):
    """Let these be the limits from now on, as the settings say that were read again.

    Nobody's session sends it. Answered by Reloaded, to the `reload` that has asked for it;
    `waiting` are the settings that hold only after a restart.
    """

    limits: Limits
    reload: Reload
    waiting: tuple[str, ...] = ()


class Kick(Request, frozen=True, eq=False):
    """Put somebody out of a room."""

    room: str
    nick: str
    why: str = ""


class Invite(Request, frozen=True, eq=False):
    """Let somebody into a room once, and tell them so."""

    nick: str
    room: str


class AskInvitations(Request, frozen=True, eq=False):
    """Which rooms am I invited to? Answered by InvitationsAre."""


class SetModes(Request, frozen=True, eq=False):
    """Change what a room is set to; answered by ModesSet for all and ModesDone for oneself."""

    room: str
    changes: tuple[Change, ...]


class AskModes(Request, frozen=True, eq=False):
    """What is a room set to? Answered by ModesAre."""

    room: str


class AskList(Request, frozen=True, eq=False):
    """What stands on a list of a room, of modes.LISTS? Answered by ListIs."""

    room: str
    letter: str


class RenameRoom(Request, frozen=True, eq=False):
    """Give a room another name; everyone in it stays in it."""

    room: str
    new: str
    why: str = ""


class Redact(Request, frozen=True, eq=False):
    """Take back what was said in a room, or to a person: one's own, or as the room's operator.

    `message` is its id. Answered by Done, after Redacted for all who could see it.
    """

    target: str
    message: int
    why: str = ""


class TakeBack(Request, frozen=True, eq=False):
    """Take back what was found for a Redact: `author` said it, in private `to` these.

    No session sends it. Who has asked is answered: the Redact is done, or refused.
    """

    redact: Redact
    target: str
    author: str
    to: tuple[str, ...] = ()


class Whois(Request, frozen=True, eq=False):
    """Who is the person of that name?"""

    nick: str


class FindNames(Request, frozen=True, eq=False):
    """Which names begin so? In one room, or everywhere where `room` is None."""

    prefix: str
    room: str | None = None


class Quit(Request, frozen=True, eq=False):
    """Go away. `why` is the server's word for it, `words` the person's own."""

    why: str
    words: str = ""
