"""A worker's thread with socket pairs, sessions by script, and nobody else."""

import socket
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from chatserver.config import Limits
from chatserver.endings import Ending
from chatserver.net.worker import Adopt, End, Parcel
from tests.helpers import wait_for
from tests.net.fakes import Script, Words, pair
from tests.net.office import Gate, Office, serving


@pytest.fixture
def office() -> Iterator[Office]:
    with serving(Office()) as served:
        yield served


# --- fan-out ---


def test_events_in_a_row_for_one_audience_are_one_object_and_one_send(office: Office) -> None:
    words, other = Words(), Words()
    guests = [office.connect(words) for _ in range(3)] + [office.connect(other)]
    audience = tuple(guest.connection for guest in guests)
    office.worker.post([(audience, b"a"), (audience, b"b"), (audience, b"c")])
    for guest in guests:
        assert guest.client.recv(100) == b"abc"
    assert words.encoded == [[b"a", b"b", b"c"]]
    assert other.encoded == [[b"a", b"b", b"c"]]
    (first,), (second,), (third,), _ = (guest.ours.sent for guest in guests)
    assert first is second is third


def test_posts_of_one_round_are_joined_too(office: Office) -> None:
    words = Words()
    guest = office.connect(words)
    audience = (guest.connection,)
    hold = threading.Event()
    office.worker.post([(Gate(hold), None)])  # type: ignore[list-item]
    posted = [str(number).encode() for number in range(50)]
    for event in posted:
        office.worker.post([(audience, event)])
    hold.set()
    office.sync()
    assert b"".join(words.encoded[0]) == b"".join(posted) == guest.client.recv(1000)
    assert len(words.encoded) == 1


def test_the_order_is_kept_across_audiences_and_answers(office: Office) -> None:
    one, two = office.connect(Words()), office.connect(Words())
    both, alone = (one.connection, two.connection), (one.connection,)
    parcels: list[Parcel] = []
    for number in range(200):
        audience: Any = (both, alone, one.connection)[number % 3]
        parcels.append((audience, b"%d " % number))
    office.worker.post(parcels)
    office.sync()
    everything = b"".join(b"%d " % number for number in range(200))
    assert one.receive(len(everything)) == everything
    for_both = b"".join(b"%d " % number for number in range(0, 200, 3))
    assert two.receive(len(for_both)) == for_both


def test_who_is_aside_or_has_no_dialect_gets_events_and_no_bytes(office: Office) -> None:
    words = Words(aside={"ada"})
    ada, bob, cy = office.connect(words, "ada"), office.connect(words, "bob"), office.connect()
    audience = (ada.connection, bob.connection, cy.connection)
    office.worker.post([(audience, b"hi ada")])
    office.sync()
    assert (ada.session.delivered, bob.session.delivered) == ([b"hi ada"], [])
    assert cy.session.delivered == [b"hi ada"]
    for guest in (ada, bob, cy):
        assert guest.client.recv(100) == b"hi ada"


def test_bytes_of_their_own_are_sent_as_they_are_or_nothing(office: Office) -> None:
    words = Words(own={"ada": b"", "bob": b"yours"})
    ada, bob, cy = (office.connect(words, name) for name in ("ada", "bob", "cy"))
    audience = (ada.connection, bob.connection, cy.connection)
    office.worker.post([(audience, b"1")])
    office.sync()
    office.worker.post([(ada.connection, b"2")])
    office.sync()
    assert [one.session.delivered for one in (ada, bob, cy)] == [[b"2"], [], []]
    assert [one.client.recv(100) for one in (ada, bob, cy)] == [b"2", b"yours", b"1"]


