"""The rules of the chat, one by one."""

import pytest

from chatserver.chat import answers, events, lookups, requests
from chatserver.chat.deliveries import Broadcast, Direct, Lookup
from chatserver.chat.errors import ChatError
from chatserver.chat.modes import Change
from chatserver.chat.registry import RoomRegistry
from chatserver.chat.requests import (
    AskTopic,
    Enter,
    FindNames,
    Join,
    Leave,
    ListMembers,
    ListRooms,
    Quit,
    Rename,
    Request,
    Say,
    SetAway,
    SetTopic,
    Tell,
    Whois,
)
from chatserver.config import Limits
from tests.chat.crowd import Chat, Origin, event_of, heard_by

BAD_NICK = "use letters, digits and _ - [ ] { } ^ | \\ `."
BAD_ROOM = "use letters, digits and - _ . +."
NO_ROOM = "There is no room #nowhere; /rooms shows which there are."


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (Rename("ADA"), "That name is in use."),
        (Rename(""), "A name has at least one character."),
        (Rename("x" * 33), "That name is too long (limit 32 characters)."),
        (Rename("1a"), "A name cannot begin with “1”; begin with a letter or _."),
        (Rename("-a"), "A name cannot begin with “-”; begin with a letter or _."),
        (Rename("a b"), f"A name cannot hold a space; {BAD_NICK}"),
        (Rename("#a"), f"A name cannot hold “#”; {BAD_NICK}"),
        (Rename("a\r\n"), f"A name cannot hold the character U+000D; {BAD_NICK}"),
        (Rename("a\u0301"), f"A name cannot hold the character U+0301; {BAD_NICK}"),
        (Rename("аda"), f"A name cannot hold “а”; {BAD_NICK}"),
        (Join(""), "A room's name has at least one character after the #."),
        (Join("#"), "A room's name has at least one character after the #."),
        (Join("#:"), f"A room's name cannot hold “:”; {BAD_ROOM}"),
        (Join("#a b"), f"A room's name cannot hold a space; {BAD_ROOM}"),
        (Join("#a:b"), f"A room's name cannot hold “:”; {BAD_ROOM}"),
        (Join("#a\u2028"), f"A room's name cannot hold the character U+2028; {BAD_ROOM}"),
        (Join("#a\u202e"), f"A room's name cannot hold the character U+202E; {BAD_ROOM}"),
        (Join("#" + "x" * 50), "That room name is too long (limit 50 characters)."),
        (Join("#LOBBY"), "You are in #lobby already."),
        (Leave("#games"), "You are not in #games; /join #games takes you there."),
        (Leave("#nowhere"), NO_ROOM),
        (Leave("#lobby", "x" * 301), "That reason is too long (limit 300 characters)."),
        (Say("#games", "x"), "You are not in #games; /join #games takes you there."),
        (Say("#nowhere", "x"), NO_ROOM),
        (Say("#lobby", ""), "There is nothing to say; type a text after it."),
        (Say("#lobby", "\x01VERSION\x01"), "CTCP is off in this room."),
        (Tell(("zed",), "x"), "zed is not here; /who shows who is."),
        (Tell(("zed", "yan"), "x"), "zed, yan are not here; /who shows who is."),
        (Tell(("ada",), ""), "There is nothing to say; type a text after it."),
        (Tell(("a", "b", "c", "d", "e"), "x"), "That is too many names; at most 4 at once."),
        (SetTopic("#games", "x"), "You are not in #games; /join #games takes you there."),
        (SetTopic("#lobby", "x" * 391), "That topic is too long (limit 390 characters)."),
        (AskTopic("#nowhere"), NO_ROOM),
        (SetAway("x" * 301), "That reason is too long (limit 300 characters)."),
        (ListMembers("#nowhere"), NO_ROOM),
        (Whois("zed"), "zed is not here; /who shows who is."),
        (FindNames("a", "#nowhere"), NO_ROOM),
    ],
)
def test_refusals(request_: Request, words: str) -> None:
    """FAULTS rows 15, 21, 31 and 37, and the limits of the table."""
    chat = Chat()
    chat.enter("ada", "#lobby", "#games")
    bob = chat.enter("bob", "#lobby")
    assert chat.refusal(bob, request_) == words


