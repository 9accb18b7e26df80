"""The queue into a thread: nothing lost, nobody asleep while something waits, no busy loop."""

import os
import select
import sys
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatserver import inbox as module
from chatserver.inbox import Inbox
from tests.helpers import PATIENCE

BELLS = ("_EventBell", "_PairBell")


@pytest.fixture(params=BELLS)
def inbox(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox[int]]:
    if request.param == "_EventBell" and not hasattr(os, "eventfd"):
        pytest.skip("there is no eventfd here")
    monkeypatch.setattr(module, "_make_bell", getattr(module, request.param))
    made: Inbox[int] = Inbox()
    yield made
    made.close()


def readable(inbox: Inbox[int]) -> bool:
    return bool(select.select([inbox], [], [], 0)[0])


def test_first_in_first_out(inbox: Inbox[int]) -> None:
    for number in range(5):
        inbox.put(number)
    assert len(inbox) == 5
    assert inbox.drain(2) == [0, 1]
    assert inbox.drain() == [2, 3, 4]
    assert inbox.drain() == []


def test_it_is_readable_from_the_first_put_to_the_clearing(inbox: Inbox[int]) -> None:
    assert not readable(inbox)
    inbox.put(1)
    inbox.put(2)
    assert readable(inbox)
    inbox.clear()
    assert not readable(inbox)
    inbox.put(3)  # before the draining: it rings again, and is drained with the others
    assert inbox.drain() == [1, 2, 3]
    assert readable(inbox)
    inbox.clear()
    assert inbox.drain() == []
    assert not readable(inbox)


def test_what_is_put_in_the_middle_of_the_clearing_is_no_end_of_the_ringing(
    inbox: Inbox[int],
) -> None:
    """The two steps of the clearing, with a producer that cuts in before and after the first."""
    silence = inbox._bell.silence

    def with_producers() -> None:
        inbox.put(2)
        silence()
        inbox.put(3)

    inbox._bell.silence = with_producers  # type: ignore[method-assign]
    inbox.put(1)
    inbox.clear()
    assert inbox.drain() == [1, 2, 3]
    inbox.put(4)
    assert readable(inbox)


def test_while_the_consumer_is_busy_putting_rings_no_bell(inbox: Inbox[int]) -> None:
    rings = 0
    ring = inbox._bell.ring

    def count() -> None:
        nonlocal rings
        rings += 1
        ring()

    inbox._bell.ring = count  # type: ignore[method-assign]
    for number in range(100):
        inbox.put(number)
    assert rings == 1


def test_clearing_what_does_not_ring_is_no_fault(inbox: Inbox[int]) -> None:
    inbox.clear()
    inbox.clear()
    assert not readable(inbox)


def test_the_wait_ends_by_a_put_and_by_its_time(inbox: Inbox[int]) -> None:
    inbox.wait(0.001)
    putting = threading.Timer(0.05, inbox.put, [7])
    putting.start()
    inbox.wait(PATIENCE)
    putting.join()
    assert inbox.drain() == [7]


def test_after_draining_everything_a_wait_blocks_again(inbox: Inbox[int]) -> None:
    """At worst one wait returns for nothing: the bell of what was drained without a wait."""
    for _ in range(10):
        inbox.put(1)
        inbox.wait(PATIENCE)
        inbox.put(2)
        inbox.drain()
        inbox.wait(PATIENCE)
        assert inbox.drain() == []
        assert not readable(inbox)


@given(st.lists(st.sampled_from(["put", "wait", "clear", "drain one", "drain"]), max_size=60))
def test_whatever_is_done_something_that_waits_can_be_seen(steps: list[str]) -> None:
    """In every state a sleeping consumer would wake: items wait and it looks, or the bell rings."""
    inbox: Inbox[int] = Inbox()
    expected: list[int] = []
    got: list[int] = []
    for number, step in enumerate(steps):
        cleared = False
        match step:
            case "put":
                inbox.put(number)
                expected.append(number)
            case "wait":
                inbox.wait(0)
            case "clear" if readable(inbox):
                inbox.clear()
                got += inbox.drain()  # as its contract says
                cleared = True
            case "drain one":
                got += inbox.drain(1)
            case "drain":
                got += inbox.drain()
        assert got + list(inbox._items) == expected
        if step == "put":
            assert readable(inbox) or len(inbox) > 1
        if cleared:
            assert not readable(inbox)
    inbox.close()


@pytest.mark.parametrize("producers", [1, 4])
def test_nothing_is_lost_or_overtakes_with_many_threads(inbox: Inbox[int], producers: int) -> None:
    """Row 12's queue under stress: short turns of the interpreter bring out the races."""
    each = 4000
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    threads = [
        threading.Thread(target=put_all, args=(inbox, range(start * each, (start + 1) * each)))
        for start in range(producers)
    ]
    got: list[int] = []
    try:
        for thread in threads:
            thread.start()
        while len(got) < producers * each:
            assert select.select([inbox], [], [], PATIENCE)[0], "asleep while something waits"
            inbox.clear()
            got += inbox.drain()
    finally:
        sys.setswitchinterval(before)
        for thread in threads:
            thread.join()
    assert sorted(got) == list(range(producers * each))
    for start in range(producers):
        mine = [number for number in got if number // each == start]
        assert mine == sorted(mine)
    inbox.wait(0)  # what may have rung for something drained already
    assert not readable(inbox)


def put_all(inbox: Inbox[int], numbers: range) -> None:
    for number in numbers:
        inbox.put(number)


def test_waiting_and_limited_draining_lose_nothing_either(inbox: Inbox[int]) -> None:
    """The hub's way: wait, drain so many at most, and leave the bell alone while some are left."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    thread = threading.Thread(target=put_all, args=(inbox, range(10_000)))
    got: list[int] = []
    rounds = 0
    try:
        thread.start()
        while len(got) < 10_000:
            inbox.wait(PATIENCE)
            got += inbox.drain(7)
            rounds += 1
    finally:
        sys.setswitchinterval(before)
        thread.join()
    assert got == list(range(10_000))
