"""A connection while it is open: what comes in, and what goes out."""

import socket
import sys
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatserver.config import Limits, Rate
from chatserver.endings import Ending
from chatserver.net.connection import FAREWELL_SECONDS
from chatserver.net.departure import State
from chatserver.net.intake import RECEIVE_BYTES
from tests.net.fakes import drain
from tests.net.rig import READ, SMALL, WRITE, Rig


@pytest.fixture
def rig() -> Iterator[Rig]:
    with (made := Rig()).sock, made.client:
        yield made


# --- input ---


def test_input_and_its_end_reach_the_session(rig: Rig) -> None:
    rig.client.sendall(b"hello\n")
    rig.client.shutdown(socket.SHUT_WR)
    rig.read()
    assert rig.session.received == b"hello\n"
    rig.read()
    assert rig.session.eof
    assert rig.state() is State.CLOSED  # it was finished, and the client had been first
    assert rig.keeper.endings == [Ending.LOST.value]
    assert rig.keeper.forgotten == 1


def test_one_read_takes_no_more_than_a_fair_share(rig: Rig) -> None:
    sent = 0
    rig.client.setblocking(False)
    try:
        while True:
            sent += rig.client.send(b"x" * 65536)
    except BlockingIOError:
        assert sent > RECEIVE_BYTES
    rig.read()
    assert len(rig.session.received) == RECEIVE_BYTES


def test_a_session_that_wants_no_input_is_not_watched_at_all(rig: Rig) -> None:
    assert rig.connection.events == READ
    rig.session.wants_input = False
    rig.connection.settle()
    # Not even for reading: epoll reports a hang-up again and again.
    assert rig.connection.events == 0
    rig.session.wants_input = True
    rig.connection.settle()
    assert rig.connection.events == READ


def test_a_session_that_is_not_stirred_is_not_asked_how_it_is(rig: Rig) -> None:
    rig.session.stirred = False
    rig.session.output = b"late"
    rig.client.sendall(b"said")
    rig.read()
    assert rig.session.received == b"said"
    assert drain(rig.client) == b""
    assert rig.connection.events == READ
    rig.session.stirred = True
    rig.client.sendall(b"more")
    rig.read()
    assert drain(rig.client) == b"late"


def test_the_end_of_input_stirs_any_session(rig: Rig) -> None:
    rig.session.stirred = False
    rig.client.shutdown(socket.SHUT_WR)
    rig.read()
    assert rig.state() is State.CLOSED


def test_nothing_is_read_while_the_server_stops(rig: Rig) -> None:
    rig.keeper.reading = False
    rig.connection.warn(Ending.STOPPING)
    assert rig.connection.events == 0
    assert drain(rig.client) == b"[warned]"


def test_who_has_much_to_read_is_not_read_from(rig: Rig) -> None:
    rig.fill()
    assert rig.connection.events == READ | WRITE
    rig.connection.push(b"y" * 10_240)
    rig.connection.settle()
    assert rig.connection.events == WRITE
    rig.read_all()
    assert rig.connection.events == READ


@pytest.mark.parametrize("stirred", [True, False])
def test_bytes_over_the_rate_are_not_read_until_it_allows(stirred: bool) -> None:
    rate = Rate(bytes_burst=1000, bytes_per_second=100)
    rig = Rig(Limits(rate=rate))
    with rig.sock, rig.client:
        rig.client.sendall(b"x" * 1500)
        rig.read()
        assert len(rig.session.received) == 1500  # what has been read has been read
        assert rig.connection.events == 0
        rig.ring()
        assert rig.keeper.now == pytest.approx(1000 + 5)
        assert rig.connection.events == READ


def test_bytes_count_as_much_as_the_session_says() -> None:
    rig = Rig(Limits(rate=Rate(bytes_burst=1000, bytes_per_second=100)))
    with rig.sock, rig.client:
        rig.session.cost = 0.25
        rig.client.sendall(b"x" * 4000)
        rig.read()
        assert rig.connection.events == READ
        rig.client.sendall(b"x" * 40)
        rig.read()
        assert rig.connection.events == 0
        rig.ring()
        assert rig.keeper.now == pytest.approx(1000 + 0.1)


def test_another_rate_holds_at_once_for_who_waits_for_the_old_one() -> None:
    rig = Rig(Limits(rate=Rate(bytes_burst=1000, bytes_per_second=1)))
    with rig.sock, rig.client:
        rig.client.sendall(b"x" * 1500)
        rig.read()
        assert rig.connection.events == 0
        rig.keeper.limits = Limits(rate=Rate(bytes_burst=2000, bytes_per_second=100))
        rig.connection.govern()
        assert rig.session.governed == [rig.keeper.now]
        assert rig.connection.events == READ
        rig.client.sendall(b"x" * 2100)
        rig.read()
        assert rig.connection.events == 0
        rig.ring()  # what the old rate has asked for is not heeded
        assert rig.keeper.now == pytest.approx(1000 + 1)
        assert rig.connection.events == READ


def test_a_session_that_cannot_be_governed_is_ended() -> None:
    rig = Rig()
    with rig.sock, rig.client:
        rig.session.faulty = {"govern"}
        rig.connection.govern()
        assert rig.session.ended == [(Ending.FAULT, 0)]
        rig.connection.govern()


# --- output ---


