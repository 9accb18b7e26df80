"""What has waited is let go when it is with the person: not before, and then for good."""

import pytest

from chatserver.chat.events import Kept
from chatserver.chat.requests import Acknowledge, Quit
from chatserver.endings import Ending
from chatserver.history.replay import told
from tests.telnet.house import Guest, TestHouse

DAY = "-- Thursday 29 February 2024 --"
ONE = ["-- 1 message for you while you were away --", DAY, "12:01 <ada -> bob> one"]
ALONE = "  You are in #lobby with ada. Type to talk; /help shows what else there is."


@pytest.fixture
def house() -> TestHouse:
    return TestHouse()


@pytest.fixture
def ada(house: TestHouse) -> Guest:
    return house.pipe("ada")


def slow(house: TestHouse) -> Guest:
    """A person who reads nothing for now."""
    bob = house.person()
    bob.read()
    bob.slow = True
    return bob.send("bob\n")


def lost(house: TestHouse, guest: Guest) -> None:
    """Let a connection break."""
    guest.gone = True
    house.submit(guest, Quit(Ending.LOST.value))
    house.settle()


def reads(guest: Guest) -> list[str]:
    """Let somebody read all that is there for them."""
    guest.slow = False
    guest.home.settle(guest)
    return guest.read().decode().splitlines()


def waiting(house: TestHouse) -> dict[str, int]:
    assert house.registry.roster.waiting == house.journal.waiting_for()
    return house.journal.waiting_for()


def test_it_waits_until_it_was_sent(house: TestHouse, ada: Guest) -> None:
    ada.send("/msg bob one\n")
    bob = slow(house)
    assert [type(wish) for wish in bob.unconfirmed] == [Acknowledge]
    assert waiting(house) == {"bob": 1}
    assert reads(bob) == [ALONE, *ONE]
    assert waiting(house) == {}


def test_who_breaks_off_before_has_not_seen_it(house: TestHouse, ada: Guest) -> None:
    ada.send("/msg bob one\n")
    lost(house, slow(house))
    bob = slow(house)
    assert reads(bob) == [ALONE, *ONE]
    lost(house, bob)
    assert reads(slow(house)) == [ALONE]


def test_of_many_it_is_the_last_page_that_counts(house: TestHouse, ada: Guest) -> None:
    ada.send("".join(f"/msg bob {number}{'x' * 4000}\n" for number in range(20)))
    bob = slow(house)
    session = bob.session
    pages = 0
    while session.has_more:
        assert waiting(house) == {"bob": 20}
        pages += bool(session.data_to_send())
    assert pages > 10
    reads(bob)
    assert waiting(house) == {}


def test_what_comes_meanwhile_comes_behind_all_of_it(house: TestHouse, ada: Guest) -> None:
    """In private, too, there is one order."""
    ada.send("".join(f"/msg bob {number}\n" for number in range(90)))
    bob = slow(house)
    ada.send("/msg bob live\nhello\n")
    lines = reads(bob)
    texts = [line.rpartition("> ")[2] for line in lines if "<ada" in line]
    assert texts == [*map(str, range(90)), "live", "hello"]
    ada.send("after\n")
    assert reads(bob) == ["12:01 <ada> after"]


def test_who_reads_nothing_of_it_is_told_all_in_the_end(house: TestHouse, ada: Guest) -> None:
    ada.send("".join(f"/msg bob {number}\n" for number in range(90)))
    bob = slow(house)
    for number in range(1200):
        ada.send(f"live {number}\n")
    assert not bob.session.has_more
    assert len([line for line in reads(bob) if "<ada> live" in line]) == 1200


def test_another_name_for_a_while_shows_nothing_twice(house: TestHouse, ada: Guest) -> None:
    ada.send("/msg bob one\n")
    bob = slow(house)
    bob.send("/nick bert\n")
    ada.send("/msg bob two\n")
    bob.send("/nick bob\n")
    assert reads(bob) == [
        ALONE,
        *ONE,
        "  You are bert now.",
        "  You are bob now.",
        "-- 1 message for you while you were away --",
        DAY,
        "12:01 <ada -> bob> two",
    ]
    assert waiting(house) == {}


def test_a_pipe_that_has_ended_gets_it_too(house: TestHouse, ada: Guest) -> None:
    """printf 'bob\\n' | nc: it speaks no more, but it reads."""
    ada.send("/msg bob one\n")
    bob = house.pipe()
    bob.slow = True
    bob.send("bob\n").close()
    assert waiting(house) == {"bob": 1}
    assert reads(bob)[-3:] == ONE
    assert bob.gone
    assert waiting(house) == {}


def test_what_comes_in_the_midst_of_joining_counts_when_it_is_shown(house: TestHouse) -> None:
    ada, bob = house.pipe("ada"), house.person("bob")
    house.reads = False
    bob.send("/join games\n")
    bob.session.deliver([kept(house, ada)], house.now)
    bob.pump()
    assert waiting(house) == {"bert": 1}
    assert b"one" not in bob.read()
    house.read_on()
    assert b"12:01 <ada -> bert> one" in bob.read()
    assert waiting(house) == {}


def kept(house: TestHouse, ada: Guest) -> Kept:

    ada.send("/msg bert one\n")
    return Kept(tuple(told(message, "bert") for message in house.journal.waiting("bert")))


def test_who_ignores_the_sender_has_seen_it_all_the_same(house: TestHouse, ada: Guest) -> None:
    ada.send("/msg bert one\n")
    bob = house.pipe("bob")
    assert bob.says("/ignore ada")
    assert bob.says("/nick bert") == ["  You are bert now."]
    assert waiting(house) == {}
