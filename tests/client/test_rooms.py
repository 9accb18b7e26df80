"""Who is in a room, with which rank and presence; what a room is about."""

import gc

import pytest

from client.messages import Kind
from client.unseen import Unseen
from tests.client.script import Script


def nicks(script: Script) -> list[str]:
    return [f"{member.sign}{member.nick}" for member in script.room.members]


def test_members_stand_by_rank_and_name() -> None:
    script = Script().welcome("", "PREFIX=(qov)~@+")
    script.hear(":s 353 ada = #ops :+Zoe bob ~@max @ada", ":s 366 ada #ops :End")
    assert nicks(script) == ["~max", "@ada", "+Zoe", "bob"]
    script.hear(":max!u@h MODE #ops -q+v max bob")
    assert nicks(script) == ["@ada", "@max", "+bob", "+Zoe"]


def test_modes_with_values_are_told_apart_from_ranks() -> None:
    script = Script().welcome("", "CHANMODES=b,k,l,imn")
    script.hear(":ada!u@h MODE #ops +bklo *!*@x key 5 bob")
    assert nicks(script) == ["@ada", "@bob"]
    script.hear(":ada!u@h MODE #ops -l-k+v-o * bob bob")
    assert nicks(script) == ["@ada", "+bob"]


def test_an_invitation_is_for_whom_it_names() -> None:
    script = Script().welcome()
    script.hear(":bob!u@h INVITE cy #ops", ":bob!u@h INVITE ada #games")
    other, own = list(script.room.entries)[-2:]
    assert (other.kind, other.text) == (Kind.NOTE, "bob invites cy to #ops.")
    assert (own.kind, own.nick, own.text) == (Kind.INVITED, "bob", "#games")


def test_people_come_and_go_and_change_names() -> None:
    script = Script().welcome()
    script.hear(":cy!u@h JOIN #ops", ":cy!u@h NICK Cyd", ":bob!u@h PART #ops :bye")
    assert nicks(script) == ["@ada", "Cyd"]
    script.hear(":Cyd!u@h QUIT :gone")
    assert nicks(script) == ["@ada"]
    assert [entry.kind for entry in script.room.entries][-4:] == [
        Kind.JOINED,
        Kind.RENAMED,
        Kind.LEFT,
        Kind.QUIT,
    ]
    assert not script.model.people.knows("Cyd")


def test_a_conversation_follows_who_changes_their_name() -> None:
    script = Script().welcome()
    script.hear(":bob!u@h PRIVMSG ada :hi", ":bob!u@h NICK robert", ":robert!u@h PRIVMSG ada :me")
    assert [entry.text for entry in script.buffer("robert").entries] == ["hi", "robert", "me"]


def test_ones_own_name_follows() -> None:
    script = Script().welcome()
    script.hear(":ada!u@h NICK lovelace")
    assert script.model.nick == "lovelace"
    assert nicks(script) == ["@lovelace", "bob"]


def test_presence_is_known_in_all_rooms() -> None:
    script = Script().welcome("away-notify")
    script.hear(":ada!u@h PART #ops")
    names = (":s 353 ada = #ops :@ada bob", ":s 366 ada #ops :End")
    assert script.hear(":ada!u@h JOIN #ops", *names) == ["WHO #ops"]
    script.hear(":s 352 ada #ops u h s bob G :0 Bob", ":s 315 ada #ops :End")
    assert [m.away for m in script.room.members if m.nick == "bob"] == [True]
    changes = script.room.changes
    script.hear(":bob!u@h AWAY")
    assert [m.away for m in script.room.members if m.nick == "bob"] == [False]
    assert script.room.changes > changes
    assert "Bob" not in " ".join(script.notes())


def test_partners_in_private_are_watched() -> None:
    script = Script().welcome("", "MONITOR=100")
    script.model.talk_to("bob")
    assert script.said() == ["MONITOR + bob"]
    script.hear(":s 731 ada :bob")
    assert not script.buffer("bob").joined
    script.hear(":s 730 ada :bob!u@h")
    assert script.buffer("bob").joined
    script.model.close(script.buffer("bob"))
    assert script.said() == ["MONITOR - bob"]


def test_the_topic_is_known_from_the_start_and_when_it_changes() -> None:
    script = Script().welcome()
    script.hear(":s 332 ada #ops :first")
    assert script.room.topic == "first"
    script.hear(":bob!u@h TOPIC #ops :second")
    assert (script.room.topic, script.room.entries[-1].kind) == ("second", Kind.TOPIC)
    script.hear(":bob!u@h TOPIC #ops :")
    assert script.room.topic == ""