@pytest.mark.parametrize("request_", [Enter("ADA", ""), Enter("a b", ""), Enter("", "")])
def test_a_refused_name_leaves_one_nameless(request_: Enter) -> None:
    chat = Chat()
    chat.enter("ada")
    guest = Origin("guest")
    assert chat.refusal(guest, request_)
    assert chat(guest, ListRooms()) == []
    assert isinstance(chat.answer(guest, Enter("eve", "")), answers.Entered)


def test_of_two_hundred_who_claim_a_name_one_has_it() -> None:
    """FAULTS row 31."""
    chat = Chat()
    names = ["Ada", "ada", "ADA", "aDa"] * 50
    given = [chat.answer(Origin(str(i)), Enter(name, "")) for i, name in enumerate(names)]
    assert [type(answer) for answer in given].count(answers.Entered) == 1
    refusals = {str(answer.error) for answer in given if isinstance(answer, answers.Refused)}
    assert refusals == {"That name is in use."}


def test_the_name_of_one_who_left_is_free() -> None:
    chat = Chat()
    ada = chat.enter("ada", "#lobby")
    chat(ada, Quit("quit"))
    assert isinstance(chat.answer(Origin("x"), Enter("ada", "")), answers.Entered)
    assert chat(ada, Say("#lobby", "still here")) == []


def test_twenty_rooms_are_the_most() -> None:
    """FAULTS row 37: a hundred thousand tries make no room more."""
    chat = Chat()
    ada = chat.enter("ada", *(f"#r{number}" for number in range(20)))
    for number in range(1000):
        words = chat.refusal(ada, Join(f"#more{number}"))
        assert words == "You are in 20 rooms, the most allowed."
    rooms = chat.answer(ada, ListRooms())
    assert isinstance(rooms, answers.RoomsAre)
    assert len(rooms.rooms) == 21  # and the empty lobby


def test_no_room_is_kept_empty_but_the_lobby() -> None:
    """FAULTS row 37."""
    chat = Chat()
    ada = chat.enter("ada")
    for number in range(1000):
        chat(ada, Join(f"#r{number}"))
        chat(ada, SetTopic(f"#r{number}", "x"))
        chat(ada, Leave(f"#r{number}"))
    rooms = chat.answer(ada, ListRooms())
    assert isinstance(rooms, answers.RoomsAre)
    assert [line.room for line in rooms.rooms] == ["#lobby"]


def test_the_order_of_the_last_word_and_the_leave_is_the_order_of_the_requests() -> None:
    """FAULTS row 36, as far as there is anything to lose: what is said after leaving is refused."""
    chat = Chat()
    ada, bob = chat.enter("ada", "#lobby"), chat.enter("bob", "#lobby")
    [said] = chat(ada, Say("#lobby", "bye"))
    assert isinstance(said, Broadcast)
    assert heard_by(said.audience) == [ada, bob]
    chat(ada, Leave("#lobby"))
    assert chat.refusal(ada, Say("#lobby", "one more thing")).startswith("You are not in #lobby")


def test_a_later_joiner_gets_no_earlier_line() -> None:
    chat = Chat()
    ada = chat.enter("ada", "#lobby")
    [before] = chat(ada, Say("#lobby", "before"))
    bob = chat.enter("bob", "#lobby")
    [after] = chat(ada, Say("#lobby", "after"))
    assert isinstance(before, Broadcast)
    assert isinstance(after, Broadcast)
    assert heard_by(before.audience) == [ada]
    assert heard_by(after.audience) == [ada, bob]


def test_an_audience_is_the_same_object_until_somebody_comes_or_goes() -> None:
    """It is what lets deliveries be joined into one."""
    chat = Chat()
    ada = chat.enter("ada", "#lobby")
    [one], [two] = chat(ada, Say("#lobby", "1")), chat(ada, Say("#lobby", "2"))
    assert isinstance(one, Broadcast)
    assert isinstance(two, Broadcast)
    assert one.audience is two.audience


def test_members_are_gathered_by_home() -> None:
    chat = Chat()
    ada = chat.enter("ada", "#lobby", home="one")
    bob = chat.enter("bob", "#lobby", home="two")
    cy = chat.enter("cy", "#lobby", home="one")
    [said] = chat(ada, Say("#lobby", "hi"))
    assert isinstance(said, Broadcast)
    assert said.audience == (("one", (ada, cy)), ("two", (bob,)))


