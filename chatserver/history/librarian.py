"""HistoryLibrarian: answers questions about what was said, in helper threads."""

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import tzinfo
from typing import TypeVar

from chatserver.chat import answers, events, lookups, requests
from chatserver.chat.deliveries import Lookup
from chatserver.chat.errors import NoSuchMessage, NotFound
from chatserver.chat.names import fold
from chatserver.faults import trace
from chatserver.history.departures import Departures
from chatserver.history.entries import Message, Pair
from chatserver.history.errors import BadQuery, HistoryError
from chatserver.history.moments import day_begins, last_at
from chatserver.history.query import SearchQuery, parse
from chatserver.history.replay import line, replay, with_mask
from chatserver.history.selecting import is_in, search_private, select
from chatserver.history.store import Reader
from chatserver.history.words import words

E = TypeVar("E", bound=events.Event)

PAGE_LINES = 500  # most lines of one answer
HELPERS = 2

_log = logging.getLogger("chatserver")
_UNREADABLE = "The history cannot be read now; try again in a moment."


class HistoryLibrarian:
    """Fulfils chat.recorder.Librarian. `look_up` may be called by any thread."""

    def __init__(self, library: Reader, departures: Departures) -> None:
        self._library = library
        self._departures = departures
        self._helpers = ThreadPoolExecutor(HELPERS, thread_name_prefix="librarian")

    def look_up(self, lookup: Lookup) -> None:
        """Find the answer and post it to the one who asks, without keeping the caller."""
        self._helpers.submit(self._serve, lookup)

    def close(self) -> None:
        """Answer nobody any more."""
        self._helpers.shutdown(cancel_futures=True)
        self._library.close()

    def _serve(self, lookup: Lookup) -> None:
        request = lookup.request
        try:
            answer = _ANSWERS[type(request)](self, lookup)
        except BadQuery as error:
            answer = answers.Refused(request, NotFound(str(error)))
        except Exception as error:
            # Whatever it is, somebody waits for an answer.
            if not isinstance(error, HistoryError):
                _log.error("fault in a look-up\n%s", trace(error))
            answer = answers.Refused(request, NotFound(_UNREADABLE))
        lookup.peer.home.post([(lookup.peer, answer)])

    def _page(self, lookup: Lookup) -> answers.Answer:
        request = lookup.request
        assert isinstance(request, lookups.ReadHistory)
        (room,) = lookup.rooms
        count = min(request.count, PAGE_LINES)
        if request.since:
            since = _day(request.since, request.zone)
            page = self._library.page_since(room, since, count)
            found, more = [message for message in page if message.id < lookup.id], True
        else:
            before = _before(lookup, request.before)
            if request.until:
                day = _time_of_day(request.until, request.zone)
                before = _before(lookup, self._library.id_at(day))
            found = self._library.page(room, before, count + 1) if count else []
            more = len(found) > count
        left_at = self._departures.of(lookup.nick, room) if request.returning else None
        missed = 0 if left_at is None else self._missed(request, room, left_at, found)
        lines = self._masked([line(message) for message in found[-count:]])
        return answers.HistoryPage(request, room, lines, more, left_at, missed)

    def _missed(
        self, request: lookups.ReadHistory, room: str, left_at: int, found: Sequence[Message]
    ) -> int:
        """Return how many lines came between the places at which somebody left and came back.

        Those that are `found`, the last ones before they came, are counted themselves where they
        reach back far enough; only then is it sure to be exact while others go on talking.
        """
        here = sum(message.id > left_at for message in found)
        if here < len(found) or here <= request.count or request.before is None:
            return here
        later = self._library.count_since(room, request.before - 1)
        return max(here, self._library.count_since(room, left_at) - later)

    def _search(self, lookup: Lookup) -> answers.Answer:
        request = lookup.request
        assert isinstance(request, lookups.Search)
        query = parse(request.text, request.zone)
        rooms = {fold(room) for room in lookup.rooms}
        count = min(request.count, PAGE_LINES)
        before = _before(lookup, request.before)
        found = self._library.search(query, rooms, count + 1, before)
        sought = tuple(word for term in query.terms for word in term)
        lines = self._masked([line(message) for message in found[:count]])
        return answers.SearchFound(request, lines, sought, len(found) > count)

    def _seen(self, lookup: Lookup) -> answers.Answer:
        request = lookup.request
        assert isinstance(request, lookups.AskSeen)
        seen = self._library.last_seen(request.nick)
        if seen is None:
            return answers.SeenIs(request, request.nick, None, here=False)
        return answers.SeenIs(request, seen.nick, seen.at, here=False)

    def _past(self, lookup: Lookup) -> answers.Answer:
        request = lookup.request
        assert isinstance(request, lookups.ReadPast)
        where, name = _place(lookup, request.target)
        since, asked_at = lookup.held_since, lookup.id
        found = select(self._library, where, request, PAGE_LINES, since, asked_at)
        lines = self._masked([replay(record, _pair(where)) for record in found])
        return answers.PastIs(request, _spelled(name, lines, lookup.nick), lines)

    def _targets(self, lookup: Lookup) -> answers.Answer:
        """Find where something was said last between two times, counted from the first of them."""
        request = lookup.request
        assert isinstance(request, lookups.ListTargets)
        first, last = sorted((request.start, request.end))
        latest = self._library.latest(lookup.nick, lookup.rooms, lookup.held_since)
        found = sorted((one for one in latest if first < one[1] < last), key=lambda one: one[1])
        count = max(0, min(request.count, PAGE_LINES))
        forwards = request.start <= request.end
        some = found[:count] if forwards else found[max(0, len(found) - count) :]
        return answers.TargetsAre(request, tuple(some))

    def _search_past(self, lookup: Lookup) -> answers.Answer:
        request = lookup.request
        assert isinstance(request, lookups.SearchPast)
        query = SearchQuery(
            tuple((word,) for word in words(request.text)),
            (fold(request.nick),) if request.nick else (),
            (),
            request.start,
            # The bounds are included here, and stamps count milliseconds.
            None if request.end is None else request.end + 0.001,
            spoken=True,
        )
        count = max(0, min(request.count, PAGE_LINES))
        oldest = request.start is not None
        if request.target and not lookup.rooms:
            pair = (lookup.nick, request.target)
            places = lookup.held_since, lookup.id
            found = search_private(self._library, pair, query, count, *places, oldest=oldest)
            lines = [replay(message, pair) for message in found]
        else:
            rooms = {fold(room) for room in lookup.rooms}
            found = self._library.search(query, rooms, count, lookup.id, oldest=oldest)
            lines = [line(message) for message in found]
        shown = self._masked(lines if oldest else lines[::-1])
        return answers.PastIs(request, request.target, shown)

    def _masked(self, told: Sequence[E]) -> tuple[E, ...]:
        """Return events with who they are from: whoever has held the nick since, or lately did.

        Of others nothing is known but the nick. A program takes it for where somebody is who is
        still here, and would ban somebody else.
        """
        keys = [fold(events.doer(event)) for event in told]
        holders = self._library.holders(set(keys))
        return tuple(
            with_mask(event, holders.get(key)) for event, key in zip(told, keys, strict=True)
        )

    def _find(self, lookup: Lookup) -> answers.Answer:
        """Find what somebody wants to take back, where they say it was said."""
        request = lookup.request
        assert isinstance(request, requests.Redact)
        where, name = _place(lookup, request.target)
        found = self._library.find(request.message)
        if found is None or not is_in(found, where):
            return answers.Refused(request, NoSuchMessage())
        if not found.room and found.id <= lookup.held_since:
            return answers.Refused(request, NoSuchMessage())  # it was said to somebody else
        others = found.to if isinstance(found, Message) else (found.other,)
        to = () if isinstance(where, str) else others
        return answers.MessageFound(request, requests.TakeBack(request, name, found.nick, to))


