"""A room: who is in it, what it is about, what it is set to, and whom its events reach."""

from collections.abc import Hashable, Iterable
from typing import Any, Protocol

from chatserver.chat import modes
from chatserver.chat.events import Topic
from chatserver.chat.modes import ListEntry, Rank
from chatserver.masks import matches


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


def together(peers: Iterable[Peer]) -> Audience:
    """Return the audience of these peers."""
    circle = Circle()
    for peer in peers:
        circle.add(peer)
    return circle.audience


class User:
    """A person with a name."""

    __slots__ = (
        "active",
        "address",
        "away",
        "flags",
        "follows_crowds",
        "given",
        "held_since",
        "invitations",
        "mask",
        "nick",
        "peer",
        "realname",
        "rooms",
        "since",
        "watched",
    )

    def __init__(
        self,
        peer: Peer,
        nick: str,
        address: str,
        mask: str,
        realname: str,
        *,
        follows_crowds: bool,
        id: int,
        now: float,
    ) -> None:
        """`mask` is USER@HOST as others see it, `address` where they really come from.

        `id` is the place in the order at which they come.
        """
        self.peer = peer
        self.nick = nick
        self.address = address
        self.mask = mask
        self.realname = realname
        self.follows_crowds = follows_crowds
        # The place in the order from which on nobody else has had the nick. What was said in
        # private under it before is not theirs, since they may be somebody else.
        self.held_since = id
        self.since = now
        self.active = now
        self.away: str | None = None
        self.flags: set[str] = set()  # of modes.USER_FLAGS
        self.rooms: dict[str, Room] = {}
        self.watched: dict[str, str] = {}  # whom this person watches, by folded nick
        # What has waited for them is on its way, up to these places, by folded nick.
        self.given: dict[str, int] = {}
        self.invitations: dict[Room, None] = {}  # the rooms that have them in `invited`

    @property
    def source(self) -> str:
        """NICK!USER@HOST."""
        return f"{self.nick}!{self.mask}"


class Room:
    """A room and its members, kept by their folded names."""

    __slots__ = (
        "_everyone",
        "_followers",
        "created",
        "flags",
        "invited",
        "key",
        "limit",
        "lists",
        "members",
        "muted",
        "name",
        "plain",
        "ranks",
        "topic",
    )

    def __init__(self, name: str, topic: Topic | None = None, created: float = 0.0) -> None:
        self.name = name
        self.topic = topic
        self.created = created
        self.members: dict[Peer, User] = {}
        self.ranks: dict[Peer, Rank] = {}  # of those who have one
        self.flags: set[str] = set(modes.NEW_ROOM)  # of modes.FLAGS
        self.key: str | None = None
        self.limit: int | None = None
        # By letter of modes.LISTS, then by folded mask.
        self.lists: dict[str, dict[str, ListEntry]] = {letter: {} for letter in modes.LISTS}
        self.invited: dict[Peer, float] = {}  # who may enter once, until when
        # Whether a member may say anything there without another look; see `changed`.
        self.plain = True
        self.muted: dict[Peer, bool] = {}  # what the bans say of members, as far as it was asked
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
        self.ranks.pop(user.peer, None)
        self.muted.pop(user.peer, None)
        self._everyone.discard(user.peer)
        self._followers.discard(user.peer)

    def changed(self) -> None:
        """The flags or lists are others now, so what was made of them is not true any more."""
        self.muted.clear()
        self.plain = not (modes.MODERATED in self.flags or self.lists[modes.BANS])

    def rank(self, user: User) -> Rank:
        """What the person may do here."""
        return self.ranks.get(user.peer, Rank.NONE)

    def set_rank(self, user: User, rank: Rank) -> None:
        """Let a member have that rank."""
        if rank:
            self.ranks[user.peer] = rank
        else:
            self.ranks.pop(user.peer, None)

    def is_operator(self, user: User) -> bool:
        """Whether the person may change what the room is set to."""
        return bool(self.rank(user) & Rank.OPERATOR)

    def lists_person(self, letter: str, user: User) -> bool:
        """Whether a mask of that list, of modes.LISTS, fits the person."""
        return any(matches(entry.mask, user.source) for entry in self.lists[letter].values())

    def bans(self, user: User) -> bool:
        """Whether a ban fits the person, and no exception does."""
        return self.lists_person(modes.BANS, user) and not self.lists_person(modes.EXCEPTIONS, user)

    @property
    def secret(self) -> bool:
        """Whether only members know that the room is there."""
        return modes.SECRET in self.flags

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

    def ranked(self, least: Rank) -> Audience:
        """Who hears what is said to those of at least that rank."""
        return together(peer for peer, rank in self.ranks.items() if rank >= least)
