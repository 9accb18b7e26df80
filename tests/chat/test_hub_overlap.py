"""A hub that stores one batch while it sequences the next: what holds for one thread still does."""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence

import pytest

from chatserver.chat import answers, events, hub, requests
from chatserver.chat.deliveries import Broadcast, Lookup
from chatserver.chat.errors import NotSaved
from chatserver.chat.events import Told, Topic
from chatserver.chat.hub import BEAT_SECONDS, Hub, Wish
from chatserver.chat.names import LOBBY
from chatserver.chat.recorder import Step
from chatserver.chat.registry import RoomRegistry
from chatserver.chat.requests import AskTopic, Enter, Forget, Join, Say, SetTopic, Sync, Tell
from chatserver.config import Limits
from tests.chat.test_hub import Guest, House
from tests.helpers import PATIENCE, wait_for


class SlowRecorder:
    """Stores a batch when a test lets it; notes in which order it was asked for what."""

    last_id = 0
    last_time = 0.0

    def __init__(self) -> None:
        self.calls: list[tuple[str, list[str]]] = []
        self.begun = threading.Semaphore(0)
        self.go = threading.Semaphore(0)
        self.slow = False
        self.fails: set[str] = set()  # texts whose batch is not stored
        self.dies = False
        self._busy = threading.Lock()

    def record(self, steps: Sequence[Step]) -> None:
        texts = [text for step in steps for text in _texts(step)]
        with self._alone():
            if self.slow:
                self.begun.release()
                assert self.go.acquire(timeout=PATIENCE)
            if self.dies:
                raise ValueError("by the test")
            if self.fails & set(texts):
                raise NotSaved("disk full")
            self.calls.append(("record", texts))

    def _alone(self) -> "_Alone":
        return _Alone(self._busy)

    def _note(self, name: str) -> None:
        with self._alone():
            self.calls.append((name, []))

    def waiting_for(self) -> Mapping[str, int]:
        return {}

    def kept_for(self, nick: str) -> Sequence[Told]:
        self._note("kept_for")
        return ()

    def hold(self, nick: str, mask: str, id: int, at: float) -> int:
        self._note("hold")
        return id

    def read_until(self, nick: str, target: str) -> float | None:
        self._note("read_until")
        return None

    def mark_read(self, nick: str, target: str, at: float) -> float:
        self._note("mark_read")
        return at

    def forget(self, what: Forget) -> Mapping[str, Topic]:
        self._note("forget")
        return {}

    def tidy(self, now: float) -> bool:
        self._note("tidy")
        return False

    def close(self) -> None:
        self._note("close")

    def named(self) -> list[str]:
        """Return what it was asked for that has to do with something said, or is rare."""
        return [name for name, texts in self.calls if texts or name not in {"record", "tidy"}]


class _Alone:
    """Fails where two threads are in at the same time."""

    def __init__(self, lock: threading.Lock) -> None:
        self._lock = lock

    def __enter__(self) -> None:
        assert self._lock.acquire(blocking=False), "called by two threads at once"

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def _texts(step: Step) -> Iterator[str]:
    for delivery in step.deliveries:
        if isinstance(delivery, Broadcast) and isinstance(delivery.event, events.Said):
            yield delivery.event.text
        if isinstance(delivery, Broadcast) and isinstance(delivery.event, events.TopicSet):
            yield delivery.event.topic


class Stage:
    """A hub that runs, with a person or two in the lobby."""

    def __init__(self) -> None:
        self.recorder = SlowRecorder()
        self.home = House()
        self.deaths: list[bool] = []
        self.looked_up: list[tuple[Lookup, int]] = []
        self.hub = Hub(
            RoomRegistry(Limits(), keeps_messages=True),
            self.recorder,
            self,
            overlap=True,
            on_death=lambda: self.deaths.append(True),
        )
        self.hub.start()
        self.ada = self.come("ada")

    def look_up(self, lookup: Lookup) -> None:
        self.looked_up.append((lookup, len(self.recorder.calls)))

    def come(self, nick: str) -> Guest:
        guest = Guest(self.home)
        self.hub.submit([(guest, Enter(nick, "")), (guest, Join(LOBBY))])
        wait_for(lambda: any(type(event) is answers.YouJoined for event in self.told(guest)))
        return guest

    def told(self, guest: Guest) -> list[events.Event]:
        return [event for post in self.home.posts for peer, event in post if peer is guest]

    def said(self) -> list[str]:
        return [event.text for event in self.home.events(events.Said)]

    def hold(self, *wishes: Wish) -> None:
        """Submit these, and return when their batch is in flight, where it stays."""
        self.recorder.slow = True
        self.hub.submit(wishes)
        assert self.recorder.begun.acquire(timeout=PATIENCE)

    def let_all_go(self) -> None:
        self.recorder.slow = False
        self.recorder.go.release(100)

    def finish(self) -> None:
        self.hub.stop()
        self.hub.join(PATIENCE)
        assert not self.hub.is_alive()


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage()
    yield stage
    stage.let_all_go()
    stage.finish()


def test_nothing_is_posted_before_its_own_commit_and_all_in_order(stage: Stage) -> None:
    ada = stage.ada
    stage.hold((ada, Say(LOBBY, "a1")), (ada, Say(LOBBY, "a2")))
    stage.hub.submit([(ada, Say(LOBBY, "b"))])
    stage.hub.submit([(ada, Say(LOBBY, "c"))])
    assert stage.said() == []
    stage.recorder.go.release()
    assert stage.recorder.begun.acquire(timeout=PATIENCE)  # the next batch is in flight
    wait_for(lambda: stage.said() == ["a1", "a2"])
    stage.let_all_go()
    wait_for(lambda: stage.said() == ["a1", "a2", "b", "c"])


