"""What a session does when time passes: pings, and the rate of lines."""

from chatserver.config import Limits
from tests.telnet.house import (
    FREE,
    Guest,
    TestHouse,
)


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
