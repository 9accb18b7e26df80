"""KICK, INVITE (modern IRC, "Channel Operations") and RENAME (IRCv3 draft/channel-rename)."""

import pytest

from chatserver.config import Limits
from chatserver.irc.capture import Capture
from chatserver.irc.line import Line
from chatserver.irc.output import Output
from tests.irc.house import AT, FREE, Client, IrcHouse

ADA, BOB = ":ada!~ada@192.0.2.1", ":bob!~bob@192.0.2.1"
RENAME = "draft/channel-rename"


def room_of(house: IrcHouse, *nicks: str, room: str = "#a") -> None:
    for nick in nicks:
        house.client(nick, joins=room)
    house.read_all()


# KICK


def test_a_kick_is_told_to_all() -> None:
    house = IrcHouse()
    ada, bob, cy = (house.client(nick, joins="#a") for nick in ("ada", "bob", "cy"))
    house.read_all()
    told = [f"{ADA} KICK #a bob :out you go"]
    assert ada.lines("KICK #A BOB :out you go") == told
    assert bob.lines() == cy.lines() == told
    assert bob.numerics("PRIVMSG #a :but") == ["404"]
    assert ada.lines("KICK #a cy") == [f"{ADA} KICK #a cy :ada"]


def test_several_are_kicked_one_by_one() -> None:
    house = IrcHouse(Limits(rate=None, targets=2))
    ada = house.client("ada", joins="#a,#b")
    room_of(house, "bob", "cy", "dan")
    assert ada.lines("KICK #a bob,cy,dan :x") == [
        f"{ADA} KICK #a bob :x",
        f"{ADA} KICK #a cy :x",
        ":chat.test 407 ada dan :Too many targets",
    ]
    assert ada.lines("KICK #a,#b dan,dan :x") == [
        f"{ADA} KICK #a dan :x",
        ":chat.test 441 ada dan #b :They aren't on that channel",
    ]


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        ("KICK #a", "461 ada KICK :Not enough parameters"),
        ("KICK #a :", "461 ada KICK :Not enough parameters"),
        ("KICK #a,#b bob", "461 ada KICK :Not enough parameters"),
        ("KICK #none bob", "403 ada #none :No such channel"),
        ("KICK a bob", "403 ada a :No such channel"),
        ("KICK #b bob", "442 ada #b :You're not on that channel"),
        ("KICK #a eve", "441 ada eve #a :They aren't on that channel"),
        ("KICK #a nobody", "441 ada nobody #a :They aren't on that channel"),
        ("KICK #c bob", "482 ada #c :You're not channel operator"),
    ],
)
def test_who_cannot_be_kicked(sent: str, answer: str) -> None:
    house = IrcHouse()
    room_of(house, "bob", room="#b,#c")
    ada = house.client("ada", joins="#a,#c")
    house.client("eve")
    assert ada.lines(sent) == [f":chat.test {answer}"]


def test_a_long_reason_is_cut() -> None:
    house = IrcHouse(Limits(rate=None, reason=5))
    ada = house.client("ada", joins="#a")
    assert ada.lines("KICK #a ada :too long") == [f"{ADA} KICK #a ada :too l"]


# INVITE


def test_an_invitation_is_told_to_who_is_invited() -> None:
    house = IrcHouse()
    ada = house.client("ada", joins="#a")
    cy = house.client("cy", joins="#a")
    dan = house.client("dan", "invite-notify", joins="#a")
    bob = house.client("bob")
    house.read_all()
    told = [f"{ADA} INVITE bob :#a"]
    assert ada.lines("INVITE BOB #A") == [":chat.test 341 ada bob :#a"]
    assert bob.lines() == dan.lines() == told
    assert cy.lines() == []


def test_who_is_away_is_invited_all_the_same() -> None:
    house = IrcHouse()
    ada, bob = house.client("ada", joins="#a"), house.client("bob")
    bob.send("AWAY :asleep\r\n")
    assert ada.lines("INVITE bob #a") == [
        ":chat.test 341 ada bob :#a",
        ":chat.test 301 ada bob :asleep",
    ]