def test_the_hub_sequences_while_a_batch_is_in_flight(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = stage.ada
    monkeypatch.setattr(hub, "QUIET_SECONDS", PATIENCE)  # then it would wait for the batch
    stage.hold((ada, Say(LOBBY, "a")))
    applied: list[str] = []
    apply = stage.hub._registry.apply

    def note(origin: object, request: requests.Request, id: int, now: float) -> object:
        applied.append(type(request).__name__)
        return apply(origin, request, id, now)  # type: ignore[arg-type]

    stage.hub._registry.apply = note  # type: ignore[method-assign, assignment]
    stage.hub.submit([(ada, Say(LOBBY, "b"))])
    wait_for(lambda: applied == ["Say"])
    assert stage.said() == []


def test_a_batch_that_fails_takes_nothing_of_the_next_one_with_it(stage: Stage) -> None:
    ada = stage.ada
    stage.recorder.fails = {"lost"}
    lost = Say(LOBBY, "lost")
    stage.hold((ada, lost))
    stage.hub.submit([(ada, Say(LOBBY, "kept"))])
    stage.let_all_go()
    wait_for(lambda: stage.said() == ["kept"])
    *_, refused, _ = [event for post in stage.home.posts for _, event in post]
    assert isinstance(refused, answers.Refused)
    assert refused.to_request is lost


def test_a_batch_that_fails_behind_one_that_does_not(stage: Stage) -> None:
    ada = stage.ada
    stage.recorder.fails = {"lost"}
    stage.hold((ada, Say(LOBBY, "kept")))
    stage.hub.submit([(ada, Say(LOBBY, "lost"))])
    stage.hub.submit([(ada, Say(LOBBY, "kept too"))])
    # They may be one batch, or two.
    stage.let_all_go()
    wait_for(lambda: bool(stage.home.events(answers.Refused)))
    stage.finish()
    assert stage.said()[0] == "kept"
    assert "lost" not in stage.said()


def test_a_topic_that_fails_behind_a_batch_in_flight_is_shown_to_nobody(stage: Stage) -> None:
    ada = stage.ada
    stage.recorder.fails = {"secret"}
    stage.hold((ada, Say(LOBBY, "a")))
    stage.hub.submit([(ada, SetTopic(LOBBY, "secret"))])
    stage.hub.submit([(ada, AskTopic(LOBBY))])
    stage.let_all_go()
    wait_for(lambda: bool(stage.home.events(answers.TopicIs)))
    assert stage.home.events(answers.TopicIs)[0].topic is None
    assert stage.home.events(events.TopicSet) == []


def test_the_recorder_is_asked_for_the_past_only_when_nothing_is_in_flight(stage: Stage) -> None:
    ada = stage.ada
    bob = Guest(stage.home)
    marks = requests.MarkRead(LOBBY, 5.0), requests.MarkRead(LOBBY)
    for origin, wish in (
        (bob, Enter("bob", "")),
        (bob, Forget(nick="eve")),
        *((ada, m) for m in marks),
    ):
        stage.recorder.calls.clear()
        stage.hold((ada, Say(LOBBY, "a")))
        stage.hub.submit([(origin, wish)])
        stage.let_all_go()
        wait_for(lambda: len(stage.recorder.named()) >= 2)
        assert stage.recorder.named()[0] == "record"
    stage.finish()
    assert stage.recorder.named()[-1] == "close"


def test_a_question_is_passed_on_after_what_was_said_before_it(stage: Stage) -> None:
    ada = stage.ada
    stage.hold((ada, Say(LOBBY, "a")))
    stage.hub.submit([(ada, Say(LOBBY, "b")), (ada, requests.ReadHistory(LOBBY, 5))])
    assert stage.looked_up == []
    stage.let_all_go()
    wait_for(lambda: bool(stage.looked_up))
    stored = [text for _, texts in stage.recorder.calls for text in texts]
    assert stored == ["a", "b"]


def test_it_is_tidied_up_only_when_nothing_is_in_flight(stage: Stage) -> None:
    stage.hold((stage.ada, Say(LOBBY, "a")))
    stage.recorder.calls.clear()
    beat = stage.hub.beat
    wait_for(lambda: stage.hub.beat > beat)  # nothing was wished for a moment: it wants to
    assert stage.recorder.calls == []
    stage.let_all_go()
    wait_for(lambda: "tidy" in [name for name, _ in stage.recorder.calls])
    assert stage.recorder.calls[0] == ("record", ["a"])


def test_row_48_the_stop_waits_for_the_batch_in_flight_and_all_behind_it(stage: Stage) -> None:
    ada = stage.ada
    stage.hold((ada, Say(LOBBY, "a")))
    stage.hub.submit([(ada, Say(LOBBY, "b")), (ada, Tell(("ada",), "c")), (ada, Sync())])
    stage.hub.stop()
    stage.let_all_go()
    stage.hub.join(PATIENCE)
    assert stage.said() == ["a", "b"]
    assert stage.recorder.named()[-1] == "close"
    assert stage.deaths == []


def test_row_45_a_dead_committer_is_a_dead_hub(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    stage.recorder.dies = True
    stage.hold((stage.ada, Say(LOBBY, "secret")))
    stage.let_all_go()  # nobody wishes anything more: it is found out all the same
    stage.hub.join(PATIENCE)
    assert stage.deaths == [True]
    assert stage.said() == []
    assert "ValueError" in caplog.text
    assert "secret" not in caplog.text


def test_a_hub_that_waits_too_long_for_a_commit_does_not_beat(stage: Stage) -> None:
    """The watchdog is to see it, also when nobody wishes anything more."""
    stage.hold((stage.ada, Say(LOBBY, "a")))
    wait_for(lambda: time.monotonic() > stage.hub.beat + 2 * BEAT_SECONDS)
