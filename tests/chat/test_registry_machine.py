"""Any sequence of requests, from anyone, keeps the registry's invariants."""

import copy
from collections.abc import Callable
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from chatserver.chat import events, requests
from chatserver.chat.deliveries import Broadcast, Delivery, Lookup
from chatserver.chat.names import LOBBY, fold
from chatserver.chat.registry import RoomRegistry
from chatserver.chat.requests import Request
from chatserver.config import Limits
from tests.chat.crowd import Origin, event_of, heard_by

LIMITS = Limits(rooms_per_user=2, targets=2, topic=5, reason=5, nick=4, room=8, quiet_room=3)

NICKS = st.sampled_from(["ada", "ADA", "bob", "Bob", "cy", "dan", "eve", "", "long5", "a b", "é"])
ROOMS = st.sampled_from(
    [
        "#lobby",
        "#Lobby",
        "lobby",
        "#a",
        "#A",
        "#b",
        "#c",
        "#é",
        "#e\u0301",
        "",
        "#",
        "#a b",
        "#" * 9,
    ]
)
TEXTS = st.sampled_from(["hi", "", "\x01x", "long text"])
WHY = st.sampled_from(["", "bye", "too long"])

REQUESTS: st.SearchStrategy[Request] = st.one_of(
    st.builds(requests.Census),
    st.builds(requests.Sync),
    st.builds(requests.Enter, NICKS, st.just(""), st.booleans()),
    st.builds(requests.Enter, NICKS, st.just("")),
    st.builds(requests.Rename, NICKS),
    st.builds(requests.Join, ROOMS),
    st.builds(requests.Join, ROOMS),
    st.builds(requests.Leave, ROOMS, WHY),
    st.builds(requests.Say, ROOMS, TEXTS, st.booleans()),
    st.builds(requests.Tell, st.lists(NICKS, min_size=1, max_size=3).map(tuple), TEXTS),
    st.builds(requests.SetTopic, ROOMS, WHY),
    st.builds(requests.AskTopic, ROOMS),
    st.builds(requests.SetAway, WHY | st.none()),
    st.builds(requests.ListRooms),
    st.builds(requests.ListMembers, ROOMS),
    st.builds(requests.Whois, NICKS),
    st.builds(requests.FindNames, NICKS, ROOMS | st.none()),
    st.builds(requests.ReadHistory, ROOMS, st.just(5)),
    st.builds(requests.Search, TEXTS, st.just(5)),
    st.builds(requests.AskSeen, NICKS),
    st.builds(requests.Quit, WHY, WHY),
)
LOOKED_UP = (requests.ReadHistory, requests.Search, requests.AskSeen)
NAMELESS = (requests.Census, requests.Sync, requests.Enter)
# Of these, nobody but the people who are told of them learns anything.
SILENT = (requests.Say, requests.Quit)


