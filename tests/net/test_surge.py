"""Whether what has come is the beginning of more; and that a worker then takes it together."""

import threading
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatserver.net import surge as module
from chatserver.net.connection import Connection
from chatserver.net.surge import Surge
from tests.helpers import PATIENCE, wait_for
from tests.net.fakes import Script
from tests.net.office import Gate, Guest, Office, serving


class Crowd:
    """So many wishes at a time, and more while the surge is waited for."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.waits = 0
        self.surge = Surge(self._pause)

    def _pause(self, seconds: float) -> None:
        assert 0 < seconds < 0.001
        self.waits += 1

    def come(self, count: int, *meanwhile: int) -> int:
        """Let so many come, and others before each further look; return how many are taken."""
        wishes = [0] * count
        more = list(meanwhile)
        self.waits = 0

        def hear() -> None:
            if more:
                wishes.extend([0] * more.pop(0))

        self.surge.gather(wishes, hear, self.now)
        return len(wishes)


def after(*counts: int) -> Crowd:
    crowd = Crowd()
    for count in counts:
        crowd.come(count)
    return crowd


def test_the_rest_is_taken_with_the_beginning() -> None:
    crowd = after(64)
    assert (crowd.come(16, 0, 16, 24), crowd.waits) == (56, 2)
    assert (crowd.come(48), crowd.waits) == (48, 0)


def test_what_does_not_come_is_waited_for_a_few_times_only() -> None:
    crowd = after(64)
    assert (crowd.come(1, 0, 0, 1, 0, 62), crowd.waits) == (2, 4)


def test_who_comes_while_many_are_read_is_read_too_without_any_wait() -> None:
    crowd = Crowd()
    assert (crowd.come(60, 20, 10, 3, 50), crowd.waits) == (93, 0)
    assert (crowd.come(60, *[50] * 10), crowd.waits) == (260, 0)  # not for ever


def test_few_are_read_in_no_time_so_nobody_else_is_looked_for() -> None:
    crowd = Crowd()
    assert (crowd.come(7, 50), crowd.waits) == (7, 0)


def test_the_first_one_ever_does_not_wait() -> None:
    crowd = Crowd()
    assert (crowd.come(1), crowd.waits) == (1, 0)


def test_one_at_a_time_never_waits() -> None:
    crowd = Crowd()
    for _ in range(20):
        assert (crowd.come(1), crowd.waits) == (1, 0)


def test_what_was_usual_is_forgotten_in_a_few_rounds() -> None:
    crowd = after(64, *[1] * 20)
    assert (crowd.come(1), crowd.waits) == (1, 0)


def test_who_speaks_after_a_silence_never_waits() -> None:
    crowd = after(64)
    crowd.now += 0.04
    crowd.come(64)
    crowd.now += 0.06
    assert (crowd.come(1), crowd.waits) == (1, 0)


def test_who_talk_in_rooms_of_their_own_do_not_wait_for_each_other() -> None:
    crowd = after(64)
    crowd.surge.told(64, 32)
    crowd.surge.told(1, 1)
    assert (crowd.come(16), crowd.waits) == (16, 4)
    crowd.surge.told(64, 33)
    assert (crowd.come(16), crowd.waits) == (16, 0)


@given(st.lists(st.integers(1, 400), min_size=1))
def test_as_many_as_ever_came_are_never_too_few(counts: list[int]) -> None:
    crowd = after(*counts)
    most = max(counts)
    assert (crowd.come(most), crowd.waits) == (most, 0)


class Speaker(Script):
    """Wishes whatever it reads."""

    def receive_data(self, data: bytes, now: float) -> bool:
        self.submit(data)
        return False


class Busy(Gate):
    """Says that the worker has come to it."""

    def __init__(self) -> None:
        super().__init__(threading.Event())
        self.reached = threading.Event()

    def deliver(self, events: Sequence[Any]) -> None:
        self.reached.set()
        super().deliver(events)


class Counting(Office):
    """Notes how many wishes are passed on together."""

    def __init__(self) -> None:
        self.together: list[int] = []
        super().__init__()

    def make_session(self, connection: Connection, door: str) -> Script:
        session = Speaker(connection.submit)
        self.made.append((connection, session))
        return session

    def take_wishes(self, wishes: Sequence[tuple[Connection, Any]]) -> None:
        self.together.append(len(wishes))
        super().take_wishes(wishes)


@pytest.fixture
def office() -> Iterator[Counting]:
    with serving(Counting()) as served:
        assert isinstance(served, Counting)
        yield served


def test_a_worker_passes_the_wishes_of_a_surge_on_together(
    office: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_SILENCE_SECONDS", PATIENCE)  # this machine may be busy
    guests = [office.connect() for _ in range(4)]
    late: list[Guest] = []

    def pause(_: float) -> None:
        while late:
            late.pop().client.send(b"late")

    def speak(guests: Sequence[Guest]) -> None:
        """Let them speak while the worker is busy, so that it hears them all at once."""
        gate = Busy()
        office.worker.post([(gate, None)])  # type: ignore[list-item]
        assert gate.reached.wait(PATIENCE)
        for guest in guests:
            guest.client.send(b"hello")
        gate.hold.set()

    office.worker._surge = Surge(pause)
    speak(guests)
    wait_for(lambda: sum(office.together) == 4)
    late += guests[2:]
    speak(guests[:2])
    wait_for(lambda: sum(office.together) == 8)
    assert office.together[-1] == 4
