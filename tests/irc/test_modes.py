"""MODE, from modern IRC ("MODE message", "Numerics")."""

import pytest

from chatserver.config import Limits
from tests.irc.house import AT, Client, IrcHouse

ADA = ":ada!~ada@192.0.2.1"
NOW = int(AT)


class Room:
    """#a, with its operator ada and with bob; what they were sent is read."""

    def __init__(self, *modes: str, limits: Limits | None = None) -> None:
        self.house = IrcHouse(limits) if limits else IrcHouse()
        self.ada = self.house.client("ada", joins="#a")
        self.bob = self.house.client("bob", joins="#a")
        for mode in modes:
            self.ada.lines(f"MODE #a {mode}")
        self.house.read_all()

    def outsider(self, nick: str = "eve") -> Client:
        return self.house.client(nick)


def changed(sent: str, *modes: str) -> str:
    """Return what everyone in the room is told of a change; the same for both."""
    room = Room(*modes)
    own = room.ada.lines(f"MODE #a {sent}")
    assert own == room.bob.lines()
    [line] = own or [""]
    return line.removeprefix(f"{ADA} MODE #a ")


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ("+m", "+m"),
        ("m", "+m"),
        ("-n", "-n"),
        ("+Cimst-n", "+Cimst-n"),
        ("+i-i", "+i-i"),
        ("+o BOB", "+o bob"),
        ("+vo bob bob", "+vo bob bob"),
        ("+k-n+l sesame 5", "+k-n+l sesame 5"),
        ("+l 005", "+l 5"),
        ("+b bob", "+b bob!*@*"),
        ("+e *@host", "+e *!*@host"),
        ("+I a!b@c", "+I a!b@c"),
        ("+bb a b", "+bb a!*@* b!*@*"),
        ("+n", ""),
        ("-k", ""),
        ("-l", ""),
        ("-b nobody", ""),
    ],
)
def test_a_change_is_told_to_all_in_one_line(sent: str, told: str) -> None:
    assert changed(sent) == told


@pytest.mark.parametrize(
    ("mode", "sent", "told"),
    [
        ("+k sesame", "-k sesame", "-k *"),
        ("+k sesame", "-k", "-k *"),
        ("+l 5", "-l", "-l"),
        ("+b bob", "-b BOB", "-b bob!*@*"),
        ("+v bob", "-v bob", "-v bob"),
    ],
)
def test_what_was_set_is_taken_away(mode: str, sent: str, told: str) -> None:
    assert changed(sent, mode) == told


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        ("+Z", "472 ada Z :is unknown mode char to me"),
        ("+o nobody", "401 ada nobody :No such nick/channel"),
        ("+o eve", "441 ada eve #a :They aren't on that channel"),
        ("+o", "696 ada #a o * :It needs the name of somebody."),
        ("+l", "696 ada #a l * :A limit is a number of people, at least 1."),
        ("+l abc", "696 ada #a l abc :A limit is a number of people, at least 1."),
        ("+l :-1 x", "696 ada #a l * :A limit is a number of people, at least 1."),
        ("+k :a b", "696 ada #a k * :A key is one word of letters, digits and signs."),
        ("+k a,b", "696 ada #a k * :A key is one word of letters, digits and signs."),
        (f"+k {'x' * 65}", "696 ada #a k * :A key has at most 64 bytes."),
        ("+b :a b", "696 ada #a b * :A mask is one word of letters, digits and signs."),
    ],
)
def test_what_cannot_be_set(sent: str, answer: str) -> None:
    room = Room()
    room.outsider()
    assert room.ada.lines(f"MODE #a {sent}") == [f":chat.test {answer}"]
    assert room.bob.lines() == []


def test_what_can_be_set_is_set_whatever_stands_beside_it() -> None:
    assert Room().ada.lines("MODE #a +Zov-n nobody bob") == [
        f"{ADA} MODE #a +v-n bob",
        ":chat.test 401 ada nobody :No such nick/channel",
        ":chat.test 472 ada Z :is unknown mode char to me",
    ]


@pytest.mark.parametrize("sent", ["+m", "+Zm", "-n", "+b x", "+o bob", "-o ada"])
def test_members_without_a_rank_set_nothing(sent: str) -> None:
    room = Room()
    answer = ":chat.test 482 bob #a :You're not channel operator"
    assert room.bob.lines(f"MODE #a {sent}")[0] == answer
    assert room.ada.lines() == []


