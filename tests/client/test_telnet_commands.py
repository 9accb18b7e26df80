"""What people on telnet can do, people here can do, under the same names; and what is answered."""

from __future__ import annotations

from datetime import datetime

import pytest

from chatserver.chat.modes import Change
from chatserver.telnet import modes as telnet_modes
from chatserver.telnet.commands import TABLE as TELNET
from client import modes
from client.commands import TABLE, submit
from client.completion import complete
from client.features import Features
from client.sentences import sentence
from tests.client.house import Link
from tests.client.script import Script
from tests.histories import FaultyJournal
from tests.irc.house import IrcHouse

NO_SENSE = {"charset"}  # the terminal's own is what the client speaks


def test_every_command_of_telnet_is_there() -> None:
    assert set(TELNET) - set(TABLE) == NO_SENSE


def test_they_take_what_they_take_there() -> None:
    more = {"topic", "bans", "time"}  # may name a room too; or know the time zone by themselves
    for name in set(TELNET) - NO_SENSE - more:
        assert TABLE[name].parameters == TELNET[name].parameters, name


def test_modes_are_told_in_the_same_words() -> None:
    changes = [Change(True, "m", ""), Change(False, "n", ""), Change(True, "o", "bob")]
    told = modes.changes_in_words(Features(), "#den", ("+m-n+o", "bob"))
    assert told == telnet_modes.changes_in_words("#den", changes)


def house() -> tuple[IrcHouse, Link, Link]:
    home = IrcHouse(journal=FaultyJournal(500))
    return home, Link(home, "ada", "#ops"), Link(home, "bob", "#ops")


def does(link: Link, text: str) -> str:
    """Type something, and return what stands last in the room then."""
    submit(link.model, link.model.current, text)
    link.turn()
    return link.model.current.entries[-1].text


def test_a_room_is_kept_in_order() -> None:
    _, ada, bob = house()
    does(ada, "/voice bob")
    bob.turn()
    assert bob.buffer("#ops").members.sign_of("bob") == "+"
    assert does(ada, "/mode +m") == "left speech in #ops to those with a voice"
    assert "only those with a voice may speak" in does(ada, "/mode")
    assert does(ada, "/bans") == "Nobody is banned from #ops."
    does(ada, "/ban bob")
    assert "bob" in does(ada, "/bans")
    does(ada, "/kick bob enough")
    bob.turn()
    assert not bob.buffer("#ops").joined
    bob.model.join("#ops")
    bob.turn()
    assert not bob.buffer("#ops").joined
    mask = does(ada, "/bans").split()[0]
    does(ada, f"/unban {mask}")
    assert does(ada, "/bans") == "Nobody is banned from #ops."


def test_when_somebody_was_seen() -> None:
    home, ada, bob = house()
    assert does(ada, "/seen bob") == "bob is here now."
    assert does(ada, "/seen nobody") == "Nobody called nobody was here lately."
    at = datetime.fromtimestamp(int(home.at)).astimezone()
    bob.drop()
    home.at += 3600
    ada.turn()
    assert does(ada, "/seen bob") == f"bob was last here on {at:%Y-%m-%d %H:%M}."


def test_another_server_may_write_its_times_otherwise() -> None:
    script = Script().welcome()
    submit(script.model, script.room, "/seen eve")
    assert script.hear(":s 303 ada :") == ["ISON eve", "WHOWAS eve 1"]
    script.hear(":s 314 ada eve u h * :E", ":s 312 ada eve s :Sun Nov 22 10:00:00 2026")
    assert script.notes()[-1] == "eve was last here on Sun Nov 22 10:00:00 2026."
    script.hear(":s 369 ada eve :End", ":s 312 ada bob irc.test :A server")
    assert script.notes()[-1] == "bob is on irc.test"


