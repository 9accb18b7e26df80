"""HistoryLibrarian: answers questions about what was said, in helper threads."""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, tzinfo

from chatserver.chat import events, requests
from chatserver.chat.deliveries import Lookup
from chatserver.chat.errors import NotFound
from chatserver.chat.names import fold
from chatserver.faults import trace
from chatserver.history.departures import Departures
from chatserver.history.entries import Kind, Message
from chatserver.history.errors import BadQuery, HistoryError
from chatserver.history.query import parse
from chatserver.history.store import Reader

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
            answer = events.Refused(request, NotFound(str(error)))
        except Exception as error:
            # Whatever it is, somebody waits for an answer.
            if not isinstance(error, HistoryError):
                _log.error("fault in a look-up\n%s", trace(error))
            answer = events.Refused(request, NotFound(_UNREADABLE))
        lookup.peer.home.post([(lookup.peer, answer)])

    def _page(self, lookup: Lookup) -> events.Answer:
        request = lookup.request
        assert isinstance(request, requests.ReadHistory)
        (room,) = lookup.rooms
        count = min(request.count, PAGE_LINES)
        zone = request.zone or local_zone()
        if request.since:
            found, more = self._library.page_since(room, _day(request.since, zone), count), True
        else:
            before = request.before
            if request.until:
                before = self._library.id_at(_time_of_day(request.until, zone))
            found = self._library.page(room, before, count + 1) if count else []
            more = len(found) > count
        left_at = self._departures.of(lookup.nick, room) if request.returning else None
        missed = 0 if left_at is None else self._missed(request, room, left_at, found)
        lines = tuple(_line(message) for message in found[-count:])
        return events.HistoryPage(request, room, lines, more, left_at, missed)

    def _missed(
        self, request: requests.ReadHistory, room: str, left_at: int, found: Sequence[Message]
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

    def _search(self, lookup: Lookup) -> events.Answer:
        request = lookup.request
        assert isinstance(request, requests.Search)
        query = parse(request.text, request.zone or local_zone())
        rooms = {fold(room) for room in lookup.rooms}
        count = min(request.count, PAGE_LINES)
        found = self._library.search(query, rooms, count + 1, request.before)
        words = tuple(word for term in query.terms for word in term)
        lines = tuple(_line(message) for message in found[:count])
        return events.SearchFound(request, lines, words, len(found) > count)

    def _seen(self, lookup: Lookup) -> events.Answer:
        request = lookup.request
        assert isinstance(request, requests.AskSeen)
        seen = self._library.last_seen(request.nick)
        if seen is None:
            return events.SeenIs(request, request.nick, None, here=False)
        return events.SeenIs(request, seen.nick, seen.at, here=False)


_ANSWERS: dict[type[requests.Request], Callable[[HistoryLibrarian, Lookup], events.Answer]] = {
    requests.ReadHistory: HistoryLibrarian._page,
    requests.Search: HistoryLibrarian._search,
    requests.AskSeen: HistoryLibrarian._seen,
}


def _day(text: str, zone: tzinfo) -> float:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=zone).timestamp()
    except (ValueError, OverflowError):
        raise BadQuery(f"{text} is not a day; write it as 2026-11-20.") from None


def _time_of_day(text: str, zone: tzinfo) -> float:
    """Return when that time was last."""
    try:
        time = datetime.strptime(text, "%H:%M").time()
    except ValueError:
        raise BadQuery(f"{text} is not a time of day; write it as 12:30.") from None
    now = datetime.now(zone)
    then = datetime.combine(now.date(), time, zone)
    return (then if then <= now else then - timedelta(days=1)).timestamp()


def local_zone() -> tzinfo:
    """Return the zone of this machine as it is now."""
    return datetime.now().astimezone().tzinfo or UTC


def _line(message: Message) -> events.Line:
    if message.kind is Kind.TOPIC:
        return events.TopicSet(message.id, message.at, message.room, message.nick, message.text)
    action = message.kind is Kind.ACTION
    return events.Said(message.id, message.at, message.room, message.nick, message.text, action)
