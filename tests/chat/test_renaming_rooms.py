"""The rules for the names of rooms: rooms that end, and rooms that are renamed."""

import pytest

from chatserver.chat import answers, events, requests
from chatserver.chat.deliveries import Broadcast
from chatserver.chat.modes import Rank
from chatserver.chat.requests import (
    AskModes,
    Invite,
    Join,
    Leave,
    RenameRoom,
    Say,
    SetModes,
    SetTopic,
)
from tests.chat.crowd import Chat, event_of, heard_by
from tests.chat.ruling import on, ranks, set_modes

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


def test_a_name_that_lines_are_kept_under_stays_theirs(chat: Chat) -> None:
    ada = chat.enter("ada", "#a")
    chat.registry.note_lines("#B", kept=True)
    words = "What was said in another #b is kept; take a name that is new."
    assert chat.refusal(ada, RenameRoom("#a", "#b")) == words
    chat.registry.note_lines("#A", kept=True)
    assert chat(ada, RenameRoom("#a", "#A"))
    chat.registry.note_lines("#b", kept=False)
    told, _ = chat(ada, RenameRoom("#a", "#b"))
    assert isinstance(event_of(told), events.RoomRenamed)


def test_a_lobby_without_people_is_as_old_as_the_next_who_come(chat: Chat) -> None:
    ada = chat.enter("ada", "#lobby")
    answer = chat.answer(ada, AskModes("#lobby"))
    assert isinstance(answer, answers.ModesAre)
    assert answer.created == 1002.0
