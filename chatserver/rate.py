"""TokenBucket: how much one may do at once, and how fast after that."""

from chatserver.limits import Limits

_ROUNDING = 1e-9  # seconds that sums of parts of seconds may be wrong by


class TokenBucket:
    """So many at once, then so many a second. It may go into debt, which has to be waited off.

    Debt is what limits by not reading need: what has been read has been read, so it is taken in
    full, and the next read waits until the level is back at zero. Times are in seconds of any
    clock that never goes back. What is known of a bucket is when it will be full (as in the
    generic cell rate algorithm, ITU-T I.371): so time fills it without anybody's doing.
    """

    __slots__ = ("_burst", "_full_at", "_per_second")

    def __init__(self, burst: float, per_second: float, now: float) -> None:
        self._burst = burst
        self._per_second = per_second
        self._full_at = now

    def take(self, amount: float, now: float) -> None:
        """Take an amount, into debt if need be."""
        self._full_at = max(self._full_at, now) + amount / self._per_second

    def ready_at(self, amount: float, now: float) -> float:
        """Return when so much can be had without debt: `now`, or a time to come."""
        left = max(self._burst - amount, 0)
        at = self._full_at - left / self._per_second
        return at if at > now + _ROUNDING else now


def line_bucket(limits: Limits, now: float) -> TokenBucket | None:
    """Return a full bucket of lines; None where there is no limit."""
    rate = limits.rate
    return TokenBucket(rate.lines_burst, rate.lines_per_second, now) if rate else None


def byte_bucket(limits: Limits, now: float) -> TokenBucket | None:
    """Return a full bucket of bytes; None where there is no limit."""
    rate = limits.rate
    return TokenBucket(rate.bytes_burst, rate.bytes_per_second, now) if rate else None
