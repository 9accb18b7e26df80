"""Gatekeeper: compares passwords, in helper threads, since a hash takes its time on purpose."""

import logging
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore

from chatserver.chat import events, requests
from chatserver.chat.deliveries import Lookup
from chatserver.chat.errors import TooBusy
from chatserver.chat.recorder import Librarian
from chatserver.faults import trace
from chatserver.house import House
from chatserver.passwords import is_one_of, matches

HELPERS = 2
QUEUE = 16  # comparisons that may wait; more are refused, so that nobody can fill the memory

_log = logging.getLogger("chatserver")


class Gatekeeper:
    """Answers Authenticate, and passes every other question on to the librarian."""

    def __init__(self, house: House, librarian: Librarian) -> None:
        self._house = house
        self._librarian = librarian
        self._helpers = ThreadPoolExecutor(HELPERS, thread_name_prefix="gatekeeper")
        self._places = BoundedSemaphore(HELPERS + QUEUE)

    def look_up(self, lookup: Lookup) -> None:
        """Find the answer and post it to the one who asks, without keeping the caller."""
        if not isinstance(lookup.request, requests.Authenticate):
            self._librarian.look_up(lookup)
        elif self._places.acquire(blocking=False):
            self._helpers.submit(self._compare, lookup, lookup.request)
        else:
            _answer(lookup, events.Refused(lookup.request, TooBusy("log-ins")))

    def close(self) -> None:
        """Answer nobody any more."""
        self._helpers.shutdown(cancel_futures=True)

    def _compare(self, lookup: Lookup, request: requests.Authenticate) -> None:
        right = False
        try:
            right = self._is_right(request)
        except Exception as error:
            _log.error("fault while a password was compared\n%s", trace(error))
        finally:
            self._places.release()
        _answer(lookup, events.Authenticated(request, right))

    def _is_right(self, request: requests.Authenticate) -> bool:
        config = self._house.config
        if not request.name:
            return matches(config.server.password, request.password)
        people = {operator.name: operator.password for operator in config.operators}
        return is_one_of(people, request.name, request.password)


def _answer(lookup: Lookup, answer: events.Answer) -> None:
    lookup.peer.home.post([(lookup.peer, answer)])
