"""RoomRegistry: the one state of all rooms and people, and the rules by which it changes.

A pure state machine: the same requests in the same order give the same state and the same
deliveries. It knows no clock, thread or byte; the hub alone calls it. The rules stand in families:
people, rooms, speech, moderation, redaction, questions.
"""

from collections.abc import Callable, Mapping, Sequence

from chatserver.chat import (
    answers,
    bots,
    events,
    moderation,
    modes,
    people,
    questions,
    redaction,
    requests,
    rooms,
    speech,
)
from chatserver.chat.deliveries import Deliveries, Direct
from chatserver.chat.errors import ChatError
from chatserver.chat.names import fold
from chatserver.chat.room import Peer
from chatserver.chat.roster import Roster
from chatserver.config import Limits


class RoomRegistry:
    """Every room and every person. Only `apply` changes them."""

    def __init__(
        self,
        limits: Limits,
        topics: Mapping[str, events.Topic] | None = None,
        *,
        keeps_messages: bool = False,
    ) -> None:
        """`topics` are those of earlier, by the name of the room, which need not be there now.

        `keeps_messages`: what is said to somebody alone who is not here waits for them.
        """
        self.roster = Roster(limits, topics or {}, keeps_messages=keeps_messages)

    def apply(self, origin: Peer, request: requests.Request, id: int, now: float) -> Deliveries:
        """Fulfil one request or refuse it whole, and return who is told what, in order.

        `id` is its place in the order, `now` the time in seconds since the epoch. A refusal
        (ChatError) changes nothing and is told to the origin. What comes from an origin without
        a name, or one that has quit, is ignored, but for those requests that need none.
        """
        kind = type(request)
        try:
            if handler := _NAMED.get(kind):
                if user := self.roster.people.get(origin):
                    bot = user.nick if user.flags and modes.BOT in user.flags else ""
                    deliveries = handler(self.roster, user, request, id, now)
                    return bots.marked(bot, deliveries) if bot else deliveries
                if kind is requests.Quit:
                    self.roster.strangers.discard(origin)
                return []
            return _ANYONE[kind](self.roster, origin, request, id, now)
        except ChatError as error:
            return [Direct(origin, answers.Refused(request, error))]

    def hold(self, origin: Peer, since: int) -> None:
        """Let somebody's hold on their nick go on: it has been theirs since that place."""
        self.roster.people[origin].held_since = since

    def count_waiting(self, nick: str, change: int) -> None:
        """Note that so many more messages, or less, wait for somebody who is not here."""
        self.roster.count_waiting(nick, change)

    def set_waiting(self, nick: str, count: int) -> None:
        """Note that so many messages wait for somebody."""
        self.roster.set_waiting(nick, count)

    def give(
        self, origin: Peer, nick: str, lines: Sequence[events.Told]
    ) -> tuple[events.Told, ...]:
        """Note that who has taken a nick is given what waits for it; return what is new to them.

        What they were given under it before, and have not acknowledged yet, they will see.
        """
        self.roster.set_waiting(nick, len(lines))
        if not lines:
            return ()
        given = self.roster.people[origin].given
        before = given.get(fold(nick), 0)
        given[fold(nick)] = lines[-1].id
        return tuple(line for line in lines if line.id > before)

    def set_topic(self, room: str, topic: events.Topic | None) -> None:
        """Undo a topic that could not be stored; nobody is told."""
        self.roster.set_topic(room, topic)

    def rename_room(self, room: str, name: str) -> None:
        """Undo a room's new name that could not be stored; nobody is told."""
        self.roster.rename_room(self.roster.rooms[fold(room)], name)

    def note_lines(self, room: str, *, kept: bool) -> None:
        """Note whether anything is kept that was said in a room of that name, asked for last."""
        self.roster.past = fold(room) if kept else ""

    def keep_topics(self, topics: Mapping[str, events.Topic]) -> None:
        """Let these be the topics of all rooms, by name; others were erased."""
        self.roster.topics = {fold(room): topic for room, topic in topics.items()}
        for key, room in self.roster.rooms.items():
            room.topic = self.roster.topics.get(key)


# A handler takes the narrower type that its key names, which a dict's type cannot say.
_ANYONE: dict[type[requests.Request], Callable[..., Deliveries]] = {
    **people.ANYONE,
    **questions.ANYONE,
}
_NAMED: dict[type[requests.Request], Callable[..., Deliveries]] = {
    **people.NAMED,
    **rooms.NAMED,
    **speech.NAMED,
    **moderation.NAMED,
    **redaction.NAMED,
    **questions.NAMED,
}
