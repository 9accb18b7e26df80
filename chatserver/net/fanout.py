"""FanOut: events for many, as the same bytes for all who share a dialect."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from chatserver.encoded import Encoded
from chatserver.faults import trace
from chatserver.net.connection import Connection
from chatserver.net.outbox import Send
from chatserver.net.session import Dialect

Audience = tuple[Connection, ...]
# An audience that is not spoken to again would be remembered until somebody's seat changes.
_MOST_SEATED = 1024
_MOST_READY = 256
_NOBODY: Final[Mapping[Connection, bytes]] = MappingProxyType({})

_log = logging.getLogger("chatserver")


class Lane(NamedTuple):
    """Those of an audience who share a dialect: with nothing in the way, and with something."""

    dialect: Dialect
    free: tuple[tuple[Send, Connection], ...]
    held_up: tuple[Connection, ...]
    by_key: Mapping[str, Connection]

    @property
    def members(self) -> Sequence[Connection]:
        """All of them."""
        return (*(member for _, member in self.free), *self.held_up)


class Ready(NamedTuple):
    """Bytes for a lane, but for those who have some of their own, or none."""

    lane: Lane
    data: bytes
    own: Mapping[Connection, bytes]


class Seating(NamedTuple):
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
            data, aside, own = encoded
            others = _of_these(lane, own) if own else _NOBODY
            if aside and (apart := _of_these(lane, dict.fromkeys(aside, b""))):
                alone += apart
                others = {**others, **apart}
            self._ready.append(Ready(lane, data, others))
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
            free: Sequence[tuple[Send, Connection]] = lane.free
            if own:
                for connection, mine in own.items():
                    connection.push(mine)
                free = [pair for pair in free if pair[1] not in own]
            if self._moved:
                _push(data, [connection for _, connection in free])
            else:
                _send(data, free)
            if lane.held_up:
                _push(data, [connection for connection in lane.held_up if connection not in own])

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
    free = tuple((member.send, member) for member in members if member.free)
    held_up = tuple(member for member in members if not member.free)
    return Lane(dialect, free, held_up, {member.key: member for member in members})


def _of_these(lane: Lane, own: Mapping[str, bytes]) -> dict[Connection, bytes]:
    return {lane.by_key[key]: mine for key, mine in own.items() if key in lane.by_key}


def _send(data: bytes, free: Iterable[tuple[Send, Connection]]) -> None:
    size = len(data)
    for send, connection in free if size else ():
        try:
            sent = send(data)
        except OSError as error:
            connection.refused(data, error)
        else:
            if sent < size:
                connection.took(sent, data)


def _push(data: bytes, connections: Iterable[Connection]) -> None:
    for connection in connections:
        connection.push(data)


def _encode(dialect: Dialect, events: Sequence[Any]) -> Encoded | None:
    """Encode for many; where that is a fault, each of them finds out for itself, guarded."""
    try:
        return dialect.encode(events)
    except Exception as error:
        _log.error("fault while encoding for many\n%s", trace(error))
        return None
