"""Coming and going: CAP PASS NICK USER PING QUIT (modern IRC, "Connection Registration")."""

import pytest

from chatserver.chat.names import fold
from chatserver.irc.capabilities import OFFERED
from chatserver.limits import Limits
from chatserver.signatures import is_irc, undecided
from tests.irc.house import Client, IrcHouse
from tests.telnet.house import FREE

WELCOME = ["001", "002", "003", "004", "005", "005", "005", "251", "255", "265", "266", "422"]


def test_the_welcome_in_its_order() -> None:
    new = IrcHouse().stranger()
    assert new.messages("NICK ada") == []
    told = new.messages("USER ada 0 * :Ada L.")
    assert [message.command for message in told] == WELCOME
    assert {message.params[0] for message in told} == {"ada"}
    assert told[0].params[1] == "Welcome to the TestNet Network, ada!~ada@192.0.2.1"
    assert told[3].params == ("ada", "chat.test", "chatserver-0.1.0", "Biow", *told[3].params[4:])


def test_the_message_of_the_day_is_shown_line_by_line() -> None:
    new = IrcHouse(motd=("Be kind.", "")).stranger()
    assert new.lines("NICK ada", "USER a 0 * a")[-4:] == [
        ":chat.test 375 ada :- chat.test Message of the day - ",
        ":chat.test 372 ada :- Be kind.",
        ":chat.test 372 ada :- ",
        ":chat.test 376 ada :End of /MOTD command.",
    ]


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        ("USER a 0 *", ":chat.test 461 * USER :Not enough parameters"),
        ("USER a 0 * :", ":chat.test 461 * USER :Not enough parameters"),
        ("USER  :", ":chat.test 461 * USER :Not enough parameters"),
        ("NICK", ":chat.test 431 * :No nickname given"),
        ("NICK :", ":chat.test 431 * :No nickname given"),
        ("NICK *", ":chat.test 432 * * :Erroneus nickname"),
        ("NICK 1ada", ":chat.test 432 * 1ada :Erroneus nickname"),
        ("NICK :a b", ":chat.test 432 * * :Erroneus nickname"),
        (f"NICK {'x' * 33}", f":chat.test 432 * {'x' * 33} :Erroneus nickname"),
        ("NICK BOB", ":chat.test 433 * BOB :Nickname is already in use"),
        ("PASS", ":chat.test 461 * PASS :Not enough parameters"),
        ("JOIN #lobby", ":chat.test 451 * :You have not registered"),
        ("NONSENSE", ":chat.test 421 * NONSENSE :Unknown command"),
        ("AWAY :gone", ":chat.test 451 * :You have not registered"),
        ("ISUPPORT", ":chat.test 451 * :You have not registered"),
        ("PING abc", ":chat.test PONG chat.test :abc"),
        ("PING", ":chat.test 409 * :No origin specified"),
        ("CAP", ":chat.test 461 * CAP :Not enough parameters"),
        ("CAP NONSENSE", ":chat.test 410 * NONSENSE :Invalid CAP command"),
        ("CAP LIST", ":chat.test CAP * LIST :"),
        ("CAP REQ :foo qux foo", ":chat.test CAP * NAK :foo qux foo"),
        ("CAP REQ :setname foo", ":chat.test CAP * NAK :setname foo"),
    ],
)
def test_before_registration(sent: str, answer: str) -> None:
    house = IrcHouse()
    house.client("bob")
    assert house.stranger().lines(sent) == [answer]


@pytest.mark.parametrize("sent", ["USER a 0 * a", "PASS x"])
def test_nobody_registers_twice(sent: str) -> None:
    ada = IrcHouse().client("ada")
    assert ada.lines(sent) == [":chat.test 462 ada :You may not reregister"]


def test_a_nick_that_is_refused_can_be_followed_by_another() -> None:
    house = IrcHouse()
    house.client("bob")
    new = house.stranger()
    assert new.numerics("USER a 0 * a", "NICK bob", "NICK *", "NICK bob_") == [
        *("433", "432"),
        *WELCOME[:8],
        *("255", "265", "266", "422"),
    ]


def test_two_that_register_with_one_nick_and_the_second_must_choose_again() -> None:
    house = IrcHouse()
    one, two = house.stranger(), house.stranger()
    one.send("NICK foo\r\n")
    two.send("NICK Foo\r\n")
    assert one.numerics("USER a 0 * a")[0] == "001"
    assert two.lines("USER a 0 * a") == [":chat.test 433 * Foo :Nickname is already in use"]
    assert two.numerics("NICK other")[0] == "001"


