"""RoomRegistry: who is here, in which rooms, and what each wish changes.

A pure state machine: the same requests in the same order give the same state and the same
deliveries. It knows no clock, thread or byte; the hub alone calls it.
"""

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from chatserver.chat import events, requests
from chatserver.chat.errors import (
    AlreadyInRoom,
    BadNick,
    ChatError,
    CtcpOff,
    NickInUse,
    NoSuchNick,
    NoSuchRoom,
    NothingToSay,
    NotInRoom,
    TooLong,
    TooManyRooms,
    TooManyTargets,
)
from chatserver.chat.names import LOBBY, check_nick, check_room, fold
from chatserver.chat.room import Audience, Peer, Room, User, union
from chatserver.config import Limits


class Broadcast(Struct, frozen=True, eq=False):
    """An event that everyone of an audience is told."""

    audience: Audience
    event: events.Event


class Direct(Struct, frozen=True, eq=False):
    """An event for one alone: an answer, or a private message."""

    peer: Peer
    event: events.Event


class Lookup(Struct, frozen=True, eq=False):
    """A question for the history, which answers in its own time; it may look in these `rooms`."""

    peer: Peer
    request: requests.Request
    nick: str
    rooms: tuple[str, ...]


Delivery = Broadcast | Direct | Lookup
Deliveries = list[Delivery]


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
        self._limits = limits
        self._keeps_messages = keeps_messages
        self._topics = {fold(room): topic for room, topic in (topics or {}).items()}
        self._people: dict[Peer, User] = {}
        self._by_name: dict[str, User] = {}
        self._rooms = {fold(LOBBY): Room(LOBBY, self._topics.get(fold(LOBBY)))}

    def apply(self, origin: Peer, request: requests.Request, id: int, now: float) -> Deliveries:
        """Fulfil one request or refuse it whole, and return who is told what, in order.

        `id` is its place in the order, `now` the time in seconds since the epoch. A refusal
        (ChatError) changes nothing and is told to the origin. What comes from an origin without
        a name, or one that has quit, is ignored, but for those requests that need none.
        """
        kind = type(request)
        try:
            if handler := _NAMED.get(kind):
                user = self._people.get(origin)
                return handler(self, user, request, id, now) if user else []
            return _ANYONE[kind](self, origin, request, now)
        except ChatError as error:
            return [Direct(origin, events.Refused(request, error))]

    def set_topic(self, room: str, topic: events.Topic | None) -> None:
        """Give a room its topic, which it keeps while nobody is there; None takes it away.

        Of itself this tells nobody: it is also how a topic that could not be stored is undone.
        """
        key = fold(room)
        if topic is None:
            self._topics.pop(key, None)
        else:
            self._topics[key] = topic
        if key in self._rooms:
            self._rooms[key].topic = topic

    def keep_topics(self, topics: Mapping[str, events.Topic]) -> None:
        """Let these be the topics of all rooms, by name; others were erased."""
        self._topics = {fold(room): topic for room, topic in topics.items()}
        for key, room in self._rooms.items():
            room.topic = self._topics.get(key)

    # Wishes that need no name.

    def _census(self, origin: Peer, request: requests.Census, now: float) -> Deliveries:
        occupied = sum(1 for room in self._rooms.values() if room.members)
        return [Direct(origin, events.Counted(request, len(self._people), occupied))]

    def _done(self, origin: Peer, request: requests.Request, now: float) -> Deliveries:
        return [Direct(origin, events.Done(request))]

    def _enter(self, origin: Peer, request: requests.Enter, now: float) -> Deliveries:
        if origin in self._people:
            return [Direct(origin, events.Done(request))]
        nick = self._free_name(request.nick, None)
        user = User(origin, nick, request.address, request.follows_crowds, now)
        self._people[origin] = self._by_name[fold(nick)] = user
        return [Direct(origin, events.Entered(request, nick))]

    # Wishes of a person with a name.

    def _rename(self, user: User, request: requests.Rename, id: int, now: float) -> Deliveries:
        old, new = user.nick, self._free_name(request.nick, user)
        del self._by_name[fold(old)]
        self._by_name[fold(new)] = user
        user.nick = new
        told = Direct(user.peer, events.YouRenamed(request, old, new))
        if new == old:
            return [told]
        return [Broadcast(self._onlookers(user), events.Renamed(now, old, new)), told]

    def _join(self, user: User, request: requests.Join, id: int, now: float) -> Deliveries:
        name = check_room(request.room, self._limits.room)
        room = self._rooms.get(fold(name)) or Room(name, self._topics.get(fold(name)))
        if user.peer in room.members:
            raise AlreadyInRoom(room.name)
        if len(user.rooms) >= self._limits.rooms_per_user:
            raise TooManyRooms(self._limits.rooms_per_user)
        others = self._first_names(room)
        onlookers = room.onlookers(self._limits.quiet_room)
        self._rooms[fold(name)] = user.rooms[fold(name)] = room
        room.add(user)
        size = len(room.members)
        return [
            Broadcast(onlookers, events.Joined(id, now, room.name, user.nick)),
            Direct(
                user.peer, events.YouJoined(request, id, now, room.name, others, size, room.topic)
            ),
        ]

    def _leave(self, user: User, request: requests.Leave, id: int, now: float) -> Deliveries:
        room = self._own_room(user, request.room)
        why = self._short_enough("reason", request.why, self._limits.reason)
        self._take_out(user, room)
        left = events.Left(id, now, room.name, user.nick, why)
        return [
            Broadcast(room.onlookers(self._limits.quiet_room), left),
            Direct(user.peer, events.YouLeft(request, room.name)),
        ]

    def _say(self, user: User, request: requests.Say, id: int, now: float) -> Deliveries:
        # Speech is what there is most of: a room that is spelled as it is needs no check.
        room = user.rooms.get(fold(request.room)) or self._own_room(user, request.room)
        text = _sayable(request.text)
        user.active = now
        said = events.Said(id, now, room.name, user.nick, text, request.action)
        return [Broadcast(room.audience, said)]

    def _tell(self, user: User, request: requests.Tell, id: int, now: float) -> Deliveries:
        names = {fold(nick): nick for nick in request.nicks}
        if len(names) > self._limits.targets:
            raise TooManyTargets(self._limits.targets)
        text = _sayable(request.text)
        here = [self._by_name[name] for name in names if name in self._by_name]
        absent = tuple(nick for name, nick in names.items() if name not in self._by_name)
        waited = tuple(nick for nick in absent if self._may_wait(nick))
        missing = tuple(nick for nick in absent if nick not in waited)
        if not here and not waited:
            raise NoSuchNick(*missing)
        user.active = now
        lines = tuple(
            events.Told(id, now, user.nick, nick, text, request.action)
            for nick in (*(other.nick for other in here), *waited)
        )
        away = tuple((other.nick, other.away) for other in here if other.away is not None)
        answer = events.TellDone(request, lines, away, waited, missing)
        told = zip(here, lines, strict=False)  # the rest of the lines waits
        return [
            *(Direct(other.peer, line) for other, line in told if other is not user),
            Direct(user.peer, answer),
        ]

    def _set_topic(self, user: User, request: requests.SetTopic, id: int, now: float) -> Deliveries:
        room = self._own_room(user, request.room)
        text = self._short_enough("topic", request.topic, self._limits.topic)
        before = room.topic
        self.set_topic(room.name, events.Topic(text, user.nick, now) if text else None)
        return [
            Broadcast(room.audience, events.TopicSet(id, now, room.name, user.nick, text, before)),
            Direct(user.peer, events.Done(request)),
        ]

    def _ask_topic(self, user: User, request: requests.AskTopic, id: int, now: float) -> Deliveries:
        room = self._any_room(request.room)
        return [Direct(user.peer, events.TopicIs(request, room.name, room.topic))]

    def _set_away(self, user: User, request: requests.SetAway, id: int, now: float) -> Deliveries:
        if request.why is not None:
            self._short_enough("reason", request.why, self._limits.reason)
        user.away = request.why
        return [Direct(user.peer, events.AwayIs(request, user.away))]

    def _list_rooms(
        self, user: User, request: requests.ListRooms, id: int, now: float
    ) -> Deliveries:
        rooms = sorted(self._rooms.values(), key=lambda room: (-len(room.members), room.name))
        lines = tuple(
            events.RoomLine(room.name, len(room.members), room.topic.text if room.topic else "")
            for room in rooms
        )
        return [Direct(user.peer, events.RoomsAre(request, lines))]

    def _list_members(
        self, user: User, request: requests.ListMembers, id: int, now: float
    ) -> Deliveries:
        room = self._any_room(request.room)
        members = sorted(room.members.values(), key=lambda member: fold(member.nick))
        lines = tuple(events.MemberLine(member.nick, member.away) for member in members)
        return [Direct(user.peer, events.MembersAre(request, room.name, lines))]

    def _whois(self, user: User, request: requests.Whois, id: int, now: float) -> Deliveries:
        other = self._by_name.get(fold(request.nick))
        if other is None:
            raise NoSuchNick(request.nick)
        rooms = tuple(room.name for room in other.rooms.values())
        idle = max(0.0, now - other.active)
        person = events.PersonIs(request, other.nick, other.since, idle, other.away, rooms)
        return [Direct(user.peer, person)]

    def _find_names(
        self, user: User, request: requests.FindNames, id: int, now: float
    ) -> Deliveries:
        prefix = fold(request.prefix)
        people: Iterable[User] = self._people.values()
        if request.room is not None:
            people = self._any_room(request.room).members.values()
        found = sorted(person.nick for person in people if fold(person.nick).startswith(prefix))
        names = tuple(found[: events.NAMES_FOUND])
        return [Direct(user.peer, events.NamesFound(request, names))]

    def _quit(self, user: User, request: requests.Quit, id: int, now: float) -> Deliveries:
        onlookers = self._onlookers(user)
        rooms = tuple(user.rooms.values())
        for room in rooms:
            self._take_out(user, room)
        del self._people[user.peer]
        del self._by_name[fold(user.nick)]
        why = request.words[: self._limits.reason] or request.why
        names = tuple(room.name for room in rooms)
        return [Broadcast(onlookers, events.Gone(id, now, user.nick, why, names))]

    # Questions for the history.

    def _read_history(
        self, user: User, request: requests.ReadHistory, id: int, now: float
    ) -> Deliveries:
        room = self._own_room(user, request.room)
        return [Lookup(user.peer, request, user.nick, (room.name,))]

    def _search(self, user: User, request: requests.Search, id: int, now: float) -> Deliveries:
        rooms = tuple(room.name for room in user.rooms.values())
        return [Lookup(user.peer, request, user.nick, rooms)]

    def _ask_seen(self, user: User, request: requests.AskSeen, id: int, now: float) -> Deliveries:
        check_nick(request.nick, self._limits.nick)
        if other := self._by_name.get(fold(request.nick)):
            return [Direct(user.peer, events.SeenIs(request, other.nick, now, here=True))]
        return [Lookup(user.peer, request, user.nick, ())]

    # What the wishes share.

    def _may_wait(self, nick: str) -> bool:
        """Whether a message may wait for that name; nobody ever comes under an impossible one."""
        try:
            check_nick(nick, self._limits.nick)
        except BadNick:
            return False
        return self._keeps_messages

    def _free_name(self, nick: str, owner: User | None) -> str:
        check_nick(nick, self._limits.nick)
        if self._by_name.get(fold(nick), owner) is not owner:
            raise NickInUse
        return nick

    def _own_room(self, user: User, name: str) -> Room:
        room = user.rooms.get(fold(check_room(name, self._limits.room)))
        if room is None:
            raise self._why_not_in(name)
        return room

    def _any_room(self, name: str) -> Room:
        name = check_room(name, self._limits.room)
        room = self._rooms.get(fold(name))
        if room is None:
            raise NoSuchRoom(name)
        return room

    def _why_not_in(self, name: str) -> ChatError:
        return NotInRoom(self._any_room(name).name)

    def _onlookers(self, user: User) -> Audience:
        """Everyone else who is told of this person's coming and going, each once."""
        crowd = self._limits.quiet_room
        return union((room.onlookers(crowd) for room in user.rooms.values()), user.peer)

    def _take_out(self, user: User, room: Room) -> None:
        room.remove(user)
        key = fold(room.name)
        del user.rooms[key]
        if not room.members and room.name != LOBBY:
            del self._rooms[key]

    def _first_names(self, room: Room) -> tuple[str, ...]:
        if len(room.members) > events.OTHERS_SHOWN:
            return ()
        return tuple(sorted((user.nick for user in room.members.values()), key=fold))

    @staticmethod
    def _short_enough(what: str, text: str, limit: int) -> str:
        if len(text) > limit:
            raise TooLong(what, limit)
        return text


