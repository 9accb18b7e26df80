"""The session until the first bytes tell."""

import logging

import pytest

from chatserver.chat.requests import Census, Request
from chatserver.config import Config, Limits
from chatserver.endings import Ending
from chatserver.house import House
from chatserver.irc.session import IrcSession
from chatserver.sniff import Undecided
from chatserver.telnet.session import TelnetSession
from tests.telnet.house import TestHouse

OFFER = b"\xff\xfb\x01\xff\xfb\x03"


class Client:
    """A connection whose session may be replaced."""

    def __init__(self, **limits: float) -> None:
        self.requests: list[Request] = []
        self.session: Undecided | TelnetSession | IrcSession = Undecided(
            House(Config(limits=Limits(**limits)), "0.1.0"),  # type: ignore[arg-type]
            "192.0.2.1",
            self.requests.append,
            self.requests.append,
            lambda: None,
            self._become,
            100.0,
        )

    def _become(self, session: TelnetSession | IrcSession) -> None:
        self.session = session

    def send(self, *chunks: bytes) -> bytes:
        for chunk in chunks:
            self.session.receive_data(chunk, 100.1)
        return self.session.data_to_send()

    @property
    def is_person(self) -> bool:
        return isinstance(self.session, TelnetSession)

    @property
    def is_irc(self) -> bool:
        return isinstance(self.session, IrcSession)


def test_silence_is_a_person_who_is_greeted_after_300_ms() -> None:
    """FAULTS row 8."""
    client = Client()
    assert client.session.wake_at == pytest.approx(100.3)
    assert client.session.data_to_send() == b""
    client.session.tick(100.3)
    assert client.is_person
    assert client.session.data_to_send() == OFFER
    assert [type(request) for request in client.requests] == [Census]


def test_one_who_speaks_at_once_is_a_pipe_and_is_offered_nothing() -> None:
    client = Client()
    assert client.send(b"bot\nhello\n") == b""
    assert client.is_person


def test_telnet_that_speaks_first_is_offered_an_editor() -> None:
    client = Client()
    assert client.send(b"\xff\xfb\x1f").startswith(OFFER)


@pytest.mark.parametrize(
    ("chunks", "reply"),
    [
        ([b"GET / HTTP/1.1\r\n\r\n"], b"HTTP/1.1 400 "),
        ([b"G", b"E", b"T", b" ", b"/\r\n"], b"HTTP/1.1 400 "),
        ([b"SSH-2.0-x\r\n"], b"SSH is not spoken here"),
        ([b"\x16\x03\x01"], b""),
        ([b"\x00\x01\x02"], b""),
    ],
)
def test_foreigners_are_sent_away(
    chunks: list[bytes], reply: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """FAULTS rows 7 and 9: in their own words, without a name, in one line of the log."""
    client = Client()
    with caplog.at_level(logging.INFO):
        sent = client.send(*chunks)
    assert sent.startswith(reply)
    assert bool(sent) is bool(reply)
    assert client.session.finished
    assert client.requests == []
    assert len(caplog.records) == 1
    assert "was sent away" in caplog.text


@pytest.mark.parametrize(
    "chunks",
    [
        [b"NICK bob\r\nUSER x 0 * :x\r\n"],
        [b"CAP LS 302\r\n"],
        [b"cap ls\r\n"],
        [b"PASS secret\r\nNICK bob\r\n"],
        [b"NI", b"CK bob\r\nUSER x 0 * :x\r\n"],
        [bytes((byte,)) for byte in b"NICK bob\r\nUSER x 0 * :x\r\n"],
    ],
)
def test_an_irc_client_is_served_and_sees_no_byte_of_telnet(chunks: list[bytes]) -> None:
    client = Client()
    sent = client.send(*chunks)
    assert client.is_irc
    assert b"\xff" not in sent
    assert b"name?" not in sent
    assert Census not in map(type, client.requests)


def test_a_first_line_that_takes_long_is_an_irc_clients_all_the_same() -> None:
    """Its first word has come before the 300 ms are over: no greeting, no negotiation."""
    client = Client()
    client.send(b"NICK bo")
    client.session.tick(100.3)
    assert client.is_irc
    assert client.session.data_to_send() == b""
    assert client.send(b"b\r\nUSER x 0 * :x\r\n") == b""


@pytest.mark.parametrize(
    "chunks", [[b"NICK bob\r\n"], [b"NICK b", b"ob\r\n"], [b"C", b"AP LS\r\n"]]
)
def test_an_irc_client_that_comes_late_is_served_too(chunks: list[bytes]) -> None:
    """It was silent and has been greeted as a person; the prompt is on no line of IRC."""
    client = Client()
    client.session.tick(100.3)
    client.session.data_to_send()
    assert client.send(*chunks).startswith(b"\r\n")
    assert client.is_irc


def test_a_last_line_without_its_newline_is_an_irc_clients_too() -> None:
    client = Client()
    client.send(b"NICK bob")
    client.session.receive_eof(100.1)
    assert client.is_irc


# A door that is for telnet alone, and greets at once.


@pytest.mark.parametrize(
    ("chunks", "reply"),
    [
        ([b"GET / HTTP/1.1\r\n\r\n"], b"HTTP/1.1 400 "),
        ([b"GE", b"T / HTTP/1.1\r\n\r\n"], b"HTTP/1.1 400 "),
        ([b"SSH-2.0-x\r\n"], b"SSH is not spoken here"),
        ([b"NI", b"CK bob\r\nUSER x"], b"ERROR :IRC is not spoken here"),
        ([b"\x16\x03\x01"], b""),
        ([b"\x00\x01\x02"], b""),
    ],
)
def test_a_telnet_door_sends_foreigners_away(chunks: list[bytes], reply: bytes) -> None:
    person = TestHouse().person()
    person.read()
    for chunk in chunks:
        person.send(chunk)
    sent = person.read()
    assert sent.startswith(reply)
    assert bool(sent) is bool(reply)
    assert person.gone
    assert not person.established


def test_who_answers_an_offer_of_telnet_may_begin_with_any_key() -> None:
    tess = TestHouse().terminal()
    tess.send("\x01\x02\x06ada\r\0")
    assert tess.established


def test_a_slow_first_word_is_waited_for_but_not_for_long() -> None:
    client = Client()
    client.send(b"NI")
    assert not client.is_person
    client.session.tick(100.3)
    assert client.is_person


def test_the_time_to_give_a_name_began_with_the_connection() -> None:
    client = Client(name_seconds=60.0)
    client.session.tick(100.3)
    assert client.session.wake_at == pytest.approx(160.0)


def test_an_early_end_is_an_end() -> None:
    client = Client()
    client.session.receive_eof(100.1)
    assert client.session.finished
    assert not client.is_person


def test_a_name_without_its_newline_may_be_all_there_is() -> None:
    client = Client()
    client.send(b"SSH")
    client.session.receive_eof(100.1)
    assert client.is_person


def test_the_end_is_told_in_plain_words() -> None:
    client = Client()
    client.session.warn(Ending.STOPPING)
    client.session.end(Ending.STOPPING, 0)
    assert client.session.data_to_send().decode().splitlines() == [
        "The server is restarting. Please connect again in a moment.",
        "Good-bye.",
    ]
    assert client.session.finished


def test_it_takes_part_in_nothing() -> None:
    session = Client().session
    session.deliver([], 100.0)
    assert session.data_to_send() == b""
    assert (session.dialect, session.key, session.has_more) == (None, "", False)
