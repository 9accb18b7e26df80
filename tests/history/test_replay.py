"""What people were told, through hub, recorder and store, and what they read of it later."""

from pathlib import Path
from typing import Any

from msgspec.structs import asdict, replace

from chatserver.chat import answers, events, requests
from chatserver.chat.errors import NoSuchMessage, NotInRoom, NotSaved, NotYours
from chatserver.chat.lookups import ListTargets, MarkRead, Point, ReadPast, SearchPast, Selection
from chatserver.chat.modes import Change, Rank
from chatserver.chat.requests import Join, Redact, Say, Tag, Tell
from chatserver.config import Config
from chatserver.history.errors import Cause
from chatserver.history.memory_library import MemoryLibrary
from chatserver.history.opening import open_history
from tests.histories import FaultyJournal
from tests.history.desk import AT, Desk


def facts(event: events.Event) -> tuple[type[events.Event], dict[str, Any]]:
    """What stays of an event: all but who somebody was besides their nick."""
    lost = {"mask", "realname", "before", "members", "topic", "read_until"}
    fields = {name: None if name in lost else value for name, value in asdict(event).items()}
    if isinstance(event, events.TopicSet):
        fields["topic"] = event.topic
    return type(event), fields


def test_what_is_read_later_is_what_was_told(desk: Desk) -> None:
    amy, bob = desk.come("amy", "#a"), desk.come("Bob", "#a")
    reply = (("+draft/reply", "1"), ("+x", 'é;"'))
    reaction = (("+draft/reply", "1"), ("+draft/react", "👋"))
    bob.heard.clear()
    desk.do(
        amy,
        Say("#A", "hello\nthere", tags=reply),
        Say("#a", "waves", action=True),
        Say("#a", "beep", notice=True),
        Say("#a", "beeps", action=True, notice=True),
        Tag("#a", reaction),
        requests.SetTopic("#a", "about"),
        requests.SetModes("#a", (Change(True, "v", "bob"), Change(True, "m"))),
        requests.RenameRoom("#a", "#b", "better"),
    )
    desk.come("cy", "#b")
    desk.do(amy, requests.Kick("#b", "cy", "off"))
    dan = desk.come("dan", "#b")
    desk.do(dan, requests.Leave("#b", "bye"))
    desk.do(dan, Join("#b"), requests.Rename("Dan"), requests.Rename("dora"))
    desk.do(dan, requests.Quit("quit", "see you"))
    told = [event for event in bob.heard if not isinstance(event, answers.Answer)]
    assert len(told) == 16
    past = [line for line in desk.past(bob, "#b", events=True) if line.id >= told[0].id]  # type: ignore[attr-defined]
    named = [
        replace(event, room="#b") if getattr(event, "room", "") == "#a" else event for event in told
    ]
    named = [
        replace(event, target="#b") if isinstance(event, events.Tagged) else event
        for event in named
    ]
    assert list(map(facts, past)) == list(map(facts, named))
    speech = [line for line in desk.past(bob, "#b") if line.id >= told[0].id]  # type: ignore[attr-defined]
    assert [type(line) for line in speech] == [events.Said] * 4


def test_private_talk_is_read_by_those_two_alone(desk: Desk) -> None:
    amy, bob, cy = (desk.come(nick, "#a") for nick in ("Amy", "bob", "cy"))
    reaction = (("+reply", "1"), ("+draft/react", "x"))
    desk.do(amy, Tell(("BOB", "cy"), "to both", tags=reaction[:1]))
    desk.do(bob, Tell(("amy",), "back", notice=True), Tag("amy", reaction), Tell(("bob",), "self"))
    ours = desk.past(amy, "bob", events=True)
    assert [facts(line) for line in ours] == [
        facts(line) for line in desk.past(bob, "AMY", events=True)
    ]
    first, second, third = ours
    assert (first.nick, first.to, first.text) == ("Amy", "bob", "to both")
    assert first.tags == reaction[:1]
    assert (second.nick, second.to, second.notice) == ("bob", "Amy", True)
    assert (third.nick, third.target, third.tags) == ("bob", "Amy", reaction)
    (theirs,) = desk.past(cy, "amy")
    assert (theirs.to, theirs.text) == ("cy", "to both")
    assert desk.past(cy, "bob", events=True) == ()
    assert [line.text for line in desk.past(bob, "bob")] == ["self"]
    targets = desk.ask(bob, ListTargets(AT, AT + 99, 9)).targets
    assert [name for name, _ in targets] == ["Amy", "bob"]


