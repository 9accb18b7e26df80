"""Watching: MONITOR (IRCv3 monitor and extended-monitor)."""

import pytest

from chatserver.limits import Limits
from tests.irc.house import Client, IrcHouse

WATCHING = ("extended-monitor", "away-notify", "setname")


def watcher(house: IrcHouse, *caps: str) -> Client:
    bob = house.client("bob", *caps)
    bob.lines("MONITOR + ada")
    return bob


def test_who_comes_and_goes_is_told() -> None:
    house = IrcHouse()
    bob = house.client("bob")
    assert bob.lines("MONITOR + ada") == [":chat.test 731 bob :ada"]
    ada = house.client("ada")
    assert bob.lines() == [":chat.test 730 * :ada!~ada@192.0.2.1"]
    ada.lines("QUIT")
    assert bob.lines() == [":chat.test 731 * :ada"]
    house.person("Ada")
    assert bob.lines() == [":chat.test 730 * :Ada!ada@192.0.2.1"]


def test_a_rename_is_a_going_and_a_coming_unless_it_is_one_of_case() -> None:
    house = IrcHouse()
    bob = watcher(house)
    zed = house.client("zed")
    zed.lines("NICK Ada")
    assert bob.lines() == [":chat.test 730 * :Ada!~zed@192.0.2.1"]
    zed.lines("NICK ADA")
    assert bob.lines() == []
    zed.lines("NICK zed")
    assert bob.lines() == [":chat.test 731 * :ADA"]


def test_what_is_added_is_told_by_who_is_here_and_who_is_not() -> None:
    house = IrcHouse()
    house.client("ada")
    bob = house.client("bob")
    assert bob.lines("MONITOR + ADA,zed,Ada,x!y@z") == [
        ":chat.test 730 bob :ada!~ada@192.0.2.1",
        ":chat.test 731 bob :zed",
        ":chat.test 432 bob x!y@z :Erroneus nickname",
    ]
    assert bob.lines("MONITOR L") == [
        ":chat.test 732 bob :Ada,zed",
        ":chat.test 733 bob :End of MONITOR list",
    ]
    assert bob.lines("monitor s") == [
        ":chat.test 730 bob :ada!~ada@192.0.2.1",
        ":chat.test 731 bob :zed",
    ]
    bob.lines("MONITOR + ada")  # is there already: as it was written first
    assert bob.lines("MONITOR L")[0] == ":chat.test 732 bob :Ada,zed"


def test_what_is_taken_away_is_not_told_any_more() -> None:
    house = IrcHouse()
    bob, eva = watcher(house), house.client("eva")
    eva.lines("MONITOR + ada,zed")
    assert bob.lines("MONITOR - ADA,never") == []
    assert eva.lines("MONITOR C") == []
    assert eva.lines("MONITOR L") == [":chat.test 733 eva :End of MONITOR list"]
    assert bob.lines("MONITOR S") == []
    house.client("ada")
    assert bob.lines() == eva.lines() == []
    assert house.registry.roster.watchers == {}


def test_who_quits_watches_nobody() -> None:
    house = IrcHouse()
    watcher(house).lines("QUIT")
    assert house.registry.roster.watchers == {}


def test_the_list_has_an_end() -> None:
    house = IrcHouse(Limits(rate=None, monitor=2))
    bob = house.client("bob")
    assert bob.lines("MONITOR + one,two,three,Four") == [
        ":chat.test 731 bob :one,two",
        ":chat.test 734 bob 2 three,Four :Monitor list is full.",
    ]
    assert bob.lines("MONITOR + three,two") == [
        ":chat.test 731 bob :two",
        ":chat.test 734 bob 2 three :Monitor list is full.",
    ]
    bob.lines("MONITOR - one")
    assert bob.numerics("MONITOR + three") == ["731"]


def test_a_long_list_takes_several_lines() -> None:
    bob = IrcHouse().client("bob")
    names = [f"{'x' * 28}{number:03}" for number in range(60)]
    for start in range(0, 60, 12):
        bob.lines(f"MONITOR + {','.join(names[start : start + 12])}")
    *lines, _ = bob.lines("MONITOR L")
    assert all(len(line) <= 510 for line in lines)
    assert ",".join(line.rpartition(":")[2] for line in lines).split(",") == names


@pytest.mark.parametrize("sent", ["MONITOR", "MONITOR +", "MONITOR - ,,"])
def test_nobody_is_named(sent: str) -> None:
    bob = IrcHouse().client("bob")
    assert bob.lines(sent) == [":chat.test 461 bob MONITOR :Not enough parameters"]


def test_a_sign_that_is_none() -> None:
    bob = IrcHouse().client("bob")
    assert bob.lines("MONITOR ? ada") == [
        ":chat.test FAIL MONITOR INVALID_PARAMS ? :The sign is one of + - C L S."
    ]


# IRCv3 extended-monitor.


def test_who_watches_from_afar_is_told_more() -> None:
    house = IrcHouse()
    ada, bob = house.client("ada"), watcher(house, *WATCHING)
    ada.lines("AWAY :lunch", "AWAY", "SETNAME :Ada L.")
    assert bob.lines() == [
        ":ada!~ada@192.0.2.1 AWAY :lunch",
        ":ada!~ada@192.0.2.1 AWAY",
        ":ada!~ada@192.0.2.1 SETNAME :Ada L.",
    ]


@pytest.mark.parametrize("missing", WATCHING)
def test_each_needs_its_own_capability_and_that_of_watching(missing: str) -> None:
    house = IrcHouse()
    caps = [cap for cap in WATCHING if cap != missing]
    ada, bob = house.client("ada"), watcher(house, *caps)
    ada.lines("AWAY :lunch", "SETNAME :Ada L.")
    told = {"away-notify": ["SETNAME"], "setname": ["AWAY"], "extended-monitor": []}
    assert bob.numerics() == told[missing]


def test_who_shares_a_room_too_is_told_once() -> None:
    house = IrcHouse()
    ada, bob = house.client("ada", joins="#den"), watcher(house, *WATCHING)
    bob.lines("JOIN #den")
    ada.lines("AWAY :lunch", "SETNAME :Ada L.")
    assert bob.numerics() == ["AWAY", "SETNAME"]


def test_who_shares_a_room_needs_no_capability_of_watching() -> None:
    house = IrcHouse()
    ada, bob = house.client("ada", joins="#den"), watcher(house, "away-notify")
    bob.lines("JOIN #den")
    ada.lines("AWAY :lunch")
    assert bob.numerics() == ["AWAY"]
