"""The rules for those who keep order, one by one; the sources stand in chat/moderation.py."""

from threading import Event as Flag
from threading import Thread
from typing import Any

import pytest

from chatserver.chat import answers, events, requests
from chatserver.chat.deliveries import Broadcast
from chatserver.chat.errors import (
    BadMode,
    ChatError,
    IsBanned,
    ListIsFull,
    NeedsInvitation,
    NoSuchNick,
    NotThere,
    RoomIsFull,
    WrongKey,
)
from chatserver.chat.hub import Hub
from chatserver.chat.modes import Change, Rank
from chatserver.chat.registry import RoomRegistry
from chatserver.chat.requests import (
    AskInvitations,
    AskList,
    AskModes,
    Invite,
    Join,
    Kick,
    Leave,
    ListMembers,
    ListRooms,
    Quit,
    Rename,
    RenameRoom,
    Say,
    SetModes,
    SetTopic,
)
from chatserver.config import Limits
from tests.chat.crowd import Chat, Origin, event_of, heard_by


@pytest.fixture
def chat() -> Chat:
    return Chat()


def on(letter: str, value: str = "") -> Change:
    return Change(True, letter, value)


def off(letter: str, value: str = "") -> Change:
    return Change(False, letter, value)


def set_modes(chat: Chat, origin: Origin, *changes: Change) -> answers.ModesDone:
    done = chat.answer(origin, SetModes("#a", changes))
    assert isinstance(done, answers.ModesDone)
    return done


def refused(chat: Chat, origin: Origin, request: requests.Request) -> ChatError:
    answer = chat.answer(origin, request)
    assert isinstance(answer, answers.Refused), answer
    return answer.error


def ranks(chat: Chat, origin: Origin, room: str = "#a") -> dict[str, Rank]:
    answer = chat.answer(origin, ListMembers(room))
    assert isinstance(answer, answers.MembersAre)
    return {member.nick: member.rank for member in answer.members}


# Modes.


def test_who_makes_a_room_rules_it_and_nobody_the_lobby(chat: Chat) -> None:
    ada = chat.enter("ada", "#lobby", "#a")
    bob = chat.enter("bob", "#a")
    assert ranks(chat, bob) == {"ada": Rank.OPERATOR, "bob": Rank.NONE}
    assert ranks(chat, ada, "#lobby") == {"ada": Rank.NONE}


def test_a_new_room_takes_nothing_from_outside(chat: Chat) -> None:
    ada = chat.enter("ada", "#a")
    answer = chat.answer(ada, AskModes("#a"))
    assert isinstance(answer, answers.ModesAre)
    assert (answer.flags, answer.key, answer.limit) == ("n", None, None)
    assert answer.created == 1002.0


def test_the_lobby_takes_no_ctcp_since_nobody_there_could_say_so(chat: Chat) -> None:
    """FAULTS row 21."""
    answer = chat.answer(chat.enter("ada", "#lobby"), AskModes("#lobby"))
    assert isinstance(answer, answers.ModesAre)
    assert answer.flags == "Cn"


def test_many_changes_are_one_event_for_all(chat: Chat) -> None:
    ada, bob = chat.enter("ada", "#a"), chat.enter("bob", "#a")
    told, answer = chat(
        ada, SetModes("#a", (on("m"), on("v", "BOB"), on("b", "eve"), on("l", "07"), off("n")))
    )
    assert isinstance(told, Broadcast)
    assert heard_by(told.audience) == [ada, bob]
    news, done = told.event, event_of(answer)
    assert isinstance(news, events.ModesSet)
    assert isinstance(done, answers.ModesDone)
    assert news.changes == done.changes
    assert news.changes == (on("m"), on("v", "bob"), on("b", "eve!*@*"), on("l", "7"), off("n"))
    assert (news.id, news.nick, news.mask) == (chat.id, "ada", "ada@192.0.2.1")


