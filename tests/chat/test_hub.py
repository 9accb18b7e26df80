"""The hub's thread with peers and homes that only note what they get."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from chatserver.chat import answers, events, requests
from chatserver.chat.hub import BATCH, Hub, Parcel, Wish
from chatserver.chat.names import LOBBY
from chatserver.chat.recorder import Forgetful, NotNow, Step
from chatserver.chat.registry import RoomRegistry
from chatserver.config import Limits
from tests.helpers import PATIENCE, wait_for


class House:
    """A home: keeps what is posted to it, post by post."""

    def __init__(self) -> None:
        self.posts: list[list[Parcel]] = []

    def post(self, parcels: list[Parcel]) -> None:
        self.posts.append(parcels)

    def events(self, kind: type[events.Event]) -> list[Any]:
        return [event for post in self.posts for _, event in post if isinstance(event, kind)]


class Guest:
    """A peer."""

    def __init__(self, home: House) -> None:
        self.home = home


class Clock:
    """A wall clock that somebody sets."""

    def __init__(self) -> None:
        self.time = 1_000_000.0

    def __call__(self) -> float:
        return self.time


def come(nick: str, home: House) -> tuple[Guest, list[Wish]]:
    guest = Guest(home)
    return guest, [(guest, requests.Enter(nick, "192.0.2.1")), (guest, requests.Join(LOBBY))]


def finish(hub: Hub) -> None:
    hub.stop()
    hub.join(PATIENCE)
    assert not hub.is_alive()


def test_one_post_for_each_home_and_batch_however_many_live_there() -> None:
    hub, one, two = Hub(RoomRegistry(Limits())), House(), House()
    people = [come(f"p{number}", (one, two)[number % 2]) for number in range(20)]
    for _, wishes in people:
        hub.submit(wishes)
    speaker = people[0][0]
    hub.submit([(speaker, requests.Say(LOBBY, f"line {number}")) for number in range(50)])
    hub.start()  # everything is in line already: one batch
    finish(hub)
    assert (len(one.posts), len(two.posts)) == (1, 1)
    for home in (one, two):
        said = [
            (audience, event) for audience, event in home.posts[0] if type(event) is events.Said
        ]
        assert [event.text for _, event in said] == [f"line {number}" for number in range(50)]
        audience = said[0][0]
        assert isinstance(audience, tuple)
        assert len(audience) == 10
        assert all(other is audience for other, _ in said)  # one tuple, so that runs are joined


@pytest.mark.parametrize("bring", [Hub.submit, Hub.work])
def test_one_order_for_all_homes_with_many_submitters(
    bring: Callable[[Hub, Sequence[Wish]], None],
) -> None:
    hub, homes = Hub(RoomRegistry(Limits())), [House() for _ in range(3)]
    hub.start()
    people = [come(f"p{number}", homes[number % 3]) for number in range(6)]
    for _, wishes in people:
        hub.submit(wishes)

    def talk(guest: Guest, name: str) -> None:
        for number in range(200):
            bring(hub, [(guest, requests.Say(LOBBY, f"{name} {number}"))])

    wait_for(lambda: sum(len(home.events(answers.YouJoined)) for home in homes) == 6)
    threads = [
        threading.Thread(target=talk, args=(guest, f"p{number}"))
        for number, (guest, _) in enumerate(people)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    finish(hub)
    orders = [[event.id for event in home.events(events.Said)] for home in homes]
    assert len(orders[0]) == 1200
    assert orders[0] == sorted(orders[0])
    assert orders[1] == orders[0]
    assert orders[2] == orders[0]
    for number in range(6):  # and each speaker's own order stands
        texts = [event.text for event in homes[0].events(events.Said)]
        mine = [text for text in texts if text.startswith(f"p{number} ")]
        assert mine == [f"p{number} {each}" for each in range(200)]


@pytest.mark.parametrize("skew", [-1.0, -86_400.0, 86_400.0])
def test_row_46_stamps_never_go_back_when_the_clock_does(skew: float) -> None:
    clock, home = Clock(), House()
    hub = Hub(RoomRegistry(Limits()), clock=clock)
    hub.start()
    guest, wishes = come("ada", home)
    hub.submit(wishes)
    stamps = []
    for number, change in enumerate((0.0, 5.0, skew, 1.0, -skew)):
        clock.time += change
        hub.submit([(guest, requests.Say(LOBBY, f"{number}"))])
        wait_for(lambda count=number + 1: len(home.events(events.Said)) == count)  # type: ignore[misc]
        stamps.append(home.events(events.Said)[-1].at)
    finish(hub)
    assert stamps == sorted(stamps)
    assert stamps[1] == 1_000_005.0
    assert stamps[-1] >= clock.time


def test_row_48_the_stop_does_everything_that_was_in_line_before() -> None:
    home = House()
    hub = Hub(RoomRegistry(Limits()))
    guest, wishes = come("ada", home)
    hub.submit(wishes)
    for number in range(2000):  # several batches
        hub.submit([(guest, requests.Say(LOBBY, str(number)))])
    hub.stop()
    hub.start()
    hub.join(PATIENCE)
    assert [event.text for event in home.events(events.Said)] == [str(n) for n in range(2000)]
    assert len(home.posts) < 20


def test_row_45_a_hub_that_dies_says_so_and_nothing_of_what_was_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Torn(RoomRegistry):
        def apply(self, origin: Any, request: requests.Request, id: int, now: float) -> Any:
            raise ValueError(request)

    deaths: list[bool] = []
    hub = Hub(Torn(Limits()), on_death=lambda: deaths.append(True))
    hub.start()
    hub.submit([(Guest(House()), requests.Say(LOBBY, "secret"))])
    hub.join(PATIENCE)
    assert deaths == [True]
    assert "the hub died" in caplog.text
    assert "ValueError" in caplog.text
    assert "secret" not in caplog.text


# Whoever brings wishes.


class Kept(Forgetful):
    """A recorder that can be slow, and notes in which thread it is called."""

    def __init__(self) -> None:
        self.prompt = True
        self.locked = False
        self.free = threading.Event()
        self.free.set()
        self.reached = threading.Event()
        self.threads: list[threading.Thread] = []
        self.closed = 0

    def record(self, steps: Sequence[Step], *, patient: bool = True) -> None:
        if steps and self.locked and not patient:
            self.prompt = False
            raise NotNow
        if steps:
            self.threads.append(threading.current_thread())
            self.reached.set()
            assert self.free.wait(PATIENCE)

    def close(self) -> None:
        self.closed += 1


def say(guest: Guest, text: str) -> list[Wish]:
    return [(guest, requests.Say(LOBBY, text))]


def texts(home: House) -> list[str]:
    return [event.text for event in home.events(events.Said)]


def at_work() -> tuple[Hub, Kept, Guest, House]:
    """A hub without its thread, and ada, who has come in by her own work."""
    recorder, home = Kept(), House()
    hub = Hub(RoomRegistry(Limits()), recorder)
    guest, wishes = come("ada", home)
    hub.work(wishes)
    return hub, recorder, guest, home


def test_who_brings_wishes_does_the_work() -> None:
    hub, recorder, guest, home = at_work()
    hub.work(say(guest, "hello"))
    assert texts(home) == ["hello"]  # there is no other thread that could have done it
    assert set(recorder.threads) == {threading.current_thread()}


def test_where_the_disk_is_slow_it_is_left_to_the_hubs_thread() -> None:
    recorder, home = Kept(), House()
    hub = Hub(RoomRegistry(Limits()), recorder)
    guest, wishes = come("ada", home)
    recorder.prompt = False
    hub.work(wishes)
    hub.work(say(guest, "hello"))
    assert not home.posts
    hub.start()
    wait_for(lambda: texts(home) == ["hello"])
    assert set(recorder.threads) == {hub}
    recorder.prompt = True
    hub.work(say(guest, "again"))
    assert texts(home) == ["hello", "again"]
    finish(hub)


def test_where_somebody_is_at_it_nobody_waits_and_the_order_stands() -> None:
    hub, recorder, guest, home = at_work()
    hub.start()
    recorder.free.clear()
    recorder.reached.clear()
    other = threading.Thread(target=hub.work, args=(say(guest, "first"),))
    other.start()
    assert recorder.reached.wait(PATIENCE)
    hub.work(say(guest, "second"))
    hub.work(say(guest, "third"))
    assert not texts(home)
    recorder.free.set()
    other.join(PATIENCE)
    wait_for(lambda: len(texts(home)) == 3)
    assert texts(home) == ["first", "second", "third"]
    assert recorder.threads[1:] == [other] + [hub] * (len(recorder.threads) - 2)
    finish(hub)


def test_what_needs_patience_is_left_to_the_hubs_thread_before_what_comes_then() -> None:
    hub, recorder, guest, home = at_work()
    recorder.locked = True
    hub.work(say(guest, "first"))
    hub.work(say(guest, "second"))
    assert not texts(home)
    hub.start()
    wait_for(lambda: len(texts(home)) == 2)
    assert texts(home) == ["first", "second"]
    recorder.prompt, recorder.locked = True, False
    hub.work(say(guest, "third"))
    assert texts(home) == ["first", "second", "third"]
    finish(hub)


def test_nor_does_it_wait_for_the_disk_in_the_midst_of_its_turn() -> None:
    hub, recorder, guest, home = at_work()
    recorder.locked = True
    ask = requests.AskTopic(LOBBY)
    hub.work([(guest, requests.SetTopic(LOBBY, "tea")), (guest, ask), *say(guest, "first")])
    hub.work(say(guest, "second"))
    assert not home.events(answers.TopicIs)
    assert threading.current_thread() not in recorder.threads[1:]
    hub.start()
    wait_for(lambda: len(texts(home)) == 2)
    assert texts(home) == ["first", "second"]
    [topic] = home.events(answers.TopicIs)
    assert (topic.to_request, topic.topic.text) == (ask, "tea")
    finish(hub)


def test_once_the_disk_is_slow_the_rest_of_a_turn_is_left_too() -> None:
    hub, recorder, guest, home = at_work()

    def slowly(steps: Sequence[Step], *, patient: bool = True) -> None:
        recorder.prompt = patient

    recorder.record = slowly  # type: ignore[method-assign]
    hub.work(
        [
            (guest, requests.SetTopic(LOBBY, "tea")),
            (guest, requests.AskTopic(LOBBY)),
            (guest, requests.SetTopic(LOBBY, "coffee")),
            (guest, requests.AskTopic(LOBBY)),
        ]
    )
    assert len(home.events(events.TopicSet)) == 1
    hub.start()
    wait_for(lambda: len(home.events(answers.TopicIs)) == 2)
    assert [one.topic.text for one in home.events(answers.TopicIs)] == ["tea", "coffee"]
    finish(hub)


def test_a_stop_has_patience_with_what_is_left() -> None:
    hub, recorder, guest, home = at_work()
    recorder.locked = True
    hub.stop()
    hub.work(say(guest, "last"))
    assert texts(home) == ["last"]
    assert recorder.closed == 1


def test_a_turn_is_no_longer_than_a_batch() -> None:
    home = House()
    hub = Hub(RoomRegistry(Limits()))
    guest, wishes = come("ada", home)
    hub.submit(wishes)
    for number in range(BATCH):
        hub.submit(say(guest, str(number)))
    hub.work(say(guest, "last"))
    assert texts(home) == [str(number) for number in range(BATCH - 1)]
    hub.start()
    wait_for(lambda: texts(home)[-1] == "last")
    finish(hub)


def test_row_45_a_fault_of_the_hub_is_no_fault_of_whoever_works_for_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Torn(RoomRegistry):
        def apply(self, origin: Any, request: requests.Request, id: int, now: float) -> Any:
            raise ValueError(request)

    deaths: list[bool] = []
    recorder = Kept()
    hub = Hub(Torn(Limits()), recorder, on_death=lambda: deaths.append(True))
    hub.start()
    hub.work(say(Guest(House()), "secret"))
    hub.work(say(Guest(House()), "secret"))
    hub.join(PATIENCE)
    assert not hub.is_alive()
    assert deaths == [True]
    assert recorder.closed == 0
    assert "the hub died" in caplog.text
    assert "secret" not in caplog.text


def test_a_stop_that_somebody_else_comes_upon_ends_the_thread_and_closes_once() -> None:
    hub, recorder, guest, home = at_work()
    hub.stop()
    hub.work(say(guest, "hello"))
    assert recorder.closed == 1
    hub.work(say(guest, "too late"))
    hub.start()
    finish(hub)
    assert texts(home) == ["hello"]
    assert recorder.closed == 1


def test_an_idle_hub_beats_and_does_not_spin() -> None:
    rounds = 0
    hub = Hub(RoomRegistry(Limits()))
    serve = hub._serve

    def count() -> bool:
        nonlocal rounds
        rounds += 1
        return serve()

    hub._serve = count  # type: ignore[method-assign]
    start = time.monotonic()
    hub.start()
    hub.submit([])
    wait_for(lambda: hub.beat > start + 1.5)
    finish(hub)
    assert rounds < 6 + 2 * (hub.beat - start)


def test_the_log_says_who_came_and_left_and_never_what_was_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    home = House()
    hub = Hub(RoomRegistry(Limits()))
    guest, wishes = come("ada", home)
    later: Sequence[requests.Request] = (
        requests.Say(LOBBY, "secret"),
        requests.Tell(("ada",), "secret"),
        requests.SetTopic(LOBBY, "secret"),
        requests.SetAway("secret"),
        requests.Rename("eve"),
        requests.Quit("quit", "secret words"),
    )
    other, more = come("bob", home)  # somebody has to see it
    with caplog.at_level(logging.DEBUG):
        hub.submit(wishes + more)
        hub.submit([(guest, request) for request in later])
        hub.start()
        finish(hub)
    assert [record.getMessage() for record in caplog.records] == [
        "ada came from 192.0.2.1",
        "bob came from 192.0.2.1",
        "ada is now eve",
        "eve left (quit)",
    ]
    assert other.home is home
