"""LIST, from modern IRC ("LIST message", "ELIST parameter")."""

import pytest

from tests.irc.house import IrcHouse

END = ":chat.test 323 ada :End of /LIST"
MINUTE = 60


@pytest.fixture
def house() -> IrcHouse:
    """Rooms made 100 (#old) and 10 minutes ago (#new, #news), with 1, 3 and 2 people."""
    house = IrcHouse()
    old = house.client("cy", joins="#old")
    old.lines("TOPIC #old :once")
    house.at += 90 * MINUTE
    new = house.client("dan", joins="#new,#news")
    house.at += 5 * MINUTE
    new.lines("TOPIC #new :now")
    house.client("eve", joins="#new,#news")
    house.client("fay", joins="#new")
    house.at += 5 * MINUTE
    return house


def test_a_list_has_a_start_and_an_end(house: IrcHouse) -> None:
    assert house.client("ada").lines("LIST") == [
        ":chat.test 321 ada Channel :Users  Name",
        ":chat.test 322 ada #new 3 :now",
        ":chat.test 322 ada #news 2 :",
        ":chat.test 322 ada #old 1 :once",
        END,
    ]


def test_a_room_without_people_is_none() -> None:
    assert IrcHouse().client("ada").numerics("LIST", "LIST #lobby") == ["321", "323"] * 2


@pytest.mark.parametrize(
    ("asked", "rooms"),
    [
        ("#old", "#old"),
        ("#OLD,#none,#new", "#new #old"),
        ("#none", ""),
        ("*ew*", "#new #news"),
        ("#ne?", "#new"),
        ("!*s", "#new #old"),
        ("!*s,!*d", "#new"),
        ("#new*,!*s", "#new"),
        (">0", "#new #news #old"),
        (">1", "#new #news"),
        (">1,<3", "#news"),
        ("<1", ""),
        ("C>60", "#old"),
        ("C<60", "#new #news"),
        ("c<60", "#new #news"),
        ("C<0", ""),
        ("C>0", "#new #news #old"),
        ("T<60", "#new"),
        ("T>60", "#old"),
        ("T>3,T<8", "#new"),
        ("#new,#old C>60", "#old"),
        ("C>x", ""),
    ],
)
def test_a_list_may_be_narrowed(house: IrcHouse, asked: str, rooms: str) -> None:
    answer = house.client("ada").messages(f"LIST {asked}")
    assert [one.params[1] for one in answer if one.command == "322"] == rooms.split()


def test_a_secret_room_is_listed_to_its_members_alone(house: IrcHouse) -> None:
    ada = house.client("ada", joins="#mine")
    ada.lines("MODE #mine +s")
    assert ada.numerics("LIST #mine") == ["321", "322", "323"]
    assert house.client("bob").numerics("LIST #mine") == ["321", "323"]


def test_a_long_list_comes_in_pages() -> None:
    house = IrcHouse()
    rooms = [f"#r{number:03}" for number in range(200)]
    for number in range(10):
        house.client(f"n{number}", joins=",".join(rooms[number * 20 : number * 20 + 20]))
    ada = house.client("ada")
    ada.send("LIST\r\nPING x\r\n")
    assert len(ada.pages) > 3
    lines = ada.lines()
    assert [line.split()[3] for line in lines if " 322 " in line] == rooms
    assert lines[-2:] == [END, ":chat.test PONG chat.test :x"]


def test_a_topic_that_does_not_fit_is_cut() -> None:
    house = IrcHouse()
    person = house.person("tel")
    person.says(f"/topic {'ж' * 390}")
    ada = house.client("ada")
    [line] = [line for line in ada.lines("LIST") if " 322 " in line]
    assert len(line.encode()) in (509, 510)
    assert line.endswith("жж")