@pytest.mark.parametrize(
    "change",
    [on("n"), off("m"), on("o", "ada"), off("v", "ada"), off("b", "eve"), off("k"), off("l")],
)
def test_what_is_so_already_is_no_change(chat: Chat, change: Change) -> None:
    ada = chat.enter("ada", "#a")
    [answer] = chat(ada, SetModes("#a", (change,)))
    done = event_of(answer)
    assert isinstance(done, answers.ModesDone)
    assert (done.changes, done.refused) == ((), ())


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (on("o"), BadMode),
        (on("o", "nobody"), NoSuchNick),
        (on("v", "cy"), NotThere),
        (on("l", ""), BadMode),
        (on("l", "0"), BadMode),
        (on("l", "-1"), BadMode),
        (on("l", "x"), BadMode),
        (on("l", "²"), BadMode),
        (on("l", "9" * 40), BadMode),
        (on("k", ""), BadMode),
        (on("k", "a b"), BadMode),
        (on("k", "a,b"), BadMode),
        (on("k", ":a"), BadMode),
        (on("k", "a\x01"), BadMode),
        (on("k", "x" * 65), BadMode),
        (on("b", ""), BadMode),
        (on("b", "a b"), BadMode),
        (on("b", ":a!b@c"), BadMode),
        (on("b", "a\u2028"), BadMode),
        (on("e", "x" * 161), BadMode),
        (on("Z"), BadMode),
    ],
)
def test_one_bad_change_keeps_no_other_from_being_made(
    chat: Chat, change: Change, error: type[ChatError]
) -> None:
    ada = chat.enter("ada", "#a")
    chat.enter("cy")
    done = set_modes(chat, ada, change, on("m"))
    assert done.changes == (on("m"),)
    assert [type(one) for one in done.refused] == [error]


def test_a_refused_key_is_not_repeated(chat: Chat) -> None:
    [error] = set_modes(chat, chat.enter("ada", "#a"), on("k", "a b")).refused
    assert isinstance(error, BadMode)
    assert error.change == on("k")


@pytest.mark.parametrize(
    "request_",
    [
        SetModes("#a", (on("m"),)),
        Kick("#a", "ada"),
        RenameRoom("#a", "#b"),
    ],
)
def test_only_its_operators_rule_a_room(chat: Chat, request_: requests.Request) -> None:
    chat.enter("ada", "#a")
    bob, eve = chat.enter("bob", "#a"), chat.enter("eve")
    root = chat.enter("root", "#a")
    chat(root, requests.BecomeOperator("root"))
    assert chat.refusal(bob, request_) == "Only an operator of #a can do that."
    assert chat.refusal(eve, request_) == "You are not in #a; /join #a takes you there."
    assert chat.refusal(root, request_) == "Only an operator of #a can do that."


def test_a_rank_ends_with_the_membership(chat: Chat) -> None:
    ada, bob = chat.enter("ada", "#a"), chat.enter("bob", "#a")
    set_modes(chat, ada, on("o", "bob"), on("v", "bob"))
    assert ranks(chat, ada)["bob"] == Rank.OPERATOR | Rank.VOICE
    chat(bob, Leave("#a"))
    chat(bob, Join("#a"))
    assert ranks(chat, ada)["bob"] == Rank.NONE


def test_an_operator_may_give_up_what_they_have(chat: Chat) -> None:
    ada = chat.enter("ada", "#a")
    assert set_modes(chat, ada, off("o", "ada")).changes == (off("o", "ada"),)
    assert chat.refusal(ada, SetModes("#a", (on("m"),))) == "Only an operator of #a can do that."


def test_nobody_outside_learns_the_key(chat: Chat) -> None:
    ada, bob = chat.enter("ada", "#a"), chat.enter("bob")
    set_modes(chat, ada, on("k", "sesame"))
    inside, outside = chat.answer(ada, AskModes("#a")), chat.answer(bob, AskModes("#a"))
    assert isinstance(inside, answers.ModesAre)
    assert isinstance(outside, answers.ModesAre)
    assert (inside.key, outside.key) == ("sesame", "")
    assert set_modes(chat, ada, off("k", "wrong")).changes == (off("k", "*"),)


