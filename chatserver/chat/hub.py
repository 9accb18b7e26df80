"""Hub: owns the registry and puts everything into one order."""

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import chain
from threading import Lock, Thread
from typing import Any, Protocol, cast

from msgspec import structs

from chatserver.chat import answers, events, lookups, requests
from chatserver.chat.deliveries import Broadcast, Delivery, Direct, Lookup
from chatserver.chat.errors import BoxFull, NotForgotten, NotFound, NotSaved
from chatserver.chat.names import fold, in_one_spelling
from chatserver.chat.recorder import Forgetful, Librarian, NotNow, Recorder, Step
from chatserver.chat.redaction import Errand
from chatserver.chat.registry import RoomRegistry
from chatserver.chat.reports import report
from chatserver.chat.room import Peer
from chatserver.faults import trace
from chatserver.inbox import Inbox

BATCH = 400
BEAT_SECONDS = 1.0
# So long after a wish the next one is likely to come, and must not find the hub tidying up.
QUIET_SECONDS = 0.05

Wish = tuple[Peer, requests.Request]
# Whom (one peer, or those of an audience that live together) and what they are told.
Parcel = tuple[Peer | tuple[Peer, ...], events.Event]

_NO_HELPER = "This cannot be looked up now; try again in a moment."

_log = logging.getLogger("chatserver")


class Home(Protocol):
    """Where peers live: it carries parcels to them in the order they are posted."""

    def post(self, parcels: list[Parcel]) -> None:
        """Take over what these peers are told."""


