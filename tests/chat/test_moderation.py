"""The rules for modes, ranks and lists, one by one; the sources stand in chat/moderation.py."""

import pytest

from chatserver.chat import answers, events, requests
from chatserver.chat.deliveries import Broadcast
from chatserver.chat.errors import (
    BadMode,
    ChatError,
    ListIsFull,
    NoSuchNick,
    NotThere,
)
from chatserver.chat.modes import Change, Rank
from chatserver.chat.requests import (
    AskList,
    AskModes,
    Invite,
    Join,
    Kick,
    Leave,
    ListRooms,
    RenameRoom,
    SetModes,
)
from chatserver.config import Limits
from tests.chat.crowd import Chat, event_of, heard_by
from tests.chat.ruling import off, on, ranks, set_modes

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