def test_what_is_for_some_or_for_a_moment_is_not_kept(desk: Desk) -> None:
    amy = desk.come("amy", "#a")
    desk.do(amy, Say("#a", "psst", rank=Rank.OPERATOR))
    given = amy.heard[-1].id  # type: ignore[attr-defined]
    assert desk.journal.last_id == given
    before = len(desk.past(amy, "#a", events=True))
    desk.do(amy, Tag("#a", (("+typing", "active"),)))
    desk.do(amy, Tag("#a", (("+draft/react", "x"),)))  # to no message
    desk.do(amy, Tag("#a", (("+draft/react", "x"), ("+reply", "1")), Rank.OPERATOR))
    assert len(desk.past(amy, "#a", events=True)) == before


def test_who_speaks_from_outside_is_kept_once(desk: Desk) -> None:
    amy, bob = desk.come("amy", "#a"), desk.come("bob")
    desk.do(amy, requests.SetModes("#a", (Change(False, "n"),)))
    desk.do(bob, Say("#a", "knock"), Tag("#a", (("+draft/react", "x"), ("+reply", "1"))))
    kept = [type(line) for line in desk.past(amy, "#a", events=True)]
    assert kept[-2:] == [events.Said, events.Tagged]
    assert kept.count(events.Said) == 1


def test_times_are_told_as_they_are_kept(desk: Desk) -> None:
    amy = desk.come("amy", "#a")
    (said,) = desk.do(amy, Say("#a", "x"))
    (kept,) = desk.past(amy, "#a")
    assert kept.at == said.at == round(desk.at - 0.1001234, 3)
    around = desk.ask(amy, ReadPast("#a", Selection.AROUND, 1, Point(at=said.at)))
    assert [line.id for line in around.lines] == [said.id]


def test_nobody_reads_a_room_they_are_not_in(desk: Desk) -> None:
    desk.come("amy", "#a")
    bob = desk.come("bob", "#b")
    request = ReadPast("#a", Selection.LATEST, 9)
    assert isinstance(desk.refusal(bob, request), NotInRoom)
    assert isinstance(desk.refusal(bob, SearchPast("x", 9, "#a")), NotInRoom)
    assert isinstance(desk.refusal(bob, Redact("#a", 1)), NotInRoom)


def test_targets_are_counted_from_the_first_time(desk: Desk) -> None:
    amy = desk.come("amy", "#a", "#b", "#c", "#silent")
    for room in ("#b", "#a", "#c", "#a"):
        desk.do(amy, Say(room, "x"))
    at = {target: line.at for target in ("#a", "#b", "#c") for line in desk.past(amy, target)}

    def targets(start: float, end: float, count: int) -> tuple[tuple[str, float], ...]:
        found: tuple[tuple[str, float], ...] = desk.ask(amy, ListTargets(start, end, count)).targets
        return found

    everything = (("#b", at["#b"]), ("#c", at["#c"]), ("#a", at["#a"]))
    assert targets(AT, AT + 99, 9) == targets(AT + 99, AT, 9) == everything
    assert targets(AT, AT + 99, 2) == everything[:2]
    assert targets(AT + 99, AT, 2) == everything[1:]
    assert targets(at["#b"], at["#a"], 9) == (everything[1],)  # bounds are excluded
    assert targets(AT, AT + 99, 0) == ()


