"""TokenBucket: how much one may do at once, and how fast after that."""


class TokenBucket:
    """So many at once, then so many a second. It may go into debt, which has to be waited off.

    Debt is what limits by not reading need: what has been read has been read, so it is taken in
    full, and the next read waits until the level is back at zero. Times are in seconds of any
    clock that never goes back.
    """

    __slots__ = ("_at", "_burst", "_level", "_per_second")

    def __init__(self, burst: float, per_second: float, now: float) -> None:
        self._burst = burst
        self._per_second = per_second
        self._level = burst
        self._at = now

    def take(self, amount: float, now: float) -> None:
        """Take an amount, into debt if need be."""
        self._refill(now)
        self._level -= amount

    def ready_at(self, amount: float, now: float) -> float:
        """Return when so much can be had without debt: `now`, or a time to come."""
        self._refill(now)
        missing = min(amount, self._burst) - self._level
        return now if missing <= 1e-9 else now + missing / self._per_second

    def _refill(self, now: float) -> None:
        if now > self._at:
            gained = (now - self._at) * self._per_second
            self._level = min(self._burst, self._level + gained)
            self._at = now
