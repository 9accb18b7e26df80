"""People: WHO WHOIS WHOWAS USERHOST ISON AWAY SETNAME (modern IRC, "User-Based Queries")."""

import pytest

from chatserver.limits import Limits
from tests.irc.house import Client, IrcHouse

END = ":End of WHO list"


def pair() -> tuple[IrcHouse, Client, Client]:
    """`ada` rules #den, `bob` is in it."""
    house = IrcHouse()
    ada, bob = house.client("ada", joins="#den"), house.client("bob", joins="#den")
    house.read_all()
    return house, ada, bob


# WHO.


@pytest.mark.parametrize(
    ("mask", "who"),
    [
        ("ada", ["ada"]),
        ("ADA", ["ada"]),
        ("a*", ["ada"]),
        ("~b*@192.0.2.1", ["bob"]),
        ("192.0.2.1", ["ada", "bob", "tel"]),
        ("~BOB", ["bob"]),
        ("real ada", []),  # a mask is one word
        (":Real ?da", ["ada"]),
        ("*", ["ada", "bob", "tel"]),
        ("0", ["ada", "bob", "tel"]),
        ("t?l", ["tel"]),
        ("#den", ["ada", "bob"]),
        ("#DEN", ["ada", "bob"]),
        ("nobody", []),
        ("#nowhere", []),
    ],
)
def test_whom_a_mask_names(mask: str, who: list[str]) -> None:
    house, _, bob = pair()
    house.person("tel")
    bob.read()
    *found, end = bob.messages(f"WHO {mask}")
    assert [message.params[5] for message in found] == who
    assert {message.command for message in found} <= {"352"}
    assert end.command == "315"


def test_who_is_told_in_whole() -> None:
    house, ada, bob = pair()
    ada.lines("AWAY :lunch")
    house.read_all()
    assert bob.lines("WHO #DEN") == [
        ":chat.test 352 bob #den ~ada 192.0.2.1 chat.test ada G@ :0 Real ada",
        ":chat.test 352 bob #den ~bob 192.0.2.1 chat.test bob H :0 Real bob",
        f":chat.test 315 bob #DEN {END}",
    ]
    assert bob.lines("WHO") == [
        ":chat.test 352 bob #den ~ada 192.0.2.1 chat.test ada G@ :0 Real ada",
        ":chat.test 352 bob #den ~bob 192.0.2.1 chat.test bob H :0 Real bob",
        f":chat.test 315 bob * {END}",
    ]


def test_the_end_of_whois_repeats_what_was_asked() -> None:
    """Modern IRC, "RPL_ENDOFWHOIS", also where only the first is told of (TARGMAX)."""
    house = IrcHouse()
    ada = house.client("ada")
    house.client("bob")
    *_, end = ada.lines("WHOIS BOB,ada")
    assert end == ":chat.test 318 ada BOB,ada :End of /WHOIS list"


def test_people_on_telnet_are_people_too() -> None:
    house = IrcHouse()
    tel = house.person("tel")
    ada = house.client("ada", joins="#lobby")
    assert ada.lines("WHO tel") == [
        ":chat.test 352 ada #lobby tel 192.0.2.1 chat.test tel H :0 tel",
        f":chat.test 315 ada tel {END}",
    ]
    told = ada.messages("WHOIS tel")
    assert [message.command for message in told] == ["311", "319", "312", "317", "318"]
    tel.close()
    ada.read()
    assert ada.numerics("WHOWAS tel") == ["314", "312", "369"]


def test_operators_bots_and_all_ranks_show_in_the_flags() -> None:
    house = IrcHouse()
    ada = house.client("ada", "multi-prefix", joins="#den")
    bob = house.client("bob")
    ada.lines("OPER root swordfish", "MODE ada +B", "MODE #den +v ada")
    assert ada.messages("WHO #den")[0].params[6] == "H*@+B"
    assert bob.messages("WHO #den")[0].params[6] == "H*@B"
    assert [message.params[5] for message in bob.messages("WHO * o")[:-1]] == ["ada"]


def test_the_invisible_are_seen_by_name_or_in_a_common_room_alone() -> None:
    house = IrcHouse()
    eva, bob = house.client("eva"), house.client("bob")
    eva.lines("MODE eva +i")
    assert bob.numerics("WHO ev*") == ["315"]
    assert bob.numerics("WHO eva") == ["352", "315"]
    assert eva.numerics("WHO ev*") == ["352", "315"]
    eva.lines("JOIN #den")
    assert bob.numerics("WHO #den") == ["315"]
    bob.lines("JOIN #den")
    assert bob.numerics("WHO ev*") == ["352", "315"]
    assert bob.numerics("WHO #den") == ["352", "352", "315"]