def test_a_room_has_one_name_in_every_spelling() -> None:
    chat = Chat()
    ada, bob = chat.enter("ada", "Cafe\u0301"), chat.enter("bob", "#CAFÉ")
    [said] = chat(bob, Say("#cafe\u0301", "hi"))
    assert isinstance(said, Broadcast)
    assert heard_by(said.audience) == [ada, bob]
    assert isinstance(said.event, events.Said)
    assert said.event.room == "#Café"


def test_in_a_crowd_only_programs_are_told_who_comes_and_goes() -> None:
    chat = Chat(Limits(quiet_room=3))
    ada = chat.enter("ada", "#lobby")
    bot = chat.enter("bot", "#lobby", program=True)
    cy = chat.enter("cy", "#lobby")

    def told(origin: Origin, request: Request) -> list[Origin]:
        return [
            peer
            for delivery in chat(origin, request)
            if isinstance(delivery, Broadcast)
            for peer in heard_by(delivery.audience)
        ]

    dan, eve = chat.enter("dan"), chat.enter("eve")
    assert told(dan, Join("#lobby")) == [ada, bot, cy]  # three are no crowd yet
    assert told(eve, Join("#lobby")) == [bot]
    assert told(eve, Rename("eva")) == [bot]
    assert told(eve, Say("#lobby", "hi")) == [ada, bot, cy, dan, eve]
    assert told(eve, Leave("#lobby")) == [bot]
    assert told(dan, Quit("quit")) == [bot]
    assert told(cy, Quit("quit")) == [ada, bot]


def test_one_who_shares_several_rooms_is_told_once() -> None:
    chat = Chat()
    ada = chat.enter("ada", "#a", "#b", "#c")
    bob = chat.enter("bob", "#a", "#b", "#c")
    for request, kind in ((Rename("bert"), events.Renamed), (Quit("quit"), events.Gone)):
        broadcasts = [d for d in chat(bob, request) if isinstance(d, Broadcast)]
        assert [type(d.event) for d in broadcasts] == [kind]
        assert heard_by(broadcasts[0].audience) == [ada]


def test_the_same_name_again_is_told_to_nobody() -> None:
    chat = Chat()
    chat.enter("ada", "#lobby")
    bob = chat.enter("bob", "#lobby")
    [delivery] = chat(bob, Rename("bob"))
    assert isinstance(event_of(delivery), answers.YouRenamed)


def test_last_words_are_cut_to_what_is_allowed() -> None:
    """They cannot be refused: the person is gone."""
    chat = Chat()
    bob = chat.enter("bob", "#lobby")
    [delivery] = chat(bob, Quit("quit", "x" * 1000))
    gone = event_of(delivery)
    assert isinstance(gone, events.Gone)
    assert gone.why == "x" * 300


def test_private_words_reach_each_once() -> None:
    """FAULTS row 15."""
    chat = Chat()
    ada, bob = chat.enter("ada"), chat.enter("bob")
    chat(bob, SetAway("lunch"))
    *told, last = chat(ada, Tell(("bob", "BOB", "zed"), "hi"))
    assert [delivery.peer for delivery in told if isinstance(delivery, Direct)] == [bob]
    done = event_of(last)
    assert isinstance(done, answers.TellDone)
    assert done.away == (("bob", "lunch"),)
    assert (done.waited, done.missing) == ((), ("zed",))


def test_at_most_twenty_names_are_told_to_who_comes() -> None:
    chat = Chat()
    for number in range(answers.OTHERS_SHOWN):
        chat.enter(f"g{number:02}", "#lobby")
    joined = chat.answer(chat.enter("ada"), Join("#lobby"))
    assert isinstance(joined, answers.YouJoined)
    assert len(joined.others) == answers.OTHERS_SHOWN
    joined = chat.answer(chat.enter("bob"), Join("#lobby"))
    assert isinstance(joined, answers.YouJoined)
    assert (joined.others, joined.size) == ((), 22)


def test_at_most_a_hundred_names_are_found() -> None:
    chat = Chat()
    ada = chat.enter("ada")
    for number in range(answers.NAMES_FOUND + 20):
        chat.enter(f"Guest{number:03}")
    found = chat.answer(ada, FindNames("gUEST"))
    assert isinstance(found, answers.NamesFound)
    assert found.names == tuple(f"Guest{number:03}" for number in range(answers.NAMES_FOUND))


