"""The hub and whoever keeps what is said: seen means stored."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from chatserver.chat import answers, events, lookups, requests
from chatserver.chat.deliveries import Lookup
from chatserver.chat.errors import NotForgotten, NotSaved
from chatserver.chat.events import Told, Topic
from chatserver.chat.hub import QUIET_SECONDS, Hub, Parcel, Wish
from chatserver.chat.names import LOBBY
from chatserver.chat.recorder import Step
from chatserver.chat.registry import RoomRegistry
from chatserver.chat.requests import Enter, Join, Leave, Quit, Rename, Request, Say, SetTopic, Tell
from chatserver.config import Limits
from tests.helpers import PATIENCE, wait_for

FULL = "Not sent: the server cannot save messages now (disk full)."


class Ledger:
    """A recorder, a librarian and a home in one: notes what happens to it in which order."""

    def __init__(self, last_id: int = 0, last_time: float = 0.0) -> None:
        self.last_id = last_id
        self.last_time = last_time
        self.prompt = True
        self.calls: list[tuple[str, Any]] = []
        self.fails = False
        self.waiting: dict[str, list[Told]] = {}
        self.untidy = 0

    # chat.recorder.Recorder

    def record(self, steps: Sequence[Step], *, patient: bool = True) -> None:
        if not steps:
            return
        self.calls.append(("record", [type(step.request) for step in steps]))
        if self.fails:
            raise NotSaved("disk full")
        for step in steps:
            for delivery in step.deliveries:
                if not isinstance(delivery, Lookup):
                    self._store(delivery.event)

    def _store(self, event: events.Event) -> None:
        match event:
            case answers.TellDone(told=told, waited=waited):
                for line in told:
                    if line.to in waited:
                        self.waiting.setdefault(line.to, []).append(line)

    def waiting_for(self) -> Mapping[str, int]:
        return {}

    def kept_for(self, nick: str) -> Sequence[Told]:
        return tuple(self.waiting.get(nick, ()))

    def count_waiting(self, nick: str) -> int:
        return len(self.waiting.get(nick, ()))

    def hand_over(self, nick: str, through: int) -> None:
        self.waiting[nick] = [line for line in self.waiting[nick] if line.id > through]

    def hold(self, nick: str, mask: str, id: int, at: float) -> int:
        return id

    def has_lines(self, room: str) -> bool:
        return False

    def read_until(self, nick: str, target: str) -> float | None:
        return None

    def mark_read(self, nick: str, target: str, at: float) -> float:
        return at

    def forget(self, what: requests.Forget) -> Mapping[str, Topic]:
        raise NotForgotten("disk full")

    def tidy(self, now: float) -> bool:
        self.calls.append(("tidy", now))
        self.untidy -= 1
        return self.untidy > 0

    def close(self) -> None:
        self.calls.append(("close", None))

    # chat.recorder.Librarian

    def look_up(self, lookup: Lookup) -> None:
        self.calls.append(("look up", lookup.request))

    # chat.hub.Home

    def post(self, parcels: list[Parcel]) -> None:
        self.calls.append(("post", [event for _, event in parcels]))

    # What has happened.

    def names(self) -> list[str]:
        return [name for name, _ in self.calls if name != "tidy"]

    def told(self, kind: type[events.Event] = events.Event) -> list[Any]:
        posts = [event for name, posted in self.calls if name == "post" for event in posted]
        return [event for event in posts if isinstance(event, kind)]


class Guest:
    def __init__(self, home: Ledger) -> None:
        self.home = home


class Scene:
    """A hub whose batches are done one by one, by the test."""

    def __init__(self, ledger: Ledger | None = None, at: float = 1000.0) -> None:
        self.ledger = ledger or Ledger()
        self.at = at
        self.registry = RoomRegistry(Limits(), keeps_messages=True)
        self.hub = Hub(self.registry, self.ledger, self.ledger, clock=lambda: self.at)

    def guest(self) -> Guest:
        return Guest(self.ledger)

    def come(self, *nicks: str) -> list[Guest]:
        guests = [self.guest() for _ in nicks]
        for guest, nick in zip(guests, nicks, strict=True):
            self.batch((guest, Enter(nick, "")), (guest, Join(LOBBY)))
        self.ledger.calls.clear()
        return guests

    def batch(self, *wishes: Wish) -> list[Any]:
        """Do these in one batch; return what was posted."""
        self.ledger.calls.clear()
        self.hub.submit(wishes)
        assert self.hub._serve()
        return self.ledger.told()


@pytest.fixture
def scene() -> Scene:
    return Scene()


@pytest.fixture
def ledger(scene: Scene) -> Ledger:
    return scene.ledger


def test_a_batch_is_stored_then_posted(scene: Scene, ledger: Ledger) -> None:
    ada, bob = scene.come("ada", "bob")
    scene.batch((ada, Say(LOBBY, "a")), (bob, Say(LOBBY, "b")), (ada, Tell(("bob",), "c")))
    assert ledger.calls[0] == ("record", [Say, Say, Tell])
    assert ledger.names() == ["record", "post"]


def test_a_question_is_passed_on_when_what_was_said_before_is_stored(
    scene: Scene, ledger: Ledger
) -> None:
    (ada,) = scene.come("ada")
    read = lookups.ReadHistory(LOBBY, 5)
    scene.batch((ada, Say(LOBBY, "a")), (ada, read))
    assert ledger.names() == ["record", "post", "look up"]  # so the answer comes behind the line
    assert ("look up", read) in ledger.calls


def test_where_no_helper_can_be_started_that_is_said(scene: Scene, ledger: Ledger) -> None:
    (ada,) = scene.come("ada")

    def look_up(lookup: Lookup) -> None:
        raise RuntimeError("can't start new thread")

    ledger.look_up = look_up  # type: ignore[method-assign]
    [refused] = scene.batch((ada, lookups.ReadHistory(LOBBY, 5)))
    assert str(refused.error) == "This cannot be looked up now; try again in a moment."
    said, *_ = scene.batch((ada, Say(LOBBY, "still here")))
    assert said.text == "still here"


def test_nobody_sees_what_is_not_stored(scene: Scene, ledger: Ledger) -> None:
    ada, bob = scene.come("ada", "bob")
    ledger.fails = True
    wishes = [
        Say(LOBBY, "a"),
        Say(LOBBY, "b", action=True),
        Tell(("bob", "zed"), "c"),
        SetTopic(LOBBY, "d"),
    ]
    told = scene.batch(*((ada, wish) for wish in wishes))
    assert [type(event) for event in told] == [answers.Refused] * 4
    assert [event.to_request for event in told] == wishes
    assert {str(event.error) for event in told} == {FULL}
    assert bob.home is ledger


def test_a_refusal_stays_what_it_was(scene: Scene, ledger: Ledger) -> None:
    (ada,) = scene.come("ada")
    ledger.fails = True
    told = scene.batch((ada, Say("#nowhere", "a")), (ada, SetTopic(LOBBY, "x" * 999)))
    assert "There is no room" in str(told[0].error)
    assert "too long" in str(told[1].error)


def test_who_has_gone_is_told_nothing(scene: Scene, ledger: Ledger) -> None:
    (ada,) = scene.come("ada")
    ledger.fails = True
    assert scene.batch((ada, Quit("quit")), (ada, Say(LOBBY, "a"))) == []


def test_coming_and_going_needs_no_disk(scene: Scene, ledger: Ledger) -> None:
    ada, _ = scene.come("ada", "bob")
    ledger.fails = True
    new = scene.guest()
    told = scene.batch(
        (new, Enter("new", "")),
        (new, Join(LOBBY)),
        (new, Rename("newer")),
        (new, Say(LOBBY, "lost")),
        (new, Leave(LOBBY)),
        (ada, requests.ListMembers(LOBBY)),
        (new, Quit("quit")),
    )
    assert [type(event) for event in told] == [
        *(answers.Entered, events.Joined, answers.YouJoined, events.Renamed, answers.YouRenamed),
        *(answers.Refused, events.Left, answers.YouLeft, answers.MembersAre),
    ]


def test_the_next_message_goes_through_when_there_is_room_again(
    scene: Scene, ledger: Ledger
) -> None:
    (ada,) = scene.come("ada")
    [before] = scene.batch((ada, Say(LOBBY, "a")))
    ledger.fails = True
    scene.batch((ada, Say(LOBBY, "b")))
    ledger.fails = False
    [after] = scene.batch((ada, Say(LOBBY, "c")))
    assert (before.text, after.text) == ("a", "c")
    assert after.id > before.id


def topic(scene: Scene, guest: Guest) -> str | None:
    [answer] = scene.batch((guest, requests.AskTopic(LOBBY)))
    return answer.topic and str(answer.topic.text)


def test_topics_are_taken_back_in_order(scene: Scene, ledger: Ledger) -> None:
    (ada,) = scene.come("ada")
    scene.batch((ada, SetTopic(LOBBY, "first")))
    ledger.fails = True
    scene.batch(*((ada, SetTopic(LOBBY, text)) for text in ("b", "", "c")))
    ledger.fails = False
    assert topic(scene, ada) == "first"


def test_a_topic_that_is_taken_away_is_not_where_that_fails(scene: Scene, ledger: Ledger) -> None:
    (ada,) = scene.come("ada")
    ledger.fails = True
    scene.batch((ada, SetTopic(LOBBY, "b")))
    assert topic(scene, ada) is None


@pytest.mark.parametrize("question", [requests.AskTopic(LOBBY), requests.ListRooms(), Join(LOBBY)])
def test_nobody_is_shown_a_topic_that_is_not_stored(
    scene: Scene, ledger: Ledger, question: Request
) -> None:
    """Also not in an answer to who asks, or comes, in the same batch."""
    ada, bob = scene.come("ada", "bob")
    scene.batch((bob, Leave(LOBBY)))
    ledger.fails = True
    refused, *_, answer = scene.batch((ada, SetTopic(LOBBY, "secret")), (bob, question))
    assert isinstance(refused, answers.Refused)
    assert answer.to_request is question
    assert "secret" not in str(answer)
    ledger.fails = False
    *_, answer = scene.batch((ada, SetTopic(LOBBY, "known")), (ada, requests.AskTopic(LOBBY)))
    assert answer.topic.text == "known"


# What waits for somebody.


def kept(told: Sequence[events.Event]) -> list[list[str]]:
    return [[line.text for line in event.lines] for event in told if isinstance(event, events.Kept)]


def test_who_comes_in_the_same_batch_gets_what_was_said_just_before(scene: Scene) -> None:
    (ada,) = scene.come("ada")
    bob = scene.guest()
    told = scene.batch((ada, Tell(("bob",), "hi")), (bob, Enter("bob", "")))
    assert kept(told) == [["hi"]]
    scene.batch((bob, acknowledged(told)))
    assert scene.ledger.waiting == {"bob": []}


def acknowledged(told: Sequence[events.Event]) -> requests.Acknowledge:
    """Return what a session says that has shown it."""
    *_, lines = (event.lines for event in told if isinstance(event, events.Kept))
    return requests.Acknowledge(lines[-1].to, lines[-1].id)


def test_it_waits_on_until_it_is_acknowledged(scene: Scene) -> None:
    """Who left before it was with them has not seen it."""
    (ada,) = scene.come("ada")
    scene.batch((ada, Tell(("bob",), "hi")))
    first, second, third = scene.guest(), scene.guest(), scene.guest()
    told = scene.batch((first, Enter("bob", "")), (first, Quit("quit")), (second, Enter("bob", "")))
    assert kept(told) == [["hi"], ["hi"]]
    assert scene.registry.roster.waiting == {"bob": 1}
    scene.batch((second, Quit("quit")), (second, acknowledged(told)))  # its last bytes are out
    assert scene.registry.roster.waiting == {}
    assert kept(scene.batch((third, Enter("bob", "")))) == []


def test_nobody_gets_it_twice_for_changing_names(scene: Scene) -> None:
    (ada,) = scene.come("ada")
    bob = scene.guest()
    scene.batch((ada, Tell(("bob", "bert"), "one")))
    told = scene.batch((bob, Enter("bob", "")))
    assert kept(told) == [["one"]]
    assert kept(scene.batch((bob, Rename("BOB")), (bob, Rename("bob")))) == []
    away = scene.batch((bob, Rename("bert")), (ada, Tell(("bob",), "two")))
    assert kept(away) == [["one"]]
    again = scene.batch((bob, Rename("bob")), (ada, Tell(("bert",), "three")))
    assert kept(again) == [["two"]]
    scene.batch(*((bob, acknowledged(some)) for some in (told, away, again)))
    assert scene.registry.roster.waiting == {"bert": 1}
    assert kept(scene.batch((bob, Rename("bert")))) == [["three"]]


def test_it_is_shown_while_nothing_can_be_stored(scene: Scene, ledger: Ledger) -> None:
    (ada,) = scene.come("ada")
    scene.batch((ada, Tell(("bob",), "hi")))
    bob = scene.guest()
    ledger.fails = True
    told = scene.batch((bob, Enter("bob", "")))
    assert kept(told) == [["hi"]]
    scene.batch((bob, acknowledged(told)))
    assert kept(scene.batch((bob, Rename("bert")), (bob, Rename("bob")))) == []


def test_what_has_expired_counts_no_more_once_somebody_comes(scene: Scene, ledger: Ledger) -> None:
    (ada,) = scene.come("ada")
    scene.batch((ada, Tell(("bob",), "hi")))
    ledger.waiting.clear()
    bob = scene.guest()
    assert kept(scene.batch((bob, Enter("bob", "")))) == []
    assert scene.registry.roster.waiting == {}


# Ids and times over a restart.


def test_ids_and_times_go_on_where_they_stopped() -> None:
    scene = Scene(Ledger(last_id=700, last_time=5000.5), at=4000.0)
    (ada,) = scene.come("ada")
    said = [scene.batch((ada, Say(LOBBY, "a")))[0] for _ in range(3)]
    scene.at = 6000.0
    said += scene.batch((ada, Say(LOBBY, "b")))
    ids = [event.id for event in said]
    assert ids == sorted(set(ids))
    assert ids[0] > 700
    assert [event.at for event in said] == [5000.5, 5000.5, 5000.5, 6000.0]


# Tidying up.


def test_it_is_tidied_up_only_while_nobody_waits(scene: Scene, ledger: Ledger) -> None:
    (ada,) = scene.come("ada")
    ledger.untidy = 3
    for _ in range(5):
        scene.batch((ada, Say(LOBBY, "a")))
        assert ledger.names() == ["record", "post"]
        assert ("tidy", 1000.0) not in ledger.calls
        assert scene.hub._patience == QUIET_SECONDS
    ledger.calls.clear()
    for _ in range(2):  # the bell that rang before may wake it once for nothing
        scene.hub._serve()
    assert ledger.calls == [("tidy", 1000.0)]
    assert scene.hub._patience == 0.0  # there is more to do, and nobody to wait for
    scene.batch((ada, Say(LOBBY, "a")))
    assert ledger.names() == ["record", "post"]


def test_a_hub_with_nothing_to_tidy_up_rests() -> None:
    ledger = Ledger()
    hub = Hub(RoomRegistry(Limits()), ledger)
    ledger.untidy = 50
    hub.start()
    wait_for(lambda: ledger.untidy <= 0)
    tidied = len(ledger.calls)
    start = time.monotonic()
    wait_for(lambda: hub.beat > start + 1)
    hub.stop()
    hub.join(PATIENCE)
    assert tidied >= 50
    assert len(ledger.calls) < tidied + 6 + 2 * (hub.beat - start)
    assert ledger.calls[-1] == ("close", None)


def test_what_cannot_be_forgotten_is_told(scene: Scene) -> None:
    guest = scene.guest()
    [answer] = scene.batch((guest, requests.Forget(nick="bob")))
    assert isinstance(answer, answers.Refused)
    assert "disk full" in str(answer.error)