class Registry(RuleBasedStateMachine):
    """The registry beside a model: who is called what and is in which room, by folded names."""

    def __init__(self) -> None:
        super().__init__()
        self.registry = RoomRegistry(LIMITS, keeps_messages=True)
        self.origins = [Origin(f"o{number}", home=f"home{number % 2}") for number in range(6)]
        self.nicks: dict[Origin, str] = {}
        self.rooms: dict[Origin, set[str]] = {}
        self.programs: set[Origin] = set()
        self.id = 0

    @initialize(crowd=st.integers(0, 5))
    def begin(self, crowd: int) -> None:
        """Start with some people in the lobby: more than are told who comes and goes."""
        for number in range(crowd):
            self.apply(number, requests.Enter(f"g{number}", "", number == 0))
            self.apply(number, requests.Join(LOBBY))

    @rule(number=st.integers(0, 5), request=REQUESTS)
    def apply(self, number: int, request: Request) -> None:
        origin = self.origins[number]
        named = origin in self.nicks
        before = state(self.registry)
        self.id += 1
        deliveries = self.registry.apply(origin, request, self.id, float(self.id))
        if not named and not isinstance(request, NAMELESS):
            assert deliveries == []
            assert state(self.registry) == before
            return
        if isinstance(request, LOOKED_UP) and isinstance(deliveries[0], Lookup):
            assert [(d.peer, d.request) for d in deliveries if isinstance(d, Lookup)] == [
                (origin, request)
            ]
            assert set(map(fold, deliveries[0].rooms)) <= self.rooms[origin]
            assert state(self.registry) == before
            return
        self.check_answers(origin, request, deliveries)
        if any(isinstance(event_of(delivery), events.Refused) for delivery in deliveries):
            assert len(deliveries) == 1
            assert state(self.registry) == before
        for delivery in deliveries:
            if isinstance(delivery, Broadcast):
                assert set(heard_by(delivery.audience)) == self.expected(origin, delivery.event)
                assert len(heard_by(delivery.audience)) == len(set(heard_by(delivery.audience)))
        self.follow(origin, request, deliveries)

    @rule(
        number=st.integers(0, 5),
        kind=st.sampled_from([requests.Join, requests.Say, requests.SetTopic, requests.Leave]),
        room=st.sampled_from(["#lobby", "#a", "#b"]),
    )
    def act(
        self,
        number: int,
        kind: Callable[..., Request],
        room: str,
    ) -> None:
        """Apply a request that nothing is wrong with but perhaps where its origin is."""
        needs_text = kind in (requests.Say, requests.SetTopic)
        self.apply(number, kind(room, "hi") if needs_text else kind(room))

    def check_answers(self, origin: Origin, request: Request, deliveries: list[Delivery]) -> None:
        """One answer, and to nobody but the origin, unless all went well with speech or an end."""
        answers = [d for d in deliveries if isinstance(event_of(d), events.Answer)]
        refused = any(isinstance(event_of(d), events.Refused) for d in answers)
        assert len(answers) == (0 if isinstance(request, SILENT) and not refused else 1)
        for answer in answers:
            assert not isinstance(answer, Broadcast)
            assert answer.peer is origin
            event = event_of(answer)
            assert isinstance(event, events.Answer)
            assert event.to_request is request

    def expected(self, origin: Origin, event: events.Event) -> set[Origin]:
        """Whom the model would tell, before it follows the request."""
        match event:
            case events.Said(room=room) | events.TopicSet(room=room):
                assert origin in self.members(room)
                return self.members(room)
            case events.Joined(room=room):
                return self.onlookers(self.members(room))
            case events.Left(room=room):
                return self.onlookers(self.members(room) - {origin})
            case _:
                shared = (self.onlookers(self.members(room)) for room in self.rooms[origin])
                return set().union(*shared) - {origin}

    def members(self, room: str) -> set[Origin]:
        return {origin for origin, rooms in self.rooms.items() if fold(room) in rooms}

    def onlookers(self, members: set[Origin]) -> set[Origin]:
        return members if len(members) <= LIMITS.quiet_room else members & self.programs

    def follow(self, origin: Origin, request: Request, deliveries: list[Delivery]) -> None:
        for delivery in deliveries:
            match event_of(delivery):
                case events.Entered(nick=nick):
                    self.nicks[origin] = nick
                    self.rooms[origin] = set()
                    if isinstance(request, requests.Enter) and request.follows_crowds:
                        self.programs.add(origin)
                case events.YouRenamed(new=nick):
                    self.nicks[origin] = nick
                case events.YouJoined(room=room, size=size):
                    self.rooms[origin].add(fold(room))
                    assert size == len(self.members(room))
                case events.YouLeft(room=room):
                    self.rooms[origin].remove(fold(room))
        if isinstance(request, requests.Quit):
            del self.nicks[origin], self.rooms[origin]
            self.programs.discard(origin)

    @invariant()
    def each_name_is_one_persons(self) -> None:
        registry = self.registry
        names = [fold(user.nick) for user in registry.roster.people.values()]
        assert len(set(names)) == len(names)
        assert set(registry.roster.by_name) == set(names)
        assert all(
            registry.roster.people[user.peer] is user for user in registry.roster.by_name.values()
        )
        assert {user.peer: user.nick for user in registry.roster.by_name.values()} == self.nicks

    @invariant()
    def members_know_their_rooms_and_rooms_their_members(self) -> None:
        registry = self.registry
        for key, room in registry.roster.rooms.items():
            assert key == fold(room.name)
            assert room.members or room.name == LOBBY
            assert set(heard_by(room.audience)) == set(room.members)
            for peer, user in room.members.items():
                assert user.rooms[key] is room
                assert registry.roster.people[peer] is user
        for user in registry.roster.people.values():
            assert len(user.rooms) <= LIMITS.rooms_per_user
            assert set(user.rooms) == self.rooms[user.peer]  # type: ignore[index]
            for key, room in user.rooms.items():
                assert registry.roster.rooms[key] is room
                assert room.members[user.peer] is user

    @invariant()
    def the_lobby_stands(self) -> None:
        assert LOBBY in self.registry.roster.rooms


def state(registry: RoomRegistry) -> Any:
    """Everything that anyone could ever notice."""
    people = {
        user.peer: (user.nick, user.away, user.active, user.since, tuple(user.rooms))
        for user in registry.roster.people.values()
    }
    rooms = {
        room.name: (tuple(room.members), room.topic, tuple(heard_by(room.audience)))
        for room in registry.roster.rooms.values()
    }
    return copy.copy((people, rooms, tuple(registry.roster.by_name)))


TestRegistry = Registry.TestCase
TestRegistry.settings = settings(max_examples=120, stateful_step_count=60, deadline=None)
