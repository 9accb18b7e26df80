"""What a session may ask about what was said: one immutable type per question.

The registry says where the one who asks may look; a helper answers, see deliveries.Lookup.
"""

from datetime import tzinfo
from enum import Enum

from msgspec import Struct

from chatserver.chat.requests import Request


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


class Selection(Enum):
    """Which part of what was said; the words are those of IRCv3's draft/chathistory."""

    BEFORE = "before"
    AFTER = "after"
    LATEST = "latest"
    AROUND = "around"
    BETWEEN = "between"


class Point(Struct, frozen=True):
    """A place in the order: the message of that id, or a time in seconds since the epoch."""

    id: int | None = None
    at: float | None = None


class ReadPast(Request, frozen=True, eq=False):
    """Read a part of what was said in a room, or with a person; answered by PastIs.

    `start` is None for the latest of all; `end` is for BETWEEN. `events`: who came and went too.
    """

    target: str
    selection: Selection
    count: int
    start: Point | None = None
    end: Point | None = None
    events: bool = False


class SearchPast(Request, frozen=True, eq=False):
    """What was said, besides topics, with all these words; answered by PastIs.

    By `nick`; in a room, or in private with the person `target`, or in all rooms one is in; from
    `start` on, the first that there are, or else the last up to `end` (soju.im/search).
    """

    text: str
    count: int
    target: str = ""
    nick: str = ""
    start: float | None = None
    end: float | None = None


class ListTargets(Request, frozen=True, eq=False):
    """With whom and in which of one's rooms was something said between two times?

    Answered by TargetsAre.
    """

    start: float
    end: float
    count: int


class MarkRead(Request, frozen=True, eq=False):
    """One has read what was said there until that time; without a time: until when has one?

    Answered by ReadUntil. A mark never goes back.
    """

    target: str
    at: float | None = None
