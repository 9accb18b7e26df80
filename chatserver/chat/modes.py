"""What a room or a person may be set to: the letters are IRC's (RFC 2811 section 4, modern IRC)."""

from enum import IntFlag
from typing import Final

from msgspec import Struct


class Rank(IntFlag):
    """What a member may do in a room; more than one may hold."""

    NONE = 0
    VOICE = 1
    OPERATOR = 2


class Change(Struct, frozen=True):
    """One letter that is set (`on`) or taken away, with its value where it has one.

    The value of a rank's letter is a nick, that of a list's a mask.
    """

    on: bool
    letter: str
    value: str = ""


class ListEntry(Struct, frozen=True, eq=False):
    """A mask on one of a room's lists, who put it there and when."""

    mask: str
    by: str
    at: float


NO_CTCP: Final = "C"
INVITE_ONLY: Final = "i"
MODERATED: Final = "m"
NO_EXTERNAL: Final = "n"
SECRET: Final = "s"
TOPIC_LOCKED: Final = "t"
KEY: Final = "k"
LIMIT: Final = "l"
BANS: Final = "b"
EXCEPTIONS: Final = "e"
INVITATIONS: Final = "I"

FLAGS: Final = "Cimnst"
LISTS: Final = "beI"
RANKS: Final = {"o": Rank.OPERATOR, "v": Rank.VOICE}
NEW_ROOM: Final = frozenset({NO_EXTERNAL})
LOBBY: Final = NEW_ROOM | {NO_CTCP}  # where everybody is, and nobody is an operator

INVISIBLE: Final = "i"
SERVER_OPERATOR: Final = "o"
HEARS_WALLOPS: Final = "w"
BOT: Final = "B"
USER_FLAGS: Final = "Biow"
