"""Message tags, echoes, TAGMSG and long texts (IRCv3 message-tags, echo-message, bot-mode)."""

import re

import pytest

from chatserver.irc.message import Message
from tests.irc.house import Client, IrcHouse

ADA = ":ada!~ada@192.0.2.1"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@pytest.fixture
def house() -> IrcHouse:
    return IrcHouse()


def room_of(house: IrcHouse, *people: tuple[str, ...]) -> list[Client]:
    clients = [house.client(nick, *caps, joins="#den") for nick, *caps in people]
    house.read_all()
    return clients


def test_tags_go_to_those_who_have_asked_for_them(house: IrcHouse) -> None:
    ada, bob, cy, dan = room_of(
        house, ("ada", "message-tags"), ("bob", "message-tags"), ("cy",), ("dan", "server-time")
    )
    assert ada.lines("@+baz=bat;fizz=buzz PRIVMSG #den :hi") == []
    (one,) = bob.messages()
    assert one.tags.keys() == {"msgid", "+baz"}
    assert one.tags["+baz"] == "bat"
    assert cy.lines() == [f"{ADA} PRIVMSG #den :hi"]
    (one,) = dan.messages()
    assert one.tags.keys() == {"time"}
    assert TIME.fullmatch(one.tags["time"])


def test_the_tags_of_the_server_stand_before_those_of_clients(house: IrcHouse) -> None:
    caps = ("message-tags", "server-time", "labeled-response", "batch", "echo-message")
    (ada,) = room_of(house, ("ada", *caps))
    (line,) = ada.lines("@+a=b;label=x PRIVMSG #den :hi")
    names = [tag.partition("=")[0] for tag in line[1:].partition(" ")[0].split(";")]
    assert names == ["label", "time", "msgid", "+a"]


def test_an_echo_has_the_id_that_others_see(house: IrcHouse) -> None:
    ada, bob = room_of(house, ("ada", "message-tags", "echo-message"), ("bob", "message-tags"))
    echo = ada.messages("PRIVMSG #den :hi", "NOTICE bob :psst", "@+x TAGMSG #den")
    heard = bob.messages()
    assert [one.command for one in echo] == ["PRIVMSG", "NOTICE", "TAGMSG"]
    assert [one.tags["msgid"] for one in echo] == [one.tags["msgid"] for one in heard]
    assert len({one.tags["msgid"] for one in echo}) == 3


def test_no_echo_without_asking(house: IrcHouse) -> None:
    ada, _ = room_of(house, ("ada", "message-tags"), ("bob",))
    assert ada.lines("PRIVMSG #den :hi", "NOTICE bob :psst", "@+x TAGMSG #den") == []


def test_to_oneself_it_is_delivered_and_echoed(house: IrcHouse) -> None:
    ada, bob = room_of(house, ("ada",), ("bob", "echo-message"))
    assert ada.lines("PRIVMSG ada :hi") == [f"{ADA} PRIVMSG ada :hi"]
    assert len(bob.lines("PRIVMSG bob :hi")) == 2


def test_tags_alone_reach_only_those_who_read_them(house: IrcHouse) -> None:
    ada, bob, cy = room_of(house, ("ada", "message-tags"), ("bob", "message-tags"), ("cy",))
    ada.send("@+typing=active TAGMSG #den\r\n@+typing=done TAGMSG bob\r\n@+x TAGMSG cy\r\n")
    heard = bob.messages()
    assert [(one.command, *one.params) for one in heard] == [("TAGMSG", "#den"), ("TAGMSG", "bob")]
    assert [one.tags["+typing"] for one in heard] == ["active", "done"]
    assert cy.lines() == []


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        ("@+x TAGMSG", ["411 ada :No recipient given (TAGMSG)"]),
        ("@+x TAGMSG nobody", ["401 ada nobody :No such nick/channel"]),
        ("@+x TAGMSG #none", ["403 ada #none :No such channel"]),
        ("TAGMSG", ["411 ada :No recipient given (TAGMSG)"]),
        ("TAGMSG nobody", ["401 ada nobody :No such nick/channel"]),
    ],
)
def test_tags_that_go_nowhere(house: IrcHouse, sent: str, answer: list[str]) -> None:
    ada, bob = room_of(house, ("ada", "message-tags"), ("bob", "message-tags"))
    assert ada.lines(sent) == [f":chat.test {line}" for line in answer]
    assert bob.lines() == []