def _sayable(text: str) -> str:
    if not text:
        raise NothingToSay
    if text[0] == "\x01":
        raise CtcpOff
    return text


# A handler takes the narrower type that its key names, which a dict's type cannot say.
_ANYONE: dict[type[requests.Request], Callable[..., Deliveries]] = {
    requests.Census: RoomRegistry._census,
    requests.Sync: RoomRegistry._done,
    requests.Forget: RoomRegistry._done,  # the hub does it
    requests.Enter: RoomRegistry._enter,
}
_NAMED: dict[type[requests.Request], Callable[..., Deliveries]] = {
    requests.Rename: RoomRegistry._rename,
    requests.Join: RoomRegistry._join,
    requests.Leave: RoomRegistry._leave,
    requests.Say: RoomRegistry._say,
    requests.Tell: RoomRegistry._tell,
    requests.SetTopic: RoomRegistry._set_topic,
    requests.AskTopic: RoomRegistry._ask_topic,
    requests.SetAway: RoomRegistry._set_away,
    requests.ListRooms: RoomRegistry._list_rooms,
    requests.ListMembers: RoomRegistry._list_members,
    requests.Whois: RoomRegistry._whois,
    requests.FindNames: RoomRegistry._find_names,
    requests.ReadHistory: RoomRegistry._read_history,
    requests.Search: RoomRegistry._search,
    requests.AskSeen: RoomRegistry._ask_seen,
    requests.Quit: RoomRegistry._quit,
}
