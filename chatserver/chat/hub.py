"""Hub: the thread that owns the registry and puts everything into one order."""

import logging
import time
from collections.abc import Callable, Sequence
from threading import Thread
from typing import Any, Protocol, cast

from chatserver.chat import events, requests
from chatserver.chat.errors import NotSaved
from chatserver.chat.recorder import Forgetful, Librarian, Recorder, Step
from chatserver.chat.registry import Broadcast, Delivery, Direct, Lookup, RoomRegistry
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
        recorder: Recorder | None = None,
        librarian: Librarian | None = None,
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
        self._recorder = recorder or Forgetful()
        self._librarian = librarian
        self._last_id = self._recorder.last_id
        self._now = self._recorder.last_time  # seconds since 1970, the same for a batch
        self._untidy = True

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
            self._recorder.close()
        except BaseException as error:
            _log.critical("the hub died\n%s", trace(error))
            self._on_death()

    def _serve(self) -> bool:
        self._inbox.wait(0 if self._untidy else BEAT_SECONDS)
        self.beat = time.monotonic()
        batches = self._inbox.drain(BATCH)
        # The wall clock may be set back; the stamps of the order never go back with it.
        self._now = max(self._now, self._clock())
        steps = [self._sequence(*wish) for batch in batches for wish in batch or ()]
        self._record(steps)
        self._post(steps)
        self._untidy = bool(steps) or self._recorder.tidy(self._now)
        return None not in batches

    def _sequence(self, origin: Peer, request: requests.Request) -> Step:
        """Give a wish its place in the order and the registry's answer."""
        self._last_id += 1
        deliveries = self._registry.apply(origin, request, self._last_id, self._now)
        if type(request) in _REPORTED:
            _report(request, deliveries)
        if type(request) is requests.Enter:
            deliveries += self._kept(origin, deliveries)
        return Step(origin, request, deliveries)

    def _kept(self, origin: Peer, deliveries: Sequence[Delivery]) -> list[Delivery]:
        """Return what has waited for somebody who has just come."""
        for delivery in deliveries:
            match delivery:
                case Direct(event=events.Entered(nick=nick)):
                    lines = tuple(self._recorder.kept_for(nick))
                    return [Direct(origin, events.Kept(lines))] if lines else []
        return []

    # Seen means stored: the commit is before the deliveries.

    def _record(self, steps: list[Step]) -> None:
        try:
            self._recorder.record(steps)
        except NotSaved as error:
            for step in reversed(steps):
                self._take_back(step, error)

    def _take_back(self, step: Step, error: NotSaved) -> None:
        """What could not be stored has not happened; who comes and goes still does."""
        if step.deliveries and isinstance(
            step.request, requests.Say | requests.Tell | requests.SetTopic
        ):
            for delivery in step.deliveries:
                match delivery:
                    case Broadcast(event=events.TopicSet(room=room, before=before)):
                        self._registry.set_topic(room, before)
                    case Direct(event=events.Refused()):
                        return  # it was refused anyway
            step.deliveries = [Direct(step.origin, events.Refused(step.request, error))]
        elif isinstance(step.request, requests.Enter):
            step.deliveries = [
                delivery
                for delivery in step.deliveries
                if not (isinstance(delivery, Direct) and isinstance(delivery.event, events.Kept))
            ]

    def _post(self, steps: list[Step]) -> None:
        parcels: dict[Any, list[Parcel]] = {}
        for step in steps:
            for delivery in step.deliveries:
                if isinstance(delivery, Broadcast):
                    for home, peers in delivery.audience:
                        parcels.setdefault(home, []).append((peers, delivery.event))
                elif isinstance(delivery, Direct):
                    home = delivery.peer.home
                    parcels.setdefault(home, []).append((delivery.peer, delivery.event))
                elif self._librarian:
                    # What was said before is stored by now, so it will be found.
                    self._librarian.look_up(delivery)
        for home, some in parcels.items():
            cast(Home, home).post(some)


_REPORTED = frozenset({requests.Enter, requests.Rename, requests.Quit})


def _report(request: requests.Request, deliveries: Sequence[Delivery]) -> None:
    """Log who came, who left and why; never what was said, so not a person's last words either."""
    for delivery in deliveries:
        if isinstance(delivery, Lookup):
            continue
        match request, delivery.event:
            case requests.Enter(address=address), events.Entered(nick=nick):
                _log.info("%s came from %s", nick, address)
            case requests.Rename(), events.YouRenamed(old=old, new=new):
                _log.info("%s is now %s", old, new)
            case requests.Quit(why=why), events.Gone(nick=nick):
                _log.info("%s left (%s)", nick, why)
