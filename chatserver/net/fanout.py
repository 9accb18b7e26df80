"""FanOut: events for many, as the same bytes for all who share a dialect."""

import logging
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from msgspec import Struct

from chatserver.encoded import Encoded
from chatserver.faults import trace
from chatserver.net.connection import Connection
from chatserver.net.outbox import Send
from chatserver.net.session import Dialect

Audience = tuple[Connection, ...]
# An audience that is not spoken to again would be remembered until somebody's seat changes.
_MOST_SEATED = 1024
_MOST_READY = 256

_log = logging.getLogger("chatserver")


class Lane(Struct, frozen=True, eq=False):
    """Those of an audience who share a dialect.

    Of most of them nothing is touched but `send`: in a large house all else about them would have
    to come from afar into the processor's caches, for each line anew.
    """

    dialect: Dialect
    sends: tuple[Send, ...]  # of those who have nothing in the way
    members: tuple[Connection, ...]  # all: first those, in the same order
    places: Mapping[str, int]  # where each is among the members, by key

    def by_place(self, own: Mapping[str, bytes]) -> dict[int, bytes]:
        """Return the same for places instead of keys, without those who are not here."""
        found: dict[int, bytes] = {}
        for key, data in own.items():
            if (place := self.places.get(key)) is not None:
                found[place] = data
        return found


# Bytes for a lane, but for those at some places, who have some of their own, or none.
Ready = tuple[Lane, bytes, Mapping[int, bytes]]


class Seating(Struct, frozen=True, eq=False):
    """An audience as it listens now."""

    audience: Audience
    alone: tuple[Connection, ...]  # told in words of their own
    lanes: tuple[Lane, ...]


class FanOut:
    """Remembers how each audience listens, until that changes for anybody.

    What is told is encoded at once and sent together with the rest: the less there is between two
    sends, the less often the receiver has gone to sleep and has to be woken by the next.
    """

    __slots__ = ("_moved", "_ready", "_seatings")

    def __init__(self) -> None:
        self._seatings: dict[int, Seating] = {}
        self._ready: list[Ready] = []
        self._moved = False

    def reseat(self) -> None:
        """How somebody listens has changed, or whether something is in their way."""
        self._seatings.clear()
        self._moved = True

    def tell(self, audience: Audience, events: Sequence[Any]) -> None:
        """Tell everybody in the audience these events, in order; most of them only with `send`."""
        seating = self._seatings.get(id(audience)) or self._seat(audience)
        alone = list(seating.alone)
        for lane in seating.lanes:
            encoded = _encode(lane.dialect, events)
            if encoded is None:
                alone += lane.members
                continue
            own = lane.by_place(encoded.own)
            if encoded.aside:
                apart = lane.by_place(dict.fromkeys(encoded.aside, b""))
                alone += [lane.members[place] for place in apart]
                own |= apart
            self._ready.append((lane, encoded.data, own))
        if alone:
            self.send()
            for connection in alone:
                connection.deliver(events)
        elif len(self._ready) >= _MOST_READY:
            self.send()

    def send(self) -> None:
        """Send what is encoded. To be called before anybody is told something besides."""
        ready, self._ready = self._ready, []
        self._moved = False
        for lane, data, own in ready:
            for place, mine in own.items():
                if mine:
                    lane.members[place].push(mine)
            # Whom `send` alone is enough for may not be the same any more.
            sent = 0 if self._moved else len(lane.sends)
            if sent:
                _send(lane, data, own)
            for place in range(sent, len(lane.members)):
                if place not in own:
                    lane.members[place].push(data)

    def _seat(self, audience: Audience) -> Seating:
        """Note how everybody listens. The seating holds the audience, so its id is not reused."""
        alone: list[Connection] = []
        groups: dict[Dialect, list[Connection]] = {}
        for connection in audience:
            dialect = connection.dialect
            if dialect is None:
                alone.append(connection)
            else:
                groups.setdefault(dialect, []).append(connection)
        lanes = tuple(_lane(dialect, members) for dialect, members in groups.items())
        if len(self._seatings) >= _MOST_SEATED:
            self._seatings.clear()
        seating = self._seatings[id(audience)] = Seating(audience, tuple(alone), lanes)
        return seating


def _lane(dialect: Dialect, members: Sequence[Connection]) -> Lane:
    free = [member for member in members if member.free]
    ordered = (*free, *(member for member in members if not member.free))
    places = {member.key: place for place, member in enumerate(ordered)}
    return Lane(dialect, tuple(member.send for member in free), ordered, places)


def _send(lane: Lane, data: bytes, own: Collection[int]) -> None:
    """Send to all who have nothing in the way, but to those at some places."""
    size = len(data)
    if not size:
        return
    start = 0
    for end in (*sorted(own), len(lane.sends)):
        for place, send in enumerate(lane.sends[start:end], start):
            try:
                sent = send(data)
            except OSError as error:
                lane.members[place].refused(data, error)
            else:
                if sent < size:
                    lane.members[place].took(sent, data)
        start = end + 1


def _encode(dialect: Dialect, events: Sequence[Any]) -> Encoded | None:
    """Encode for many; where that is a fault, each of them finds out for itself, guarded."""
    try:
        return dialect.encode(events)
    except Exception as error:
        _log.error("fault while encoding for many\n%s", trace(error))
        return None