def test_a_secret_room_is_none_to_who_is_not_in_it(chat: Chat) -> None:
    ada, bob = chat.enter("ada", "#a"), chat.enter("bob", "#b")
    set_modes(chat, ada, on("s"))
    for request in (AskModes("#a"), AskList("#a", "b"), SetModes("#a", ()), Invite("ada", "#a")):
        assert chat.refusal(bob, request) == "There is no room #a; /rooms shows which there are."
    listed = chat.answer(bob, ListRooms())
    assert isinstance(listed, answers.RoomsAre)
    assert [room.room for room in listed.rooms if room.people] == ["#b"]


# Lists.


def test_a_list_keeps_whole_masks_in_order_and_once(chat: Chat) -> None:
    ada = chat.enter("ada", "#a")
    set_modes(chat, ada, on("e", "bob"), on("e", "x@y"), on("e", "BOB!*@*"), on("I", "1.2.3.4"))
    answer = chat.answer(ada, AskList("#a", "e"))
    assert isinstance(answer, answers.ListIs)
    assert [(entry.mask, entry.by) for entry in answer.entries] == [
        ("bob!*@*", "ada"),
        ("*!x@y", "ada"),
    ]
    assert set_modes(chat, ada, off("e", "Bob!*@*")).changes == (off("e", "bob!*@*"),)


def test_a_list_has_a_limit() -> None:
    chat = Chat(Limits(bans=2))
    ada = chat.enter("ada", "#a")
    done = set_modes(chat, ada, on("b", "a"), on("b", "b"), on("b", "c"), on("e", "c"))
    assert done.changes == (on("b", "a!*@*"), on("b", "b!*@*"), on("e", "c!*@*"))
    assert [type(error) for error in done.refused] == [ListIsFull]


# Coming in.


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ((on("k", "x"), on("l", "1"), on("b", "*"), on("i")), WrongKey),
        ((on("l", "1"), on("b", "*"), on("i")), RoomIsFull),
        ((on("b", "*"), on("i")), IsBanned),
        ((on("b", "bob"), on("e", "b?b"), on("i")), NeedsInvitation),
        ((on("i"), on("I", "eve")), NeedsInvitation),
    ],
)
def test_the_first_reason_counts_and_an_invitation_beats_all(
    chat: Chat, changes: tuple[Change, ...], error: type[ChatError]
) -> None:
    ada, bob = chat.enter("ada", "#a"), chat.enter("bob")
    set_modes(chat, ada, *changes)
    assert isinstance(refused(chat, bob, Join("#a")), error)
    chat(ada, Invite("bob", "#a"))
    assert isinstance(chat.answer(bob, Join("#a")), answers.YouJoined)
    chat(bob, Leave("#a"))
    assert isinstance(refused(chat, bob, Join("#a")), error), "it lets in once"


@pytest.mark.parametrize(
    ("changes", "key"),
    [((on("k", "x"),), "x"), ((on("i"), on("I", "bob")), ""), ((on("l", "2"),), "")],
)
def test_who_fulfils_what_is_asked_comes_in(
    chat: Chat, changes: tuple[Change, ...], key: str
) -> None:
    ada, bob = chat.enter("ada", "#a"), chat.enter("bob")
    set_modes(chat, ada, *changes)
    assert isinstance(chat.answer(bob, Join("#a", key)), answers.YouJoined)


# Invitations.


def invitations(chat: Chat, origin: Origin) -> tuple[str, ...]:
    answer = chat.answer(origin, AskInvitations())
    assert isinstance(answer, answers.InvitationsAre)
    return answer.rooms