def test_case_alone_is_another_spelling_and_the_same_nick_is_no_news() -> None:
    house = IrcHouse()
    ada, bob = house.client("ada", joins="#den"), house.client("bob", joins="#den")
    house.read_all()
    assert ada.lines("NICK Ada") == [":ada!~ada@192.0.2.1 NICK :Ada"]
    assert bob.lines() == [":ada!~ada@192.0.2.1 NICK :Ada"]
    assert ada.lines("NICK Ada") == []
    assert bob.lines("NICK ADA") == [":chat.test 433 bob ADA :Nickname is already in use"]


# The server's password.


@pytest.mark.parametrize(
    ("sent", "first"),
    [
        (("PASS swordfish1", "NICK a", "USER a 0 * a"), "001"),
        (("PASS wrong", "PASS swordfish1", "NICK a", "USER a 0 * a"), "001"),
        (("PASS wrong", "NICK a", "USER a 0 * a"), "464"),
        (("NICK a", "USER a 0 * a"), "464"),
        (("NICK a", "USER a 0 * a", "PASS swordfish1"), "464"),
    ],
)
def test_the_password_stands_before_all_else(sent: tuple[str, ...], first: str) -> None:
    new = IrcHouse(password="swordfish1").stranger()
    told = new.numerics(*sent)
    assert told[0] == first
    assert new.gone == (first == "464")
    assert (told[-1] == "ERROR") == (first == "464")


# Capabilities (IRCv3 capability-negotiation).


def capabilities(client: Client, version: str) -> list[tuple[str, ...]]:
    return [message.params[2:] for message in client.messages(f"CAP LS {version}".strip())]


@pytest.mark.parametrize("version", ["", "301", "nonsense"])
def test_who_speaks_301_gets_one_line_without_values(version: str) -> None:
    [[names]] = capabilities(IrcHouse().stranger(), version)
    assert "draft/multiline" in names.split()
    assert "=" not in names


def test_who_speaks_302_gets_values_and_lines_that_fit() -> None:
    *before, [last] = capabilities(IrcHouse().stranger(), "302")
    assert before
    assert all(star == "*" and len(names) < 480 for star, names in before)
    names = " ".join([*(names for _, names in before), last]).split()
    assert "draft/multiline=max-bytes=40000,max-lines=100" in names
    assert names.count("setname") == 1


def test_registration_waits_for_the_end_of_negotiation() -> None:
    new = IrcHouse().stranger()
    assert new.numerics("CAP LS", "NICK ada", "USER a 0 * a", "CAP LS 302")[:1] == ["CAP"]
    assert new.lines("CAP REQ :setname userhost-in-names") == [
        ":chat.test CAP * ACK :setname userhost-in-names"
    ]
    assert new.lines("CAP LIST") == [":chat.test CAP * LIST :setname userhost-in-names"]
    assert new.numerics("CAP END")[0] == "001"
    assert new.lines("CAP REQ -setname") == [":chat.test CAP ada ACK :-setname"]
    assert new.lines("CAP LIST") == [":chat.test CAP ada LIST :userhost-in-names"]
    assert new.lines("CAP END") == []


def test_what_is_taken_up_is_told_to_the_last_word() -> None:
    """In several lines, where the names of all would not fit into one beside a long name."""
    new = IrcHouse().client("n" * 32)
    words = [capability.name for capability in OFFERED]
    lines = new.messages(f"CAP REQ :{' '.join(words)}")
    assert [one.params[1] for one in lines] == ["ACK", "ACK"]
    assert " ".join(one.params[2] for one in lines).split() == words
    assert new.numerics("CAP LIST") == ["CAP"]


def test_a_request_that_is_refused_changes_nothing() -> None:
    new = IrcHouse().stranger()
    new.lines("CAP REQ setname", "CAP REQ :-setname nonsense")
    assert new.lines("CAP LIST") == [":chat.test CAP * LIST :setname"]


def test_who_speaks_302_is_told_of_new_capabilities_for_good() -> None:
    """Capability-negotiation, "cap-notify": it may not be switched off."""
    new = IrcHouse().stranger()
    new.lines("CAP LS 302")
    assert new.lines("CAP REQ -cap-notify") == [":chat.test CAP * NAK :-cap-notify"]


# The drafts that act before registration.


