"""The rules for taking back what was said (IRCv3 draft/message-redaction).

It takes two steps, since what was said is stored and not in this state. The history is asked who
said it and where; what it finds comes back as a request, TakeBack. That stands in the one order,
and is stored before anybody is told, like speech.
"""

from collections.abc import Callable, Sequence
from typing import Any

from chatserver.chat import answers, events, requests
from chatserver.chat.deliveries import Broadcast, Deliveries, Direct, Lookup
from chatserver.chat.errors import ChatError, NotYours
from chatserver.chat.names import fold
from chatserver.chat.room import Peer, User
from chatserver.chat.roster import Roster


class Errand:
    """Stands for somebody while the history is asked what they want to take back.

    What it has found goes to the hub, as their request; that there is nothing, to them.
    """

    def __init__(
        self, peer: Peer, submit: Callable[[Sequence[tuple[Peer, requests.Request]]], None]
    ) -> None:
        self._peer = peer
        self._submit = submit

    @property
    def home(self) -> "Errand":
        """Where the answer goes."""
        return self

    def post(self, parcels: Sequence[tuple[Any, events.Event]]) -> None:
        """Take the answer of the history."""
        for _, event in parcels:
            if isinstance(event, answers.MessageFound):
                self._submit([(self._peer, event.order)])
            else:
                self._peer.home.post([(self._peer, event)])


def _redact(
    roster: Roster, user: User, request: requests.Redact, id: int, now: float
) -> Deliveries:
    roster.short_enough("reason", request.why, roster.limits.reason)
    rooms: tuple[str, ...] = ()
    if request.target.startswith("#"):
        rooms = (roster.own_room(user, request.target).name,)
    return [Lookup.by(user, request, id, rooms)]


def _take_back(
    roster: Roster, user: User, request: requests.TakeBack, id: int, now: float
) -> Deliveries:
    redact = request.redact
    try:
        told = _tell(roster, user, request, id, now)
    except ChatError as error:
        return [Direct(user.peer, answers.Refused(redact, error))]
    return [*told, Direct(user.peer, answers.Done(redact))]


def _tell(
    roster: Roster, user: User, request: requests.TakeBack, id: int, now: float
) -> Deliveries:
    """In a room operators may take back what others said, in private nobody may.

    What was said by who had the nick before somebody else came is what others said.

    Raises:
        NotYours: they may not.
        NotInRoom, NoSuchRoom: they have left meanwhile.
    """
    message, why = request.redact.message, request.redact.why
    is_own = fold(request.author) == fold(user.nick) and message > user.held_since

    def redacted(target: str) -> events.Redacted:
        return events.Redacted(id, now, target, user.nick, message, why, user.mask)

    if request.target.startswith("#"):
        room = roster.own_room(user, request.target)
        if not is_own and not room.is_operator(user):
            raise NotYours
        return [Broadcast(room.audience, redacted(room.name))]
    if not is_own:
        raise NotYours
    others = [roster.by_name[name] for name in map(fold, request.to) if name in roster.by_name]
    heard = [other for other in others if other is not user and message > other.held_since]
    return [
        *(Direct(other.peer, redacted(other.nick)) for other in heard),
        Direct(user.peer, redacted(request.target)),
    ]


NAMED: dict[type[requests.Request], Callable[..., Deliveries]] = {
    requests.Redact: _redact,
    requests.TakeBack: _take_back,
}
