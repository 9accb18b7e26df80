"""Operators of the server: OPER KILL WALLOPS REHASH (modern IRC, "Operator Messages")."""

import logging

import pytest

from chatserver.chat.answers import Refused
from chatserver.chat.deliveries import Lookup
from chatserver.chat.errors import TooManyTries
from chatserver.limits import Limits, Rate
from tests.irc.house import Client, IrcHouse

DENIED = ":Permission Denied- You're not an IRC operator"


def operator(house: IrcHouse, nick: str = "ada", joins: str = "") -> Client:
    ada = house.client(nick, joins=joins)
    ada.lines("OPER root swordfish")
    return ada


# OPER.


def test_the_right_password_makes_an_operator() -> None:
    ada = IrcHouse().client("ada")
    assert ada.lines("OPER root swordfish") == [
        ":chat.test 381 ada :You are now an IRC operator",
        ":ada!~ada@192.0.2.1 MODE ada :+o",
    ]
    assert ada.lines("OPER root swordfish") == [":chat.test 381 ada :You are now an IRC operator"]


@pytest.mark.parametrize(
    "sent", ["OPER root wrong", "OPER nobody swordfish", "OPER ROOT swordfish"]
)
def test_a_wrong_password_and_an_unknown_name_look_the_same(sent: str) -> None:
    ada = IrcHouse().client("ada")
    assert ada.lines(sent) == [":chat.test 464 ada :Password incorrect"]
    assert ada.numerics("WALLOPS x") == ["481"]


def test_oper_needs_both() -> None:
    assert IrcHouse().client("ada").numerics("OPER", "OPER root", "OPER root :") == ["461"] * 3


def test_row_33_the_sixth_wrong_password_is_the_last() -> None:
    house = IrcHouse()
    ada = house.client("ada")
    assert ada.numerics(*["OPER root wrong"] * 5) == ["464"] * 5
    assert ada.lines("OPER root wrong", "OPER root swordfish") == [
        ":chat.test 464 ada :Password incorrect",
        "ERROR :Closing Link: 192.0.2.1 (Too many wrong passwords)",
    ]
    assert ada.gone
    assert not house.registry.roster.people


def test_how_many_are_borne_is_a_setting() -> None:
    ada = IrcHouse(Limits(rate=None, passwords_per_connection=1)).client("ada")
    assert ada.numerics("OPER root wrong") == ["464", "ERROR"]
    assert ada.gone


class Waits:
    """A librarian that has had enough of passwords."""

    def look_up(self, lookup: Lookup) -> None:
        answer = Refused(lookup.request, TooManyTries())
        lookup.peer.home.post([(lookup.peer, answer)])


def test_row_33_more_tries_are_told_to_wait_and_do_not_count() -> None:
    house = IrcHouse()
    ada = house.client("ada")
    house._hub._librarian = Waits()
    assert ada.lines("OPER root swordfish") == [
        ":chat.test 263 ada OPER :Please wait a while and try again."
    ]
    assert ada.numerics(*["OPER root x"] * 9) == ["263"] * 9
    assert not ada.gone


def test_operators_have_four_times_the_rate() -> None:
    house = IrcHouse(Limits(rate=Rate(lines_burst=4, lines_per_second=1)))
    ada = house.client("ada")  # which took two lines
    house.wait(60)
    assert ada.numerics(*["PING x"] * 20) == ["PONG"] * 4
    house.wait(10)
    assert ada.numerics() == ["PONG"] * 10
    house.wait(60)
    ada.lines("OPER root swordfish")
    house.wait(60)
    assert ada.numerics(*["PING x"] * 30) == ["PONG"] * 16
    house.wait(1)
    assert ada.numerics() == ["PONG"] * 4
    house.wait(60)
    ada.lines("MODE ada -o")
    house.wait(60)
    assert ada.numerics(*["PING x"] * 5) == ["PONG"] * 4


def test_operators_have_four_times_the_bytes_too() -> None:
    ada = IrcHouse().client("ada")
    assert ada.session.cost == 1
    ada.lines("OPER root swordfish")
    assert ada.session.cost == 0.25
    ada.lines("MODE ada +i")
    assert ada.session.cost == 0.25
    ada.lines("MODE ada -o")
    assert ada.session.cost == 1


# KILL.


def test_kill_ends_a_connection() -> None:
    house = IrcHouse()
    ada = operator(house)
    bob, eva = house.client("bob", joins="#den"), house.client("eva", joins="#den")
    house.read_all()
    assert ada.lines("KILL BOB :spam") == []
    assert bob.lines() == [
        ":ada!~ada@192.0.2.1 KILL bob :spam",
        "ERROR :Closing Link: 192.0.2.1 (Killed (ada (spam)))",
    ]
    assert bob.gone
    assert eva.lines() == [":bob!~bob@192.0.2.1 QUIT :Killed (ada (spam))"]
    assert eva.lines("NICK bob") == [":eva!~eva@192.0.2.1 NICK :bob"]


def test_operators_may_kill_people_on_telnet_and_themselves() -> None:
    house = IrcHouse()
    ada, tel = operator(house), house.person("tel")
    ada.lines("KILL tel :spam")
    assert tel.gone
    assert ada.messages("KILL ada :bored")[-1].command == "ERROR"
    assert ada.gone


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        ("KILL bob", ":chat.test 461 ada KILL :Not enough parameters"),
        ("KILL nobody :x", ":chat.test 401 ada nobody :No such nick/channel"),
        ("KILL chat.test :x", ":chat.test 483 ada :You cant kill a server!"),
        ("WALLOPS", ":chat.test 461 ada WALLOPS :Not enough parameters"),
        ("WALLOPS :", ":chat.test 461 ada WALLOPS :Not enough parameters"),
    ],
)
def test_what_operators_cannot_do(sent: str, answer: str) -> None:
    house = IrcHouse()
    ada = operator(house)
    house.client("bob")
    assert ada.lines(sent) == [answer]


@pytest.mark.parametrize(
    "sent", ["KILL bob :x", "KILL ada :x", "KILL nobody :x", "WALLOPS x", "REHASH"]
)
def test_who_is_no_operator_may_not(sent: str) -> None:
    house = IrcHouse()
    ada, bob = house.client("ada"), house.client("bob")
    assert ada.lines(sent) == [f":chat.test 481 ada {DENIED}"]
    assert not ada.gone
    assert not bob.gone


def test_nobody_makes_themselves_an_operator() -> None:
    ada = IrcHouse().client("ada")
    ada.lines("MODE ada +o")
    assert ada.numerics("WALLOPS x") == ["481"]


def test_what_operators_do_is_logged_but_not_what_they_say(
    caplog: pytest.LogCaptureFixture,
) -> None:
    house = IrcHouse()
    house.client("bob")
    with caplog.at_level(logging.INFO):
        operator(house).lines("KILL bob :spam")
    assert caplog.messages[-2:] == [
        "The operator root has given their password",
        "bob was sent away by ada",
    ]
    assert "spam" not in caplog.text


# WALLOPS.


def test_wallops_reach_those_who_want_them() -> None:
    house = IrcHouse()
    ada, bob, eva = operator(house), house.client("bob"), house.client("eva")
    bob.lines("MODE bob +w")
    assert ada.lines("WALLOPS :hi everyone") == []
    assert bob.lines() == [":ada!~ada@192.0.2.1 WALLOPS :hi everyone"]
    assert eva.lines() == []
    ada.lines("MODE ada +w")
    assert ada.lines("WALLOPS me") == [":ada!~ada@192.0.2.1 WALLOPS :me"]
