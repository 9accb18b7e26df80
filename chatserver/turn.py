"""Turn: whose turn it is, the client's to go on or the server's to answer. Sans I/O."""

from collections.abc import Callable
from math import inf
from typing import Generic, TypeVar

from chatserver.rate import TokenBucket

Request = TypeVar("Request")
Item = TypeVar("Item")


class Turn(Generic[Request, Item]):
    """What one client waits for, so that it is answered in the order in which it has spoken.

    A request that is *asked* is waited for: nothing more of the client's is acted on until its
    answer is there. What is *sent* is not, only its refusal comes back; so what may not overtake it
    waits behind a request of its own, which is answered in its turn. The rate makes wait as well.

    Attributes:
        open: whether it is the client's turn. It is kept, since it is asked more than it changes.
        closed: whether it will never be the client's turn again.
        asked: what is waited for.
        in_flight: something was sent, not asked, since the last answer.
        held: what is acted on first when it is the client's turn again.
        resume_at: until when the rate makes wait, in seconds of the caller's clock; else `inf`.
    """

    __slots__ = (
        "_bucket",
        "_catch_up",
        "_submit",
        "asked",
        "closed",
        "held",
        "in_flight",
        "open",
        "resume_at",
    )

    def __init__(
        self,
        submit: Callable[[Request], None],
        catch_up: Callable[[], Request],
        bucket: TokenBucket | None,
    ) -> None:
        """`catch_up` makes a request that is answered when all before it is done."""
        self._submit = submit
        self._catch_up = catch_up
        self._bucket = bucket
        self.open = True
        self.closed = False
        self.asked: Request | None = None
        self.in_flight = False
        self.held: Item | None = None
        self.resume_at = inf

    def ask(self, request: Request) -> None:
        """Send a request and wait for its answer."""
        self.asked = request
        self.open = False
        self._submit(request)

    def send(self, request: Request, /) -> None:
        """Send a request that has no answer but a refusal."""
        self.in_flight = True
        self._submit(request)

    def answered(self, request: Request) -> bool:
        """Whether that request was waited for; it is not any more."""
        if request is not self.asked:
            return False
        self.asked = None
        self.in_flight = False
        self._reopen()
        return True

    def wait_behind(self, item: Item) -> None:
        """Hold an item until all that was sent before it is done."""
        self.held = item
        self.ask(self._catch_up())

    def affords(self, item: Item, cost: float, now: float) -> bool:
        """Take what an item costs; False: the rate does not allow it yet, so it is held."""
        bucket = self._bucket
        if bucket is not None:
            at = bucket.ready_at(cost, now)
            if at > now:
                self.held, self.resume_at, self.open = item, at, False
                return False
            bucket.take(cost, now)
        self.held = None
        return True

    def owes(self, cost: float, now: float) -> bool:
        """Take what an item costs without waiting; what comes next waits the longer."""
        if self._bucket is not None:
            self._bucket.take(cost, now)
        self.held = None
        return True

    def resume(self, now: float) -> None:
        """It is that late: the rate may have been waited for long enough."""
        if self.resume_at <= now:
            self.resume_at = inf
            self._reopen()

    def govern(self, bucket: TokenBucket | None) -> None:
        """Let another rate hold; what the old one has asked for is not waited for."""
        self._bucket = bucket
        self.resume_at = inf
        self._reopen()

    def close(self) -> None:
        """Act on nothing more of the client's; what is asked from now on is still answered."""
        self.closed = True
        self.open = False
        self.asked = self.held = None
        self.resume_at = inf

    def _reopen(self) -> None:
        self.open = self.asked is None and self.resume_at == inf and not self.closed
