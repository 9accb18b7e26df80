"""Days and times of day as people write them, where and when clocks are set forward or back."""

import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chatserver.history.moments import day_begins, last_at, moments_of
from chatserver.history.query import parse

HOUR = 60 * 60
# The last three change at midnight: set forward over it in Cairo and Santiago, back over it in
# Havana and Santiago. Lord Howe changes by half an hour; Kathmandu is 5:45 from UTC.
ZONES = (
    *("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"),
    *("Africa/Cairo", "America/Havana", "America/Santiago"),
)


class Here:
    """One zone, asked for in both ways there are: as it is, and as that of this machine."""

    def __init__(self, name: str, zone: tzinfo | None) -> None:
        self.zone = zone
        self._rules = ZoneInfo(name)

    def at(self, utc: str) -> float:
        """Return a moment that is given in UTC."""
        return datetime.fromisoformat(utc).replace(tzinfo=UTC).timestamp()

    def wall(self, at: float) -> datetime:
        """Return what the clock shows then."""
        return datetime.fromtimestamp(at, self._rules).replace(tzinfo=None)


@pytest.fixture(params=["as a zone", "as this machine's"])
def here(request: pytest.FixtureRequest) -> Iterator[Callable[[str], Here]]:
    before = os.environ.get("TZ")

    def enter(name: str) -> Here:
        if request.param == "as a zone":
            return Here(name, ZoneInfo(name))
        os.environ["TZ"] = name
        time.tzset()
        return Here(name, None)

    yield enter
    os.environ.pop("TZ", None)
    if before is not None:
        os.environ["TZ"] = before
    time.tzset()


@pytest.mark.parametrize(
    ("zone", "day", "begins", "hours"),
    [
        ("Europe/Berlin", "2026-03-28", "2026-03-27T23:00", 24),
        ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00", 23),
        ("Europe/Berlin", "2026-03-30", "2026-03-29T22:00", 24),
        ("Europe/Berlin", "2026-07-01", "2026-06-30T22:00", 24),
        ("Europe/Berlin", "2026-10-25", "2026-10-24T22:00", 25),
        ("Europe/Berlin", "2026-11-20", "2026-11-19T23:00", 24),
        ("America/New_York", "2026-03-08", "2026-03-08T05:00", 23),
        ("America/New_York", "2026-11-01", "2026-11-01T04:00", 25),
        ("America/New_York", "2026-11-02", "2026-11-02T05:00", 24),
        ("Australia/Lord_Howe", "2026-04-05", "2026-04-04T13:00", 24.5),
        # There is no midnight: the day begins at one o'clock.
        ("Africa/Cairo", "2026-04-24", "2026-04-23T22:00", 23),
        # Midnight comes twice: it begins with the first.
        ("America/Havana", "2026-11-01", "2026-11-01T04:00", 25),
    ],
)
def test_a_day_is_as_long_as_it_is(
    here: Callable[[str], Here], zone: str, day: str, begins: str, hours: float
) -> None:
    place = here(zone)
    start, end = day_begins(day, place.zone), day_begins(day, place.zone, 1)
    assert start == place.at(begins)
    assert end - start == hours * HOUR
    query = parse(f"x since:{day} until:{day}", place.zone)
    assert (query.since, query.until) == (start, end)