_ANSWERS: dict[type[requests.Request], Callable[[HistoryLibrarian, Lookup], answers.Answer]] = {
    lookups.ReadHistory: HistoryLibrarian._page,
    lookups.Search: HistoryLibrarian._search,
    lookups.AskSeen: HistoryLibrarian._seen,
    lookups.ReadPast: HistoryLibrarian._past,
    lookups.ListTargets: HistoryLibrarian._targets,
    lookups.SearchPast: HistoryLibrarian._search_past,
    requests.Redact: HistoryLibrarian._find,
}


def _before(lookup: Lookup, id: int | None) -> int:
    """Return before which place to read. What has come since it was asked is told live to those
    whom it is for, and who asks may not be one of them any more.
    """
    return lookup.id if id is None else min(id, lookup.id)


def _place(lookup: Lookup, target: str) -> tuple[str | Pair, str]:
    """Return where it is to be looked: in a room or between two people; and what that is called."""
    if lookup.rooms:
        return lookup.rooms[0], lookup.rooms[0]
    return (lookup.nick, target), target


def _spelled(name: str, lines: Sequence[events.Event], own: str) -> str:
    """Return the name of somebody as it stands in the last of the lines they are in."""
    for told in reversed(lines):
        if isinstance(told, events.Told):
            return told.to if fold(told.nick) == fold(own) else told.nick
    return name


def _pair(where: str | Pair) -> Pair | None:
    return None if isinstance(where, str) else where


def _day(text: str, zone: tzinfo | None) -> float:
    try:
        return day_begins(text, zone)
    except ValueError:
        raise BadQuery(f"{text} is not a day; write it as 2026-11-20.") from None


def _time_of_day(text: str, zone: tzinfo | None) -> float:
    """Return when that time was last."""
    try:
        return last_at(text, zone, time.time())
    except ValueError:
        raise BadQuery(f"{text} is not a time of day; write it as 12:30.") from None