@pytest.mark.parametrize("sent", ["TAGMSG #den", "@x=y TAGMSG #den"])
def test_what_is_left_without_unknown_tags_is_told_too(house: IrcHouse, sent: str) -> None:
    """IRCv3 message-tags, "Examples": the server removes the tag before relaying."""
    ada, bob = room_of(house, ("ada", "message-tags"), ("bob", "message-tags"))
    assert ada.lines(sent) == []
    (heard,) = bob.messages()
    assert (heard.command, *heard.params, *heard.tags) == ("TAGMSG", "#den", "msgid")


def test_tags_alone_are_for_who_has_the_capability(house: IrcHouse) -> None:
    ada, bob = room_of(house, ("ada",), ("bob", "message-tags"))
    assert ada.lines("@+x=y TAGMSG #den") == [":chat.test 421 ada TAGMSG :Unknown command"]
    assert bob.lines() == []


def test_tags_of_a_client_that_does_not_have_them_stay_here(house: IrcHouse) -> None:
    ada, bob = room_of(house, ("ada",), ("bob", "message-tags"))
    ada.send("@+x=y PRIVMSG #den :hi\r\n")
    (one,) = bob.messages()
    assert one.tags.keys() == {"msgid"}


def test_values_are_escaped_on_their_way(house: IrcHouse) -> None:
    ada, bob = room_of(house, ("ada", "message-tags"), ("bob", "message-tags"))
    ada.send("@+x=a\\:b\\sc\\\\d\\ne\\q;+x2=;+draft/react=l😃l TAGMSG #den\r\n")
    (line,) = bob.lines()
    assert (
        line.partition(";")[2] == f"+x=a\\:b\\sc\\\\d\\neq;+x2;+draft/react=l😃l {ADA} TAGMSG #den"
    )


@pytest.mark.parametrize(("size", "passes"), [(4094, True), (4095, False)])
def test_tags_have_their_own_limit(house: IrcHouse, size: int, passes: bool) -> None:
    ada, bob = room_of(house, ("ada", "message-tags"), ("bob", "message-tags"))
    tags = "foo=bar;+baz=" + "a" * (size - len("foo=bar;+baz="))
    answer = ada.lines(f"@{tags} TAGMSG #den")
    assert answer == ([] if passes else [":chat.test 417 ada :Input line was too long"])
    assert len(bob.lines()) == passes


