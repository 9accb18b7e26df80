"""Pace: how often the screen may be drawn."""

from __future__ import annotations


class Pace:
    """So many drawings a second, of which some may come in a row.

    In no second there are more than `rate` and `burst` together.
    """

    __slots__ = ("_burst", "_filled_at", "_left", "_rate")

    def __init__(self, rate: float, burst: int) -> None:
        self._rate = rate
        self._burst = burst
        self._left = float(burst)
        self._filled_at = 0.0

    def drawn(self, now: float) -> None:
        """One was made, at a time in seconds."""
        self._fill(now)
        self._left -= 1

    def wait(self, now: float) -> float:
        """Return the seconds until the next may be made."""
        self._fill(now)
        return max(1 - self._left, 0.0) / self._rate

    def _fill(self, now: float) -> None:
        since = max(now - self._filled_at, 0.0)
        self._left = min(self._left + since * self._rate, float(self._burst))
        self._filled_at = now
