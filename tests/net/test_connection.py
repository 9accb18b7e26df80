"""A connection with a socket pair, a session by script and a clock by hand: no thread."""

import errno
import logging
import socket
import struct
import sys
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatserver.config import Limits, Rate
from chatserver.endings import Ending
from chatserver.net.connection import FAREWELL_SECONDS, RECEIVE_BYTES, Connection, State
from tests.net.fakes import UNLIMITED, Keeper, Script, TestSocket, drain, pair, tcp_pair

SMALL = Limits(rate=None, outbox=262_144, outbox_seconds=60, softsendq=10_240)
READ, WRITE = 1, 2


class Rig:
    """A connection and everything around it."""

    def __init__(
        self,
        limits: Limits = SMALL,
        ends: tuple[TestSocket, socket.socket] | None = None,
    ) -> None:
        self.sock, self.client = ends or pair()
        self.keeper = Keeper(limits)
        self.session = Script()
        self.connection = Connection(self.sock, "the test", self.keeper, lambda _: self.session)
        self.connection.settle()

    def state(self) -> State:
        return self.connection.state

    def fill(self) -> int:
        """Push until bytes wait; return how many went out at once."""
        self.connection.push(b"f" * 1_000)
        pushed = 1_000
        while not self.connection.waiting:
            self.connection.push(b"f" * 1_000)
            pushed += 1_000
        return pushed - self.connection.waiting

    def ring(self) -> None:
        """Let the time come that was asked for."""
        assert self.connection.timer is not None
        self.keeper.now = self.connection.timer
        self.connection.on_timer()

    def read_all(self) -> bytes:
        """Read as the client until nothing waits here."""
        received = drain(self.client)
        while self.connection.events & WRITE:
            self.connection.on_writable()
            received += drain(self.client)
        return received


@pytest.fixture
def rig() -> Iterator[Rig]:
    with (made := Rig()).sock, made.client:
        yield made


# --- input ---


def test_input_and_its_end_reach_the_session(rig: Rig) -> None:
    rig.client.sendall(b"hello\n")
    rig.client.shutdown(socket.SHUT_WR)
    rig.connection.on_readable()
    assert rig.session.received == b"hello\n"
    rig.connection.on_readable()
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
    rig.connection.on_readable()
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


def test_bytes_over_the_rate_are_not_read_until_it_allows() -> None:
    rate = Rate(bytes_burst=1000, bytes_per_second=100)
    rig = Rig(Limits(rate=rate))
    with rig.sock, rig.client:
        rig.client.sendall(b"x" * 1500)
        rig.connection.on_readable()
        assert len(rig.session.received) == 1500  # what has been read has been read
        assert rig.connection.events == 0
        rig.ring()
        assert rig.keeper.now == pytest.approx(1000 + 5)
        assert rig.connection.events == READ


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


# --- the peer goes ---


@pytest.mark.parametrize("number", [errno.EPIPE, errno.ECONNRESET])
def test_a_failed_send_does_not_lose_what_the_client_has_said(number: int, rig: Rig) -> None:
    rig.client.sendall(b"one\ntwo\n")
    rig.client.shutdown(socket.SHUT_WR)
    rig.sock.send_error = number
    rig.connection.push(b"for nobody")
    assert rig.state() is State.OPEN
    assert rig.connection.events == READ
    rig.connection.on_readable()
    assert rig.session.received == b"one\ntwo\n"
    rig.connection.on_readable()
    assert rig.session.eof
    assert rig.state() is State.CLOSED
    assert rig.keeper.endings == ["connection lost"]


def test_a_real_reset_does_not_lose_what_the_client_has_said() -> None:
    rig = Rig(ends=tcp_pair())
    rig.connection.push(b"never read")
    rig.client.sendall(b"one\ntwo\n")
    rig.client.close()  # with unread input: the kernel sends a reset
    for _ in range(3):
        rig.connection.push(b"for nobody")
    while rig.state() is not State.CLOSED:
        rig.connection.on_readable()
    assert rig.session.received == b"one\ntwo\n"
    assert rig.keeper.endings == ["connection lost"]


def test_what_waited_for_a_broken_peer_is_dropped(rig: Rig) -> None:
    rig.fill()
    rig.connection.push(b"y" * 100_000)
    rig.sock.send_error = errno.EPIPE
    rig.connection.on_writable()
    assert rig.keeper.waiting == rig.connection.waiting == 0
    rig.connection.push(b"more")
    assert rig.connection.waiting == 0


def test_a_peer_that_breaks_in_a_long_answer_does_not_stay_for_ever(rig: Rig) -> None:
    rig.session.pages.extend([b"page"] * 10)
    rig.session.wants_input = False  # as sessions do until an answer is out
    rig.sock.send_error = errno.EPIPE
    rig.connection.settle()
    for _ in range(20):
        if not rig.connection.events & WRITE:
            break
        rig.connection.on_writable()
    assert not rig.session.pages
    rig.session.wants_input = True
    rig.connection.settle()
    assert rig.connection.events == READ


@pytest.mark.parametrize("number", [errno.ETIMEDOUT, errno.EHOSTUNREACH])
@pytest.mark.parametrize("where", ["send_error", "receive_error"])
def test_a_peer_that_does_not_answer_is_said_not_to(where: str, number: int, rig: Rig) -> None:
    setattr(rig.sock, where, number)
    rig.connection.push(b"hello?")
    if where == "send_error":
        rig.client.close()
    rig.connection.on_readable()
    assert rig.state() is State.CLOSED
    assert rig.keeper.endings == ["no answer"]


