"""The token bucket: never more than the burst and what time has added."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatserver.rate import TokenBucket

RATES = st.floats(0.01, 1e6)
BURSTS = st.integers(1, 10**6)


@given(BURSTS, RATES, st.lists(st.tuples(st.floats(0, 100), st.integers(1, 10**5)), max_size=50))
def test_who_waits_as_told_never_gets_more_than_burst_and_rate_allow(
    burst: int, rate: float, wishes: list[tuple[float, int]]
) -> None:
    bucket = TokenBucket(burst, rate, 1000.0)
    now = first = 1000.0
    taken = 0.0
    for pause, wish in wishes:
        amount = min(wish, burst)
        now = max(now + pause, bucket.ready_at(amount, now + pause))
        bucket.take(amount, now)
        taken += amount
        assert taken <= (burst + rate * (now - first)) * (1 + 1e-6) + 1e-3


@given(BURSTS, RATES, st.lists(st.integers(1, 10**6), max_size=20))
def test_debt_is_waited_off_in_full(burst: int, rate: float, reads: list[int]) -> None:
    """Who reads first and counts afterwards gets one read more than allowed, and no more."""
    bucket = TokenBucket(burst, rate, 0.0)
    now, taken = 0.0, 0
    for size in reads:
        now = bucket.ready_at(0, now)
        assert taken <= (burst + rate * now) * (1 + 1e-6) + 1e-3
        bucket.take(size, now)
        taken += size


@given(BURSTS, RATES, st.floats(0, 1e4), st.integers(1, 10**6))
def test_the_time_told_is_enough_and_not_too_late(
    burst: int, rate: float, idle: float, amount: int
) -> None:
    bucket = TokenBucket(burst, rate, 0.0)
    bucket.take(burst, 0.0)
    at = bucket.ready_at(amount, idle)
    assert idle <= at <= idle + min(amount, burst) / rate + 1e-6
    later = at + 1e-9 * (1 + at) + 1e-8 * burst / rate  # as far as floats can tell
    assert bucket.ready_at(amount, later) == later


def test_the_burst_at_once_then_the_rate() -> None:
    bucket = TokenBucket(10, 2, 0.0)
    times = []
    now = 0.0
    for _ in range(14):
        now = bucket.ready_at(1, now)
        bucket.take(1, now)
        times.append(now)
    assert times == pytest.approx([0.0] * 10 + [0.5, 1.0, 1.5, 2.0])


def test_silence_saves_up_no_more_than_the_burst() -> None:
    bucket = TokenBucket(10, 2, 0.0)
    bucket.take(10, 1e6)
    assert bucket.ready_at(1, 1e6) == pytest.approx(1e6 + 0.5)


def test_more_than_the_burst_is_had_when_the_bucket_is_full() -> None:
    bucket = TokenBucket(10, 2, 0.0)
    bucket.take(5, 0.0)
    assert bucket.ready_at(1000, 0.0) == pytest.approx(2.5)


def test_a_clock_that_stands_still_or_goes_back_gives_nothing() -> None:
    bucket = TokenBucket(10, 2, 100.0)
    bucket.take(10, 100.0)
    assert bucket.ready_at(1, 50.0) >= 50.5
    assert bucket.ready_at(1, 100.0) == pytest.approx(100.5)