def test_searches_of_speech(desk: Desk) -> None:
    amy, bob = desk.come("amy", "#a", "#b"), desk.come("bob", "#a")
    desk.do(amy, requests.SetTopic("#a", "red"), Say("#a", "red one"), Say("#b", "red two"))
    desk.do(bob, Say("#a", "Red three"), Tell(("amy",), "red four"), Tell(("amy",), "blue"))

    def texts(**more: Any) -> list[str]:
        answer = desk.ask(amy, SearchPast(**{"text": "", "count": 9, **more}))
        return [line.text for line in answer.lines]

    (third,) = (line for line in desk.past(amy, "#a") if line.nick == "bob")
    assert texts(text="red") == ["red one", "red two", "Red three"]
    assert texts(text="from:bob") == []  # words, and no language
    assert texts(text="red", target="#A") == ["red one", "Red three"]
    assert texts(nick="BOB") == ["Red three"]
    assert texts(text="red", target="bob") == ["red four"]
    assert texts(target="bob", count=1) == ["blue"]
    assert texts(text="red", count=2) == ["red two", "Red three"]
    assert texts(text="red", count=2, start=AT) == ["red one", "red two"]
    assert texts(start=third.at, end=third.at) == ["Red three"]  # bounds are included
    assert texts(end=third.at - 0.001) == ["red one", "red two"]


# Taking back.


def test_own_words_in_a_room_are_taken_back(desk: Desk) -> None:
    desk.come("op", "#a")
    amy, bob = desk.come("amy", "#a"), desk.come("bob", "#a")
    said, other = desk.do(amy, Say("#a", "oops"), Say("#a", "fine"))
    bob.heard.clear()
    request = Redact("#A", said.id, "typo")
    redacted, done = desk.do(amy, request)
    assert facts(redacted)[1] | {"id": 0, "at": 0} == {
        "id": 0,
        "at": 0,
        "target": "#a",
        "nick": "amy",
        "message": said.id,
        "why": "typo",
        "mask": None,
        "bot": False,
    }
    assert redacted.mask == "u@h"
    assert isinstance(done, answers.Done)
    assert done.to_request is request
    assert bob.heard == [redacted]
    assert [line.id for line in desk.past(bob, "#a")] == [other.id]
    assert isinstance(desk.refusal(amy, Redact("#a", said.id)), NoSuchMessage)


def test_an_operator_takes_back_what_others_said_and_nobody_else_does(desk: Desk) -> None:
    op, bob, cy = desk.come("op", "#a"), desk.come("bob", "#a"), desk.come("cy", "#a")
    (said,) = desk.do(bob, Say("#a", "spam"))
    cy.heard.clear()
    assert isinstance(desk.refusal(cy, Redact("#a", said.id)), NotYours)
    assert [type(event) for event in cy.heard] == [answers.Refused]
    assert [line.id for line in desk.past(cy, "#a")] == [said.id]
    desk.do(op, Redact("#a", said.id))
    assert desk.past(cy, "#a") == ()
    assert any(isinstance(event, events.Redacted) for event in bob.heard)


def test_a_reaction_is_taken_back(desk: Desk) -> None:
    amy = desk.come("amy", "#a")
    (tagged, _) = desk.do(amy, Tag("#a", (("+draft/react", "x"), ("+reply", "1"))))
    assert isinstance(tagged, events.Tagged)
    desk.do(amy, Redact("#a", tagged.id))
    assert tagged.id not in {line.id for line in desk.past(amy, "#a", events=True)}