def test_away_from_the_start() -> None:
    house = IrcHouse()
    bob = house.client("bob")
    new = house.stranger()
    new.lines("CAP LS 302", "CAP REQ draft/pre-away")
    assert new.lines("AWAY :asleep") == [":chat.test 306 * :You have been marked as being away"]
    assert new.numerics("AWAY") == ["305"]
    assert new.numerics("AWAY *") == ["306"]
    new.lines("NICK ada", "USER a 0 * a", "CAP END")
    assert bob.lines("PRIVMSG ada :hi") == [":chat.test 301 bob ada :away"]


def test_features_before_registration_and_in_a_batch() -> None:
    new = IrcHouse().stranger()
    new.lines("CAP LS 302", "CAP REQ :batch draft/extended-isupport")
    first, *inner, last = new.messages("ISUPPORT")
    assert first.params == ("+b1", "draft/isupport")
    assert last.params == ("-b1",)
    assert {(message.command, message.params[0]) for message in inner} == {("005", "*")}
    assert {message.tags["batch"] for message in inner} == {"b1"}
    told = new.messages("NICK ada", "USER a 0 * a", "CAP END")
    assert all("batch" in message.tags for message in told if message.command == "005")


# How one begins.


@pytest.mark.parametrize(
    ("first", "irc"),
    [
        *(("CAP LS", True), ("nick ada", True), ("USER a 0 * a", True), ("PASS x", True)),
        *(("PING x", True), ("QUIT :bye", True), ("quit :bye", True)),
        *(("QUIT", False), ("ping", False), ("quit now", False), ("join #lobby", False)),
        *(("nickname", False), ("capable", False), ("who is here?", False)),
        *(("nick", False), (":nick", False), ("@nick hello", False), ("join #nick ", False)),
    ],
)
def test_by_their_first_line_programs_are_known_and_nobody_is_taken_for_one(
    first: str, irc: bool
) -> None:
    line = f"{first}\r\n".encode()
    assert is_irc(line) == irc
    if irc:
        assert all(undecided(line[:end]) for end in range(1, line.index(b" ") + 1))


@pytest.mark.parametrize(
    "first",
    ["\r\nNICK x", " NICK x", "@a=b NICK x", ":me USER a 0 * a", "\n@a :b CAP LS", "\r\n \nPASS x"],
)
def test_what_may_stand_before_the_first_command(first: str) -> None:
    assert is_irc(f"{first}\r\n".encode())


# The end.


@pytest.mark.parametrize("registered", [False, True])
def test_quit_is_answered_with_an_error_and_the_end(registered: bool) -> None:
    house = IrcHouse()
    new = house.client("ada") if registered else house.stranger()
    assert new.lines("QUIT :bye") == ["ERROR :Closing Link: 192.0.2.1 (Quit: bye)"]
    assert new.gone
    assert not house.registry.roster.people


def test_a_name_is_free_at_once_when_its_owner_quits() -> None:
    house = IrcHouse()
    ada, bob = house.client("ada", joins="#den"), house.client("bob", joins="#den")
    house.read_all()
    ada.lines("QUIT :out")
    assert bob.lines("NICK ADA") == [
        ":ada!~ada@192.0.2.1 QUIT :Quit: out",
        ":bob!~bob@192.0.2.1 NICK :ADA",
    ]


def test_who_gives_no_name_in_time_is_sent_away() -> None:
    house = IrcHouse()
    new = house.stranger()
    house.wait(FREE.name_seconds)
    assert new.lines() == ["ERROR :Closing Link: 192.0.2.1 (Registration timed out)"]
    assert new.gone


def test_the_user_and_real_name_are_made_fit_to_be_shown() -> None:
    """Cut to USERLEN and NAMELEN, without what would end a mask or reach a terminal."""
    house = IrcHouse()
    new = house.stranger()
    new.lines("NICK ada", f"USER a@b!{'x' * 30} 0 * :\x1b[31m{'r' * 200}")
    [user] = house.registry.roster.people.values()
    assert user.mask == f"~ab{'x' * 15}@192.0.2.1"
    assert user.realname == ("[31m" + "r" * 200)[:150]
    assert fold(user.nick) == "ada"


def test_limits_of_names_are_those_of_the_settings() -> None:
    house = IrcHouse(Limits(rate=None, nick=4))
    assert house.stranger().numerics("NICK abcde") == ["432"]
    assert house.stranger().numerics("NICK abcd") == []


def test_who_comes_back_under_the_user_name_it_was_given_keeps_it() -> None:
    new = IrcHouse().stranger()
    assert new.messages("NICK ada", "USER ~al 0 * :A")[0].params[-1].endswith("ada!~al@192.0.2.1")
