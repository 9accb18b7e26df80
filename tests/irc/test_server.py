"""The server: what it is and who is on it (modern IRC, "Server Queries and Commands")."""

from datetime import datetime

import pytest

from chatserver.chat.requests import Arrive
from chatserver.config import Config, Server
from chatserver.irc.commands.table import COMMANDS
from tests.irc.house import AT, Client, IrcHouse


def ada_in(house: IrcHouse) -> Client:
    return house.client("ada")


def test_version_and_features() -> None:
    first, *features = ada_in(IrcHouse()).lines("VERSION")
    assert first == ":chat.test 351 ada chatserver-0.1.0 chat.test :TestNet"
    assert features
    assert {line.split()[1] for line in features} == {"005"}


def test_time_is_the_servers_own_and_that_of_the_epoch() -> None:
    told = ada_in(IrcHouse()).lines("TIME")
    local = datetime.fromtimestamp(AT).astimezone()
    assert told == [
        f":chat.test 391 ada chat.test {int(AT)} :Thursday 2024-02-29 12:01:00 {local:%z}"
    ]


def test_info() -> None:
    *lines, end = ada_in(IrcHouse()).lines("INFO")
    assert lines[0] == ":chat.test 371 ada :chatserver-0.1.0"
    assert {line.split()[1] for line in lines} == {"371"}
    assert end == ":chat.test 374 ada :End of INFO list"


def test_admin_as_it_is_set() -> None:
    house = IrcHouse()
    ada = ada_in(house)
    assert ada.lines("ADMIN") == [":chat.test 423 ada chat.test :No administrative info available"]
    admin = ("Paris", "Ada", "ada@chat.test")
    house.house.config = Config(server=Server(name="chat.test", admin=admin))
    assert ada.lines("ADMIN chat.test") == [
        ":chat.test 256 ada chat.test :Administrative info",
        ":chat.test 257 ada :Paris",
        ":chat.test 258 ada :Ada",
        ":chat.test 259 ada :ada@chat.test",
    ]


def test_stats() -> None:
    house = IrcHouse()
    ada = ada_in(house)
    house.at += 2 * 86_400 + 3 * 3600 + 4 * 60 + 5
    assert ada.lines("STATS u") == [
        ":chat.test 242 ada :Server Up 2 days 3:04:05",
        ":chat.test 219 ada u :End of /STATS report",
    ]
    assert ada.lines("STATS o") == [":chat.test 219 ada o :End of /STATS report"]
    assert ada.numerics("STATS") == ["461"]


def test_links_is_empty_where_the_server_says_nothing_of_itself() -> None:
    assert ada_in(IrcHouse()).lines("LINKS") == [":chat.test 365 ada * :End of /LINKS list"]


@pytest.mark.parametrize(
    ("sent", "mask", "listed"),
    [
        ("LINKS", "*", True),
        ("LINKS *", "*", True),
        ("LINKS CHAT.*", "CHAT.*", True),
        ("LINKS *.example", "*.example", False),
        ("LINKS chat.test *.test", "*.test", True),
        ("LINKS :", "*", True),
    ],
)
def test_links_lists_the_server_as_it_describes_itself(sent: str, mask: str, listed: bool) -> None:
    house = IrcHouse()
    ada = ada_in(house)
    house.house.config = Config(server=Server(name="chat.test", description="at home"))
    own = [":chat.test 364 ada chat.test chat.test :0 at home"] if listed else []
    assert ada.lines(sent) == [*own, f":chat.test 365 ada {mask} :End of /LINKS list"]


def test_links_of_a_server_that_is_not_here() -> None:
    told = ada_in(IrcHouse()).lines("LINKS irc.example *")
    assert told == [":chat.test 402 ada irc.example :No such server"]


def test_motd() -> None:
    house = IrcHouse()
    ada = ada_in(house)
    assert ada.lines("MOTD") == [":chat.test 422 ada :MOTD File is missing"]
    house.house.motd = ("Be kind.",)
    assert ada.numerics("MOTD ada") == ["375", "372", "376"]


@pytest.mark.parametrize(
    "command", ["VERSION {}", "TIME {}", "INFO {}", "ADMIN {}", "STATS u {}", "MOTD {}"]
)
def test_the_server_may_be_named_and_others_are_not_known(command: str) -> None:
    ada = ada_in(IrcHouse())
    assert ada.lines(command.format("other.test")) == [
        ":chat.test 402 ada other.test :No such server"
    ]
    for name in ("chat.test", "CHAT.*", "ada"):
        assert "402" not in ada.numerics(command.format(name))


# LUSERS.


def test_how_many_are_here() -> None:
    house = IrcHouse()
    ada = ada_in(house)
    house.person("tel")
    eva = house.client("eva", joins="#den")
    eva.lines("MODE eva +i", "OPER root swordfish")
    house.client("gone").lines("QUIT")
    ada.read()
    assert ada.lines("LUSERS") == [
        ":chat.test 251 ada :There are 2 users and 1 invisible on 1 servers",
        ":chat.test 252 ada 1 :operator(s) online",
        ":chat.test 254 ada 2 :channels formed",
        ":chat.test 255 ada :I have 3 clients and 0 servers",
        ":chat.test 265 ada 3 4 :Current local users 3, max 4",
        ":chat.test 266 ada 3 4 :Current global users 3, max 4",
    ]


def test_those_without_a_name_are_counted_until_they_have_one_or_go() -> None:
    house = IrcHouse()
    ada = ada_in(house)
    one, two = house.stranger(), house.stranger()
    for stranger in (one, two):
        house.submit(stranger, Arrive())
    unknown = ":chat.test 253 ada {} :unknown connection(s)"
    assert ada.lines("LUSERS")[1] == unknown.format(2)
    one.lines("NICK bob", "USER bob 0 * bob")
    assert ada.lines("LUSERS")[1] == unknown.format(1)
    two.lines("QUIT")
    assert "253" not in ada.numerics("LUSERS")


# HELP.


def test_help_of_all_there_is() -> None:
    first, empty, *rows = ada_in(IrcHouse()).messages("HELP")
    assert first.command == "704"
    assert (empty.command, empty.params) == ("705", ("ada", "*", ""))
    assert [row.command for row in rows] == ["705"] * (len(rows) - 1) + ["706"]
    assert {row.params[2].split()[0] for row in rows} == set(COMMANDS)


@pytest.mark.parametrize("verb", ["HELP", "HELPOP"])
@pytest.mark.parametrize("subject", ["PRIVMSG", "privmsg"])
def test_help_of_one(verb: str, subject: str) -> None:
    told = ada_in(IrcHouse()).messages(f"{verb} {subject}")
    assert [message.command for message in told] == ["704", "705", "706"]
    assert {message.params[1] for message in told} == {subject}
    assert told[-1].params[2].startswith("PRIVMSG TARGET")


def test_no_help() -> None:
    ada = ada_in(IrcHouse())
    assert ada.lines("HELP nonsense") == [
        ":chat.test 524 ada nonsense :No help available on this topic"
    ]
    assert ada.lines("HELP :two words") == [":chat.test 524 ada * :No help available on this topic"]


def test_every_command_has_a_word_of_help() -> None:
    assert [command.verb for command in COMMANDS.values() if not command.help] == []


def test_features_again() -> None:
    house = IrcHouse()
    assert set(ada_in(house).numerics("ISUPPORT")) == {"005"}
    eva = house.client("eva", "batch", "draft/extended-isupport")
    first, *_, last = eva.messages("ISUPPORT")
    assert (first.command, first.params[1], last.command) == ("BATCH", "draft/isupport", "BATCH")
