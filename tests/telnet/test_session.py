"""Conversations byte for byte, without a socket."""

import pytest

from chatserver.config import Limits
from chatserver.endings import Ending
from tests.telnet.house import (
    AGREES,
    FREE,
    GREETING,
    IAC,
    TELLS,
    Guest,
    Screen,
    TestHouse,
    naws,
    parameters,
)


def test_the_screen_of_the_promise() -> None:
    """The very example of the plan: three people, two of them in another room as well."""
    house = TestHouse()
    house.pipe("bob").send("/join games\n")
    house.pipe("cy")
    zed = house.pipe("zed")
    zed.send("/leave\n")
    ada = house.terminal(columns=100)
    screen = Screen(ada, 100)
    ada.send("ada\r\0")
    house.guests[0].send("/join lobby\nhi ada\n")
    house.pipe("dan")
    ada.send("hello ev_")
    assert screen.rows() == [
        "  chatserver 0.1.0 · 3 people in 2 rooms",
        "  Your name? ada",
        "  You are in #lobby with bob and cy. Type to talk; /help shows what else there is.",
        "12:01 <bob> hi ada",
        "12:01 -> dan has joined #lobby",
        "[#lobby] hello ev_",
    ]
    assert screen.column == len("[#lobby] hello ev_")


def test_a_pipe_is_spoken_to_in_plain_lines() -> None:
    house = TestHouse()
    bot = house.pipe().send("bot\nhello\n").close()
    assert (
        bot.read()
        == (
            "  chatserver 0.1.0 · nobody is here yet\n"
            "  You are in #lobby, alone so far. Type to talk; /help shows what else there is.\n"
            "12:01 <bot> hello\n"
        ).encode()
    )
    assert bot.gone


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_pipe_gets_the_line_ends_that_it_sends(end: str) -> None:
    house = TestHouse()
    bot = house.pipe().send(f"bot{end}/help{end}hello{end}")
    lines = bot.read().decode()
    assert lines.count("\n") > 20
    assert lines.count("\r\n") == (lines.count("\n") if end == "\r\n" else 0)
    house.pipe("ada").send("hi\n")
    assert bot.read().endswith(f"hi{end}".encode())


def test_a_line_end_may_be_cut_in_two() -> None:
    bot = TestHouse().pipe().send("bot\r")
    assert bot.hear("\n").endswith(b"\r\n")


def test_the_last_line_may_do_without_its_newline() -> None:
    house = TestHouse()
    ada = house.pipe("ada")
    bot = house.pipe().send("bot\nhello").close()
    assert bot.gone
    assert ada.read().decode().splitlines() == [
        "12:01 -> bot has joined #lobby",
        "12:01 <bot> hello",
        "12:01 <- bot left (connection closed)",
    ]


def test_a_silent_one_is_greeted_offered_an_editor_and_asked() -> None:
    guest = TestHouse().person()
    assert guest.read() == GREETING + (
        "  chatserver 0.1.0 · nobody is here yet\r\n  Your name? ".encode()
    )


def test_the_message_of_the_day_stands_below_the_greeting() -> None:
    guest = TestHouse(motd=("Be kind.", "", "\x1b[31mred")).pipe().send("ada\n")
    assert guest.read().decode().splitlines()[:4] == [
        "  chatserver 0.1.0 · nobody is here yet",
        "  Be kind.",
        "",
        "  [31mred",
    ]


# The order of answers.


def test_answers_come_in_the_order_of_the_questions() -> None:
    ada = TestHouse().pipe("ada")
    assert ada.says("one\n/nope\ntwo\n/who\n/me waves\nthree\n/topic") == [
        "12:01 <ada> one",
        "  There is no /nope. /help shows what there is.",
        "12:01 <ada> two",
        "  1 person in #lobby:",
        "    ada",
        "12:01 * ada waves",
        "12:01 <ada> three",
        "  #lobby has no topic; /topic TEXT sets one.",
    ]


def test_what_is_said_is_heard_where_it_was_said() -> None:
    house = TestHouse()
    ada, bob = house.pipe("ada"), house.pipe("bob")
    ada.send("here\n/join games\nthere\n/join lobby\nback\n")
    heard = bob.read().decode()
    assert "<ada> here\n" in heard
    assert "there" not in heard
    assert heard.endswith("<ada> back\n")


def test_a_control_character_before_a_slash_changes_nothing_of_the_order() -> None:
    ada = TestHouse().pipe("ada")
    assert ada.says("one\n\x07/topic\ntwo") == [
        "12:01 <ada> one",
        "  #lobby has no topic; /topic TEXT sets one.",
        "12:01 <ada> two",
    ]
    # Help asks nobody, so nothing but the session itself keeps it in its place.
    assert ada.says("one\n\x07/help time")[0] == "12:01 <ada> one"


def test_input_waits_for_the_answer() -> None:
    house = TestHouse()
    ada = house.pipe("ada")
    ada.session.receive_data(b"/who\nhello\n", house.now)
    assert not ada.session.wants_input
    assert ada.session.data_to_send() == b""
    house.settle()
    assert ada.session.wants_input
    assert ada.read().decode().splitlines()[-1] == "12:01 <ada> hello"


