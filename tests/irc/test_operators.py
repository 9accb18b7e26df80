"""Operators of the server: OPER KILL WALLOPS REHASH (modern IRC, "Operator Messages")."""

import logging
from collections.abc import Callable

import pytest

from chatserver.chat import requests
from chatserver.chat.answers import Refused
from chatserver.chat.deliveries import Lookup
from chatserver.chat.errors import NotReloaded, TooManyTries
from chatserver.chat.recorder import Librarian
from chatserver.gatekeeper import NAMES_KEPT, Tries
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


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def tries(clock: Callable[[], float], name: str, times: int) -> int:
    """Return how many of so many tries are let pass."""
    counted = Tries(clock)
    return _passed(counted, name, times)


def _passed(counted: Tries, name: str, times: int) -> int:
    passed = 0
    for _ in range(times):
        try:
            counted.take(name)
        except TooManyTries:
            continue
        passed += 1
    return passed


def test_row_33_three_tries_a_minute_for_a_name() -> None:
    clock = Clock()
    counted = Tries(clock)
    assert _passed(counted, "root", 10) == 3
    assert _passed(counted, "other", 10) == 3
    clock.now += 20
    assert _passed(counted, "root", 10) == 1
    clock.now += 600
    assert _passed(counted, "root", 10) == 3
    counted.forget("root")
    assert _passed(counted, "root", 10) == 3


def test_row_33_names_that_are_made_up_take_no_memory() -> None:
    counted = Tries(Clock())
    for number in range(2 * NAMES_KEPT):
        counted.take(f"name{number}")
    assert len(counted._buckets) == NAMES_KEPT


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


# REHASH.


class Settings:
    """Reads settings at once: other limits, or a fault in them."""

    def __init__(self, house: IrcHouse, found: Limits | NotReloaded) -> None:
        self.house = house
        self.found = found

    def look_up(self, lookup: Lookup) -> None:
        request = lookup.request
        assert isinstance(request, requests.Reload)
        assert isinstance(lookup.peer, Client)
        if isinstance(self.found, Limits):
            waiting = ("limits.clients", "port")
            self.house.submit(lookup.peer, requests.Govern(self.found, request, waiting))
        else:
            self.house.post([(lookup.peer, Refused(request, self.found))])


def rehash(found: Limits | NotReloaded) -> tuple[IrcHouse, Client]:
    house = IrcHouse()
    ada = operator(house, joins="#den")
    librarian: Librarian = Settings(house, found)
    house._hub._librarian = librarian
    return house, ada


def test_rehash_brings_other_limits_and_says_what_waits() -> None:
    house, ada = rehash(Limits(rate=None, rooms_per_user=1, whowas=1))
    house.client("one").lines("QUIT")
    house.client("two").lines("QUIT")
    assert ada.lines("REHASH") == [
        ":chat.test 382 ada settings :Rehashing",
        ":chat.test NOTICE ada :limits.clients takes effect after a restart.",
        ":chat.test NOTICE ada :port takes effect after a restart.",
    ]
    assert ada.numerics("JOIN #two") == ["405"]
    assert ada.numerics("WHOWAS one") == ["406", "369"]
    assert ada.numerics("WHOWAS two") == ["314", "312", "369"]
    house.client("three").lines("QUIT")
    assert ada.numerics("WHOWAS two") == ["406", "369"]


def test_what_is_wrong_with_the_settings_is_told_and_changes_nothing() -> None:
    house, ada = rehash(NotReloaded("limits.nick is 0; it must be 1 to 64."))
    before = house.registry.roster.limits
    assert ada.lines("REHASH") == [
        ":chat.test 400 ada REHASH :limits.nick is 0; it must be 1 to 64."
    ]
    assert house.registry.roster.limits is before
