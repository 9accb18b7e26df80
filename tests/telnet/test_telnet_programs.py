"""What telnet programs answer to our offer, byte for byte, and what they are shown then.

The programs were listened to where Debian has them. Of the others (Mudlet, MUSHclient, Microsoft's
telnet) it is what their sources or their documentation say.
"""

import pytest

from chatserver.telnet.parser import Command, Option
from tests.telnet.house import AGREES, IAC, Guest, Screen, TestHouse, iac, naws, parameters

DO, DONT, WILL, WONT = Command.DO, Command.DONT, Command.WILL, Command.WONT
GO_AHEAD = IAC + bytes((Command.GO_AHEAD,))
ECHO_IS_YOURS = iac(WONT, Option.ECHO)
ASKED = iac(DO, Option.TTYPE) + iac(DO, Option.NAWS)


def told(name: str) -> bytes:
    return iac(WILL, Option.TTYPE) + parameters(Option.TTYPE, b"\0" + name.encode())


def talking(house: TestHouse, *answers: bytes, name: bytes = b"ada\r\n") -> Guest:
    """Somebody whose program answers so, and who has given a name then."""
    guest = house.person()
    for answer in answers:
        guest.send(answer)
    guest.send(name)
    return guest


# Clients with a row of their own to type in: an echo by the server hides what is typed there.


def test_who_takes_the_echo_for_a_password_gets_it_back() -> None:
    """TinyFugue and KBtin work in lines alone: no SGA, and they type unseen while we echo."""
    guest = TestHouse().person()
    guest.read()
    said = guest.hear(iac(DO, Option.ECHO) + iac(DONT, Option.SGA))
    assert said == ASKED + ECHO_IS_YOURS + GO_AHEAD
    assert guest.hear(iac(DONT, Option.ECHO)) == b""


def test_who_agrees_to_no_sga_is_told_when_to_type() -> None:
    """RFC 854, GO AHEAD: TinyFugue does not show a question before it comes."""
    house = TestHouse()
    house.pipe("ada")
    guest = house.person().send(iac(DO, Option.ECHO) + iac(DONT, Option.SGA))
    assert guest.hear("ada\n").endswith(b"  Your name? " + GO_AHEAD)
    assert GO_AHEAD not in guest.hear("eve\n")


def test_a_peer_that_changes_its_mind_all_the_time_is_told_little() -> None:
    """FAULTS row 22."""
    guest = TestHouse().person()
    guest.read()
    flood = (iac(DO, Option.SGA) + iac(DONT, Option.SGA)) * 1000
    assert len(guest.hear(flood)) < 64 * 6


@pytest.mark.parametrize("name", ["MUDLET", "Mudlet 4.17.2", "mushclient", "CMUD", "KBtin-2.1"])
def test_a_mud_client_that_agrees_to_all_keeps_its_own_row(name: str) -> None:
    house = TestHouse()
    guest = house.person().send(AGREES)
    guest.read()
    assert ECHO_IS_YOURS in guest.hear(told(name))
    guest.send("ada\r\n").read()
    house.pipe("bob").send("hi ada\n")
    said = guest.read()
    assert b"\x1b[K" not in said
    assert b"m> hi ada\r\n" in said  # in colours, which MUD clients know


def test_a_mud_client_that_takes_the_echo_without_a_word_gets_it_back() -> None:
    """MUSHclient hides what is typed at WILL ECHO and does not answer it, but SGA it does."""
    guest = TestHouse().person()
    guest.read()
    assert guest.hear(iac(DO, Option.SGA)) == ASKED
    assert ECHO_IS_YOURS in guest.hear(told("mushclient"))


def test_a_mud_client_is_told_once_that_we_write_utf_8() -> None:
    """RFC 2066. Mudlet takes all for ASCII until then."""
    guest = TestHouse().person().send(AGREES)
    guest.read()
    assert guest.hear(told("Mudlet")).endswith(iac(WILL, Option.CHARSET))
    request = parameters(Option.CHARSET, b"\x01;UTF-8")
    assert guest.hear(iac(DO, Option.CHARSET)) == request
    assert guest.hear(parameters(Option.CHARSET, b"\x02UTF-8")) == b""
    assert guest.hear(iac(DO, Option.CHARSET) * 100 + told("Mudlet") * 100) == b""
    again = guest.hear((iac(DONT, Option.CHARSET) + iac(DO, Option.CHARSET)) * 100 + told("Mudlet"))
    assert request not in again
    assert iac(WILL, Option.CHARSET) not in again


def test_tintin_types_each_key_and_has_the_editor() -> None:
    guest = talking(TestHouse(), AGREES, told("TINTIN++"), naws(80))
    assert Screen(guest).rows()[-1] == "[#lobby]"


# Terminals.


