"""Gatekeeper: compares passwords, in helper threads, since a hash takes its time on purpose."""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore, Lock

from chatserver.chat import answers, requests
from chatserver.chat.deliveries import Lookup
from chatserver.chat.errors import ChatError, TooBusy, TooManyTries
from chatserver.chat.recorder import Librarian
from chatserver.faults import trace
from chatserver.house import House
from chatserver.passwords import is_one_of, matches
from chatserver.rate import TokenBucket

HELPERS = 2
QUEUE = 16  # comparisons that may wait; more are refused, so that nobody can fill the memory

TRIES_A_MINUTE = 3  # wrong passwords for one name
NAMES_KEPT = 1024  # whose tries are counted; more only somebody who guesses names can make

_log = logging.getLogger("chatserver")


class Gatekeeper:
    """Answers Authenticate, and passes every other question on to the librarian."""

    def __init__(self, house: House, librarian: Librarian) -> None:
        self._house = house
        self._librarian = librarian
        self._helpers = ThreadPoolExecutor(HELPERS, thread_name_prefix="gatekeeper")
        self._places = BoundedSemaphore(HELPERS + QUEUE)
        self._tries = Tries()

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
            TooManyTries: so many were wrong for that name that it has to wait.
            TooBusy: so many wait already.
        """
        if request.name:
            self._tries.take(request.name)
        if not self._places.acquire(blocking=False):
            raise TooBusy("log-ins")
        self._helpers.submit(self._compare, lookup, request)

    def _compare(self, lookup: Lookup, request: requests.Authenticate) -> None:
        right = False
        try:
            right = self._is_right(request)
        except Exception as error:
            _log.error("fault while a password was compared\n%s", trace(error))
        finally:
            self._places.release()
        _answer(lookup, answers.Authenticated(request, right))

    def _is_right(self, request: requests.Authenticate) -> bool:
        config = self._house.config
        if not request.name:
            return matches(config.server.password, request.password)
        people = {operator.name: operator.password for operator in config.operators}
        right = is_one_of(people, request.name, request.password)
        if right:
            self._tries.forget(request.name)
        elif request.name in people:  # what else people type, no log needs to know
            _log.warning("A wrong password for the operator %s was tried", request.name)
        return right


class Tries:
    """How often passwords were tried for a name, whether anybody has it or not.

    Any thread may call it. Times are monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._buckets: OrderedDict[str, TokenBucket] = OrderedDict()

    def take(self, name: str) -> None:
        """Count one more.

        Raises:
            TooManyTries: there were too many in the last minute; this one is not counted.
        """
        now = self._clock()
        with self._lock:
            bucket = self._buckets.get(name)
            if bucket is None:
                bucket = self._buckets[name] = TokenBucket(TRIES_A_MINUTE, TRIES_A_MINUTE / 60, now)
            self._buckets.move_to_end(name)
            if len(self._buckets) > NAMES_KEPT:
                self._buckets.popitem(last=False)
            if bucket.ready_at(1, now) > now:
                raise TooManyTries
            bucket.take(1, now)

    def forget(self, name: str) -> None:
        """Somebody has shown that the name is theirs."""
        with self._lock:
            self._buckets.pop(name, None)


def _answer(lookup: Lookup, answer: answers.Answer) -> None:
    lookup.peer.home.post([(lookup.peer, answer)])
