"""CTCP typed on telnet, which only a pipe can: it is the room's rule whether it is heard."""

import pytest

from tests.irc.house import IrcHouse


@pytest.fixture
def house() -> IrcHouse:
    return IrcHouse()


def test_a_room_that_allows_it_hears_it(house: IrcHouse) -> None:
    tel, bob = house.pipe("tel"), house.client("bob")
    tel.says("/join #den")
    bob.lines("JOIN #den")
    tel.read()
    assert tel.says("\x01VER\x1bSION\x01") == ["12:01 <tel> CTCP VERSION"]
    assert bob.lines()[-1].endswith(" PRIVMSG #den :\x01VERSION\x01")


def test_a_room_that_does_not_refuses_it(house: IrcHouse) -> None:
    tel, bob = house.pipe("tel"), house.client("bob", joins="#lobby")
    tel.read()
    assert tel.says("\x01VERSION\x01") == ["  CTCP is off in this room."]
    assert tel.says("\x01DCC SEND x\x01") == ["  CTCP is off in this room."]
    assert bob.lines() == []


def test_an_action_is_one_everywhere(house: IrcHouse) -> None:
    tel, bob = house.pipe("tel"), house.client("bob", joins="#lobby")
    tel.read()
    assert tel.says("\x01ACTION waves\x01") == ["12:01 * tel waves"]
    assert bob.lines()[-1].endswith(" PRIVMSG #lobby :\x01ACTION waves\x01")


@pytest.mark.parametrize("typed", ["\x01", "\x01\x01", "\x01 \x01", "\x01ACTION \x01"])
def test_nothing_is_not_said(house: IrcHouse, typed: str) -> None:
    tel, bob = house.pipe("tel"), house.client("bob", joins="#lobby")
    tel.read()
    assert tel.says(typed) == []
    assert bob.lines() == []


def test_it_keeps_its_place_among_what_is_said(house: IrcHouse) -> None:
    tel, bob = house.pipe("tel"), house.client("bob", joins="#lobby")
    tel.read()
    tel.send("one\n\x01ACTION two\x01\n\x01/who\x01\nthree\n/who\n")
    said = [line.partition(" PRIVMSG #lobby :")[2] for line in bob.lines()]
    assert said == ["one", "\x01ACTION two\x01", "three"]