def test_every_refusal_is_a_sentence() -> None:
    def kinds(kind: type[ChatError]) -> list[type[ChatError]]:
        return [kind, *(k for below in kind.__subclasses__() for k in kinds(below))]

    assert all(kind.__doc__ for kind in kinds(ChatError))


def test_requests_are_compared_by_identity() -> None:
    """An answer names the one request that it belongs to, not one that reads the same."""
    assert requests.Sync() != requests.Sync()
    assert Join("#a") != Join("#a")


class KeepingChat(Chat):
    """A chat whose private messages wait for who is not here."""

    def __init__(self) -> None:
        super().__init__()
        topics = {"#Games": events.Topic("chess", "bob", 1.0)}
        self.registry = RoomRegistry(Limits(targets=4), topics, keeps_messages=True)


def test_private_words_wait_for_any_name_that_somebody_may_take() -> None:
    chat = KeepingChat()
    ada, bob = chat.enter("ada"), chat.enter("bob")
    *told, last = chat(ada, Tell(("zed", "Bob", "ZED", "9"), "hi"))
    assert [delivery.peer for delivery in told if isinstance(delivery, Direct)] == [bob]
    done = event_of(last)
    assert isinstance(done, answers.TellDone)
    assert [line.to for line in done.told] == ["bob", "ZED"]
    assert (done.waited, done.missing) == (("ZED",), ("9",))


def test_a_topic_of_earlier_is_there_when_the_room_is() -> None:
    chat = KeepingChat()
    ada = chat.enter("ada")
    for _ in range(2):
        joined = chat.answer(ada, Join("#games"))
        assert isinstance(joined, answers.YouJoined)
        assert joined.topic
        assert joined.topic.text == "chess"
        chat(ada, Leave("#games"))
    chat.registry.set_topic("#GAMES", None)
    joined = chat.answer(ada, Join("#games"))
    assert isinstance(joined, answers.YouJoined)
    assert joined.topic is None


def test_a_question_for_the_history_is_passed_on_with_the_rooms_of_now() -> None:
    chat = KeepingChat()
    ada = chat.enter("ada", "#a", "#b")
    chat.enter("bob", "#c")
    chat(ada, Leave("#b"))
    for request, rooms in (
        (lookups.ReadHistory("A", 5), ("#a",)),
        (lookups.Search("hi", 5), ("#a",)),
        (lookups.AskSeen("zed"), ()),
    ):
        [lookup] = chat(ada, request)
        assert isinstance(lookup, Lookup)
        assert (lookup.peer, lookup.request, lookup.nick) == (ada, request, "ada")
        assert lookup.rooms == rooms
    for room, words in (("#b", "There is no room #b"), ("#c", "You are not in #c")):
        assert words in chat.refusal(ada, lookups.ReadHistory(room, 5))
    here = chat.answer(ada, lookups.AskSeen("BOB"))
    assert isinstance(here, answers.SeenIs)
    assert (here.nick, here.here) == ("bob", True)
    assert "cannot begin with" in chat.refusal(ada, lookups.AskSeen("9"))


def test_a_question_says_since_when_the_nick_is_theirs() -> None:
    chat = Chat()
    ada = chat.enter("ada")

    def held_since() -> int:
        [lookup] = chat(ada, lookups.ReadPast("bob", lookups.Selection.LATEST, 5))
        assert isinstance(lookup, Lookup)
        return lookup.held_since

    assert held_since() == chat.id - 1
    chat(ada, Rename("eve"))
    assert held_since() == chat.id - 1
    then = chat.id - 1
    chat(ada, Rename("EVE"))
    assert held_since() == then
    chat.registry.hold(ada, 1)
    assert held_since() == 1


def test_people_are_counted_with_their_flags_as_they_change() -> None:
    chat = Chat()
    ada = Origin("ada")
    chat(ada, Enter("ada", "", flags="i"))
    bob = chat.enter("bob")

    def counted() -> tuple[int, int, int]:
        answer = chat.answer(bob, requests.Census())
        assert isinstance(answer, answers.Counted)
        return answer.people, answer.invisible, answer.operators

    assert counted() == (2, 1, 0)
    chat(ada, requests.BecomeOperator("root"))
    chat(ada, requests.SetFlags((Change(False, "i"),)))
    assert counted() == (2, 0, 1)
    chat(ada, requests.Quit("bye"))
    assert counted() == (1, 0, 0)
