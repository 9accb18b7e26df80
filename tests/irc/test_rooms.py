"""JOIN, PART, TOPIC and NAMES, from modern IRC ("Channel Operations")."""

import pytest

from chatserver.config import Limits
from tests.irc.house import AT, IrcHouse

ADA, BOB = ":ada!~ada@192.0.2.1", ":bob!~bob@192.0.2.1"


def test_joining_a_new_room() -> None:
    assert IrcHouse().client("ada").lines("JOIN #a") == [
        f"{ADA} JOIN #a",
        ":chat.test 353 ada = #a :@ada",
        ":chat.test 366 ada #a :End of /NAMES list",
    ]


def test_joining_a_room_with_a_topic() -> None:
    house = IrcHouse()
    ada, bob = house.client("ada", joins="#a"), house.client("bob")
    ada.lines("TOPIC #a :tea")
    assert bob.lines("JOIN #A") == [
        f"{BOB} JOIN #a",
        ":chat.test 332 bob #a :tea",
        f":chat.test 333 bob #a ada :{int(AT)}",
        ":chat.test 353 bob = #a :@ada bob",
        ":chat.test 366 bob #a :End of /NAMES list",
    ]
    assert ada.lines() == [f"{BOB} JOIN #a"]
    assert bob.lines("JOIN #a") == []


def test_several_rooms_with_their_keys() -> None:
    house = IrcHouse()
    ada, bob = house.client("ada", joins="#a,#b,#c"), house.client("bob")
    ada.lines("MODE #a +k one", "MODE #c +k three")
    joined = [line for line in bob.lines("JOIN #a,#b,#c,#a one,,three") if " JOIN " in line]
    assert joined == [f"{BOB} JOIN #{letter}" for letter in "abc"]


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        ("JOIN", "461 ada JOIN :Not enough parameters"),
        ("JOIN :", "461 ada JOIN :Not enough parameters"),
        ("JOIN a", "476 ada a :Bad Channel Mask"),
        ("JOIN #", "476 ada # :Bad Channel Mask"),
        ("JOIN :a b", "476 ada * :Bad Channel Mask"),
        ("JOIN #b", "405 ada #b :You have joined too many channels"),
        ("PART #b", "403 ada #b :No such channel"),
        ("PART #c", "442 ada #c :You're not on that channel"),
        ("PART b", "403 ada b :No such channel"),
        ("PART :", "461 ada PART :Not enough parameters"),
        ("TOPIC #b", "403 ada #b :No such channel"),
        ("TOPIC a", "403 ada a :No such channel"),
        ("TOPIC #c :x", "442 ada #c :You're not on that channel"),
        ("TOPIC #a", "331 ada #a :No topic is set"),
        ("NAMES", "366 ada * :End of /NAMES list"),
        ("NAMES #b", "366 ada #b :End of /NAMES list"),
        ("NAMES a", "366 ada a :End of /NAMES list"),
        ("NAMES ,", "366 ada * :End of /NAMES list"),
        ("NAMES #b,,#B", "366 ada #B :End of /NAMES list"),
    ],
)
def test_what_is_refused_or_empty(sent: str, answer: str) -> None:
    house = IrcHouse(Limits(rate=None, rooms_per_user=1))
    ada = house.client("ada", joins="#a")
    house.client("cy", joins="#c")
    assert ada.lines(sent) == [f":chat.test {answer}"]


def test_leaving() -> None:
    house = IrcHouse()
    ada, bob = house.client("ada", joins="#a,#b"), house.client("bob", joins="#a,#b")
    house.read_all()
    told = [f"{BOB} PART #a :so long", f"{BOB} PART #b :so long"]
    assert bob.lines("PART #a,#B :so long") == told
    assert ada.lines() == told
    assert ada.lines("JOIN 0") == [f"{ADA} PART :#a", f"{ADA} PART :#b"]


def test_topics() -> None:
    house = IrcHouse()
    ada, bob = house.client("ada", joins="#a"), house.client("bob", joins="#a")
    house.read_all()
    for told in ([f"{BOB} TOPIC #a :tea"], [f"{BOB} TOPIC #a :"]):
        assert bob.lines(told[0].removeprefix(f"{BOB} ")) == told
        assert ada.lines() == told


def test_names_as_they_are_asked_for() -> None:
    house = IrcHouse()
    ada = house.client("ada", joins="#a")
    bob = house.client("bob", "multi-prefix", "userhost-in-names", joins="#a")
    cy = house.client("cy")
    ada.lines("MODE #a +v ada")
    bob.read()
    assert bob.lines("NAMES #a")[0] == (
        ":chat.test 353 bob = #a :@+ada!~ada@192.0.2.1 bob!~bob@192.0.2.1"
    )
    assert cy.lines("NAMES #A,#b") == [
        ":chat.test 353 cy = #a :@ada bob",
        ":chat.test 366 cy #a :End of /NAMES list",
        ":chat.test 366 cy #b :End of /NAMES list",
    ]


def test_names_of_more_rooms_than_one_command_may_name() -> None:
    ada = IrcHouse(Limits(rate=None, targets=2)).client("ada")
    assert ada.lines("NAMES #a,#b,#c") == [
        ":chat.test 407 ada #c :Too many targets",
        ":chat.test 366 ada #a :End of /NAMES list",
        ":chat.test 366 ada #b :End of /NAMES list",
    ]


def test_the_invisible_are_seen_by_who_is_with_them() -> None:
    house = IrcHouse()
    ada, bob = house.client("ada", joins="#a"), house.client("bob", joins="#a")
    cy = house.client("cy")
    ada.lines("MODE ada +i")
    assert bob.lines("NAMES #a")[-2].endswith(":@ada bob")
    assert cy.lines("NAMES #a")[0].endswith(" :bob")


def test_no_names_unasked_for() -> None:
    ada = IrcHouse().client("ada", "draft/no-implicit-names")
    assert ada.lines("JOIN #a") == [f"{ADA} JOIN #a"]
    assert ada.numerics("NAMES #a") == ["353", "366"]


def test_many_names_take_several_lines() -> None:
    house = IrcHouse()
    nicks = [f"{'n' * 28}{number:04}" for number in range(40)]
    for nick in nicks:
        house.client(nick, joins="#a")
    ada = house.client("ada", joins="#a")
    *lines, end = ada.lines("NAMES #a")
    assert all(len(line) <= 510 for line in lines)
    names = [name.lstrip("@") for line in lines for name in line.partition(" :")[2].split()]
    assert names == ["ada", *nicks]
    assert end == ":chat.test 366 ada #a :End of /NAMES list"
