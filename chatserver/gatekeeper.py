"""Gatekeeper: compares passwords, in helper threads, since a hash takes its time on purpose."""

import logging
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore

from chatserver.chat import answers, requests
from chatserver.chat.deliveries import Lookup
from chatserver.chat.errors import ChatError, TooBusy
from chatserver.chat.recorder import Librarian
from chatserver.faults import trace
from chatserver.guesses import Guesses, Place, place_of
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
        self._guesses = Guesses(lambda: house.limits)

    def look_up(self, lookup: Lookup) -> None:
        """Find the answer and post it to the one who asks, without keeping the caller."""
        request = lookup.request
        if not isinstance(request, requests.Authenticate):
            self._librarian.look_up(lookup)
            return
        try:
            self._begin(lookup, request)
        except ChatError as error:
            _answer(lookup, answers.Refused(request, error))

    def close(self) -> None:
        """Answer nobody any more."""
        self._helpers.shutdown(cancel_futures=True)

    def _begin(self, lookup: Lookup, request: requests.Authenticate) -> None:
        """Let a helper compare.

        Raises:
            TooManyTries: so many were wrong from that address that it has to wait.
            TooBusy: so many wait already.
        """
        place = place_of(request.address, exempt_loopback=self._house.limits.exempt_loopback)
        self._guesses.begin(request.name, place)
        if not self._places.acquire(blocking=False):
            raise TooBusy("log-ins")
        self._helpers.submit(self._compare, lookup, request, place)

    def _compare(self, lookup: Lookup, request: requests.Authenticate, place: Place) -> None:
        right = False
        try:
            right = self._is_right(request)
        except Exception as error:
            _log.error("fault while a password was compared\n%s", trace(error))
        finally:
            self._places.release()
        self._guesses.end(request.name, place, right=right)
        _answer(lookup, answers.Authenticated(request, right))

    def _is_right(self, request: requests.Authenticate) -> bool:
        config = self._house.config
        if not request.name:
            return matches(config.server.password, request.password)
        people = {operator.name: operator.password for operator in config.operators}
        right = is_one_of(people, request.name, request.password)
        if not right and request.name in people:  # what else people type, no log needs to know
            _log.warning("A wrong password for the operator %s was tried", request.name)
        return right


def _answer(lookup: Lookup, answer: answers.Answer) -> None:
    lookup.peer.home.post([(lookup.peer, answer)])