def test_long_and_endless_lines_of_a_pipe() -> None:
    """FAULTS row 13."""
    house = TestHouse()
    ada, bob = house.pipe("ada"), house.pipe("bob")
    assert ada.says("x" * 4097) == ["  That line is too long (limit 4096 bytes)."]
    assert ada.says("x" * 4096) == ["12:01 <ada> " + "x" * 4096]
    assert ada.says("é" * 2049) == ["  That line is too long (limit 4096 bytes)."]
    bob.read()
    ada.send(b"y" * 16384)
    assert not ada.gone
    ada.send(b"y")
    assert ada.gone
    assert ada.read() == b"  That line is too long (limit 4096 bytes).\n"
    assert bob.read() == b"12:01 <- ada left (connection lost)\n"


def test_an_editor_refuses_a_paste_that_is_too_long_and_goes_on() -> None:
    ada = TestHouse().terminal("ada")
    sent = ada.hear(b"\x1b[200~" + b"x" * 5000 + b"\x1b[201~")
    assert b"That line is too long (limit 4096 bytes)." in sent
    assert b"<ada>" not in sent
    assert b"hello" in ada.hear("hello\r\0")


@pytest.mark.parametrize(
    ("ending", "waiting", "words"),
    [
        (Ending.TOO_SLOW, 262144, "You were too slow to read (256 KiB waiting)."),
        (Ending.TOO_SLOW, 512, "You were too slow to read (512 bytes waiting)."),
        (Ending.TOO_SLOW, 1, "You were too slow to read (1 byte waiting)."),
        (Ending.OVERLOAD, 9, "Server is full. Try again in a minute."),
        (Ending.FAULT, 0, "The server had a fault. Please connect again."),
        (Ending.STOPPING, 0, "Good-bye."),
        (Ending.LOST, 0, "The connection is closed."),
    ],
)
def test_the_words_of_the_end(ending: Ending, waiting: int, words: str) -> None:
    house = TestHouse()
    pipe, terminal = house.pipe("ada"), house.terminal("bob")
    for guest in (pipe, terminal):
        guest.read()
        guest.end(ending, waiting)
        assert guest.gone
    assert pipe.read() == f"  {words}\n".encode()
    assert Screen(terminal).rows() == [f"  {words}", ""]


def test_the_warning_of_a_stop() -> None:
    house = TestHouse()
    ada = house.pipe("ada")
    ada.session.warn(Ending.STOPPING)
    ada.pump()
    words = "The server is restarting. Please connect again in a moment."
    assert ada.read() == f"  {words}\n".encode()


# Telnet.


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


# Charsets.


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


# Signs of life.


def test_a_terminal_that_answers_no_ping_is_given_up() -> None:
    """FAULTS row 11, for those that have shown to be telnet clients."""
    house = TestHouse(Limits(rate=None))
    ada, bob = house.terminal("ada"), house.pipe("bob")
    house.wait(89)
    assert not ada.read().endswith(b"\xff\xfd\x06")
    house.wait(2)
    assert ada.read() == b"\xff\xfd\x06"
    ada.send(b"\xff\xfc\x06")  # any answer will do
    house.wait(91)
    assert ada.read() == b"\xff\xfd\x06"
    assert not ada.gone
    bob.read()
    house.wait(61)
    assert ada.gone
    assert bob.read() == b"12:01 <- ada left (no answer)\n"


def test_quiet_people_without_telnet_are_left_alone() -> None:
    house = TestHouse()
    guests = [house.pipe("ada"), house.person("bob")]
    for guest in guests:
        guest.read()
    house.wait(10_000)
    assert not any(guest.gone for guest in guests)
    assert [guest.read() for guest in guests] == [b"", b""]


# Rates.

RATED = Limits()


def lines_of(guest: Guest) -> int:
    return guest.read().count(b"<ada>")


def test_ten_lines_at_once_and_two_a_second_after_that() -> None:
    """FAULTS row 14. The name was a line, too, and has been made up for by then."""
    house = TestHouse(RATED)
    ada = house.pipe("ada")
    house.wait(10)
    ada.read()
    ada.send("".join(f"{number}\n" for number in range(100)))
    assert lines_of(ada) == 10
    assert not ada.session.wants_input
    house.wait(0.4)
    assert lines_of(ada) == 0
    house.wait(0.2)
    assert lines_of(ada) == 1
    house.wait(10)
    assert lines_of(ada) == 20
    house.wait(100)
    assert lines_of(ada) == 69
    assert ada.session.wants_input


def test_a_pipe_that_has_closed_is_still_heard_to_its_end() -> None:
    house = TestHouse(RATED)
    bob = house.pipe("bob")
    ada = house.pipe().send("ada\n" + "".join(f"{number}\n" for number in range(30))).close()
    assert not ada.gone
    house.wait(60)
    assert ada.gone
    said = [line for line in bob.read().decode().splitlines() if "<ada>" in line]
    assert said == [f"12:01 <ada> {number}" for number in range(30)]


def test_a_confirmed_paste_is_sent_at_the_rate() -> None:
    house = TestHouse(RATED)
    ada = house.terminal("ada")
    house.wait(10)
    ada.read()
    ada.send(b"\x1b[200~" + b"".join(b"%d\n" % number for number in range(20)) + b"\x1b[201~")
    assert "Send 20 lines? (y/n)" in ada.read().decode()
    bob = house.pipe("bob")
    ada.send("y")
    assert lines_of(bob) == 10
    house.wait(5)
    assert lines_of(bob) == 10


def test_without_a_rate_everything_goes_at_once() -> None:
    house = TestHouse(FREE)
    ada = house.pipe("ada")
    ada.read()
    ada.send("x\n" * 1000)
    assert lines_of(ada) == 1000


def test_parameters_hold_a_doubled_iac() -> None:
    assert parameters(31, b"\xff") == b"\xff\xfa\x1f\xff\xff\xff\xf0"