def test_an_invitation_is_told_to_the_invited_and_the_others(chat: Chat) -> None:
    ada, cy, bob = chat.enter("ada", "#a"), chat.enter("cy", "#a"), chat.enter("bob")
    direct, others, answer = chat(ada, Invite("BOB", "#A"))
    assert not isinstance(direct, Broadcast)
    assert direct.peer is bob
    assert isinstance(others, Broadcast)
    assert heard_by(others.audience) == [cy]
    invited, done = event_of(direct), event_of(answer)
    assert isinstance(invited, events.Invited)
    assert isinstance(done, answers.InviteDone)
    assert (invited.room, invited.nick, invited.to) == ("#a", "ada", "bob")
    assert (done.nick, done.room, done.away) == ("bob", "#a", None)
    assert invitations(chat, bob) == ("#a",)


def test_only_an_operators_word_opens_the_door(chat: Chat) -> None:
    ada, bob, cy = chat.enter("ada", "#a"), chat.enter("bob", "#a"), chat.enter("cy")
    assert isinstance(chat.answer(bob, Invite("cy", "#a")), answers.InviteDone)
    assert invitations(chat, cy) == ()
    set_modes(chat, ada, on("b", "cy"))
    assert isinstance(refused(chat, cy, Join("#a")), IsBanned)
    set_modes(chat, ada, on("i"))
    assert chat.refusal(bob, Invite("cy", "#a")) == "Only an operator of #a can do that."


@pytest.mark.parametrize(
    ("nick", "room", "words"),
    [
        ("nobody", "#b", "nobody is not here; /who shows who is."),
        ("cy", "#nowhere", "There is no room #nowhere; /rooms shows which there are."),
        ("cy", "#b", "You are not in #b; /join #b takes you there."),
        ("bob", "#a", "bob is in #a already."),
    ],
)
def test_who_cannot_be_invited(chat: Chat, nick: str, room: str, words: str) -> None:
    ada = chat.enter("ada", "#a")
    chat.enter("bob", "#a")
    chat.enter("cy", "#b")
    assert chat.refusal(ada, Invite(nick, room)) == words


def test_an_invitation_lapses() -> None:
    chat = Chat(Limits(invite_seconds=3))
    ada, bob = chat.enter("ada", "#a"), chat.enter("bob")
    set_modes(chat, ada, on("i"))
    chat(ada, Invite("bob", "#a"))
    assert invitations(chat, bob) == ("#a",)
    chat.id += 3
    assert invitations(chat, bob) == ()
    assert isinstance(refused(chat, bob, Join("#a")), NeedsInvitation)


def test_an_invitation_ends_with_the_room_and_with_the_invited(chat: Chat) -> None:
    ada, bob = chat.enter("ada", "#a", "#b"), chat.enter("bob")
    for room in ("#a", "#b"):
        chat(ada, Invite("bob", room))
    chat(ada, Leave("#a"))
    assert invitations(chat, bob) == ("#b",)
    chat(bob, Quit("quit"))
    assert chat.registry.roster.rooms["#b"].invited == {}


# Putting out.


def test_who_is_put_out_hears_it_and_is_out(chat: Chat) -> None:
    ada, bob = chat.enter("ada", "#a"), chat.enter("bob", "#a")
    told, done = chat(ada, Kick("#a", "BOB", "enough"))
    assert isinstance(told, Broadcast)
    assert heard_by(told.audience) == [ada, bob]
    kicked = told.event
    assert isinstance(kicked, events.Kicked)
    assert (kicked.room, kicked.nick, kicked.victim, kicked.why) == ("#a", "ada", "bob", "enough")
    assert isinstance(event_of(done), answers.Done)
    assert chat.refusal(bob, Say("#a", "x")) == "You are not in #a; /join #a takes you there."


def test_nobody_is_put_out_who_is_not_in(chat: Chat) -> None:
    ada = chat.enter("ada", "#a")
    chat.enter("bob")
    for nick in ("bob", "nobody"):
        assert chat.refusal(ada, Kick("#a", nick)) == f"{nick} is not in #a."