def test_a_room_that_is_renamed_stays_the_same_buffer() -> None:
    script = Script().welcome("draft/channel-rename")
    room = script.room
    script.hear(":s RENAME #ops #operations :clearer")
    assert script.buffer("#operations") is room
    assert "clearer" in room.entries[-1].text


def test_a_room_that_gets_the_name_of_one_that_was_left_takes_its_place() -> None:
    script = Script().welcome("draft/channel-rename")
    script.hear(":ada!u@h JOIN #games", ":ada!u@h PART #games")
    left, room = script.buffer("#games"), script.buffer("#ops")
    script.model.show(left)
    script.hear(":s RENAME #ops #games :clearer", ":bob!u@h PRIVMSG #games :here")
    assert [one.name for one in script.model.buffers].count("#games") == 1
    assert script.buffer("#games") is script.model.current is room
    assert room.entries[-1].text == "here"


@pytest.mark.parametrize(
    ("casemap", "same"), [("ascii", False), ("rfc1459", True), ("rfc1459-strict", True)]
)
def test_names_are_compared_as_the_server_does(casemap: str, same: bool) -> None:
    script = Script().welcome("", f"CASEMAPPING={casemap}")
    script.hear(":ada!u@h JOIN #A[b]")
    assert (script.model.find("#a{B}") is not None) is same


def test_words_for_those_of_a_rank_stand_in_the_room() -> None:
    script = Script().welcome()
    script.hear(":bob!u@h PRIVMSG @#ops :operators only")
    assert script.notes()[-1] == "operators only"


def test_the_list_of_rooms_is_shown_when_it_was_asked_for() -> None:
    script = Script().welcome()
    script.model.list_rooms()
    assert script.said() == ["LIST"]
    script.hear(":s 322 ada #a 2 :A", ":s 322 ada #bb 30 :[+nt] B", ":s 323 ada :End")
    assert script.notes()[-2:] == ["#bb    30  [+nt] B", "#a      2  A"]


def test_leaving_keeps_what_was_said_and_closing_takes_it_away() -> None:
    script = Script().welcome()
    room = script.room
    script.model.leave(room, "bye")
    assert script.said() == ["PART #ops bye"]
    script.hear(":ada!u@h PART #ops :bye")
    assert room in script.model.buffers
    assert len(room.members) == 0
    script.model.close(room)
    assert script.model.buffers == [script.model.server]
    assert script.model.current is script.model.server


@pytest.mark.parametrize(
    "line",
    [
        *(f":x!u@h {verb}" for verb in ("JOIN", "PART", "KICK", "NICK", "TOPIC", "MODE", "INVITE")),
        *(f":x!u@h {verb} #ops" for verb in ("KICK", "MODE", "REDACT", "MARKREAD", "RENAME")),
        *("BATCH", "BATCH +", "BATCH -x", "BATCH +x", "FAIL", "FAIL X", "CAP", "CAP * LS", "PONG"),
        *(":", "@", "@a", ": x", "\0", "@time=x PRIVMSG", "PRIVMSG #ops", "TAGMSG", "CAP * ACK :"),
        "@time=9999999-01-01T00:00:00Z :bob!u@h PRIVMSG #ops :far",
        "@time=0001-01-01T00:00:00+23:59 :bob!u@h PRIVMSG #ops :long ago",
    ],
)
def test_no_line_can_break_it(line: str) -> None:
    script = Script().welcome("draft/chathistory batch draft/read-marker away-notify")
    script.hear(line)
    script.hear(":bob!u@h PRIVMSG #ops :still here")
    assert "still here" in [entry.text for entry in script.room.entries]


@pytest.mark.parametrize("params", ["", " ada", " ada #ops", " ada #ops bob", " ada bob x y z :w"])
def test_no_numeric_can_break_it(params: str) -> None:
    for number in range(2, 1000):
        script = Script().welcome("away-notify")
        script.hear(f":s {number:03}{params}")
        script.hear(":bob!u@h PRIVMSG #ops :still here")
        assert "still here" in [entry.text for entry in script.room.entries], number


def test_of_what_is_closed_or_left_nothing_is_kept() -> None:
    script = Script().welcome()
    model, unseen = script.model, Unseen()
    script.hear(":s 353 ada = #ops :ada bob", ":s 366 ada #ops :End")
    for room in ("#games", "#tea"):
        script.hear(f":ada!u@h JOIN {room}", f":s 353 ada = {room} :ada bob cy{room[1:]}")
        script.hear(f":s 366 ada {room} :End", f":bob!u@h PRIVMSG {room} :hi")
    unseen.take(model)
    known = len(unseen._seen)
    model.close(script.buffer("#games"))
    script.hear(":ada!u@h PART #tea")
    gc.collect()
    assert len(unseen._seen) == known - 1
    assert set(model.people._people) == {"ada", "bob"}