def test_what_the_socket_does_not_take_waits_by_reference(rig: Rig) -> None:
    rig.fill()
    shared = bytes(5_000)
    before = sys.getrefcount(shared)
    rig.connection.push(shared)
    assert sys.getrefcount(shared) == before + 1  # no copy: the very object is kept
    assert rig.keeper.waiting == rig.connection.waiting > 5_000
    assert rig.read_all().endswith(shared)
    assert sys.getrefcount(shared) <= before + 1  # the last send is kept by the test's socket
    assert rig.keeper.waiting == rig.connection.waiting == 0


def test_the_first_short_write_keeps_a_view_and_no_copy(rig: Rig) -> None:
    big = bytes(200_000)
    before = sys.getrefcount(big)
    rig.connection.push(big)
    rig.sock.sent.clear()
    assert sys.getrefcount(big) > before
    assert 0 < rig.connection.waiting < len(big)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 30_000), st.integers(0, 30_000)), max_size=12))
def test_bytes_arrive_whole_and_in_order(steps: list[tuple[int, int]]) -> None:
    rig = Rig(Limits(rate=None, outbox=2**30))
    with rig.sock, rig.client:
        pushed, received = b"", b""
        for number, (size, wanted) in enumerate(steps):
            data = bytes([number]) * size
            pushed += data
            rig.connection.push(data)
            if wanted and rig.connection.waiting:
                received += rig.client.recv(wanted)
                rig.connection.on_writable()
        assert received + rig.read_all() == pushed
        assert rig.keeper.waiting == 0


def test_too_much_waiting_ends_it_in_words_and_drops_what_waits(rig: Rig) -> None:
    sent = rig.fill()
    while not rig.session.ended:
        rig.connection.push(b"y" * 4_096)
        assert rig.connection.waiting <= SMALL.outbox + 4_096
    ((ending, waiting),) = rig.session.ended
    assert ending is Ending.TOO_SLOW
    assert SMALL.outbox < waiting <= SMALL.outbox + 4_096
    assert rig.keeper.waiting == rig.connection.waiting <= len("[too slow to read]")
    assert rig.keeper.endings == ["too slow to read"]
    received = rig.read_all()
    assert received[:sent] == b"f" * sent
    assert received.endswith(b"[too slow to read]")
    rig.connection.push(b"later")  # nothing comes behind the good-bye
    assert drain(rig.client) == b""
    assert rig.state() is State.LINGERING


def test_nothing_comes_behind_a_good_bye_that_waits(rig: Rig) -> None:
    sent = rig.fill()
    rig.connection.end(Ending.STOPPING)
    assert rig.state() is State.FINISHING
    rig.connection.push(b"what others say meanwhile")
    received = rig.read_all()
    assert received[:sent] == b"f" * sent
    assert received.endswith(b"[the server is stopping]")


def test_who_takes_not_even_the_good_bye_is_closed_all_the_same(rig: Rig) -> None:
    rig.fill()
    rig.connection.end(Ending.TOO_SLOW)
    assert rig.state() is State.FINISHING
    rig.ring()
    while rig.state() is not State.CLOSED:  # timers of before may ring early
        rig.ring()
    assert rig.keeper.now <= 1000 + FAREWELL_SECONDS
    assert rig.keeper.waiting == 0


def test_no_progress_for_a_minute_ends_it_and_any_progress_is_progress(rig: Rig) -> None:
    rig.fill()
    rig.connection.push(b"y" * 50_000)
    rig.keeper.now += 59
    rig.client.recv(8_192)
    rig.connection.on_writable()
    while rig.state() is State.OPEN:
        rig.ring()
    assert rig.keeper.now == pytest.approx(1000 + 59 + 60)
    assert rig.session.ended[0][0] is Ending.TOO_SLOW


def test_events_for_a_stalled_client_count_as_waiting(rig: Rig) -> None:
    """A session that renders for itself must not become an out-buffer without a limit."""
    rig.fill()
    for _ in range(1000):
        rig.connection.deliver([b"z" * 1_000])
        if rig.session.ended:
            break
    assert rig.session.ended[0][0] is Ending.TOO_SLOW
    assert len(rig.session.output) < 2_000


def test_events_for_a_stalled_client_in_a_long_answer_count_too(rig: Rig) -> None:
    rig.session.pages.extend([b"page"] * 1000)
    rig.fill()
    rig.connection.push(b"y" * 20_000)
    for _ in range(1000):
        rig.connection.deliver([b"z" * 1_000])
        if rig.session.ended:
            break
    assert rig.session.ended[0][0] is Ending.TOO_SLOW


def test_nothing_is_lost_when_a_session_finishes_while_its_client_is_slow(rig: Rig) -> None:
    rig.fill()
    rig.connection.push(b"y" * 20_000)
    rig.session.output += b"the last words"
    rig.session.finished = True
    rig.connection.settle()
    assert rig.read_all().endswith(b"the last words")
    assert rig.state() is State.LINGERING


def test_a_long_answer_comes_in_pages_as_the_client_reads(rig: Rig) -> None:
    pages = [bytes([65 + number % 26]) * 5_000 for number in range(200)]
    rig.session.pages.extend(pages)
    rig.connection.settle()
    received = b""
    for _ in range(2000):
        assert rig.connection.waiting <= SMALL.softsendq + 5_000
        if not rig.session.pages:
            break
        rig.connection.on_writable()
        if rig.connection.waiting > SMALL.softsendq:
            received += drain(rig.client)
    assert received + rig.read_all() == b"".join(pages)


def test_a_long_answer_waits_for_a_slow_client(rig: Rig) -> None:
    rig.session.pages.extend([b"p" * 5_000] * 100)
    for _ in range(100):
        rig.connection.on_writable()
    assert len(rig.session.pages) > 90
    assert rig.connection.waiting <= SMALL.softsendq + 5_000