def test_a_reset_while_reading_is_the_end(rig: Rig) -> None:
    rig.sock.receive_error = errno.ECONNRESET
    rig.connection.on_readable()
    assert rig.state() is State.CLOSED
    assert rig.keeper.endings == ["connection lost"]


def test_a_readable_socket_without_data_is_no_end(rig: Rig) -> None:
    rig.connection.on_readable()
    assert rig.state() is State.OPEN


# --- the end ---


def finish(rig: Rig) -> None:
    rig.session.output = b"bye"
    rig.session.finished = True
    rig.connection.settle()


def test_the_end_is_half_closed_and_waits_for_the_peer(rig: Rig) -> None:
    finish(rig)
    assert rig.client.recv(100) == b"bye"
    assert rig.client.recv(100) == b""
    assert rig.state() is State.LINGERING
    rig.client.sendall(b"still typing")
    rig.connection.on_readable()
    assert rig.session.received == b""  # thrown away
    rig.client.close()
    rig.connection.on_readable()
    assert rig.state() is State.CLOSED


def test_a_peer_that_never_closes_is_closed(rig: Rig) -> None:
    finish(rig)
    rig.ring()
    assert rig.state() is State.CLOSED
    assert rig.keeper.now == pytest.approx(1000 + 2)


def test_unread_input_does_not_destroy_the_last_words() -> None:
    """Closing with unread input sends a reset, which may overtake them (RFC 1122, 4.2.2.13)."""
    rig = Rig(ends=tcp_pair())
    rig.client.sendall(b"x" * 50_000)
    finish(rig)
    rig.connection.on_readable()
    rig.client.sendall(b"y" * 50_000)
    assert rig.client.recv(100) == b"bye"
    assert rig.client.recv(100) == b""
    rig.connection.close()
    rig.client.close()


def test_closing_twice_is_closing_once(rig: Rig) -> None:
    rig.connection.close()
    rig.connection.close()
    rig.connection.end(Ending.STOPPING)
    assert rig.keeper.forgotten == 1
    assert rig.keeper.endings == ["connection lost"]
    assert not rig.session.ended


def test_a_stop_warns_then_ends(rig: Rig) -> None:
    rig.connection.warn(Ending.STOPPING)
    rig.connection.end(Ending.STOPPING)
    assert drain(rig.client) == b"[warned][the server is stopping]"
    assert rig.session.warned == [Ending.STOPPING]
    assert rig.keeper.endings == ["the server is stopping"]


def test_the_session_is_woken_when_it_asked_to_be(rig: Rig) -> None:
    rig.session.wake_at = 1007.0
    rig.connection.settle()
    rig.ring()
    assert rig.session.ticks == [1007.0]
    assert rig.connection.timer is None


# --- faults ---

CALLS: dict[str, Callable[[Rig], None]] = {
    "receive_data": lambda rig: rig.connection.on_readable(),
    "receive_eof": lambda rig: rig.connection.on_readable(),
    "deliver": lambda rig: rig.connection.deliver([b"x"]),
    "tick": lambda rig: rig.ring(),
    "warn": lambda rig: rig.connection.warn(Ending.STOPPING),
    "data_to_send": lambda rig: rig.connection.settle(),
    "end": lambda rig: rig.connection.end(Ending.STOPPING),
}


@pytest.mark.parametrize("method", CALLS)
def test_a_fault_in_a_session_ends_that_one_and_says_nothing_of_what_was_said(
    method: str, rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    rig.client.sendall(b"/msg bob my secret 4711\r\n")
    if method != "receive_data":
        rig.connection.on_readable()
    if method == "receive_eof":
        rig.client.shutdown(socket.SHUT_WR)
    rig.session.wake_at = 1001.0
    rig.connection.settle()
    rig.session.faulty = {method}
    with caplog.at_level(logging.INFO):
        CALLS[method](rig)
    assert rig.state() is not State.OPEN
    assert len(rig.keeper.endings) == 1
    if method not in ("end", "data_to_send"):
        assert b"[a fault in the server]" in drain(rig.client)
    assert caplog.text.count(r"/xxx xxx xx xxxxxx xxxx\r\n") == 1
    assert caplog.text.count("ValueError") >= 1
    assert "the test" in caplog.text
    assert method in caplog.text  # the stack tells where
    assert "secret" not in caplog.text
    assert "4711" not in caplog.text


def test_a_fault_is_logged_with_the_stack_of_its_cause(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    def nested(data: bytes, now: float) -> None:
        try:
            int(data)
        except ValueError as error:
            raise KeyError(data) from error

    rig.session.receive_data = nested  # type: ignore[method-assign]
    rig.client.sendall(b"secret\n")
    rig.connection.on_readable()
    assert "KeyError" in caplog.text
    assert "ValueError" in caplog.text
    assert "secret" not in caplog.text


def test_a_session_may_let_another_go_on_and_make_wishes(rig: Rig) -> None:
    other = Script()
    rig.connection.become(other)
    rig.connection.submit("wish")
    rig.connection.establish()
    rig.client.sendall(b"x")
    rig.connection.on_readable()
    assert other.received == b"x"
    assert rig.keeper.wishes == ["wish"]
    assert rig.keeper.named == 1


def test_a_client_that_resets_at_once_is_no_fault(caplog: pytest.LogCaptureFixture) -> None:
    ours, theirs = tcp_pair()
    theirs.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    theirs.close()
    rig = Rig(UNLIMITED, (ours, theirs))
    rig.connection.push(b"hello")
    while rig.state() is not State.CLOSED:
        rig.connection.on_readable()
    assert caplog.text == ""