def test_outsiders_set_nothing() -> None:
    eve = Room().outsider()
    assert eve.lines("MODE #a +m") == [":chat.test 442 eve #a :You're not on that channel"]
    assert eve.lines("MODE #b +m") == [":chat.test 403 eve #b :No such channel"]


def test_an_operator_of_the_server_is_none_of_a_room() -> None:
    bob = Room().bob
    assert "381" in bob.numerics("OPER root swordfish")
    assert bob.numerics("MODE #a +m") == ["482"]


def test_what_a_room_is_set_to() -> None:
    room = Room("+kl sesame 5", "+i")
    assert room.bob.lines("MODE #a") == [
        ":chat.test 324 bob #a +inkl sesame :5",
        f":chat.test 329 bob #a :{NOW}",
    ]
    assert room.outsider().lines("MODE #A")[0] == ":chat.test 324 eve #a +inkl * :5"


def test_nothing_is_set() -> None:
    assert Room("-n").ada.lines("MODE #a")[0] == ":chat.test 324 ada #a :+"


@pytest.mark.parametrize(
    ("letter", "item", "end"),
    [
        ("b", "367", "368 bob #a :End of channel ban list"),
        ("e", "348", "349 bob #a :End of channel exception list"),
        ("I", "346", "347 bob #a :End of Channel Invite Exception List"),
    ],
)
def test_lists_are_shown(letter: str, item: str, end: str) -> None:
    room = Room(f"+{letter}{letter} x y")
    shown = [
        f":chat.test {item} bob #a x!*@* ada :{NOW}",
        f":chat.test {item} bob #a y!*@* ada :{NOW}",
        f":chat.test {end}",
    ]
    for question in (letter, f"+{letter}", f"-{letter}", f"+{letter}{letter}"):
        assert room.bob.lines(f"MODE #a {question}") == shown


def test_a_full_list() -> None:
    room = Room("+b x", limits=Limits(rate=None, bans=1))
    assert room.ada.lines("MODE #a +b y") == [":chat.test 478 ada #a b :Channel list is full"]


def test_only_so_many_values_are_taken_at_once() -> None:
    masks = " ".join(f"n{number}" for number in range(14))
    changes, refusal = Room().ada.lines(f"MODE #a +{'b' * 14}m {masks}")
    assert changes.split()[3] == f"+{'b' * 12}m"
    assert refusal.startswith(":chat.test FAIL MODE TOO_MANY_MODES #a :12 changes ")


def test_a_long_change_takes_several_lines() -> None:
    room = Room()
    masks = [f"{letter * 80}!*@*" for letter in "abcdef"]
    own = room.ada.lines(f"MODE #a +bbbbbb {' '.join(mask[:-4] for mask in masks)}")
    assert len(own) == 2
    assert all(len(line) <= 510 for line in own)
    assert [word for line in own for word in line.split()[4:]] == masks
    assert [line.split()[3] for line in own] == ["+bbbbb", "+b"]
    assert room.bob.lines() == own


def test_a_label_holds_for_the_whole_answer() -> None:
    house = IrcHouse()
    ada = house.client("ada", "labeled-response", "batch", joins="#a")
    assert ada.lines("@label=x MODE #a +m") == [f"@label=x {ADA} MODE #a +m"]
    start, change, refusal, end = ada.lines("@label=y MODE #a -mZ")
    assert start.startswith("@label=y :chat.test BATCH +")
    assert end.startswith(":chat.test BATCH -")
    assert change.endswith(f" {ADA} MODE #a -m")
    assert refusal.endswith(" 472 ada Z :is unknown mode char to me")


# What a mode does. Speech is in test_speech, coming in in test_rooms.


@pytest.mark.parametrize(
    ("mode", "key", "numeric"),
    [
        ("+k sesame", "", "475"),
        ("+k sesame", "Sesame", "475"),
        ("+k sesame", "sesame", "JOIN"),
        ("+l 2", "", "471"),
        ("+l 3", "", "JOIN"),
        ("+i", "", "473"),
        ("+iI eve", "", "JOIN"),
        ("+b EVE!*@*", "", "474"),
        ("+b *@192.0.2.?", "", "474"),
        ("+be eve e?e", "", "JOIN"),
        ("+I eve", "", "JOIN"),
    ],
)
def test_who_comes_in(mode: str, key: str, numeric: str) -> None:
    room = Room(mode)
    assert room.outsider().numerics(f"JOIN #a {key}")[0] == numeric
    assert room.ada.numerics() == (["JOIN"] if numeric == "JOIN" else [])