def test_the_rooms_one_is_invited_to() -> None:
    house = IrcHouse()
    ada, bob = house.client("ada", joins="#a,#b"), house.client("bob")
    ada.lines("INVITE bob #a", "MODE #b +i", "INVITE bob #b")
    bob.read()
    end = ":chat.test 337 bob :End of /INVITE list"
    assert bob.lines("INVITE") == [
        ":chat.test 336 bob :#a",
        ":chat.test 336 bob :#b",
        end,
    ]
    assert bob.numerics("JOIN #b")[0] == "JOIN"
    assert bob.lines("INVITE") == [":chat.test 336 bob :#a", end]
    house.at += FREE.invite_seconds
    assert bob.lines("INVITE") == [end]


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        ("INVITE nobody #a", "401 ada nobody :No such nick/channel"),
        ("INVITE bob #none", "403 ada #none :No such channel"),
        ("INVITE bob a", "403 ada a :No such channel"),
        ("INVITE bob #b", "442 ada #b :You're not on that channel"),
        ("INVITE cy #a", "443 ada cy #a :is already on channel"),
        ("INVITE bob #c", "482 ada #c :You're not channel operator"),
        ("INVITE bob", "461 ada INVITE :Not enough parameters"),
    ],
)
def test_who_cannot_be_invited(sent: str, answer: str) -> None:
    house = IrcHouse()
    bob = house.client("bob", joins="#b")
    eve = house.client("eve", joins="#c")
    ada = house.client("ada", joins="#a,#c")
    house.client("cy", joins="#a")
    eve.lines("MODE #c +i")
    house.read_all()
    assert ada.lines(sent) == [f":chat.test {answer}"]
    assert bob.lines() == []


# RENAME


def test_a_rename_is_one_line_to_who_knows_it() -> None:
    house = IrcHouse()
    ada, bob = (house.client(nick, RENAME, joins="#a") for nick in ("ada", "bob"))
    house.read_all()
    told = [f"{ADA} RENAME #a #b :nicer"]
    assert ada.lines("RENAME #a #b :nicer") == told
    assert bob.lines() == told
    assert ada.lines("RENAME #b #B") == [f"{ADA} RENAME #b #B :"]
    assert bob.lines("PRIVMSG #b :hi") == [f"{ADA} RENAME #b #B :"]
    assert ada.lines() == [f"{BOB} PRIVMSG #B :hi"]


def test_to_others_it_is_going_and_coming() -> None:
    house = IrcHouse()
    ada = house.client("ada", RENAME, joins="#a")
    bob = house.client("bob", joins="#a")
    cy = house.client("cy", "extended-join", "multi-prefix", "draft/no-implicit-names", joins="#a")
    ada.lines("TOPIC #a :tea", "MODE #a +sv ada")
    house.read_all()
    ada.lines("RENAME #a #b :nicer")
    assert bob.lines() == [
        f"{BOB} PART #a :nicer",
        f"{BOB} JOIN #b",
        ":chat.test 332 bob #b :tea",
        f":chat.test 333 bob #b ada :{int(AT)}",
        ":chat.test 353 bob @ #b :@ada bob cy",
        ":chat.test 366 bob #b :End of /NAMES list",
    ]
    assert cy.lines() == [
        ":cy!~cy@192.0.2.1 PART #a :nicer",
        ":cy!~cy@192.0.2.1 JOIN #b * :Real cy",
        ":chat.test 332 cy #b :tea",
        f":chat.test 333 cy #b ada :{int(AT)}",
    ]


def test_another_case_is_no_going_and_coming() -> None:
    house = IrcHouse()
    ada, bob = house.client("ada", joins="#a"), house.client("bob", joins="#a")
    house.read_all()
    assert ada.lines("RENAME #a #A") == bob.lines() == []
    assert ada.lines("MODE #a +m") == [f"{ADA} MODE #A +m"]


def test_who_renames_without_the_capability_is_told_as_others_are() -> None:
    house = IrcHouse()
    ada = house.client("ada", "batch", "labeled-response", joins="#a")
    lines = ada.lines("@label=x RENAME #a #b")
    assert lines[0].startswith("@label=x :chat.test BATCH +")
    assert [line.split()[2] for line in lines[1:-1]] == ["PART", "JOIN", "353", "366"]
    assert lines[1].endswith(f" {ADA} PART :#a")
    assert ada.lines("@label=y RENAME #b #B") == ["@label=y :chat.test ACK"]


PAST = ("batch", "message-tags", "draft/chathistory", RENAME)


