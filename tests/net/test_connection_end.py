"""How a connection ends: the peer goes, the session is done, or it has a fault."""

import errno
import logging
import socket
import struct
from collections.abc import Callable, Iterator

import pytest

from chatserver.endings import Ending
from chatserver.net.departure import State
from tests.net.fakes import UNLIMITED, Script, drain, tcp_pair
from tests.net.rig import READ, WRITE, Rig


@pytest.fixture
def rig() -> Iterator[Rig]:
    with (made := Rig()).sock, made.client:
        yield made


# --- the peer goes ---


@pytest.mark.parametrize("number", [errno.EPIPE, errno.ECONNRESET])
def test_a_failed_send_does_not_lose_what_the_client_has_said(number: int, rig: Rig) -> None:
    rig.client.sendall(b"one\ntwo\n")
    rig.client.shutdown(socket.SHUT_WR)
    rig.sock.send_error = number
    rig.connection.push(b"for nobody")
    assert rig.state() is State.OPEN
    assert rig.connection.events == READ
    rig.read()
    assert rig.session.received == b"one\ntwo\n"
    rig.read()
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
        rig.read()
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
    rig.read()
    assert rig.state() is State.CLOSED
    assert rig.keeper.endings == ["no answer"]


def test_a_reset_while_reading_is_the_end(rig: Rig) -> None:
    rig.sock.receive_error = errno.ECONNRESET
    rig.read()
    assert rig.state() is State.CLOSED
    assert rig.keeper.endings == ["connection lost"]


def test_a_readable_socket_without_data_is_no_end(rig: Rig) -> None:
    rig.read()
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
    rig.read()
    assert rig.session.received == b""  # thrown away
    rig.client.close()
    rig.read()
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
    rig.read()
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
    "receive_data": lambda rig: rig.read(),
    "receive_eof": lambda rig: rig.read(),
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
        rig.read()
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
    def nested(data: bytes, now: float) -> bool:
        try:
            return bool(int(data))
        except ValueError as error:
            raise KeyError(data) from error

    rig.session.receive_data = nested  # type: ignore[method-assign]
    rig.client.sendall(b"secret\n")
    rig.read()
    assert "KeyError" in caplog.text
    assert "ValueError" in caplog.text
    assert "secret" not in caplog.text


def test_a_session_may_let_another_go_on_and_make_wishes(rig: Rig) -> None:
    other = Script()
    rig.connection.become(other)
    rig.connection.submit("wish")
    rig.connection.establish()
    rig.client.sendall(b"x")
    rig.read()
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
        rig.read()
    assert caplog.text == ""
