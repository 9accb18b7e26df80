"""The rules for those who are put out, banned or not heard."""

from threading import Event as Flag
from threading import Thread
from typing import Any

import pytest

from chatserver.chat import answers, events, requests
from chatserver.chat.deliveries import Broadcast
from chatserver.chat.hub import Hub
from chatserver.chat.modes import Change
from chatserver.chat.registry import RoomRegistry
from chatserver.chat.requests import (
    Join,
    Kick,
    Rename,
    Say,
    SetModes,
)
from chatserver.config import Limits
from tests.chat.crowd import Chat, Origin, event_of, heard_by
from tests.chat.ruling import off, on, set_modes

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