def test_private_words_are_taken_back_from_all_they_went_to(desk: Desk) -> None:
    amy, bob, cy = (desk.come(nick, "#a") for nick in ("amy", "bob", "cy"))
    done = desk.ask(amy, Tell(("bob", "cy"), "oops"))
    id = done.told[0].id
    assert isinstance(desk.refusal(bob, Redact("amy", id)), NotYours)
    for target in ("#a", "amy", "nobody"):
        assert isinstance(desk.refusal(amy, Redact(target, id)), NoSuchMessage)
    assert isinstance(desk.refusal(cy, Redact("bob", id)), NoSuchMessage)
    bob.heard.clear()
    cy.heard.clear()
    redacted, done = desk.do(amy, Redact("bob", id))
    assert (redacted.target, redacted.message) == ("bob", id)
    assert isinstance(done, answers.Done)
    for guest, nick in ((bob, "bob"), (cy, "cy")):
        (theirs,) = guest.heard
        assert isinstance(theirs, events.Redacted)
        assert (theirs.target, theirs.nick, theirs.message) == (nick, "amy", id)
    assert desk.past(bob, "amy") == desk.past(cy, "amy") == ()


def test_what_was_not_said_cannot_be_taken_back(desk: Desk) -> None:
    amy = desk.come("amy", "#a", "#b")
    (said, _, _) = desk.do(amy, Say("#a", "x"), requests.SetTopic("#a", "about"))
    (topic,) = (event for event in amy.heard if isinstance(event, events.TopicSet))
    for target, id in (("#b", said.id), ("#a", topic.id), ("#a", 99), ("#a", 0), ("#a", 1)):
        assert isinstance(desk.refusal(amy, Redact(target, id)), NoSuchMessage)


def test_nobody_is_told_of_what_could_not_be_erased() -> None:
    journal = FaultyJournal()
    desk = Desk(journal, MemoryLibrary(journal))
    amy, bob = desk.come("amy", "#a"), desk.come("bob", "#a")
    (said,) = desk.do(amy, Say("#a", "x"))
    bob.heard.clear()
    journal.fault = Cause.FULL
    assert isinstance(desk.refusal(amy, Redact("#a", said.id)), NotSaved)
    reaction = Tag("#a", (("+draft/react", "x"), ("+reply", "1")))
    assert isinstance(desk.refusal(amy, reaction), NotSaved)
    assert bob.heard == []
    journal.fault = None
    assert [line.id for line in desk.past(amy, "#a")] == [said.id]


def test_who_was_put_out_meanwhile_takes_nothing_back(desk: Desk) -> None:
    op, bob = desk.come("op", "#a"), desk.come("bob", "#a")
    (said,) = desk.do(bob, Say("#a", "x"))
    request = Redact("#a", said.id)
    desk.hub.submit([(bob, request), (op, requests.Kick("#a", "bob"))])
    desk.hub._serve()
    assert desk.librarian.answer()
    desk.hub.submit([])
    desk.hub._serve()
    refused = bob.heard[-1]
    assert isinstance(refused, answers.Refused)
    assert refused.to_request is request
    assert isinstance(refused.error, NotInRoom)
    assert [line.id for line in desk.past(op, "#a")] == [said.id]


# Until when one has read.


def test_marks_of_what_was_read(desk: Desk) -> None:
    amy, bob = desk.come("amy"), desk.come("bob")
    assert desk.ask(amy, MarkRead("#nowhere")).at is None
    assert desk.ask(amy, MarkRead("#a", AT - 5)).at == AT - 5
    assert desk.ask(amy, MarkRead("#A", AT - 6)).at == AT - 5
    assert desk.ask(amy, MarkRead("bob", AT + 10**6)).at == round(desk.at, 3)  # not what is to come
    answer = desk.ask(amy, MarkRead("#a"))
    assert (answer.target, answer.at) == ("#a", AT - 5)
    assert desk.ask(bob, MarkRead("#a")).at is None
    assert "room" in str(desk.refusal(amy, MarkRead("#")))


def test_ids_of_a_history_in_memory_are_not_those_of_the_last_start(tmp_path: Path) -> None:
    config = Config(data=str(tmp_path), history="off")
    recorders = []
    for _ in range(2):
        recorder, librarian = open_history(config)
        recorders.append(recorder)
        librarian.close()
        recorder.close()
    first, second = recorders
    assert first.last_id < second.last_id < 2**53
