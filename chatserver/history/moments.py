"""Moments: when a clock has shown what a person writes, over the days on which clocks change.

A zone of None is that of this machine, with its own rules for summer and winter. Moments are
seconds since the epoch.
"""

from bisect import bisect_left
from datetime import datetime, timedelta, tzinfo


def moments_of(wall: datetime, zone: tzinfo | None) -> tuple[float, float]:
    """Return when a clock of that zone shows this for the first time, and for the last.

    They differ where the clock is set back over it. Where it is set forward over it, so that it
    never shows it, both are the moment at which that is done.
    """
    first, last = (wall.replace(tzinfo=zone, fold=fold).timestamp() for fold in (0, 1))
    if first <= last:
        return first, last
    # PEP 495, "Mind the gap": in the gap fold=0 is what comes after it, and fold=1 before.
    start = int(last)
    between = range(start, int(first) + 1)
    jump = start + bisect_left(between, True, key=lambda at: _wall(at, zone) >= wall)
    return float(jump), float(jump)


def day_begins(text: str, zone: tzinfo | None, later: int = 0) -> float:
    """Return when a day such as 2026-11-20 begins, or the one so many days after it.

    Raises:
        ValueError: it is no day that there ever is.
    """
    try:
        day = datetime.strptime(text, "%Y-%m-%d") + timedelta(days=later)
        return moments_of(day, zone)[0]
    except OverflowError as error:
        raise ValueError(text) from error


def last_at(text: str, zone: tzinfo | None, now: float) -> float:
    """Return when it was a time of day such as 12:30 last.

    Raises:
        ValueError: it is no time of day.
    """
    wanted = datetime.strptime(text, "%H:%M").time()
    today = _wall(now, zone).date()
    return max(
        moment
        for day in (today, today - timedelta(days=1))
        for moment in moments_of(datetime.combine(day, wanted), zone)
        if moment <= now
    )


def _wall(at: float, zone: tzinfo | None) -> datetime:
    return datetime.fromtimestamp(at, zone).replace(tzinfo=None)
