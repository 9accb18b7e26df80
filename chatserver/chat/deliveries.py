"""What follows from a request: who is told what, or asked what."""

from msgspec import Struct

from chatserver.chat.events import Event
from chatserver.chat.requests import Request
from chatserver.chat.room import Audience, Peer, User


class Broadcast(Struct, frozen=True, eq=False):
    """An event that everyone of an audience is told."""

    audience: Audience
    event: Event


class Direct(Struct, frozen=True, eq=False):
    """An event for one alone: an answer, or a private message."""

    peer: Peer
    event: Event


class Lookup(Struct, frozen=True, eq=False):
    """A question for a helper, which answers in its own time; it may look in these `rooms`.

    And in what was said to or by `nick` in private, but only after the place `held_since`. Nothing
    that came after the place of the question itself, `id`, belongs to the answer.
    """

    peer: Peer
    request: Request
    nick: str
    rooms: tuple[str, ...]
    held_since: int
    id: int

    @classmethod
    def by(cls, user: User, request: Request, id: int, rooms: tuple[str, ...] = ()) -> "Lookup":
        """Return somebody's question."""
        return cls(user.peer, request, user.nick, rooms, user.held_since, id)


Delivery = Broadcast | Direct | Lookup
Deliveries = list[Delivery]
