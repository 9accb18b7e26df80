"""Conversations byte for byte, without a socket."""

import pytest

from chatserver.endings import Ending
from tests.telnet.house import (
    GREETING,
    Screen,
    TestHouse,
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
    # What could not be sent may have been cut within a row: the words begin a new one.
    cut = [""] if waiting else []
    assert pipe.read() == "".join(f"{row}\n" for row in [*cut, f"  {words}"]).encode()
    assert Screen(terminal).rows() == [*cut, f"  {words}", ""]


def test_the_warning_of_a_stop() -> None:
    house = TestHouse()
    ada = house.pipe("ada")
    ada.session.warn(Ending.STOPPING)
    ada.pump()
    words = "The server is restarting. Please connect again in a moment."
    assert ada.read() == f"  {words}\n".encode()