class Hub(Thread):
    """Takes wishes from every worker, applies them one by one, posts what follows.

    Any thread may call `submit`, `work` and `stop`; all else belongs to the thread whose turn it
    is. That is whoever brings wishes while nobody is at it and the disk is prompt, or else the
    hub's own thread, which also tidies up while nobody wishes anything. So a message seldom waits
    for a thread to be woken, and no worker waits for a slow disk twice.

    What is posted is posted once per batch and home, not once per person.
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
        self._turn = Lock()
        self._over = False
        self._recorder = recorder or Forgetful()
        self._librarian = librarian
        self._last_id = self._recorder.last_id
        for nick, count in self._recorder.waiting_for().items():
            registry.count_waiting(nick, count)
        self._now = self._recorder.last_time  # seconds since 1970, the same for a batch
        self._patience = QUIET_SECONDS
        self._worked_at = 0.0  # when somebody last wished anything, monotonic
        # The batch in hand: what is not stored and posted yet, and whether some of that would show
        # in answers to others.
        self._steps: list[Step] = []
        self._unsettled = False
        self._line: Sequence[Wish] = ()  # what has no place in the order yet

    def submit(self, wishes: Sequence[Wish]) -> None:
        """Put wishes in line, in this order, for the hub's thread."""
        self._inbox.put(wishes)

    def work(self, wishes: Sequence[Wish]) -> None:
        """Put wishes in line; do the hub's work at once, unless somebody is at it or it may take
        long: that is for the hub's thread.
        """
        self._inbox.add(wishes)
        left = True
        if self._recorder.prompt and self._turn.acquire(blocking=False):
            try:
                left = self._take_turn(patient=False)
            except BaseException as error:  # no fault of the thread that calls
                self._die(error)
            finally:
                self._turn.release()
        if left or len(self._inbox):
            self._inbox.wake()

    def stop(self) -> None:
        """Finish everything in line, then end; the caller joins the thread."""
        self._inbox.put(None)

    def run(self) -> None:
        """Serve until stopped. A fault here may have torn the state: say so and end."""
        try:
            while self._serve():
                pass
        except BaseException as error:
            self._die(error)

    def _die(self, error: BaseException) -> None:
        self._over = True
        _log.critical("the hub died\n%s", trace(error))
        self._inbox.wake()
        self._on_death()

    def _serve(self) -> bool:
        """Do a round of the thread; return whether there is another."""
        self._inbox.wait(self._patience)
        self.beat = now = time.monotonic()
        with self._turn:
            self._take_turn(patient=True)
            restless = self._worked_at + QUIET_SECONDS - now
            self._patience = min(restless, QUIET_SECONDS) if restless > 0 else self._tidy()
        return not self._over

    def _take_turn(self, *, patient: bool) -> bool:
        """Do what is in line; return whether something is left that needs patience."""
        if self._over:
            return False
        batches = self._inbox.drain(BATCH)
        if batches:
            self._worked_at = time.monotonic()
        # The wall clock may be set back; the stamps of the order never go back with it.
        # They are kept in milliseconds, so that is how they are told.
        self._now = max(self._now, round(self._clock(), 3))
        ends = None in batches
        wishes = chain(self._line, *(batch or () for batch in batches))
        try:
            self._carry_out(wishes, patient or ends)
        except NotNow:
            return True
        if ends:
            self._recorder.close()
            self._over = True
        return False

    def _carry_out(self, wishes: Iterator[Wish], patient: bool) -> None:
        """Sequence wishes, store and post what follows.

        Raises:
            NotNow: the rest waits for who has patience; nothing of it is lost.
        """
        self._line = ()
        for origin, request in wishes:
            try:
                self._sequence(origin, request, patient)
            except NotNow:
                self._line = ((origin, request), *wishes)
                raise
        self._settle(patient=patient)

    def _tidy(self) -> float:
        """Tidy up a bit, since nobody has wished anything for a moment; return how long to wait."""
        if self._over:
            return 0.0
        return 0.0 if self._recorder.tidy(self._now) else BEAT_SECONDS

    def _sequence(self, origin: Peer, request: requests.Request, patient: bool) -> None:
        """Give a wish its place in the order and the registry's answer, or raise NotNow before."""
        kind = type(request)
        if kind in _REVEALING:
            self._prepare(request, patient)
        self._last_id += 1
        deliveries = self._registry.apply(origin, request, self._last_id, self._now)
        step = Step(origin, request, deliveries)
        if kind in _SPECIAL:
            self._attend(step)
        self._steps.append(step)
        if kind is requests.RenameRoom:
            self._settle()  # or it is undone, before anything happens under the new name

    def _prepare(self, request: requests.Request, patient: bool) -> None:
        """Do what is to be done before a wish whose answer shows what was stored."""
        if self._unsettled or isinstance(request, requests.RenameRoom):
            self._settle(patient=patient)
        if isinstance(request, requests.RenameRoom):
            self._look_for_lines(request)

    def _settle(self, *, patient: bool = True) -> None:
        """Store and post what is sequenced so far.

        Raises:
            NotNow: that may take long, and there is no patience. All is as it was.
        """
        if not (patient or self._recorder.prompt):
            raise NotNow
        self.beat = time.monotonic()  # one wait for the disk after another is no hanging
        steps = self._steps
        self._record(steps, patient=patient)
        self._steps, self._unsettled = [], False
        self._post(steps)

    def _attend(self, step: Step) -> None:
        """Do what there is to do for a rare wish besides the registry's answer."""
        report(step.request, step.deliveries)
        match step.request:
            case requests.Enter() | requests.Rename():
                step.deliveries += self._named(step.origin, step.deliveries)
            case requests.Acknowledge(nick=nick, through=through):
                self._recorder.hand_over(nick, through)
                self._recount(nick)
            case requests.Tell():
                self._try_again(step)
                self._unsettled |= any(map(_waits, step.deliveries))
            case requests.SetTopic():
                self._unsettled = True
            case lookups.MarkRead():
                step.deliveries = [self._mark(delivery) for delivery in step.deliveries]
            case requests.RenameRoom():
                step.deliveries = [self._with_marks(delivery) for delivery in step.deliveries]
            case requests.Forget() as order:
                self._settle()  # it holds for all that was said before it
                self._forget(step, order)

    def _named(self, origin: Peer, deliveries: Sequence[Delivery]) -> list[Delivery]:
        """See whose nick it is that somebody has just taken; return what has waited for them."""
        for delivery in deliveries:
            match delivery:
                case Direct(
                    event=answers.Entered(nick=nick, mask=mask)
                    | answers.YouRenamed(new=nick, mask=mask)
                ):
                    since = self._recorder.hold(nick, mask, self._last_id, self._now)
                    self._registry.hold(origin, since)
                    lines = self._registry.give(origin, nick, self._recorder.kept_for(nick))
                    return [Direct(origin, events.Kept(lines))] if lines else []
        return []

    def _recount(self, nick: str) -> None:
        self._registry.set_waiting(nick, self._recorder.count_waiting(nick))

    def _try_again(self, step: Step) -> None:
        """Where too many messages seem to wait for somebody, some may have been erased since."""
        match step.deliveries:
            case [Direct(event=answers.Refused(error=BoxFull(nicks=nicks)))]:
                self._settle()  # what was said before counts
                for nick in nicks:
                    self._recount(nick)
                step.deliveries = self._registry.apply(
                    step.origin, step.request, self._last_id, self._now
                )

    def _look_for_lines(self, request: requests.RenameRoom) -> None:
        """Let the registry know whether the name that a room is to have was another's."""
        name = in_one_spelling(request.new)
        try:
            kept = self._recorder.has_lines(name)
        except NotSaved as error:
            _log.warning("whether a name was another room's cannot be read now: %s", error)
            kept = True
        self._registry.note_lines(name, kept=kept)

    def _with_marks(self, delivery: Delivery) -> Delivery:
        """Add to the news of a room's other name until when its members have read there."""
        match delivery:
            case Broadcast(audience, events.RoomRenamed(old=old, members=members) as news):
                marks: dict[str, float] = {}
                for member in members:
                    with suppress(NotSaved):
                        if at := self._recorder.read_until(member.nick, old):
                            marks[fold(member.nick)] = at
                return Broadcast(audience, structs.replace(news, read_until=marks))
        return delivery

    def _mark(self, delivery: Delivery) -> Delivery:
        """Answer until when somebody has read, who may say it; nobody has read what is to come."""
        match delivery:
            case Lookup(peer, lookups.MarkRead(target=target, at=at) as request, nick):
                try:
                    if at is None:
                        known = self._recorder.read_until(nick, target)
                    else:
                        known = self._recorder.mark_read(nick, target, min(at, self._now))
                except NotSaved as error:
                    return Direct(peer, answers.Refused(request, error))
                return Direct(peer, answers.ReadUntil(request, target, known))
        return delivery

    # Seen means stored: the commit is before the deliveries.

    def _record(self, steps: list[Step], *, patient: bool) -> None:
        """Raises NotNow, where there is no patience."""
        try:
            self._recorder.record(steps, patient=patient)
        except NotSaved as error:
            for step in reversed(steps):
                self._take_back(step, error)

    def _take_back(self, step: Step, error: NotSaved) -> None:
        """What could not be stored has not happened; who comes and goes still does."""
        if step.deliveries and isinstance(
            step.request,
            requests.Say
            | requests.Tell
            | requests.Tag
            | requests.SetTopic
            | requests.TakeBack
            | requests.RenameRoom,
        ):
            for delivery in step.deliveries:
                match delivery:
                    case Broadcast(event=events.TopicSet(room=room, before=before)):
                        self._registry.set_topic(room, before)
                    case Broadcast(event=events.RoomRenamed(old=old, new=new)):
                        self._registry.rename_room(new, old)
                    case Direct(event=answers.TellDone(waited=waited)):
                        for nick in waited:
                            self._registry.count_waiting(nick, -1)
                    case Direct(event=answers.Refused()):
                        return  # it was refused anyway
            asked = step.request
            about = asked.redact if isinstance(asked, requests.TakeBack) else asked
            step.deliveries = [Direct(step.origin, answers.Refused(about, error))]

    def _forget(self, step: Step, order: requests.Forget) -> None:
        try:
            self._registry.keep_topics(self._recorder.forget(order))
            _log.info("Forgetting a part of the history, as was asked")
        except NotForgotten as error:
            step.deliveries = [Direct(step.origin, answers.Refused(order, error))]

    def _errand(self, lookup: Lookup) -> Lookup:
        """Let the answer come to the hub where it is the first of two steps."""
        if not isinstance(lookup.request, requests.Redact):
            return lookup
        errand = Errand(lookup.peer, self.submit)
        return structs.replace(lookup, peer=errand)

    def _post(self, steps: list[Step]) -> None:
        """Tell everybody; then have looked up what was asked, lest an answer overtake the rest."""
        questions: list[Lookup] = []
        parcels: defaultdict[Any, list[Parcel]] = defaultdict(list)
        for step in steps:
            for delivery in step.deliveries:
                if isinstance(delivery, Broadcast):
                    event = delivery.event
                    for home, peers in delivery.audience:
                        parcels[home].append((peers, event))
                elif isinstance(delivery, Direct):
                    parcels[delivery.peer.home].append((delivery.peer, delivery.event))
                else:
                    questions.append(delivery)
        for home, some in parcels.items():
            cast(Home, home).post(some)
        for question in questions:
            self._ask(question)

    def _ask(self, question: Lookup) -> None:
        """Have a helper find the answer. Where no thread can be started for it, that is said."""
        if self._librarian is None:
            return
        try:
            self._librarian.look_up(self._errand(question))
        except RuntimeError as error:
            _log.error("what was asked cannot be looked up: %s", error)
            answer = answers.Refused(question.request, NotFound(_NO_HELPER))
            question.peer.home.post([(question.peer, answer)])


_SPECIAL = frozenset(
    {
        requests.Enter,
        requests.Rename,
        requests.Acknowledge,
        requests.Quit,
        requests.Kill,
        requests.BecomeOperator,
        requests.Tell,
        requests.SetTopic,
        lookups.MarkRead,
        requests.Forget,
        requests.RenameRoom,
    }
)
# The answers show topics, or what has waited for somebody, or it is counted: as it is stored, so
# that nobody sees what is then taken back.
_REVEALING = frozenset(
    {
        requests.Enter,
        requests.Rename,
        requests.Acknowledge,
        requests.Join,
        requests.AskTopic,
        requests.ListRooms,
        requests.RenameRoom,
    }
)


def _waits(delivery: Delivery) -> bool:
    """Whether this is the answer to who has written to somebody that is not here."""
    match delivery:
        case Direct(event=answers.TellDone(waited=waited)):
            return bool(waited)
    return False
