"""FanOut: events for many, as the same bytes for all who share a dialect."""

import logging
from collections.abc import Sequence
from typing import Any, NamedTuple

from chatserver.encoded import EVERYONE, Encoded
from chatserver.faults import trace
from chatserver.net.connection import Connection
from chatserver.net.outbox import Send
from chatserver.net.session import Dialect

Audience = tuple[Connection, ...]
# An audience that is not spoken to again would be remembered until somebody's seat changes.
_MOST_SEATED = 1024
_MOST_READY = 256

_log = logging.getLogger("chatserver")


class Lane(NamedTuple):
    """Those of an audience who share a dialect: with nothing in the way, and with something."""

    dialect: Dialect
    free: tuple[tuple[Send, Connection], ...]
    held_up: tuple[Connection, ...]


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
        self._ready: list[tuple[Lane, bytes]] = []
        self._moved = False

    def reseat(self) -> None:
        """Somebody's dialect has changed, or whether something is in their way."""
        self._seatings.clear()
        self._moved = True

    def tell(self, audience: Audience, events: Sequence[Any]) -> None:
        """Tell everybody in the audience these events, in order; some only with `send`."""
        seating = self._seatings.get(id(audience)) or self._seat(audience)
        for lane in seating.lanes:
            encoded = _encode(lane.dialect, events)
            if encoded.aside or encoded.own:
                self.send()
                _tell_apart(lane, encoded, events)
            elif encoded.data:
                self._ready.append((lane, encoded.data))
        if seating.alone:
            self.send()
            for connection in seating.alone:
                connection.deliver(events)
        if len(self._ready) >= _MOST_READY:
            self.send()

    def send(self) -> None:
        """Send what is encoded. To be called before anybody is told something besides."""
        ready, self._ready = self._ready, []
        self._moved = False
        for lane, data in ready:
            if self._moved:
                _push_to_all(lane, data)
            else:
                _send_to_all(lane, data)

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
    return Lane(dialect, free, tuple(member for member in members if not member.free))


def _send_to_all(lane: Lane, data: bytes) -> None:
    size = len(data)
    for send, connection in lane.free:
        try:
            sent = send(data)
        except OSError as error:
            connection.refused(data, error)
        else:
            if sent < size:
                connection.took(sent, data)
    for connection in lane.held_up:
        connection.push(data)


def _push_to_all(lane: Lane, data: bytes) -> None:
    """Some of the free may be held up by now."""
    for _, connection in lane.free:
        connection.push(data)
    for connection in lane.held_up:
        connection.push(data)


def _tell_apart(lane: Lane, encoded: Encoded, events: Sequence[Any]) -> None:
    """Tell each what is theirs: some make their own words of it, some have theirs ready."""
    data, aside, own = encoded
    for connection in (*(member for _, member in lane.free), *lane.held_up):
        key = connection.session.key
        if key in aside:
            connection.deliver(events)
        elif mine := own.get(key, data):
            connection.push(mine)


def _encode(dialect: Dialect, events: Sequence[Any]) -> Encoded:
    """Encode for many; where that is a fault, each of them finds out for itself, guarded."""
    try:
        return dialect.encode(events)
    except Exception as error:
        _log.error("fault while encoding for many\n%s", trace(error))
        return Encoded(b"", EVERYONE)
