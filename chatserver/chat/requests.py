"""What a session may wish of the hub: one immutable type per wish.

They are msgspec structs and not dataclasses because a message makes two of them, and a frozen
dataclass takes ten times as long to make (it sets each field through object.__setattr__).
"""

from datetime import tzinfo
from typing import Annotated, Final

from msgspec import Meta, Struct

LAST_MOMENT: Final = 253_402_300_800  # the end of the year 9999, UTC


class Request(Struct, frozen=True, eq=False):
    """A wish. Compared by identity, so that an answer names the one request it belongs to."""


class Census(Request, frozen=True, eq=False):
    """How many people and rooms are there? Answered by Counted, also before a name is given."""


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


class Enter(Request, frozen=True, eq=False):
    """Claim a name. `follows_crowds`: be told who comes and goes in large rooms too."""

    nick: str
    address: str
    follows_crowds: bool = False


class Rename(Request, frozen=True, eq=False):
    """Take another name."""

    nick: str


class Join(Request, frozen=True, eq=False):
    """Go into a room; it is made if nobody is there."""

    room: str


class Leave(Request, frozen=True, eq=False):
    """Go out of a room, saying why or not."""

    room: str
    why: str = ""


class Say(Request, frozen=True, eq=False):
    """Say a text to a room; `action`: as `/me` does."""

    room: str
    text: str
    action: bool = False


class Tell(Request, frozen=True, eq=False):
    """Say a text to people alone, present under these names."""

    nicks: tuple[str, ...]
    text: str
    action: bool = False


class SetTopic(Request, frozen=True, eq=False):
    """Set a room's topic; an empty text takes it away."""

    room: str
    topic: str


class AskTopic(Request, frozen=True, eq=False):
    """What is the room's topic, who set it and when?"""

    room: str


class ReadHistory(Request, frozen=True, eq=False):
    """What was said in a room: before an id, until a time of day, from a day on, or else last.

    `until` is a time such as 12:30 and `since` a day such as 2026-11-20, both in that `zone`, the
    server's if None. `returning`: tell where the person was last there.
    """

    room: str
    count: int
    before: int | None = None
    until: str = ""
    since: str = ""
    zone: tzinfo | None = None
    returning: bool = False


class Search(Request, frozen=True, eq=False):
    """What was said about something, in the rooms the person is in; before an id, or last."""

    text: str
    count: int
    before: int | None = None
    zone: tzinfo | None = None


class AskSeen(Request, frozen=True, eq=False):
    """When was somebody last here?"""

    nick: str


class SetAway(Request, frozen=True, eq=False):
    """Be marked as away for a reason (or none, if empty), or as back where `why` is None."""

    why: str | None


class ListRooms(Request, frozen=True, eq=False):
    """Which rooms are there?"""


class ListMembers(Request, frozen=True, eq=False):
    """Who is in a room?"""

    room: str


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
