"""Roster: every person and every room, and how they are found.

The state that all rules work on. It knows no clock, thread or byte; see registry.py.
"""

from collections import Counter, deque
from collections.abc import Mapping

from chatserver.chat import answers, events, modes
from chatserver.chat.errors import (
    BadNick,
    ChatError,
    NickInUse,
    NoSuchNick,
    NoSuchRoom,
    NotInRoom,
    NotOperator,
    TooLong,
)
from chatserver.chat.names import LOBBY, check_nick, check_room, fold
from chatserver.chat.room import Audience, Peer, Room, User, union
from chatserver.config import Limits


class Roster:
    """Who is here, in which rooms. Changed by the rules that the registry applies, and only so."""

    def __init__(
        self, limits: Limits, topics: Mapping[str, events.Topic], *, keeps_messages: bool
    ) -> None:
        """See RoomRegistry."""
        self.limits = limits
        self.keeps_messages = keeps_messages
        self.topics = {fold(room): topic for room, topic in topics.items()}
        self.past = ""  # the room, by folded name, of which lines are kept, if it was asked for
        self.waiting: dict[str, int] = {}  # how many messages wait for whom, by folded nick
        self.people: dict[Peer, User] = {}
        self.by_name: dict[str, User] = {}
        lobby = Room(LOBBY, self.topics.get(fold(LOBBY)))
        lobby.flags = set(modes.LOBBY)
        self.rooms = {fold(LOBBY): lobby}
        self.former: deque[answers.Former] = deque(maxlen=limits.whowas)
        self.watchers: dict[str, dict[Peer, None]] = {}  # who watches, by folded nick
        self.most = 0  # people at once
        # How many people have each flag: everyone who comes is told, and counting takes all.
        self.flagged: Counter[str] = Counter()
        self.strangers: set[Peer] = set()  # who is connected, but has no name yet

    # Finding.

    def person(self, nick: str) -> User:
        """Return who has that nick now.

        Raises:
            NoSuchNick: nobody has.
        """
        user = self.by_name.get(fold(nick))
        if user is None:
            raise NoSuchNick(nick)
        return user

    def any_room(self, name: str) -> Room:
        """Return the room of that name.

        Raises:
            BadRoom: no room can have that name.
            NoSuchRoom: there is none.
        """
        name = check_room(name, self.limits.room)
        room = self.rooms.get(fold(name))
        if room is None:
            raise NoSuchRoom(name)
        return room

    def seen_room(self, user: User, name: str) -> Room:
        """Return the room of that name, if the person may know of it.

        Raises:
            NoSuchRoom: there is none, or it is secret.
        """
        room = self.any_room(name)
        if room.secret and user.peer not in room.members:
            raise NoSuchRoom(room.name)
        return room

    def own_room(self, user: User, name: str) -> Room:
        """Return the room of that name, which the person must be in.

        Raises:
            NotInRoom: there is one, but they are not.
            NoSuchRoom: there is none that they may know of.
        """
        room = user.rooms.get(fold(check_room(name, self.limits.room)))
        if room is None:
            raise self._why_not_in(user, name)
        return room

    def ruled_room(self, user: User, name: str) -> Room:
        """Return the room of that name, which the person must be an operator of.

        Raises:
            NotOperator: they are not.
        """
        room = self.own_room(user, name)
        if not room.is_operator(user):
            raise NotOperator(room.name)
        return room

    def _why_not_in(self, user: User, name: str) -> ChatError:
        return NotInRoom(self.seen_room(user, name).name)

    def onlookers(self, user: User) -> Audience:
        """Everyone else who is told of this person's coming and going, each once."""
        crowd = self.limits.quiet_room
        return union((room.onlookers(crowd) for room in user.rooms.values()), user.peer)

    def share_room(self, one: User, other: User) -> bool:
        """Whether the two see each other in a room."""
        return one is other or not one.rooms.keys().isdisjoint(other.rooms)

    # Checking.

    def free_name(self, nick: str, owner: User | None) -> str:
        """Return the nick if `owner` may take it.

        Raises:
            BadNick: nobody may.
            NickInUse: somebody else has it.
        """
        check_nick(nick, self.limits.nick)
        if self.by_name.get(fold(nick), owner) is not owner:
            raise NickInUse
        return nick

    def is_nick(self, nick: str) -> bool:
        """Whether anybody can ever be called so."""
        try:
            check_nick(nick, self.limits.nick)
        except BadNick:
            return False
        return True

    @staticmethod
    def short_enough(what: str, text: str, limit: int) -> str:
        """Return the text if it has at most `limit` characters.

        Raises:
            TooLong: it has not.
        """
        if len(text) > limit:
            raise TooLong(what, limit)
        return text

    def has_room(self, nick: str) -> bool:
        """Whether one more message may wait for somebody."""
        return self.waiting.get(fold(nick), 0) < self.limits.waiting

    # Changing.

    def set_flag(self, user: User, letter: str, *, on: bool) -> None:
        """Give a person a flag, of modes.USER_FLAGS, or take it away."""
        if on != (letter in user.flags):
            (user.flags.add if on else user.flags.discard)(letter)
            self.flagged[letter] += 1 if on else -1

    def govern(self, limits: Limits) -> None:
        """Let other limits hold. What is beyond them already stays as it is."""
        self.limits = limits
        self.former = deque(self.former, limits.whowas)

    def count_waiting(self, nick: str, change: int) -> None:
        """Let so many more messages, or less, wait for somebody."""
        self.set_waiting(nick, self.waiting.get(fold(nick), 0) + change)

    def set_waiting(self, nick: str, count: int) -> None:
        """Let so many messages wait for somebody."""
        if count > 0:
            self.waiting[fold(nick)] = count
        else:
            self.waiting.pop(fold(nick), None)

    def take_out(self, user: User, room: Room) -> None:
        """End a membership; an empty room goes away, but for the lobby."""
        room.remove(user)
        key = fold(room.name)
        del user.rooms[key]
        if not room.members and room.name != LOBBY:
            del self.rooms[key]
            for peer in tuple(room.invited):
                self.uninvite(self.people[peer], room)

    def invite(self, user: User, room: Room, until: float) -> None:
        """Let a person enter a room once."""
        room.invited[user.peer] = until
        user.invitations[room] = None

    def uninvite(self, user: User, room: Room) -> None:
        """Take an invitation back, if there is one."""
        room.invited.pop(user.peer, None)
        user.invitations.pop(room, None)

    def rename_room(self, room: Room, name: str) -> None:
        """Give a room another name, which is free; its topic goes with it."""
        before, after, topic = fold(room.name), fold(name), room.topic
        self.set_topic(room.name, None)
        del self.rooms[before]
        self.rooms[after] = room
        for user in room.members.values():
            del user.rooms[before]
            user.rooms[after] = room
        room.name = name
        self.set_topic(name, topic)

    def set_topic(self, room: str, topic: events.Topic | None) -> None:
        """Give a room its topic, which it keeps while nobody is there; None takes it away."""
        key = fold(room)
        if topic is None:
            self.topics.pop(key, None)
        else:
            self.topics[key] = topic
        if key in self.rooms:
            self.rooms[key].topic = topic