def test_a_fault_while_encoding_for_many_kills_nobody_else(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(Words):
        def encode(self, events: Sequence[bytes]) -> Any:
            raise ValueError(events)

    hurt, fine = office.connect(Broken()), office.connect(Words())
    audience = (hurt.connection, fine.connection)
    office.worker.post([(audience, b"secret")])
    office.sync()
    assert fine.client.recv(100) == b"secret"
    assert hurt.client.recv(100) == b"secret"  # by its own session, which had no fault
    assert not office.dead
    assert "ValueError" in caplog.text
    assert "secret" not in caplog.text


def test_a_reset_in_the_middle_of_a_fan_out_concerns_nobody_else(office: Office) -> None:
    words = Words()
    guests = [office.connect(words) for _ in range(5)]
    audience = tuple(guest.connection for guest in guests)
    guests[2].client.close()
    for _ in range(10):
        office.worker.post([(audience, b"x" * 100)])
        office.sync()
    wait_for(lambda: office.closed_tickets == [guests[2].ticket])
    for guest in guests[:2] + guests[3:]:
        assert guest.client.recv(5_000)
    assert [wish for _, wish in office.wishes] == ["gone: connection lost"]


def test_a_connection_closed_earlier_in_the_round_gets_no_more_events(office: Office) -> None:
    """Both sockets are ready in one round; serving the first one closes the second one."""
    closer, closed = office.connect(), office.connect()
    hold = threading.Event()

    def close_other(data: bytes, now: float) -> bool:
        other = closed if not closed.session.received else closer
        other.connection.close()
        return True

    closer.session.receive_data = close_other  # type: ignore[method-assign]
    closed.session.receive_data = close_other  # type: ignore[method-assign]
    office.worker.post([(Gate(hold), None)])  # type: ignore[list-item]
    closer.client.sendall(b"x")
    closed.client.sendall(b"x")
    hold.set()
    wait_for(lambda: len(office.closed_tickets) == 1)
    office.sync()
    assert not office.dead
    assert len(office.closed_tickets) == 1


def test_descriptors_used_again_reach_the_right_client(office: Office) -> None:
    """Row 12: the number of a closed socket is given to the next one at once."""
    words = Words()
    for number in range(100):
        guest = office.connect(words)
        name = b"%d" % number
        office.worker.post([((guest.connection,), name)])
        assert guest.client.recv(100) == name
        guest.client.sendall(name)
        wait_for(lambda session=guest.session: session.received)  # type: ignore[misc]
        assert guest.session.received == name
        guest.client.close()
    wait_for(lambda: len(office.closed_tickets) == 100)


# --- timers, wishes, tickets ---


def test_a_session_is_woken_and_its_wishes_are_passed_on_in_order(office: Office) -> None:
    guest = office.connect()
    office.sync()

    def tick(now: float) -> None:
        guest.session.wake_at = None
        guest.session.submit("first")
        guest.session.submit("second")

    guest.session.tick = tick  # type: ignore[method-assign]
    guest.session.wake_at = 0.0
    office.worker.post([(guest.connection, b"")])
    wait_for(lambda: len(office.wishes) == 2)
    assert office.wishes == [(guest.connection, "first"), (guest.connection, "second")]


def test_many_timers_of_closed_connections_are_not_kept(office: Office) -> None:
    """Connections that come and go by the thousand must not stay until their timers ring."""

    def far_away(session: Script) -> None:
        session.wake_at = 1e12

    office.before = far_away
    for count in range(20, 501, 20):
        for _ in range(20):
            ours, theirs = pair()
            office.worker.tell(Adopt(ours, "a test", "chat", object()))
            theirs.close()
        wait_for(lambda count=count: len(office.closed_tickets) == count)  # type: ignore[misc]
    office.sync()
    assert len(office.worker._timers) < 150


def test_a_session_that_cannot_be_made_gives_its_ticket_back(office: Office) -> None:
    ours, theirs = pair()
    office.worker.tell(Adopt(ours, "a test", "broken", "ticket"))
    assert theirs.recv(100) == b""
    wait_for(lambda: office.closed_tickets == ["ticket"])
    assert not office.dead


def test_who_has_a_name_and_who_is_ended_by_its_ticket(office: Office) -> None:
    one, two = office.connect(), office.connect()
    one.connection.establish()
    assert office.named == [one.ticket]
    office.worker.tell(End(two.ticket, Ending.OVERLOAD))
    office.worker.tell(End("of somebody who has gone", Ending.OVERLOAD))
    assert two.rest() == b"[the server is full]"
    office.sync()
    assert one.session.ended == []


# --- too much waiting ---


def test_row_28_the_largest_are_ended_first_and_small_ones_never() -> None:
    """All clients of a worker together may keep no more waiting than its budget."""
    office = Office(Limits(rate=None, outbox=10_000_000), budget=400_000)
    with serving(office):
        words = Words()
        guests = [office.connect(words) for _ in range(6)]
        for number, guest in enumerate(guests[:5]):
            office.worker.post([((guest.connection,), b"x" * 20_000 * (number + 1))])
        office.sync()
        assert not any(guest.session.ended for guest in guests)
        office.worker.post([(tuple(guest.connection for guest in guests[:5]), b"y" * 40_000)])
        office.sync()
        assert office.worker._waiting <= 400_000
        ended = [bool(guest.session.ended) for guest in guests]
        assert ended == [*sorted(ended[:5]), False]
        assert ended[4]
        assert not ended[0]
        assert guests[4].session.ended[0][0] is Ending.OVERLOAD


def test_row_28_who_is_leaving_slowly_counts_and_is_not_spared() -> None:
    office = Office(Limits(rate=None, outbox=10_000_000), budget=400_000)
    with serving(office):
        words = Words()
        leaving, small = office.connect(words), office.connect(words)

        def finish(events: Sequence[Any], now: float) -> None:
            leaving.session.output += b"z" * 500_000
            leaving.session.finished = True

        leaving.session.deliver = finish  # type: ignore[method-assign]
        office.worker.post([((small.connection,), b"x" * 20_000)])
        office.worker.post([(leaving.connection, b"")])
        office.sync()
        office.worker.post([((small.connection,), b"x" * 100)])
        office.sync()
        assert not small.session.ended
        wait_for(lambda: office.closed_tickets == [leaving.ticket])


def test_answers_count_against_the_budget_as_well() -> None:
    office = Office(Limits(rate=None, outbox=10_000_000), budget=400_000)
    with serving(office):
        guest = office.connect()
        for _ in range(60):
            office.worker.post([(guest.connection, b"x" * 10_000)])
        office.sync()
        assert guest.session.ended[0][0] is Ending.OVERLOAD


def test_an_idle_worker_sleeps(office: Office) -> None:
    """No busy loop: between two beats there are hardly any rounds."""
    rounds = 0
    guest = office.connect()
    before = office.worker._round

    def count() -> None:
        nonlocal rounds
        rounds += 1
        before()

    office.worker._round = count  # type: ignore[method-assign]
    guest.session.wants_input = False
    office.worker.post([(guest.connection, b"")])
    guest.client.shutdown(socket.SHUT_RDWR)  # a hang-up that nobody asks for
    office.sync()
    beat = office.worker.beat
    rounds = 0
    wait_for(lambda: office.worker.beat > beat + 1.5)
    assert rounds < 8 + 2 * (office.worker.beat - beat)
