"""The two ends of a worker: the stop, and a death by a fault of its own."""

import logging
import threading
from collections.abc import Iterator

import pytest

from chatserver.net.worker import Adopt, Finish, Hush
from tests.helpers import PATIENCE, wait_for
from tests.net.fakes import Words, pair
from tests.net.office import Office, serving


@pytest.fixture
def office() -> Iterator[Office]:
    with serving(Office()) as served:
        yield served


# --- the stop ---


def test_hush_warns_and_reads_no_more_then_finish_ends_all(office: Office) -> None:
    guest = office.connect(Words())
    hush = Hush(threading.Event())
    office.worker.tell(hush)
    assert hush.done.wait(PATIENCE)
    guest.client.sendall(b"too late")
    office.worker.post([((guest.connection,), b"still told")])
    office.worker.tell(Finish(5))
    assert guest.rest() == b"[warned]still told[the server is stopping]"
    guest.client.close()
    office.worker.join(PATIENCE)
    assert guest.session.received == b""
    assert office.closed_tickets == [guest.ticket]
    assert office.wishes == [(guest.connection, "gone: the server is stopping")]


def test_row_48_what_is_wished_before_the_hush_is_passed_on_before_it_is_done(
    office: Office,
) -> None:
    """Who waits for it stops the hub then."""
    guest = office.connect()
    passed: list[object] = []

    class Done(threading.Event):
        def set(self) -> None:
            passed.extend(wish for _, wish in office.wishes)
            super().set()

    def speak(events: object, now: float) -> None:
        guest.connection.submit("what was held")

    guest.session.deliver = speak  # type: ignore[method-assign]
    hush = Hush(Done())
    office.worker._inbox.add([(guest.connection, b"an answer")])
    office.worker.tell(hush)
    assert hush.done.wait(PATIENCE)
    assert passed == ["what was held"]


def test_a_stalled_reader_does_not_delay_the_end_past_its_time() -> None:
    office = Office()
    office.worker.start()
    guest = office.connect(Words())
    office.worker.post([((guest.connection,), b"x" * 100_000)])
    office.worker.tell(Finish(0.2))
    office.worker.join(PATIENCE)
    assert not office.worker.is_alive()
    assert office.closed_tickets == [guest.ticket]


def test_with_nobody_there_the_end_is_now() -> None:
    office = Office()
    office.worker.start()
    office.worker.tell(Finish(3600))
    office.worker.join(PATIENCE)
    assert not office.worker.is_alive()


# --- death ---


def kill(office: Office) -> None:
    """Post what no worker can digest: the fault is in its own loop and not in a session."""
    office.worker.post([None])  # type: ignore[list-item]


def test_row_45_a_dying_worker_tells_its_people_the_hub_and_the_desk(
    caplog: pytest.LogCaptureFixture,
) -> None:
    office = Office()
    office.worker.start()
    guests = [office.connect(Words()) for _ in range(3)]
    with caplog.at_level(logging.CRITICAL):
        kill(office)
        office.worker.join(PATIENCE)
    assert office.dead == [office.worker]
    for guest in guests:
        assert guest.rest() == b"[a fault in the server]"
    assert set(office.closed_tickets) == {guest.ticket for guest in guests}
    gone = dict(office.wishes)
    assert gone == {guest.connection: "gone: a fault in the server" for guest in guests}
    assert "worker-x died" in caplog.text
    assert "TypeError" in caplog.text


def test_row_45_what_a_dead_worker_is_told_is_given_back() -> None:
    office = Office()
    office.worker.start()
    kill(office)
    office.worker.join(PATIENCE)
    ours, theirs = pair()
    hush = Hush(threading.Event())
    office.worker.tell(Adopt(ours, "a test", "chat", "ticket"))
    office.worker.tell(hush)
    office.worker.post([((), b"nobody")])
    assert theirs.recv(100) == b""
    assert office.closed_tickets == ["ticket"]
    assert hush.done.is_set()  # or the stop would wait for it


def test_row_45_what_waits_for_a_worker_that_dies_is_given_back() -> None:
    office = Office()
    ours, theirs = pair()
    hush = Hush(threading.Event())
    kill(office)
    office.worker.tell(Adopt(ours, "a test", "chat", "ticket"))
    office.worker.tell(hush)
    office.worker.start()
    office.worker.join(PATIENCE)
    assert theirs.recv(100) == b""
    assert office.closed_tickets == ["ticket"]
    assert hush.done.is_set()


def test_row_45_the_desk_hears_of_a_death_whatever_else_fails() -> None:
    office = Office()
    office.worker.start()
    guest = office.connect()
    office.refuse_wishes = True
    guest.client.sendall(b"x")

    def submit(data: bytes, now: float) -> bool:
        guest.session.submit("x")
        return True

    guest.session.receive_data = submit  # type: ignore[method-assign]
    guest.client.sendall(b"x")
    wait_for(lambda: office.dead)
    office.worker.join(PATIENCE)
