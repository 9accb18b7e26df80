"""Telnet as it happens: editors, dumb terminals, windows, charsets."""

import pytest

from tests.telnet.house import (
    AGREES,
    IAC,
    TELLS,
    Screen,
    TestHouse,
    naws,
)


def test_a_terminal_gets_an_editor_and_gives_it_back() -> None:
    ada = TestHouse().terminal("ada")
    assert ada.session.dialect is not None
    sent = ada.hear("/quit\r\0")
    assert sent.endswith(b"\r\x1b[K\x1b[?2004l")
    assert ada.gone


def test_one_who_agrees_to_no_editor_gets_lines() -> None:
    house = TestHouse()
    ada = house.person()
    ada.send(b"\xff\xfe\x01\xff\xfe\x03").read()
    assert ada.hear("ada\n") == (
        b"  You are in #lobby, alone so far. Type to talk; /help shows what else there is.\r\n"
    )


@pytest.mark.parametrize("kind", ["dumb", "DUMB", "network", "unknown"])
def test_a_dumb_terminal_is_never_sent_an_escape_and_echoes_itself(kind: str) -> None:
    house = TestHouse()
    ada = house.terminal(kind=kind)
    sent = ada.read()
    assert b"\x1b" not in sent
    assert sent.endswith(b"\xff\xfc\x01\xff\xfc\x03")  # WONT ECHO, WONT SGA
    assert sent.count(b"Your name? ") == 1
    ada.send(b"\xff\xfe\x01\xff\xfe\x03ada\r\n")
    house.pipe("bob").send("hi ada\n")
    sent = ada.read()
    assert b"\x1b" not in sent
    assert b"12:01 <bob> hi ada\r\n" in sent
    assert ada.session.dialect is not None


@pytest.mark.parametrize("answer", [b"\xff\xfc\x18", b"a"])
def test_a_terminal_without_a_name_gets_an_editor(answer: bytes) -> None:
    """It refuses to tell, or its person types before it has told."""
    guest = TestHouse().person()
    assert b"\x1b" not in guest.hear(AGREES + TELLS)
    assert b"\x1b[K" in guest.hear(answer)


def test_a_client_may_take_the_echo_back() -> None:
    house = TestHouse()
    ada = house.terminal("ada")
    sent = ada.hear(b"\xff\xfe\x01")
    assert b"\xff\xfc\x01" in sent
    assert b"\x1b[?2004l" in sent
    house.pipe("bob").send("hi\n")
    assert ada.read().endswith(b"<bob> hi\r\n")
    assert ada.hear("hello\r\n") == b"12:01 <ada> hello\r\n"


def test_the_window_tells_how_wide_lines_are() -> None:
    house = TestHouse()
    ada = house.terminal("ada", columns=40)
    screen = Screen(ada, 40)
    bob = house.pipe("bob")
    bob.send("one two three four five six seven eight nine ten\n")
    assert screen.rows() == [
        "12:01 -> bob has joined #lobby",
        "12:01 <bob> one two three four five six",
        "            seven eight nine ten",
        "[#lobby]",
    ]
    ada.send(naws(60)).read()
    bob.send("one two three four five six seven eight nine ten\n")
    assert Screen(ada, 60).rows() == [
        "12:01 <bob> one two three four five six seven eight nine ten"[:60].rstrip(),
        "[#lobby]",
    ]


@pytest.mark.parametrize(("told", "columns"), [(0, 0), (1, 10), (9, 10), (501, 500), (65535, 500)])
def test_the_width_of_a_window_is_bounded(told: int, columns: int) -> None:
    """FAULTS row 23. A width of 0 means that the client does not know (RFC 1073)."""
    ada = TestHouse().terminal("ada")
    ada.send(naws(told, told))
    assert ada.session._terminal.columns == columns
    ada.send("hello world, this is a line to be seen\r\0")
    assert b"hello" in ada.read()


def test_a_terminal_is_asked_once_for_its_name() -> None:
    """FAULTS row 22: each question is longer than what provokes it."""
    ada = TestHouse().terminal("ada")
    assert ada.hear(b"\xff\xfb\x18" * 1000) == b""
    flood = ada.hear(b"\xff\xfc\x18\xff\xfb\x18" * 1000)
    assert flood.count(b"\xff\xfa\x18\x01\xff\xf0") <= 64
    assert len(flood) < 64 * 12


def test_two_servers_that_call_each_other_stop_talking() -> None:
    """FAULTS row 22: each takes what the other says for names."""
    house = TestHouse()
    ends = (house.person(), house.person())
    rounds = 0
    while any(end.pages for end in ends):
        rounds += 1
        assert rounds < 50
        for one, other in (ends, ends[::-1]):
            if (said := one.read()) and not other.gone:
                other.send(said)
    assert not any(end.established for end in ends)


def test_are_you_there() -> None:
    house = TestHouse()
    ada, bob = house.pipe("ada"), house.terminal("bob")
    assert ada.hear(b"\xff\xf6") == b"[Yes]\n"
    screen = Screen(bob)
    bob.send(b"half\xff\xf6")
    assert screen.rows() == ["[Yes]", "[#lobby] half"]


def test_a_client_in_line_mode_gets_its_timing_mark() -> None:
    """After ^C it shows nothing of ours until the mark is there (RFC 860)."""
    ada = TestHouse().person("ada")
    assert ada.hear(b"\xff\xf4\xff\xfd\x06") == b"\xff\xfb\x06"


def test_the_commands_that_stand_for_keys() -> None:
    ada = TestHouse().terminal("ada")
    ada.send(b"helxx\xff\xf7\xff\xf7lo\r\0")
    assert b"> hello\r\n" in ada.read().replace(b"\x1b[0m", b"")
    ada.send(b"nothing\xff\xf8said\r\0")
    assert b"> said\r\n" in ada.read().replace(b"\x1b[0m", b"")
    ada.send(b"nothing\xff\xf4all\r\0")
    assert b"> all\r\n" in ada.read().replace(b"\x1b[0m", b"")


def test_a_latin_1_terminal_is_sent_and_reads_latin_1() -> None:
    """FAULTS row 24: ÿ is the byte that telnet commands begin with, so it is doubled."""
    house = TestHouse()
    ada, bob = house.terminal("ada"), house.pipe("bob")
    ada.send("/charset latin-1\r\0")
    ada.read()
    bob.send("ÿ é €\n")
    sent = ada.read()
    assert IAC * 2 + b" \xe9 ?" in sent
    assert "ÿ".encode() not in sent
    bob.read()
    ada.send(b"\xff\xff \xe9\r\0")
    assert bob.read().decode() == "12:01 <ada> ÿ é\n"
    assert IAC * 2 + b" \xe9" in ada.read()


def test_a_latin_1_pipe_gets_its_bytes_as_they_are() -> None:
    house = TestHouse()
    ada, bob = house.pipe("ada"), house.pipe("bob")
    ada.send("/charset latin-1\n")
    ada.read()
    bob.send("ÿ\n")
    assert ada.read() == b"12:01 <bob> \xff\n"


def test_a_character_cut_by_a_read_is_kept_whole() -> None:
    """FAULTS row 16."""
    house = TestHouse()
    ada, bob, cy = house.pipe("ada"), house.pipe("bob"), house.terminal("cy")
    bob.read()
    for byte in "日本é\n".encode():
        ada.send(bytes((byte,)))
    assert bob.read().decode() == "12:01 <ada> 日本é\n"
    for byte in "日本é\r".encode():
        cy.send(bytes((byte,)))
    assert bob.read().decode() == "12:01 <cy> 日本é\n"
