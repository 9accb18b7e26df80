"""Private messages to people who are not here."""

import pytest

from chatserver.chat.requests import Quit
from chatserver.endings import Ending
from chatserver.history.errors import Cause
from chatserver.limits import Limits
from tests.telnet.house import Guest, TestHouse

DAY = "-- Thursday 29 February 2024 --"
ALONE = "  You are in #lobby with ada. Type to talk; /help shows what else there is."
FULL = "  Not sent: the server cannot save messages now (disk full)."
FULL_BOX = "Not sent: too many messages wait for {} already (limit {})."


def heading(count: int) -> str:
    return f"-- {count} message{'s' * (count != 1)} for you while you were away --"


@pytest.fixture
def house() -> TestHouse:
    return TestHouse()


@pytest.fixture
def ada(house: TestHouse) -> Guest:
    return house.pipe("ada")


def comes(house: TestHouse, name: str) -> list[str]:
    guest = house.person()
    guest.read()
    return guest.says(name)


def test_the_words(ada: Guest) -> None:
    assert ada.says("/msg bob see you") == [
        "12:01 <ada -> bob> see you",
        "  bob is not here; they will see it when they come back.",
    ]


def test_they_come_once_the_name_is_taken_and_once(house: TestHouse, ada: Guest) -> None:
    ada.send("/msg bob one\n/msg BOB two\n/msg cy for cy\n")
    assert comes(house, "Bob") == [
        ALONE,
        heading(2),
        DAY,
        "12:01 <ada -> Bob> one",
        "12:01 <ada -> Bob> two",
    ]
    house.guests[-1].send("/quit\n")
    assert comes(house, "bob") == [ALONE]
    house.guests[-1].send("/quit\n")
    assert comes(house, "cy")[-3:] == [heading(1), DAY, "12:01 <ada -> cy> for cy"]


def test_they_come_behind_the_past_of_the_room(house: TestHouse, ada: Guest) -> None:
    """It may be longer than the screen, and would push out of sight what is shown but once."""
    ada.send("/msg bob one\nhello\n")
    assert comes(house, "bob") == [
        DAY,
        "12:01 <ada> hello",
        ALONE,
        heading(1),
        DAY,
        "12:01 <ada -> bob> one",
    ]


def test_they_come_to_who_may_not_come_in(house: TestHouse, ada: Guest) -> None:
    ada.send("/msg bob one\n")
    house.registry.roster.rooms["#lobby"].limit = 1
    assert comes(house, "bob") == [
        heading(1),
        DAY,
        "12:01 <ada -> bob> one",
        "  #lobby is full.",
    ]


def test_they_come_to_a_pipe_too(house: TestHouse, ada: Guest) -> None:
    ada.send("/msg bob one\n")
    assert b"<ada -> bob> one\n" in house.pipe().hear("bob\n")


def test_they_come_to_who_takes_the_name_later(house: TestHouse, ada: Guest) -> None:
    ada.send("/msg bert one\n")
    bob = house.pipe("bob")
    assert bob.says("/nick bert") == [
        "  You are bert now.",
        heading(1),
        DAY,
        "12:01 <ada -> bert> one",
    ]
    assert bob.says("/reply hi") == ["12:01 <bert -> ada> hi"]
    bob.says("/nick bob")
    assert bob.says("/nick bert") == ["  You are bert now."]


def test_an_answer_goes_to_who_wrote_last(house: TestHouse, ada: Guest) -> None:
    ada.send("/msg bob one\n")
    bob = house.pipe("bob")
    assert bob.says("/reply hi") == ["12:01 <bob -> ada> hi"]


def test_they_wait_over_a_restart(house: TestHouse, ada: Guest) -> None:
    ada.send("/msg bob one\n")
    again = TestHouse(journal=house.journal)
    assert comes(again, "bob")[-3:] == [heading(1), DAY, "12:01 <ada -> bob> one"]
    third = TestHouse(journal=house.journal)
    assert len(comes(third, "bob")) == 1


def test_they_come_while_nothing_can_be_stored_and_once(house: TestHouse, ada: Guest) -> None:
    ada.send("/msg bob one\n")
    house.journal.fault = Cause.FULL
    assert comes(house, "bob")[-3:] == [heading(1), DAY, "12:01 <ada -> bob> one"]
    bob = house.guests[-1]
    bob.send("/quit\n")
    house.journal.fault = None
    assert comes(house, "bob") == [ALONE]


def test_what_could_not_be_stored_does_not_wait(house: TestHouse, ada: Guest) -> None:
    house.journal.fault = Cause.FULL
    assert ada.says("/msg bob one") == [FULL]
    house.journal.fault = None
    assert comes(house, "bob") == [ALONE]


def test_nobody_waits_for_an_impossible_name(ada: Guest) -> None:
    assert ada.says("/msg 9bob hi") == ["  9bob is not here; /who shows who is."]