def said_in(client: Client, room: str) -> list[str]:
    client.read()
    lines = client.messages(f"CHATHISTORY LATEST {room} * 10")
    return [line.params[1] for line in lines if line.command == "PRIVMSG"]


def test_the_past_of_another_room_stays_its_own() -> None:
    house = IrcHouse()
    bob = house.client("bob", joins="#kk")
    bob.lines("PRIVMSG #kk :of the former #kk", "PART #kk")
    ada = house.client("ada", *PAST, joins="#ll")
    ada.lines("PRIVMSG #ll :said in ll")
    text = "What was said in another #kk is kept; take a name that is new."
    assert ada.lines("RENAME #ll #kk") == [f":chat.test FAIL RENAME CANNOT_RENAME #ll #kk :{text}"]
    assert said_in(ada, "#ll") == ["said in ll"]


def test_the_past_goes_along_there_and_back() -> None:
    house = IrcHouse()
    ada = house.client("ada", *PAST, joins="#a")
    ada.lines("PRIVMSG #a :one", "RENAME #a #b", "PRIVMSG #b :two")
    house.client("bob", joins="#a").lines("PART #a")
    ada.lines("RENAME #b #a")
    assert said_in(ada, "#a") == ["one", "two"]
    assert said_in(house.client("cy", *PAST, joins="#b"), "#b") == []


def test_until_when_one_has_read_goes_along() -> None:
    """Read-marker, "Server-initiated": MARKREAD stands before the end of the names."""
    house = IrcHouse()
    ada = house.client("ada", joins="#a")
    bob = house.client("bob", "draft/read-marker", joins="#a")
    mark = "timestamp=2019-01-04T14:33:26.123Z"
    bob.lines(f"MARKREAD #a {mark}")
    ada.lines("RENAME #a #b")
    assert bob.lines()[1:] == [
        f"{BOB} JOIN #b",
        f":chat.test MARKREAD #b :{mark}",
        ":chat.test 353 bob = #b :@ada bob",
        ":chat.test 366 bob #b :End of /NAMES list",
    ]
    assert bob.lines("MARKREAD #a", "MARKREAD #b") == [
        ":chat.test MARKREAD #a :*",
        f":chat.test MARKREAD #b :{mark}",
    ]


def test_a_rename_by_somebody_else_is_no_part_of_an_answer() -> None:
    house = IrcHouse()
    ada = house.client("ada", joins="#a")
    bob = house.client("bob", "batch", "labeled-response", joins="#a")
    house.reads = False  # so that JOIN waits for the past
    bob.send("@label=x JOIN #c\r\n")
    ada.send("RENAME #a #b\r\n")
    house.read_on()
    lines = bob.lines()
    assert [line for line in lines if " PART " in line] == [f"{BOB} PART :#a"]
    assert f"{BOB} JOIN #b" in lines


def test_many_lines_that_are_no_answer_stand_outside_its_batch() -> None:
    output = Output()
    capture = Capture("x", "s", "b1", output)
    capture.add_pages(iter([Line("JOIN #b")]), answers=False)
    capture.add_pages(iter([Line("1")]), answers=True)
    capture.close()
    assert output.take().decode().splitlines() == [
        "@label=x :s BATCH +b1 :labeled-response",
        "JOIN #b",
        "@batch=b1 1",
        ":s BATCH -b1",
    ]


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        ("RENAME #a", "461 ada RENAME :Not enough parameters"),
        ("RENAME #a #b", "FAIL RENAME CHANNEL_NAME_IN_USE #a #b :There is a room #b already."),
        ("RENAME #a b", "FAIL RENAME CANNOT_RENAME #a b :The name of a room begins with #."),
        (
            "RENAME #a #",
            "FAIL RENAME CANNOT_RENAME #a # :A room's name has at least one character after the #.",
        ),
        ("RENAME #none #d", "403 ada #none :No such channel"),
        ("RENAME #b #d", "442 ada #b :You're not on that channel"),
        ("RENAME #c #d", "482 ada #c :You're not channel operator"),
    ],
)
def test_what_cannot_be_renamed(sent: str, answer: str) -> None:
    house = IrcHouse()
    room_of(house, "bob", room="#b,#c")
    ada = house.client("ada", RENAME, joins="#a,#c")
    assert ada.lines(sent) == [f":chat.test {answer}"]
