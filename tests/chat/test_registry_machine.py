"""Any sequence of requests, from anyone, keeps the registry's invariants."""

import copy
from collections import Counter
from collections.abc import Callable
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from chatserver.chat import answers, events, lookups, modes, requests
from chatserver.chat.deliveries import Broadcast, Delivery, Lookup
from chatserver.chat.modes import Change, Rank
from chatserver.chat.names import LOBBY, fold
from chatserver.chat.registry import RoomRegistry
from chatserver.chat.requests import Request
from chatserver.config import Limits
from tests.chat.crowd import Origin, event_of, heard_by

LIMITS = Limits(
    rooms_per_user=2,
    targets=2,
    topic=5,
    reason=5,
    nick=4,
    room=8,
    quiet_room=3,
    bans=2,
    invite_seconds=30,
)

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
RANKS = st.sampled_from([Rank.NONE, Rank.NONE, Rank.VOICE, Rank.OPERATOR])
MASKS = st.sampled_from(["bob", "*", "ada!*@*", "ADA!*@*", "eve", "?", "", "a b", ":x"])
VALUES = {
    **dict.fromkeys("Cimnst", st.just("")),
    **dict.fromkeys("beI", MASKS),
    **dict.fromkeys("ov", NICKS),
    "k": st.sampled_from(["x", "y", "", "a b"]),
    "l": st.sampled_from(["1", "2", "4", "0", "x"]),
    "Z": st.just(""),
}
CHANGES = st.lists(
    st.sampled_from(sorted(VALUES)).flatmap(
        lambda letter: st.builds(Change, st.booleans(), st.just(letter), VALUES[letter])
    ),
    max_size=3,
).map(tuple)