@pytest.mark.parametrize(
    ("zone", "now", "asked", "expected"),
    [
        # By the clock: now, what is asked for, and when that was, in UTC.
        ("Europe/Berlin", "2026-11-22T11:00", "12:00", "2026-11-22T11:00"),
        ("Europe/Berlin", "2026-11-22T11:00", "12:01", "2026-11-21T11:01"),
        # 29 March, at noon: 02:30 was jumped over, from 01:59 to 03:00.
        ("Europe/Berlin", "2026-03-29T10:00", "02:30", "2026-03-29T01:00"),
        ("Europe/Berlin", "2026-03-29T10:00", "01:59", "2026-03-29T00:59"),
        ("Europe/Berlin", "2026-03-29T10:00", "03:00", "2026-03-29T01:00"),
        ("Europe/Berlin", "2026-03-29T10:00", "13:00", "2026-03-28T12:00"),
        # At 01:30, so before the jump.
        ("Europe/Berlin", "2026-03-29T00:30", "02:30", "2026-03-28T01:30"),
        # 25 October, at noon: of two the later one.
        ("Europe/Berlin", "2026-10-25T11:00", "02:30", "2026-10-25T01:30"),
        ("Europe/Berlin", "2026-10-25T11:00", "13:00", "2026-10-24T11:00"),
        # At 02:10 for the second time: 02:30 was once, 02:05 was twice.
        ("Europe/Berlin", "2026-10-25T01:10", "02:30", "2026-10-25T00:30"),
        ("Europe/Berlin", "2026-10-25T01:10", "02:05", "2026-10-25T01:05"),
        # At 02:10 for the first time.
        ("Europe/Berlin", "2026-10-25T00:10", "02:30", "2026-10-24T00:30"),
        ("America/New_York", "2026-11-01T06:10", "01:30", "2026-11-01T05:30"),
        ("America/New_York", "2026-03-08T12:00", "02:30", "2026-03-08T07:00"),
    ],
)
def test_a_time_of_day_is_the_last_one(
    here: Callable[[str], Here], zone: str, now: str, asked: str, expected: str
) -> None:
    place = here(zone)
    assert last_at(asked, place.zone, place.at(now)) == place.at(expected)


@pytest.mark.parametrize("bad", ["", "x", "2026-02-30", "12:30", "9999-12-31", "0000-01-01"])
def test_no_day(bad: str) -> None:
    with pytest.raises(ValueError):
        day_begins(bad, UTC, 1)


@pytest.mark.parametrize("bad", ["", "x", "24:00", "12:60", "2026-01-01"])
def test_no_time_of_day(bad: str) -> None:
    with pytest.raises(ValueError):
        last_at(bad, None, 0.0)


DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 30))
MINUTES = st.integers(0, 24 * 60 - 1)


@pytest.mark.parametrize("name", ZONES)
@settings(max_examples=150, deadline=None)
@given(day=DAYS, minute=MINUTES)
def test_a_line_is_of_the_day_that_stands_above_it(name: str, day: date, minute: int) -> None:
    """Whatever a clock shows at a moment, that moment is in the day that is asked for so."""
    place = Here(name, ZoneInfo(name))
    at = datetime.combine(day, datetime.min.time(), UTC).timestamp() + 60 * minute
    shown = place.wall(at).date().isoformat()
    assert day_begins(shown, place.zone) <= at < day_begins(shown, place.zone, 1)


@pytest.mark.parametrize("name", ZONES)
@settings(max_examples=150, deadline=None)
@given(day=DAYS, minute=MINUTES, asked=MINUTES)
@example(day=date(2028, 4, 28), minute=0, asked=0)  # Cairo has no midnight on that day
def test_it_was_that_time_then_and_not_since(name: str, day: date, minute: int, asked: int) -> None:
    place = Here(name, ZoneInfo(name))
    now = datetime.combine(day, datetime.min.time(), UTC).timestamp() + 60 * minute
    text = f"{asked // 60:02}:{asked % 60:02}"
    then = last_at(text, place.zone, now)
    assert then <= now < then + 26 * HOUR
    shown = [f"{place.wall(at):%H:%M}" for at in range(int(then), int(now) + 1, 60)]
    assert text not in shown[1:]
    # Or else it was jumped over at that moment, which may be midnight.
    before, after = place.wall(then - 60), place.wall(then)
    clock = datetime.strptime(text, "%H:%M").time()
    wanted = [datetime.combine(at.date(), clock, at.tzinfo) for at in (before, after)]
    assert shown[0] == text or any(before < one < after for one in wanted)


@pytest.mark.parametrize("name", ZONES)
@settings(max_examples=150, deadline=None)
@given(day=DAYS, minute=MINUTES)
def test_this_machine_counts_as_its_zone_does(name: str, day: date, minute: int) -> None:
    wall = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minute)
    before = os.environ.get("TZ")
    os.environ["TZ"] = name
    time.tzset()
    try:
        assert moments_of(wall, None) == moments_of(wall, ZoneInfo(name))
    finally:
        os.environ.pop("TZ", None)
        if before is not None:
            os.environ["TZ"] = before
        time.tzset()