def test_the_last_one_may_put_themselves_out(chat: Chat) -> None:
    ada = chat.enter("ada", "#a")
    chat(ada, Kick("#a", "ada"))
    assert "#a" not in chat.registry.roster.rooms


# A ban's place in the order (row 36 of the faults: the moderation race).


def test_no_line_of_the_banned_has_an_id_behind_the_bans(chat: Chat) -> None:
    ada, bob = chat.enter("ada", "#a"), chat.enter("bob", "#a")
    said: list[events.Event] = []
    banned_at = 0
    for number in range(1000):
        if number == 500:
            set_modes(chat, ada, on("b", "bob"))
            banned_at = chat.id
        said += [event_of(delivery) for delivery in chat(bob, Say("#a", str(number)))]
    heard = [event for event in said if isinstance(event, events.Said)]
    assert [event.text for event in heard] == [str(number) for number in range(500)]
    assert all(event.id < banned_at for event in heard)


class _Ear:
    """A home that keeps what is posted."""

    def __init__(self) -> None:
        self.events: list[events.Event] = []
        self.kicked = Flag()

    def post(self, parcels: list[tuple[Any, events.Event]]) -> None:
        for _, event in parcels:
            self.events.append(event)
            if isinstance(event, events.Kicked):
                self.kicked.set()


def test_a_thousand_lines_against_a_ban_in_threads() -> None:
    ear = _Ear()
    ada, bob = Origin("ada", ear), Origin("bob", ear)  # type: ignore[arg-type]
    hub = Hub(RoomRegistry(Limits()))
    for origin in (ada, bob):
        hub.submit([(origin, requests.Enter(origin.label, "")), (origin, Join("#a"))])
    hub.start()
    shouting = Flag()

    def shout() -> None:
        for number in range(1000):
            hub.submit([(bob, Say("#a", str(number)))])
            if number == 200:
                shouting.set()

    shouter = Thread(target=shout)
    shouter.start()
    assert shouting.wait(10)
    hub.submit([(ada, SetModes("#a", (on("b", "bob"),))), (ada, Kick("#a", "bob"))])
    shouter.join(10)
    assert ear.kicked.wait(10)
    hub.stop()
    hub.join(10)
    [banned] = [event for event in ear.events if isinstance(event, events.ModesSet)]
    said = [event for event in ear.events if isinstance(event, events.Said)]
    after = ear.events[ear.events.index(banned) :]
    assert said, "some lines came before the ban"
    assert all(event.id < banned.id for event in said)
    assert not any(isinstance(event, events.Said) for event in after)


@pytest.mark.parametrize(
    ("changes", "heard"),
    [
        ((on("b", "bob"),), False),
        ((on("b", "bob"), on("e", "bob")), True),
        ((on("b", "bob"), on("v", "bob")), True),
        ((on("m"),), False),
        ((on("m"), on("v", "bob")), True),
        ((on("b", "bob"), off("b", "bob")), True),
    ],
)
def test_who_may_speak(chat: Chat, changes: tuple[Change, ...], heard: bool) -> None:
    ada, bob = chat.enter("ada", "#a"), chat.enter("bob", "#a")
    chat(bob, Say("#a", "before"))
    for change in changes:  # one by one, with a look in between
        set_modes(chat, ada, change)
        chat(bob, Say("#a", "between"))
    [answer] = chat(bob, Say("#a", "after"))
    assert isinstance(event_of(answer), events.Said if heard else answers.Refused)


def test_a_ban_may_fit_a_new_name(chat: Chat) -> None:
    ada, bob = chat.enter("ada", "#a"), chat.enter("bob", "#a")
    set_modes(chat, ada, on("b", "eve"))
    chat(bob, Say("#a", "fine"))
    chat(bob, Rename("eve"))
    assert chat.refusal(bob, Say("#a", "x")) == "Not sent to #a: you are banned."


