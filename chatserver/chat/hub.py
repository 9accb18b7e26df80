"""Hub: the thread that owns the registry and puts everything into one order."""

import logging
import time
from collections.abc import Callable, Sequence
from threading import Thread
from typing import Any, Protocol, cast

from chatserver.chat import events, requests
from chatserver.chat.registry import Broadcast, Delivery, RoomRegistry
from chatserver.chat.room import Peer
from chatserver.faults import trace
from chatserver.inbox import Inbox

BATCH = 400
BEAT_SECONDS = 1.0

Wish = tuple[Peer, requests.Request]
# Whom (one peer, or those of an audience that live together) and what they are told.
Parcel = tuple[Peer | tuple[Peer, ...], events.Event]

_log = logging.getLogger("chatserver")


class Home(Protocol):
    """Where peers live: it carries parcels to them in the order they are posted."""

    def post(self, parcels: list[Parcel]) -> None:
        """Take over what these peers are told."""


class Hub(Thread):
    """Takes wishes from every worker, applies them one by one, posts what follows.

    Any thread may call `submit` and `stop`; all else happens in this thread. What is posted is
    posted once per batch and home, not once per person.
    """

    def __init__(
        self,
        registry: RoomRegistry,
        *,
        clock: Callable[[], float] = time.time,
        on_death: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(name="hub", daemon=True)
        self.beat = time.monotonic()
        self._registry = registry
        self._clock = clock
        self._on_death = on_death
        self._inbox: Inbox[Sequence[Wish] | None] = Inbox()
        self._last_id = 0
        self._now = 0.0  # seconds since 1970, the same for a batch

    def submit(self, wishes: Sequence[Wish]) -> None:
        """Put wishes in line, in this order."""
        self._inbox.put(wishes)

    def stop(self) -> None:
        """Finish everything in line, then end; the caller joins the thread."""
        self._inbox.put(None)

    def run(self) -> None:
        """Serve until stopped. A fault here may have torn the state: say so and end."""
        try:
            while self._serve():
                pass
        except BaseException as error:
            _log.critical("the hub died\n%s", trace(error))
            self._on_death()

    def _serve(self) -> bool:
        self._inbox.wait(BEAT_SECONDS)
        self.beat = time.monotonic()
        batches = self._inbox.drain(BATCH)
        # The wall clock may be set back; the stamps of the order never go back with it.
        self._now = max(self._now, self._clock())
        deliveries: list[Delivery] = []
        for batch in batches:
            for origin, request in batch or ():
                deliveries += self._sequence(origin, request)
        self._post(deliveries)
        return None not in batches

    def _sequence(self, origin: Peer, request: requests.Request) -> list[Delivery]:
        """Give a wish its place in the order and the registry's answer."""
        self._last_id += 1
        deliveries = self._registry.apply(origin, request, self._last_id, self._now)
        if type(request) in _REPORTED:
            _report(request, deliveries)
        return deliveries

    def _post(self, deliveries: list[Delivery]) -> None:
        parcels: dict[Any, list[Parcel]] = {}
        for delivery in deliveries:
            if isinstance(delivery, Broadcast):
                for home, peers in delivery.audience:
                    parcels.setdefault(home, []).append((peers, delivery.event))
            else:
                home = delivery.peer.home
                parcels.setdefault(home, []).append((delivery.peer, delivery.event))
        for home, some in parcels.items():
            cast(Home, home).post(some)


_REPORTED = frozenset({requests.Enter, requests.Rename, requests.Quit})


def _report(request: requests.Request, deliveries: Sequence[Delivery]) -> None:
    """Log who came, who left and why; never what was said, so not a person's last words either."""
    for delivery in deliveries:
        match request, delivery.event:
            case requests.Enter(address=address), events.Entered(nick=nick):
                _log.info("%s came from %s", nick, address)
            case requests.Rename(), events.YouRenamed(old=old, new=new):
                _log.info("%s is now %s", old, new)
            case requests.Quit(why=why), events.Gone(nick=nick):
                _log.info("%s left (%s)", nick, why)