def test_the_last_line_of_somebody_is_answered_and_reacted_to() -> None:
    home, ada, bob = house()
    bob.say("#ops", "one?")
    home.at += 1
    ada.turn()
    ada.say("#ops", "two")
    does(ada, "/reply @bob yes")
    one, _, yes = ada.buffer("#ops").entries[-3:]
    assert (one.text, yes.text, yes.reply_to) == ("one?", "yes", one.msgid)
    does(ada, "/react 👍 bob")
    answered = ada.buffer("#ops").entries.find(one.msgid)
    assert answered and answered.reactions


@pytest.mark.parametrize(
    ("typed", "offered"), [("/dev", "/devoice "), ("/kick b", "bob "), ("/bell o", "on")]
)
def test_they_are_completed(typed: str, offered: str) -> None:
    script = Script().welcome()
    found = [candidate.text for candidate in complete(script.model, script.room, typed)]
    assert offered in found


def test_who_is_away_is_told_once_where_one_writes_to_them() -> None:
    _, ada, bob = house()
    does(bob, "/away lunch")
    ada.turn()
    assert ada.model.people.get("bob").away  # as a room that is shared tells
    told = "bob is away: lunch"
    does(ada, "/msg bob hi")
    does(ada, "still there?")
    assert [entry.text for entry in ada.buffer("bob").entries] == ["hi", told, "still there?"]
    does(bob, "/back")
    does(bob, "/away lunch")
    ada.turn()
    assert does(ada, "again?") == told


def test_who_is_away_is_told_of_with_who_they_are() -> None:
    _, ada, bob = house()
    does(bob, "/away lunch")
    ada.turn()
    for _ in range(2):
        ada.model.send_raw("WHOIS bob")
        does(ada, "/whois bob")
    texts = [entry.text for entry in ada.buffer("#ops").entries]
    assert texts.count("bob is away: lunch") == 4
    does(ada, "/msg bob hi")
    assert [entry.text for entry in ada.buffer("bob").entries] == ["hi", "bob is away: lunch"]


def test_what_happens_to_a_room_is_told_in_words() -> None:
    _, ada, bob = house()
    assert does(ada, "/op bob") == "made bob an operator of #ops"
    does(ada, "/deop bob")
    assert does(ada, "/mode +mk key") == (
        "left speech in #ops to those with a voice and locked #ops with a key"
    )
    assert does(ada, "/mode") == (
        "#ops: only those with a voice may speak; only members may speak; the key is key."
    )
    bob.turn()
    for text in ("/mode +t", "/op bob", "/kick ada"):
        assert does(bob, text) == "Only an operator of #ops can do that."
    assert does(ada, "/op nobody") == "nobody is not here; /who shows who is."
    Link(ada.home, "cy")
    assert does(ada, "/invite cy") == "cy is invited to #ops."
    assert does(ada, "/invite bob") == "bob is in #ops already."
    assert does(ada, "/kick cy") == "cy is not in #ops."
    assert does(ada, "/kick bob") == ""
    bob.turn()
    kicked = bob.buffer("#ops").entries[-1]
    assert (kicked.nick, kicked.by, kicked.text) == ("bob", "ada", "")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (":s MODE #ops +zo-l x", "s set +z on #ops, made x an operator of #ops and took"),
        (":bob!u@h MODE #ops +o", "bob set +o on #ops"),
        (":bob!u@h MODE #ops +", "bob changed nothing"),
        (":bob!u@h MODE #ops +h-q cy max", "bob set +h cy on #ops and set -q max on #ops"),
        (":s 324 ada #ops +", "#ops: nothing is set."),
        (":s 324 ada #ops +lz 5", "#ops: there is room for 5 people; +z is set."),
        (":s 482 ada #ops :No", "Only an operator of #ops can do that."),
        (":s 401 ada #nix :No", "There is no room #nix; /rooms shows which there are."),
        (":s 696 ada #ops l x :A limit is a number.", "A limit is a number."),
        (":s 441 ada :Short", "Short"),
        (":s 531 ada bob :You may not", "bob You may not"),
    ],
)
def test_other_servers_are_understood_too(line: str, words: str) -> None:
    script = Script().welcome("", "PREFIX=(qohv)~@%+")
    script.hear(line)
    assert words in sentence(script.room.entries[-1])