def test_putty_begins_before_we_do() -> None:
    begins = b"".join(
        iac(verb, option)
        for verb, option in ((WILL, 31), (WILL, 32), (WILL, 24), (WILL, 39), (DO, 1), (WILL, 3))
    )
    guest = TestHouse().person().send(begins + iac(DO, Option.SGA))
    guest.send(naws(80) + parameters(Option.TTYPE, b"\0XTERM") + iac(WILL, 36))
    said = guest.hear("ada\r\n")
    assert said.count(b"\xff") == 0
    assert b"[#lobby] " in said


@pytest.mark.parametrize("name", ["ANSI", "VT100", "VTNT"])
def test_the_telnet_of_windows(name: str) -> None:
    """It sends CR LF for Enter, and no UTF-8 but the code page of its window."""
    house = TestHouse()
    guest = talking(house, AGREES, told(name), naws(80))
    screen = Screen(guest)
    guest.send(b"/charset cp437\r\n").send(b"caf\x82\r\n")
    bob = house.pipe("bob")
    guest.read()
    bob.send("é\n")
    assert b"> \x82\r\n" in guest.read()
    assert screen.rows()[-1] == ""


def test_curl_agrees_and_tells_nothing() -> None:
    """With `-T .`, so that it reads the keyboard and the net at once."""
    answers = (AGREES + iac(WILL, 0) + iac(DO, 0) + iac(WILL, 3), iac(WONT, Option.TTYPE), naws(0))
    guest = talking(TestHouse(), *answers, name=b"ada\n")
    assert guest.established
    assert Screen(guest).rows()[-1] == "[#lobby]"


def test_a_library_that_agrees_but_tells_nothing_gets_no_colours() -> None:
    """Perl's Net::Telnet and Ruby's net-telnet: a script looks for « <bob> » there."""
    house = TestHouse()
    guest = talking(house, AGREES, iac(WONT, Option.TTYPE) + iac(WONT, Option.NAWS))
    house.pipe("bob").send("hi ada\n")
    assert b"12:01 <bob> hi ada\r\n" in guest.read()


def test_telnetlib_refuses_all() -> None:
    refuses = iac(DONT, 1) + iac(DONT, 3)
    guest = talking(TestHouse(), refuses, iac(WONT, 24) + iac(WONT, 31), name=b"ada\n")
    assert guest.established
    assert b"\x1b" not in guest.read()


@pytest.mark.parametrize("offers", [bytes(range(200, 203)), bytes((25, 42, 69, 70, 85, 86, 91))])
def test_offers_of_muds_are_refused_in_few_bytes(offers: bytes) -> None:
    """EOR, CHARSET, MSDP, MSSP, MCCP, MXP, ATCP, GMCP: none of it is done here."""
    guest = TestHouse().person()
    guest.read()
    for option in offers:
        assert guest.hear(iac(WILL, option)) == iac(DONT, option)
        assert guest.hear(iac(DO, option)) == iac(WONT, option)


# Line mode.

IN_LINES = iac(DONT, Option.ECHO) + iac(DONT, Option.SGA)


def test_an_end_of_input_in_line_mode_leaves() -> None:
    """telnet sends the byte of ^D alone where nothing is typed, as on a dumb terminal."""
    ada = talking(TestHouse(), IN_LINES)
    assert ada.hear(b"\x04") == b"  Good-bye.\r\n"
    assert ada.gone


@pytest.mark.parametrize("sent", [b"half\x04", b"\x04half", b"\x04\x04"])
def test_but_not_in_a_line(sent: bytes) -> None:
    ada = talking(TestHouse(), IN_LINES).send(sent)
    assert not ada.gone


def test_nor_in_a_pipe() -> None:
    assert not TestHouse().pipe("ada").send(b"\x04").gone


# Charsets.

HINT = b"/charset latin-1"


@pytest.mark.parametrize("client", ["pipe", "person", "terminal"])
def test_who_sends_another_charset_is_told_once_how_to_say_so(client: str) -> None:
    house = TestHouse()
    bob = house.pipe("bob")
    ada = {"pipe": house.pipe, "person": house.person, "terminal": house.terminal}[client]("ada")
    bob.read()
    assert HINT in ada.hear(b"caf\xe9\r\n")
    assert bob.read().decode() == "12:01 <ada> caf\ufffd\n"
    assert HINT not in ada.hear(b"caf\xe9\r\n")


@pytest.mark.parametrize("text", ["café".encode(), b"cafe", b"/charset latin-1\n\xe9"])
def test_nobody_else_is_told(text: bytes) -> None:
    ada = TestHouse().pipe("ada")
    assert b"UTF-8" not in ada.hear(text + b"\n")


# Lines.


def test_the_name_is_none_of_the_lines_that_up_brings_back() -> None:
    ada = TestHouse().terminal("ada")
    screen = Screen(ada)
    ada.send("\x1b[Ax")
    assert screen.rows()[-1] == "x"
    ada.send("\x15hello\r\0" + "\x1b[A" * 3)
    assert screen.rows()[-1] == "[#lobby] hello"