REQUESTS: st.SearchStrategy[Request] = st.one_of(
    st.builds(requests.Census),
    st.builds(requests.Sync),
    st.builds(requests.Enter, NICKS, st.just(""), st.booleans()),
    st.builds(requests.Enter, NICKS, st.just("")),
    st.builds(requests.Rename, NICKS),
    st.builds(requests.Join, ROOMS),
    st.builds(requests.Join, ROOMS, st.sampled_from(["x", "y"])),
    st.builds(requests.Leave, ROOMS, WHY),
    st.builds(requests.Say, ROOMS, TEXTS, st.booleans()),
    st.builds(requests.Say, ROOMS, TEXTS, rank=RANKS),
    st.builds(requests.Tell, st.lists(NICKS, min_size=1, max_size=3).map(tuple), TEXTS),
    st.builds(requests.SetTopic, ROOMS, WHY),
    st.builds(requests.AskTopic, ROOMS),
    st.builds(requests.SetAway, WHY | st.none()),
    st.builds(requests.ListRooms),
    st.builds(requests.ListMembers, ROOMS),
    st.builds(requests.Whois, NICKS),
    st.builds(requests.FindNames, NICKS, ROOMS | st.none()),
    st.builds(lookups.ReadHistory, ROOMS, st.just(5)),
    st.builds(lookups.Search, TEXTS, st.just(5)),
    st.builds(lookups.AskSeen, NICKS),
    st.builds(requests.SetModes, ROOMS, CHANGES),
    st.builds(requests.AskModes, ROOMS),
    st.builds(requests.AskList, ROOMS, st.sampled_from("beI")),
    st.builds(requests.Kick, ROOMS, NICKS, WHY),
    st.builds(requests.Invite, NICKS, ROOMS),
    st.builds(requests.AskInvitations),
    st.builds(requests.RenameRoom, ROOMS, ROOMS, WHY),
    st.builds(requests.Quit, WHY, WHY),
)
LOOKED_UP = (lookups.ReadHistory, lookups.Search, lookups.AskSeen)
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
        if any(isinstance(event_of(delivery), answers.Refused) for delivery in deliveries):
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

    @rule(
        number=st.integers(0, 5),
        room=st.sampled_from(["#a", "#b"]),
        changes=CHANGES,
        other=st.integers(0, 5),
        kind=st.sampled_from([requests.Kick, requests.Invite, requests.RenameRoom, None]),
    )
    def rule_a_room(
        self,
        number: int,
        room: str,
        changes: tuple[Change, ...],
        other: int,
        kind: type[Request] | None,
    ) -> None:
        """Apply what most often succeeds: by somebody who may, on somebody who is there."""
        found = self.registry.roster.rooms.get(room)
        rulers = (
            [peer for peer, rank in found.ranks.items() if rank & Rank.OPERATOR] if found else []
        )
        if rulers:
            number = self.origins.index(rulers[number % len(rulers)])  # type: ignore[arg-type]
        nick = self.nicks.get(self.origins[other], "ada")
        if kind is requests.Kick:
            self.apply(number, requests.Kick(room, nick))
        elif kind is requests.Invite:
            self.apply(number, requests.Invite(nick, room))
        elif kind is requests.RenameRoom:
            self.apply(number, requests.RenameRoom(room, "#B" if room == "#a" else "#A"))
        else:
            self.apply(number, requests.SetModes(room, changes))

    @rule(which=st.integers(0, 5), comes=st.booleans())
    def answer_an_invitation(self, which: int, comes: bool) -> None:
        """Let somebody who is invited come, or leave the server."""
        rooms = self.registry.roster.rooms.values()
        invited = [(peer, room.name) for room in rooms for peer in room.invited]
        if invited:
            peer, name = invited[which % len(invited)]
            number = self.origins.index(peer)  # type: ignore[arg-type]
            self.apply(number, requests.Join(name) if comes else requests.Quit("bye"))

    def check_answers(self, origin: Origin, request: Request, deliveries: list[Delivery]) -> None:
        """One answer, and to nobody but the origin, unless all went well with speech or an end."""
        given = [d for d in deliveries if isinstance(event_of(d), answers.Answer)]
        refused = any(isinstance(event_of(d), answers.Refused) for d in given)
        assert len(given) == (0 if isinstance(request, SILENT) and not refused else 1)
        for answer in given:
            assert not isinstance(answer, Broadcast)
            assert answer.peer is origin
            event = event_of(answer)
            assert isinstance(event, answers.Answer)
            assert event.to_request is request

    def expected(self, origin: Origin, event: events.Event) -> set[Origin]:
        """Whom the model would tell, before it follows the request."""
        match event:
            case events.Said(room=room, rank=rank):
                found = self.registry.roster.rooms[fold(room)]
                return {o for o in self.members(room) if (found.ranks.get(o, 0) >= rank)}
            case (
                events.TopicSet(room=room)
                | events.ModesSet(room=room)
                | events.Kicked(room=room)
                | events.RoomRenamed(old=room)
            ):
                assert origin in self.members(room)
                return self.members(room)
            case events.Invited(room=room):
                return self.members(room) - {origin}
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
                case answers.Entered(nick=nick):
                    self.nicks[origin] = nick
                    self.rooms[origin] = set()
                    if isinstance(request, requests.Enter) and request.follows_crowds:
                        self.programs.add(origin)
                case answers.YouRenamed(new=nick):
                    self.nicks[origin] = nick
                case answers.YouJoined(room=room, size=size):
                    self.rooms[origin].add(fold(room))
                    assert size == len(self.members(room))
                case answers.YouLeft(room=room):
                    self.rooms[origin].remove(fold(room))
                case events.Kicked(room=room, victim=victim):
                    [out] = [one for one, nick in self.nicks.items() if nick == victim]
                    self.rooms[out].remove(fold(room))
                case events.RoomRenamed(old=old, new=new):
                    for one in self.members(old):
                        self.rooms[one].remove(fold(old))
                        self.rooms[one].add(fold(new))
        if isinstance(request, requests.Quit):
            del self.nicks[origin], self.rooms[origin]
            self.programs.discard(origin)

    @invariant()
    def each_name_is_one_persons(self) -> None:
        registry = self.registry
        names = [fold(user.nick) for user in registry.roster.people.values()]
        assert len(set(names)) == len(names)
        assert set(registry.roster.by_name) == set(names)
        flags = Counter(letter for user in registry.roster.people.values() for letter in user.flags)
        assert +registry.roster.flagged == flags
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
    def only_members_have_a_rank(self) -> None:
        for room in self.registry.roster.rooms.values():
            assert room.ranks.keys() <= room.members.keys()
            assert all(room.ranks.values())

    @invariant()
    def who_may_speak_is_what_the_flags_and_lists_say(self) -> None:
        for room in self.registry.roster.rooms.values():
            assert room.plain == (modes.MODERATED not in room.flags and not room.lists[modes.BANS])
            for peer, muted in room.muted.items():
                assert muted == room.bans(room.members[peer])

    @invariant()
    def rooms_are_set_to_what_they_can_be(self) -> None:
        for room in self.registry.roster.rooms.values():
            assert room.flags <= set(modes.FLAGS)
            assert room.limit is None or room.limit > 0
            assert room.key is None or room.key
            for entries in room.lists.values():
                assert len(entries) <= LIMITS.bans
                assert all(key == fold(entry.mask) for key, entry in entries.items())

    @invariant()
    def no_invitation_outlives_its_room_or_its_person(self) -> None:
        roster = self.registry.roster
        for user in roster.people.values():
            for room in user.invitations:
                assert roster.rooms[fold(room.name)] is room
                assert user.peer in room.invited
        for room in roster.rooms.values():
            assert not room.invited.keys() & room.members.keys()
            for peer, until in room.invited.items():
                assert room in roster.people[peer].invitations
                assert until <= self.id + LIMITS.invite_seconds

    @invariant()
    def a_room_has_the_topic_that_is_kept_for_it(self) -> None:
        for key, room in self.registry.roster.rooms.items():
            assert room.topic is self.registry.roster.topics.get(key)

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
        room.name: (
            *(tuple(room.members), room.topic, tuple(heard_by(room.audience))),
            *(tuple(room.ranks.items()), frozenset(room.flags), room.key, room.limit),
            *(tuple(tuple(entries) for entries in room.lists.values()), tuple(room.invited)),
        )
        for room in registry.roster.rooms.values()
    }
    return copy.copy((people, rooms, tuple(registry.roster.by_name)))


TestRegistry = Registry.TestCase
TestRegistry.settings = settings(max_examples=120, stateful_step_count=60, deadline=None)
