"""A room: who is in it, what it is about, and whom its events reach."""

from collections.abc import Hashable, Iterable
from typing import Any, Protocol

from chatserver.chat.events import Topic


class Peer(Protocol):
    """Where a request came from and its answers go."""

    @property
    def home(self) -> Any:
        """The owner of the queue that its answers go through; hashable."""


# Whom an event reaches, by the home that carries it there. Immutable: a delivery holds the
# audience as it was at its own place in the order, so nobody gets a line from before they came.
Audience = tuple[tuple[Hashable, tuple[Peer, ...]], ...]


class Circle:
    """A set of peers that gives its audience, made anew only after a change.

    Peers are kept by home in insertion order, so that a change rebuilds the tuple of one home
    in C and leaves the others the same objects.
    """

    __slots__ = ("_audience", "_by_home")

    def __init__(self) -> None:
        self._by_home: dict[Hashable, dict[Peer, None]] = {}
        self._audience: Audience | None = None

    def add(self, peer: Peer) -> None:
        """Let the peer hear what comes from now on."""
        self._by_home.setdefault(peer.home, {})[peer] = None
        self._audience = None

    def discard(self, peer: Peer) -> None:
        """Let the peer hear nothing from now on."""
        peers = self._by_home.get(peer.home)
        if peers is None or peer not in peers:
            return
        del peers[peer]
        if not peers:
            del self._by_home[peer.home]
        self._audience = None

    @property
    def audience(self) -> Audience:
        """Everyone in the circle now."""
        if self._audience is None:
            self._audience = tuple((home, tuple(peers)) for home, peers in self._by_home.items())
        return self._audience


def union(audiences: Iterable[Audience], without: Peer) -> Audience:
    """Return everyone of several audiences once, but `without`."""
    circle = Circle()
    for audience in audiences:
        for _, peers in audience:
            for peer in peers:
                circle.add(peer)
    circle.discard(without)
    return circle.audience


class User:
    """A person with a name."""

    __slots__ = ("active", "address", "away", "follows_crowds", "nick", "peer", "rooms", "since")

    def __init__(
        self, peer: Peer, nick: str, address: str, follows_crowds: bool, now: float
    ) -> None:
        self.peer = peer
        self.nick = nick
        self.address = address
        self.follows_crowds = follows_crowds
        self.since = now
        self.active = now
        self.away: str | None = None
        self.rooms: dict[str, Room] = {}


class Room:
    """A room and its members, kept by their folded names."""

    __slots__ = ("_everyone", "_followers", "members", "name", "topic")

    def __init__(self, name: str, topic: Topic | None = None) -> None:
        self.name = name
        self.topic = topic
        self.members: dict[Peer, User] = {}
        self._everyone = Circle()
        self._followers = Circle()

    def add(self, user: User) -> None:
        """Make the person a member."""
        self.members[user.peer] = user
        self._everyone.add(user.peer)
        if user.follows_crowds:
            self._followers.add(user.peer)

    def remove(self, user: User) -> None:
        """End the person's membership."""
        del self.members[user.peer]
        self._everyone.discard(user.peer)
        self._followers.discard(user.peer)

    @property
    def audience(self) -> Audience:
        """Who hears what is said here."""
        return self._everyone.audience

    def onlookers(self, crowd: int) -> Audience:
        """Who is told that somebody comes or goes: in a room of over `crowd` people not all.

        Nobody reads a thousand such lines, and telling each of n people who enter to all before
        them costs n² deliveries; programs that keep a list of members ask for them.
        """
        circle = self._everyone if len(self.members) <= crowd else self._followers
        return circle.audience