def test_a_secret_room_is_not_told_to_strangers() -> None:
    _, ada, bob = pair()
    ada.lines("MODE #den +s")
    bob.lines("PART #den")
    assert bob.numerics("WHO #den") == ["315"]
    assert bob.messages("WHO ada")[0].params[1] == "*"
    assert "319" not in bob.numerics("WHOIS ada")


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (
            "%tcuihsnfdlaor,123",
            "123 #den ~ada 192.0.2.1 192.0.2.1 chat.test ada H@ 0 0 0 n/a :Real ada",
        ),
        (
            "%roaldfnshiuct,123",
            "123 #den ~ada 192.0.2.1 192.0.2.1 chat.test ada H@ 0 0 0 n/a :Real ada",
        ),
        ("%tn,321", "321 :ada"),
        ("%tn", "0 :ada"),
        ("%tn,12a", "0 :ada"),
        ("%tn,1234", "0 :ada"),
        ("%na", "ada :0"),
        ("%nXYZ", ":ada"),
        ("o%n", None),
    ],
)
def test_chosen_fields(asked: str, answer: str | None) -> None:
    """IRCv3 WHOX: in one order whatever was asked; what is unknown is left out."""
    _, _, bob = pair()
    found = [f":chat.test 354 bob {answer}"] if answer else []
    assert bob.lines(f"WHO ada {asked}") == [*found, f":chat.test 315 bob ada {END}"]


# WHOIS.


def test_whois_to_somebody_else() -> None:
    house, ada, bob = pair()
    ada.lines("JOIN #two", "AWAY :lunch")
    house.read_all()
    since = int(house.at)
    assert bob.lines("WHOIS ADA") == [
        ":chat.test 311 bob ada ~ada 192.0.2.1 * :Real ada",
        ":chat.test 319 bob ada :@#den @#two",
        ":chat.test 312 bob ada chat.test :TestNet",
        ":chat.test 301 bob ada :lunch",
        f":chat.test 317 bob ada 0 {since} :seconds idle, signon time",
        ":chat.test 318 bob ADA :End of /WHOIS list",
    ]


def test_whois_to_oneself_tells_more() -> None:
    _, ada, _ = pair()
    ada.lines("MODE ada +iB", "OPER root swordfish")
    told = ada.lines("WHOIS ada")
    assert told[3:7] == [
        ":chat.test 313 ada ada :is an IRC operator",
        ":chat.test 335 ada ada :is a bot",
        ":chat.test 379 ada ada :is using modes +Bio",
        ":chat.test 338 ada ada ~ada@192.0.2.1 192.0.2.1 :Is actually using host",
    ]


@pytest.mark.parametrize("server", ["chat.test", "*.test", "ada", "BOB"])
def test_whois_by_way_of_a_server(server: str) -> None:
    _, _, bob = pair()
    assert bob.numerics(f"WHOIS {server} ada")[0] == "311"


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        ("WHOIS", [":chat.test 431 bob :No nickname given"]),
        ("WHOIS :", [":chat.test 431 bob :No nickname given"]),
        ("WHOIS other.test ada", [":chat.test 402 bob other.test :No such server"]),
        (
            "WHOIS nobody",
            [
                ":chat.test 401 bob nobody :No such nick/channel",
                ":chat.test 318 bob nobody :End of /WHOIS list",
            ],
        ),
    ],
)
def test_whois_of_nobody(sent: str, answer: list[str]) -> None:
    _, _, bob = pair()
    assert bob.lines(sent) == answer


def test_many_rooms_take_several_lines() -> None:
    house = IrcHouse()
    ada, bob = house.client("ada"), house.client("bob")
    names = [f"#{'x' * 45}{number:02}" for number in range(20)]
    for name in names:
        ada.send(f"JOIN {name}\r\n")
    lines = [line for line in bob.lines("WHOIS ada") if " 319 " in line]
    assert len(lines) > 1
    assert all(len(line) <= 510 for line in lines)
    shown = [word for line in lines for word in line.split(" :", 1)[1].split()]
    assert shown == [f"@{name}" for name in names]


# WHOWAS.


def test_who_had_a_nick_the_latest_first() -> None:
    house = IrcHouse()
    bob = house.client("bob")
    for user in ("one", "two"):
        former = house.stranger()
        former.lines("NICK zed", f"USER {user} 0 * :Real {user}")
        former.lines("QUIT")
        house.at += 60
    assert bob.lines("WHOWAS ZED") == [
        ":chat.test 314 bob zed ~two 192.0.2.1 * :Real two",
        ":chat.test 312 bob zed chat.test :2024-02-29 12:02:00 UTC",
        ":chat.test 314 bob zed ~one 192.0.2.1 * :Real one",
        ":chat.test 312 bob zed chat.test :2024-02-29 12:01:00 UTC",
        ":chat.test 369 bob ZED :End of WHOWAS",
    ]
    assert bob.numerics("WHOWAS zed 1") == ["314", "312", "369"]
    for count in ("0", "-1", "2", "9", "x"):
        assert bob.numerics(f"WHOWAS zed {count}") == ["314", "312", "314", "312", "369"]


def test_nobody_had_it() -> None:
    bob = IrcHouse().client("bob")
    assert bob.lines("WHOWAS zed") == [
        ":chat.test 406 bob zed :There was no such nickname",
        ":chat.test 369 bob zed :End of WHOWAS",
    ]
    assert bob.numerics("WHOWAS") == ["431"]