# What one person can use up (row 37 of the faults).


def test_rooms_that_were_made_and_left_are_not_kept(chat: Chat) -> None:
    ada, bob = chat.enter("ada"), chat.enter("bob")
    for number in range(1000):
        room = f"#r{number}"
        chat(ada, Join(room))
        chat(ada, SetModes(room, (on("b", "x"), on("k", "y"))))
        chat(ada, Invite("bob", room))
        chat(ada, Leave(room))
    roster = chat.registry.roster
    assert set(roster.rooms) == {"#lobby"}
    assert not roster.people[bob].invitations
    for number in range(20):
        chat(ada, Join(f"#r{number}"))
    assert chat.refusal(ada, Join("#more")) == "You are in 20 rooms, the most allowed."


# Another name for a room.


def test_a_room_keeps_everything_but_its_name(chat: Chat) -> None:
    ada, bob, cy = chat.enter("ada", "#a"), chat.enter("bob", "#a"), chat.enter("cy")
    chat(ada, SetTopic("#a", "tea"))
    set_modes(chat, ada, on("i"), on("b", "eve"))
    chat(ada, Invite("cy", "#a"))
    told, done = chat(ada, RenameRoom("#a", "#b", "nicer"))
    assert isinstance(told, Broadcast)
    assert heard_by(told.audience) == [ada, bob]
    news = told.event
    assert isinstance(news, events.RoomRenamed)
    assert (news.old, news.new, news.nick, news.why) == ("#a", "#b", "ada", "nicer")
    assert [member.nick for member in news.members] == ["ada", "bob"]
    assert news.topic
    assert news.topic.text == "tea"
    assert isinstance(event_of(done), answers.Done)
    assert isinstance(chat.answer(cy, Join("#b")), answers.YouJoined)
    [said] = chat(bob, Say("#b", "hi"))
    assert isinstance(said, Broadcast)
    assert heard_by(said.audience) == [ada, bob, cy]
    assert chat.refusal(bob, Say("#a", "hi")).startswith("There is no room #a")
    eve = chat.enter("eve", "#a")
    assert ranks(chat, eve) == {"eve": Rank.OPERATOR}, "the old name is free"
    topic = chat.answer(eve, requests.AskTopic("#a"))
    assert isinstance(topic, answers.TopicIs)
    assert topic.topic is None


def test_a_room_may_change_the_case_of_its_name(chat: Chat) -> None:
    ada = chat.enter("ada", "#a")
    chat(ada, SetTopic("#a", "tea"))
    chat(ada, RenameRoom("#a", "#A"))
    topic = chat.answer(ada, requests.AskTopic("#a"))
    assert isinstance(topic, answers.TopicIs)
    assert topic.topic
    assert (topic.room, topic.topic.text) == ("#A", "tea")
    [done] = chat(ada, RenameRoom("#A", "#A"))
    assert isinstance(event_of(done), answers.Done), "nothing has changed"


@pytest.mark.parametrize(
    ("new", "words"),
    [
        ("#b", "There is a room #b already."),
        ("#B", "There is a room #B already."),
        ("#lobby", "There is a room #lobby already."),
        ("#", "A room's name has at least one character after the #."),
        ("#a b", "A room's name cannot hold a space; use letters, digits and - _ . +."),
    ],
)
def test_names_that_a_room_cannot_take(chat: Chat, new: str, words: str) -> None:
    ada = chat.enter("ada", "#a")
    chat.enter("bob", "#b")
    assert chat.refusal(ada, RenameRoom("#a", new)) == words


def test_a_lobby_without_people_is_as_old_as_the_next_who_come(chat: Chat) -> None:
    ada = chat.enter("ada", "#lobby")
    answer = chat.answer(ada, AskModes("#lobby"))
    assert isinstance(answer, answers.ModesAre)
    assert answer.created == 1002.0
