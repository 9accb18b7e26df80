"""Guesses: how many wrong passwords are borne, of a name and from an address."""

import time
from collections.abc import Callable
from threading import Lock

from msgspec import Struct

from chatserver.addresses import block_of
from chatserver.chat.errors import TooManyTries
from chatserver.chat.names import host_of
from chatserver.latest import Latest
from chatserver.limits import Limits
from chatserver.rate import TokenBucket

_MINUTE = 60.0
LONGEST_DELAY = 300.0  # seconds
KEPT = 1024  # names, and addresses, that are counted; more only somebody makes who guesses


class Place(Struct, frozen=True):
    """Where tries come from: what counts as one address, and whether that is free of a limit."""

    block: str
    exempt: bool


def place_of(address: str, *, exempt_loopback: bool) -> Place:
    """Return the place of an address such as `192.0.2.1:5000`."""
    host = host_of(address)
    try:
        block = block_of(host, exempt_loopback=exempt_loopback)
    except ValueError:  # no network is behind it
        return Place(host, False)
    return Place(block or host, block is None)


class Guesses:
    """Counts them. Any thread may call it. Times are monotonic seconds.

    A name is counted for each address by itself, so that nobody's guesses keep out who has the
    password. Names that do not exist are counted too: all look the same.
    """

    def __init__(
        self, limits: Callable[[], Limits], clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`limits` gives those that hold now: for names and addresses that are not counted yet."""
        self._limits = limits
        self._clock = clock
        self._lock = Lock()
        self._names: Latest[tuple[str, str], TokenBucket] = Latest(KEPT)
        self._addresses: Latest[str, _Address] = Latest(KEPT)

    def begin(self, name: str, place: Place) -> None:
        """Let a password be tried, and count that for the name, if it is somebody's own.

        Raises:
            TooManyTries: there were too many; this one is not counted.
        """
        now = self._clock()
        with self._lock:
            address = self._addresses.use(place.block)
            if address and address.is_shut(now):
                raise TooManyTries
            if not name:
                return
            most = self._limits().passwords_per_name
            bucket = self._names.obtain(
                (name, place.block), lambda: TokenBucket(most, most / _MINUTE, now)
            )
            if bucket.ready_at(1, now) > now:
                raise TooManyTries
            bucket.take(1, now)

    def end(self, name: str, place: Place, *, right: bool) -> None:
        """Count a wrong password for its address; a right one shows that the name is theirs.

        What was wrong from there besides stays counted: else one right password would buy guesses.
        """
        now = self._clock()
        with self._lock:
            if right:
                self._names.pop((name, place.block), None)
            elif not place.exempt:
                most = self._limits().passwords_per_address
                address = self._addresses.obtain(place.block, lambda: _Address(most, now))
                address.count(now)


class _Address:
    """The wrong passwords from one address: so many a minute, then a delay.

    Each one that comes as soon as the delay is over doubles it. Who waits until they are as one
    who has never tried begins anew.
    """

    __slots__ = ("_bucket", "_delay", "_most")

    def __init__(self, most: int, now: float) -> None:
        self._most = most
        self._bucket = TokenBucket(most, most / _MINUTE, now)
        self._delay = 0.0

    def is_shut(self, now: float) -> bool:
        return self._bucket.ready_at(1, now) > now

    def count(self, now: float) -> None:
        bucket = self._bucket
        if bucket.ready_at(self._most, now) <= now:
            self._delay = 0.0
        bucket.take(1, now)
        wait = bucket.ready_at(1, now) - now
        if wait > 0:
            self._delay = min(max(wait, 2 * self._delay), LONGEST_DELAY)
            bucket.take((self._delay - wait) * self._most / _MINUTE, now)