def test_a_nick_that_was_given_up_is_remembered_too() -> None:
    house = IrcHouse(Limits(rate=None, whowas=1))
    ada, bob = house.client("ada"), house.client("bob")
    ada.lines("NICK eva")
    assert bob.numerics("WHOWAS ada") == ["314", "312", "369"]
    bob.lines("NICK bo")
    assert bob.numerics("WHOWAS ada") == ["406", "369"]


# USERHOST and ISON.


def test_userhost_of_at_most_five() -> None:
    house, ada, bob = pair()
    house.person("tel")
    ada.lines("OPER root swordfish", "AWAY :x")
    bob.read()
    assert bob.lines("USERHOST ADA nobody tel bob ada bob") == [
        ":chat.test 302 bob :ada*=-~ada@192.0.2.1 tel=+tel@192.0.2.1 bob=+~bob@192.0.2.1 "
        "ada*=-~ada@192.0.2.1"
    ]
    assert bob.lines("USERHOST nobody") == [":chat.test 302 bob :"]
    assert bob.numerics("USERHOST") == ["461"]


@pytest.mark.parametrize(
    ("sent", "here"),
    [("ISON ADA nobody bob", "ada bob"), ("ISON :ada  bob", "ada bob"), ("ISON nobody", "")],
)
def test_ison(sent: str, here: str) -> None:
    _, _, bob = pair()
    assert bob.lines(sent) == [f":chat.test 303 bob :{here}"]


def test_ison_is_one_line_whatever_was_asked() -> None:
    bob = IrcHouse().client("bob" * 10)
    [line] = bob.lines(f"ISON {' '.join(['bob' * 10] * 16)}")
    assert len(line) <= 510
    assert line.split(":")[-1].split() == ["bob" * 10] * 14


# AWAY.


def test_away_and_back() -> None:
    _, ada, bob = pair()
    assert ada.lines("AWAY :lunch") == [":chat.test 306 ada :You have been marked as being away"]
    assert bob.lines("PRIVMSG ada hi") == [":chat.test 301 bob ada :lunch"]
    for back in ("AWAY", "AWAY :"):
        ada.lines("AWAY :lunch")
        assert ada.numerics(back) == ["305"]
        assert bob.lines("PRIVMSG ada hi") == []
        ada.read()


def test_a_long_reason_is_cut_to_awaylen() -> None:
    _, ada, bob = pair()
    assert ada.numerics(f"AWAY :{'x' * 400}") == ["306"]
    assert bob.messages("PRIVMSG ada hi")[0].params[-1] == "x" * 300


def test_who_asks_for_it_is_told_of_those_in_a_common_room() -> None:
    house = IrcHouse()
    eva = house.client("eva", "away-notify", joins="#den,#two")
    ada = house.client("ada", joins="#den,#two")
    dull, far = house.client("dull", joins="#den"), house.client("far", "away-notify")
    house.read_all()
    assert ada.numerics("AWAY :lunch") == ["306"]
    assert eva.lines() == [":ada!~ada@192.0.2.1 AWAY :lunch"]
    ada.lines("AWAY :lunch")
    assert eva.lines() == []
    ada.lines("AWAY")
    assert eva.lines() == [":ada!~ada@192.0.2.1 AWAY"]
    assert dull.lines() == far.lines() == []


def test_who_comes_and_is_away_is_told_as_such() -> None:
    house = IrcHouse()
    eva = house.client("eva", "away-notify", joins="#den")
    ada = house.client("ada", "away-notify")
    ada.lines("AWAY :lunch")
    assert ada.numerics("JOIN #den") == ["JOIN", "353", "366"]
    assert eva.lines() == [
        ":ada!~ada@192.0.2.1 JOIN #den",
        ":ada!~ada@192.0.2.1 AWAY :lunch",
    ]


# SETNAME.


def test_another_real_name() -> None:
    house = IrcHouse()
    ada = house.client("ada", "setname", joins="#den")
    eva = house.client("eva", "setname", "server-time", joins="#den")
    dull = house.client("dull", joins="#den")
    house.read_all()
    assert ada.lines("SETNAME :Ada Lovelace") == [":ada!~ada@192.0.2.1 SETNAME :Ada Lovelace"]
    [told] = eva.messages()
    assert (told.command, told.params, *told.tags) == ("SETNAME", ("Ada Lovelace",), "time")
    assert dull.lines() == []
    assert dull.lines("SETNAME :Somebody") == []
    assert ada.messages("WHOIS ada")[1].params[-1] != "Real ada"
    assert eva.messages("WHOIS dull")[0].params[-1] == "Somebody"


@pytest.mark.parametrize("realname", ["", "x" * 151])
def test_a_real_name_that_is_none(realname: str) -> None:
    _, ada, _ = pair()
    assert ada.lines(f"SETNAME :{realname}") == [
        ":chat.test FAIL SETNAME INVALID_REALNAME :A real name has 1 to 150 characters."
    ]
    assert ada.messages("WHOIS ada")[0].params[-1] == "Real ada"
    assert ada.numerics("SETNAME") == ["461"]
