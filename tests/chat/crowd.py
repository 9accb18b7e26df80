"""Peers for the tests of the chat: what the registry needs to know of a client."""

from chatserver.chat import answers, events, requests
from chatserver.chat.deliveries import Broadcast, Deliveries, Delivery, Lookup
from chatserver.chat.registry import RoomRegistry
from chatserver.chat.room import Audience
from chatserver.config import Limits


class Origin:
    """Somebody, by the home that their answers go through."""

    def __init__(self, label: str, home: str = "one") -> None:
        self.label = label
        self.home = home

    def __repr__(self) -> str:
        return self.label


def heard_by(audience: Audience) -> list[Origin]:
    """Return everyone of an audience, in order."""
    return [peer for _, peers in audience for peer in peers if isinstance(peer, Origin)]


def event_of(delivery: Delivery) -> events.Event:
    """Return what is told; a question for the history tells nothing."""
    assert not isinstance(delivery, Lookup)
    return delivery.event


class Chat:
    """A registry, with ids and times that count up."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.registry = RoomRegistry(limits or Limits())
        self.id = 0

    def __call__(self, origin: Origin, request: requests.Request) -> Deliveries:
        self.id += 1
        return self.registry.apply(origin, request, self.id, 1000.0 + self.id)

    def enter(self, nick: str, *rooms: str, home: str = "one", program: bool = False) -> Origin:
        origin = Origin(nick, home)
        self(origin, requests.Enter(nick, "192.0.2.1", follows_crowds=program))
        for room in rooms:
            self(origin, requests.Join(room))
        return origin

    def answer(self, origin: Origin, request: requests.Request) -> events.Event:
        """Return what the origin alone is told."""
        [mine] = [
            event_of(delivery)
            for delivery in self(origin, request)
            if not isinstance(delivery, Broadcast) and delivery.peer is origin
        ]
        return mine

    def refusal(self, origin: Origin, request: requests.Request) -> str:
        """Return the words of a refusal; there is nothing else but it."""
        [delivery] = self(origin, request)
        refused = event_of(delivery)
        assert isinstance(refused, answers.Refused)
        assert refused.to_request is request
        return str(refused.error)
