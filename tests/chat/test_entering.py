"""The rules for the door of a room: who comes in, and invitations."""

import pytest

from chatserver.chat import answers, events
from chatserver.chat.deliveries import Broadcast
from chatserver.chat.errors import (
    ChatError,
    IsBanned,
    NeedsInvitation,
    RoomIsFull,
    WrongKey,
)
from chatserver.chat.modes import Change
from chatserver.chat.requests import (
    AskInvitations,
    Invite,
    Join,
    Leave,
    Quit,
)
from chatserver.config import Limits
from tests.chat.crowd import Chat, Origin, event_of, heard_by
from tests.chat.ruling import on, refused, set_modes

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