def test_what_does_not_fit_with_its_source_is_refused(house: IrcHouse) -> None:
    """It would have to be cut, or become two messages of one id."""
    ada, bob = room_of(house, ("ada",), ("bob",))
    room = 512 - len(f"{ADA} PRIVMSG #den :\r\n")
    assert ada.lines("PRIVMSG #den :" + "é" * (room // 2)) == []
    assert bob.lines() == [f"{ADA} PRIVMSG #den :" + "é" * (room // 2)]
    too_long = [":chat.test 417 ada :Input line was too long"]
    assert ada.lines("PRIVMSG #den :" + "x" * (room + 1)) == too_long
    assert ada.lines("NOTICE bob :" + "x" * (room + 3)) == too_long
    assert bob.lines() == []


def test_a_long_text_of_a_person_is_split_between_characters(house: IrcHouse) -> None:
    ada = house.client("ada", "message-tags", "server-time", joins="#lobby")
    bob = house.person("bob")
    ada.read()
    bob.send("é😃" * 300 + "\n")
    lines = ada.lines()
    assert all(len(line.partition(" ")[2].encode()) <= 510 for line in lines)
    messages = [Message.parse(line) for line in lines]
    assert "".join(one.params[1] for one in messages) == "é😃" * 300
    assert ["msgid" in one.tags for one in messages] == [True] + [False] * (len(messages) - 1)
    assert len({one.tags["time"] for one in messages}) == 1


def test_bots_are_marked(house: IrcHouse) -> None:
    bot, ada, cy = room_of(house, ("bot", "message-tags"), ("ada", "message-tags"), ("cy",))
    bot.lines("MODE bot +B")
    bot.send("PRIVMSG #den :hi\r\nPRIVMSG ada :hi\r\n@+x TAGMSG ada\r\n")
    heard = ada.messages()
    assert [one.command for one in heard] == ["PRIVMSG", "PRIVMSG", "TAGMSG"]
    assert all(one.tags["bot"] == "" for one in heard)
    assert cy.lines() == [":bot!~bot@192.0.2.1 PRIVMSG #den :hi"]
    bot.lines("MODE bot -B")
    bot.send("PRIVMSG #den :hi\r\n")
    assert "bot" not in ada.messages()[0].tags


def test_what_bots_do_is_marked_too(house: IrcHouse) -> None:
    """IRCv3 bot-mode, "The bot tag": all commands sent by a bot."""
    caps = ("message-tags", "away-notify", "setname", "invite-notify")
    bot, ada, cy = room_of(house, ("bot", *caps), ("ada", *caps), ("cy", "away-notify"))
    bot.lines("MODE bot +B", "JOIN #hut")
    ada.lines("JOIN #hut")
    house.read_all()
    own = bot.messages(
        "PART #den", "JOIN #den", "AWAY :gone", "SETNAME :A machine", "TOPIC #hut :x"
    )
    own += bot.messages("MODE #hut +m", "INVITE cy #hut", "NICK robot", "MODE robot +w")
    deeds = [one for one in own if one.source.startswith(("bot!", "robot!"))]
    assert len(deeds) == 7
    assert all(one.tags.get("bot") == "" for one in deeds), deeds
    heard = ada.messages()
    assert [one.command for one in heard] == [
        *("PART", "JOIN", "AWAY", "SETNAME", "TOPIC", "MODE", "INVITE", "NICK"),
    ]
    assert all(one.tags.get("bot") == "" for one in heard), heard
    assert not any(line.startswith("@") for line in cy.lines())
    bot.lines("KICK #hut ada :out", "QUIT")
    heard = ada.messages()
    assert [one.command for one in heard] == ["KICK", "QUIT"]
    assert all(one.tags.get("bot") == "" for one in heard), heard


def test_what_a_bot_does_to_others_is_not_their_doing(house: IrcHouse) -> None:
    bot, ada, cy = room_of(house, ("bot",), ("ada", "message-tags"), ("cy", "message-tags"))
    bot.lines("MODE bot +B", "OPER root swordfish")
    bot.send("KILL cy :out\r\n")
    kill = cy.messages()[0]
    assert (kill.command, kill.tags.get("bot")) == ("KILL", "")
    [gone] = ada.messages()
    assert (gone.command, "bot" in gone.tags) == ("QUIT", False)


def test_nobody_pretends_to_be_a_bot(house: IrcHouse) -> None:
    ada, bob = room_of(house, ("ada", "message-tags"), ("bob", "message-tags"))
    ada.send("@bot;time=x;msgid=1;account=root;batch=z PRIVMSG #den :hi\r\n")
    assert bob.messages()[0].tags.keys() == {"msgid"}


@pytest.mark.parametrize(
    "sent",
    [
        "NOTICE",
        "NOTICE bob",
        "NOTICE bob :",
        "NOTICE nobody :x",
        "NOTICE #none :x",
        "NOTICE a,b,c,d,e x",
    ],
)
def test_nothing_answers_a_notice(house: IrcHouse, sent: str) -> None:
    (ada,) = room_of(house, ("ada",))
    assert ada.lines(sent) == []


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        ("PRIVMSG", "411 ada :No recipient given (PRIVMSG)"),
        ("PRIVMSG :", "411 ada :No recipient given (PRIVMSG)"),
        ("PRIVMSG bob", "412 ada :No text to send"),
        ("PRIVMSG #den :", "412 ada :No text to send"),
        ("PRIVMSG nobody :x", "401 ada nobody :No such nick/channel"),
        ("PRIVMSG #lobby :\x01VERSION\x01", "404 ada #lobby :CTCP is off in this room."),
    ],
)
def test_what_cannot_be_said(house: IrcHouse, sent: str, answer: str) -> None:
    ada, bob = room_of(house, ("ada",), ("bob",))
    for client in (ada, bob):
        client.send("JOIN #lobby\r\n")
    house.read_all()
    assert ada.lines(sent) == [f":chat.test {answer}"]
    assert bob.lines() == []


def test_several_targets_each_once_and_no_more_than_allowed(house: IrcHouse) -> None:
    ada, bob = room_of(house, ("ada",), ("bob",))
    assert ada.lines("PRIVMSG bob,BOB,,bob :hi") == []
    assert len(bob.lines()) == 1
    answer = ada.lines("PRIVMSG bob,n1,n2,n3,n4,n5 :hi")
    assert [line.split()[1:4] for line in answer] == [
        *(["407", "ada", name] for name in ("n4", "n5")),
        *(["401", "ada", name] for name in ("n1", "n2", "n3")),
    ]
    assert len(bob.lines()) == 1