def test_many_long_ones_come_in_pages(house: TestHouse, ada: Guest) -> None:
    """So many bytes at once would make a slow reader of whom they wait for (FAULTS row 27)."""
    ada.send("".join(f"/msg bob {number}{'x' * 4000}\n" for number in range(99)))
    bob = house.person()
    bob.read()
    bob.send("bob\n")
    assert max(map(len, bob.pages)) < 64 * 1024
    shown = [line for line in bob.read().decode().splitlines() if "<ada -> bob>" in line]
    assert [line[19:].rstrip("x") for line in shown] == [str(number) for number in range(99)]
    assert bob.says("hello") == ["12:01 <bob> hello"]


def test_what_is_said_to_somebody_alone_is_in_no_history(house: TestHouse, ada: Guest) -> None:
    house.pipe("bob")
    ada.send("/msg bob secret\n/msg zed secret\n")
    ada.read()
    assert ada.says("/search secret") == ["  Nothing was found."]
    assert ada.says("/history") == ["  Nothing older is kept of #lobby."]


# When the disk is full.


def test_a_failing_disk_is_told_to_the_sender_alone(house: TestHouse, ada: Guest) -> None:
    bob = house.pipe("bob")
    ada.says("before")
    house.journal.fault = Cause.FULL
    bob.read()
    assert ada.says("hello") == [FULL]
    assert ada.says("/me waves") == [FULL]
    assert ada.says("/topic chess") == [FULL]
    assert ada.says("/topic") == ["  #lobby has no topic; /topic TEXT sets one."]
    assert ada.says("/msg bob psst") == [FULL]
    assert bob.read() == b""
    house.pipe("cy").send("/leave\n/join lobby\n/quit\n")
    assert bob.read().decode().splitlines() == [
        "12:01 -> cy has joined #lobby",
        "12:01 <- cy has left #lobby",
        "12:01 -> cy has joined #lobby",
        "12:01 <- cy left (quit)",
    ]
    house.journal.fault = None
    assert ada.says("after")[-1] == "12:01 <ada> after"
    assert bob.read() == b"12:01 <ada> after\n"
    assert bob.says("/history") == [DAY, "12:01 <ada> before", "12:01 <ada> after"]


@pytest.mark.parametrize("cause", Cause)
def test_the_cause_is_named(house: TestHouse, ada: Guest, cause: Cause) -> None:
    house.journal.fault = cause
    assert ada.says("hello") == [
        f"  Not sent: the server cannot save messages now ({cause.value})."
    ]


# How many wait for one person.


def test_no_more_wait_for_somebody_than_the_limit_allows() -> None:
    house = TestHouse(Limits(rate=None, waiting=2))
    ada = house.pipe("ada")
    for text in ("one", "two"):
        ada.says(f"/msg bob {text}")
    assert ada.says("/msg BOB three") == [f"  {FULL_BOX.format('BOB', 2)}"]
    assert ada.says("/msg cy for cy")[1:] == [
        "  cy is not here; they will see it when they come back."
    ]
    bob = house.person()
    bob.read()
    assert bob.says("bob")[-2:] == ["12:01 <ada -> bob> one", "12:01 <ada -> bob> two"]
    bob.says("/quit")
    ada.read()
    assert ada.says("/msg bob four")[1:] == [
        "  bob is not here; they will see it when they come back."
    ]


def test_what_waits_from_before_counts_too() -> None:
    limits = Limits(rate=None, waiting=1)
    house = TestHouse(limits)
    house.pipe("ada").says("/msg bob one")
    house = TestHouse(limits, journal=house.journal)
    ada = house.pipe("ada")
    assert ada.says("/msg bob two") == [f"  {FULL_BOX.format('bob', 1)}"]
    eve = house.pipe("eve")
    eve.says("/nick bob")  # who renames takes what waits, as who comes does
    eve.says("/nick eve")
    ada.read()
    assert "bob is not here" in ada.says("/msg bob three")[-1]


def test_nothing_counts_that_was_not_stored_and_all_that_was_not_taken() -> None:
    house = TestHouse(Limits(rate=None, waiting=2))
    ada = house.pipe("ada")
    ada.says("/msg bob one")
    house.journal.fault = Cause.FULL
    assert [ada.says("/msg bob lost") for _ in range(3)] == [[FULL]] * 3
    bob = house.person()
    bob.slow = True
    bob.send("bob\n")
    bob.end(Ending.TOO_SLOW)  # so it has seen nothing
    house.submit(bob, Quit(Ending.TOO_SLOW.value))
    house.settle()
    house.journal.fault = None
    ada.read()
    ada.says("/msg bob two")
    assert ada.says("/msg bob three") == [f"  {FULL_BOX.format('bob', 2)}"]


def test_who_is_reached_is_told_all_the_same() -> None:
    house = TestHouse(Limits(rate=None, waiting=1))
    ada, cy = house.pipe("ada"), house.pipe("cy")
    ada.says("/msg bob one")
    cy.read()
    assert ada.says("/msg bob,cy,dan two") == [
        "12:01 <ada -> cy> two",
        "12:01 <ada -> dan> two",
        "  dan is not here; they will see it when they come back.",
        f"  {FULL_BOX.format('bob', 1)}",
    ]
    assert cy.read() == b"12:01 <ada -> cy> two\n"
