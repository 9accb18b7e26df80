"""Rooms: JOIN PART TOPIC NAMES, as modern IRC describes them under « Channel Operations »."""

import pytest

from tests.irc.house import IrcHouse


def test_who_makes_a_room_rules_it_and_is_told_its_names() -> None:
    house = IrcHouse()
    ada = house.client("ada")
    assert ada.lines("JOIN #den") == [
        ":ada!~ada@192.0.2.1 JOIN #den",
        ":chat.test 353 ada = #den :@ada",
        ":chat.test 366 ada #den :End of /NAMES list",
    ]


def test_programs_and_people_are_in_the_same_room() -> None:
    house = IrcHouse()
    bob = house.person("bob")
    ada = house.client("ada", joins="#lobby")
    assert bob.read().decode().endswith("-> ada has joined #lobby\r\n")
    ada.send("PRIVMSG #lobby :hi bob\r\n")
    assert bob.read().decode().endswith("<ada> hi bob\r\n")
    bob.send("hello\n")
    assert ada.lines() == [":bob!bob@192.0.2.1 PRIVMSG #lobby :hello"]


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        ("JOIN", ":chat.test 461 ada JOIN :Not enough parameters"),
        ("JOIN den", ":chat.test 403 ada den :No such channel"),
        ("PART #none", ":chat.test 403 ada #none :No such channel"),
        ("PART #lobby", ":chat.test 442 ada #lobby :You're not on that channel"),
        ("TOPIC #none", ":chat.test 403 ada #none :No such channel"),
        ("TOPIC #den", ":chat.test 331 ada #den :No topic is set"),
        ("NAMES #none", ":chat.test 366 ada #none :End of /NAMES list"),
    ],
)
def test_what_is_refused_or_empty(sent: str, answer: str) -> None:
    ada = IrcHouse().client("ada", joins="#den")
    assert ada.lines(sent) == [answer]