@pytest.mark.parametrize(
    ("mode", "text", "heard"),
    [
        ("+m", "hi", False),
        ("+mv bob", "hi", True),
        ("+b bob", "hi", False),
        ("+be bob bob", "hi", True),
        ("+bv bob bob", "hi", True),
        ("+C", "\x01ACTION waves\x01", True),
        ("+C", "\x01PING 1\x01", False),
        ("-C", "\x01PING 1\x01", True),
    ],
)
def test_who_is_heard(mode: str, text: str, heard: bool) -> None:
    room = Room(mode)
    refused = room.bob.lines(f"PRIVMSG #a :{text}")
    assert [line.rpartition(" :")[0] for line in refused] == (
        [] if heard else [":chat.test 404 bob #a"]
    )
    told = f":bob!~bob@192.0.2.1 PRIVMSG #a :{text}"
    assert room.ada.lines() == ([told] if heard else [])


@pytest.mark.parametrize(("mode", "heard"), [("+n", False), ("-n", True), ("-n+s", True)])
def test_whether_outsiders_are_heard(mode: str, heard: bool) -> None:
    room = Room(mode)
    assert room.outsider().numerics("PRIVMSG #a hi") == ([] if heard else ["404"])
    assert room.ada.numerics() == (["PRIVMSG"] if heard else [])


def test_a_status_message_is_heard_by_those_of_the_rank_alone() -> None:
    room = Room("+v bob")
    cy = room.house.client("cy", joins="#a")
    room.house.read_all()
    assert room.bob.lines("PRIVMSG @#a :psst") == []
    assert room.ada.lines() == [":bob!~bob@192.0.2.1 PRIVMSG @#a :psst"]
    assert room.ada.lines("NOTICE +#a :psst") == []
    assert room.bob.lines() == [f"{ADA} NOTICE +#a :psst"]
    assert cy.lines() == []


@pytest.mark.parametrize("target", ["@+#a", "+@#a", "++#a"])
def test_of_several_status_signs_the_lowest_counts(target: str) -> None:
    room = Room("+v bob")
    assert room.ada.lines(f"PRIVMSG {target} :psst") == []
    assert room.bob.lines() == [f"{ADA} PRIVMSG +#a :psst"]


def test_a_locked_topic() -> None:
    room = Room("+tv bob")
    assert room.bob.numerics("TOPIC #a :x") == ["482"]
    assert room.ada.lines("TOPIC #a :x") == room.bob.lines() == [f"{ADA} TOPIC #a :x"]


def test_a_secret_room_is_hidden() -> None:
    room = Room("+s")
    eve = room.outsider()
    assert eve.lines("LIST", "NAMES #a", "TOPIC #a", "MODE #a", "MODE #a b") == [
        ":chat.test 321 eve Channel :Users  Name",
        ":chat.test 323 eve :End of /LIST",
        ":chat.test 366 eve #a :End of /NAMES list",
        *[":chat.test 403 eve #a :No such channel"] * 3,
    ]
    assert room.bob.lines("NAMES #a")[0] == ":chat.test 353 bob @ #a :@ada bob"


# Oneself.


@pytest.mark.parametrize(
    ("sent", "answers"),
    [
        ("", ["221 bob :+"]),
        ("+i", ["MODE bob :+i"]),
        ("i", ["MODE bob :+i"]),
        ("+iwB", ["MODE bob :+iwB"]),
        ("+iZ", ["MODE bob :+i", "501 bob :Unknown MODE flag"]),
        ("+ZY", ["501 bob :Unknown MODE flag"]),
        ("+o", []),
        ("-o", []),
        ("-i", []),
    ],
)
def test_ones_own_modes(sent: str, answers: list[str]) -> None:
    bob = IrcHouse().client("bob")
    lines = bob.lines(f"MODE BOB {sent}")
    assert [line.partition(" ")[2] for line in lines] == answers


def test_ones_own_modes_are_kept() -> None:
    bob = IrcHouse().client("bob")
    bob.lines("MODE bob +iw-w", "OPER root swordfish")
    assert bob.lines("MODE bob") == [":chat.test 221 bob :+io"]
    assert bob.lines("MODE bob -oi", "MODE bob") == [
        ":bob!~bob@192.0.2.1 MODE bob :-oi",
        ":chat.test 221 bob :+",
    ]


def test_the_modes_of_others() -> None:
    room = Room()
    assert room.ada.lines("MODE bob +i", "MODE nobody +i", "MODE") == [
        ":chat.test 502 ada :Cant change mode for other users",
        ":chat.test 401 ada nobody :No such nick/channel",
        ":chat.test 461 ada MODE :Not enough parameters",
    ]
