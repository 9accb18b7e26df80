"""What was missed is fetched, and nothing is lost or doubled, whenever the line is cut."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from client.buffers import Past
from client.messages import Delivery, Kind
from client.model import Status
from tests.client.house import Link
from tests.histories import FaultyJournal
from tests.irc.house import Client, IrcHouse

ROOM = "#ops"


def talkers(lines: int = 0) -> tuple[IrcHouse, Client, Link]:
    home = IrcHouse(journal=FaultyJournal(5000))
    bob = home.client("bob", joins=ROOM)
    for number in range(lines):
        home.at += 0.01
        bob.send(f"PRIVMSG {ROOM} :old {number}\r\n")
    return home, bob, Link(home, "ada", ROOM)


def test_the_first_visit_shows_what_was_said_before() -> None:
    _, bob, ada = talkers(lines=5)
    bob.send(f"PRIVMSG {ROOM} :new\r\n")
    ada.turn()
    assert ada.texts(ROOM) == [*(f"old {n}" for n in range(5)), "new"]
    assert Kind.GAP not in ada.kinds(ROOM)


def test_a_line_is_known_again_under_another_name() -> None:
    """One's ghost is still there when one comes back, so the nick is not one's own now."""
    _, bob, ada = talkers()
    ghost = ada.client
    assert ghost
    ada.model.send_text(ada.buffer(ROOM), "said and not heard")
    ghost.send(ada.model.data_to_send())
    ada.client = None
    ada.model.lost("cut")
    ada.connect()
    ada.turn()
    assert ada.model.nick == "ada_"
    assert bob.lines().count(f":ada!~ada@192.0.2.1 PRIVMSG {ROOM} :said and not heard") == 1
    assert ada.texts(ROOM) == ["said and not heard"]


def test_what_was_said_before_one_came_is_not_unread() -> None:
    home, bob, ada = talkers(lines=5)
    assert ada.buffer(ROOM).unread == 0
    home.at += 1
    bob.send(f"PRIVMSG {ROOM} :ada: new\r\n")
    ada.turn()
    assert (ada.buffer(ROOM).unread, ada.buffer(ROOM).mentions) == (1, 1)


def test_older_pages_come_until_there_are_no_more() -> None:
    _, _, ada = talkers(lines=350)
    room = ada.buffer(ROOM)
    assert len(ada.texts(ROOM)) < 350
    for _ in range(10):
        ada.model.request_older(room)
        ada.model.request_older(room)  # asking twice is asking once
        ada.turn()
    assert ada.texts(ROOM) == [f"old {n}" for n in range(350)]
    assert room.past is Past.COMPLETE


@pytest.mark.parametrize("missed", [0, 1, 99, 100, 101, 499, 500, 501, 1300])
def test_what_was_missed_is_there_once(missed: int) -> None:
    home, bob, ada = talkers(lines=3)
    ada.say(ROOM, "before")
    ada.drop()
    home.at += 1
    for number in range(missed):
        bob.send(f"PRIVMSG {ROOM} :missed {number}\r\n")
    ada.connect()
    bob.send(f"PRIVMSG {ROOM} :after\r\n")
    ada.turn()
    wanted = [*(f"old {n}" for n in range(3)), "before"]
    wanted += [*(f"missed {n}" for n in range(missed)), "after"]
    assert ada.texts(ROOM) == wanted
    assert ada.buffer(ROOM).unread == missed + 1


def test_what_is_typed_without_a_connection_is_sent_after_what_was_missed() -> None:
    _home, bob, ada = talkers()
    ada.say(ROOM, "one")
    ada.drop()
    bob.send(f"PRIVMSG {ROOM} :two\r\n")
    ada.say(ROOM, "three")
    assert ada.buffer(ROOM).entries[-1].delivery is Delivery.PENDING
    assert ada.model.pending == 1
    ada.connect()
    assert ada.texts(ROOM) == ["one", "two", "three"]
    assert ada.model.pending == 0
    assert ada.buffer(ROOM).entries[-1].delivery is Delivery.CONFIRMED


def test_a_line_whose_echo_was_lost_is_not_sent_again() -> None:
    _home, bob, ada = talkers()
    bob.read()
    ada.model.send_text(ada.buffer(ROOM), "once")
    assert ada.client
    ada.client.send(ada.model.data_to_send())  # it arrives; the echo does not
    ada.drop()
    ada.connect()
    assert ada.texts(ROOM) == ["once"]
    assert ada.model.pending == 0
    said = [m for m in bob.messages() if m.command == "PRIVMSG"]
    assert len(said) == 1


def test_a_line_that_was_lost_on_its_way_is_sent_again() -> None:
    _home, bob, ada = talkers()
    bob.read()
    ada.model.send_text(ada.buffer(ROOM), "once")
    ada.model.data_to_send()  # nobody gets it
    ada.drop()
    ada.connect()
    assert ada.texts(ROOM) == ["once"]
    assert len([m for m in bob.messages() if m.command == "PRIVMSG"]) == 1


def test_private_words_that_were_missed_open_a_conversation() -> None:
    _home, bob, ada = talkers()
    bob.send("PRIVMSG ada :hi\r\n")
    ada.turn()
    assert ada.texts("bob") == ["hi"]
    ada.model.send_text(ada.buffer("bob"), "hello yourself")
    ada.turn()
    ada.drop()
    ada.connect()
    assert ada.texts("bob") == ["hi", "hello yourself"]
    assert ada.buffer("bob").entries[-1].delivery is Delivery.CONFIRMED


def test_a_found_line_is_shown_in_its_context_and_the_gap_can_be_filled() -> None:
    home, _bob, ada = talkers(lines=900)
    room = ada.buffer(ROOM)
    other = Link(home, "eve", ROOM)
    for _ in range(12):
        other.model.request_older(other.buffer(ROOM))
        other.turn()
    wanted = next(e for e in other.buffer(ROOM).entries if e.text == "old 300")
    ada.model.jump(room, wanted)
    ada.turn()
    assert ada.model.focus is not None
    focused = room.entries.by_key(ada.model.focus[1])
    assert focused and focused.text == "old 300"
    for _ in range(20):
        gaps = [e for e in room.entries if e.kind is Kind.GAP]
        if not gaps:
            break
        ada.model.fill(room, gaps[0])
        ada.turn()
    shown = ada.texts(ROOM)
    assert shown == [f"old {n}" for n in range(900)][-len(shown) :]
    assert len(shown) > 600


def test_a_reconnect_does_not_fetch_what_a_search_has_left_out() -> None:
    home, bob, ada = talkers(lines=900)
    bob.send(f"PRIVMSG {ROOM} :needle\r\n")
    other = Link(home, "eve", ROOM)
    needle = next(e for e in other.buffer(ROOM).entries if e.text == "needle")
    old = replace(needle, key=0, msgid="307", at=home.at - 6)
    ada.model.jump(ada.buffer(ROOM), old)
    ada.turn()
    assert ada.kinds(ROOM).count(Kind.GAP) == 1
    ada.drop()
    ada.connect()
    ada.say(ROOM, "said at once")
    assert ada.kinds(ROOM).count(Kind.GAP) == 1
    assert ada.texts(ROOM)[-1] == "said at once"
    assert ada.model.pending == 0


# The property.


@dataclass(frozen=True)
class Step:
    """One thing that happens."""

    what: str
    number: int = 0


steps = st.lists(
    st.one_of(
        st.builds(Step, st.sampled_from(["ada", "bob", "lines"])),
        st.builds(Step, st.just("cut"), st.integers(0, 3000)),
        st.builds(Step, st.just("dies"), st.integers(0, 3000)),
        st.builds(Step, st.just("back"), st.integers(200, 6000)),
    ),
    max_size=14,
)


class Story:
    """Ada talks with Bob over a bad line to a server that dies now and then."""

    def __init__(self) -> None:
        self.home = IrcHouse()
        self.bob = self.home.client("bob", joins=ROOM)
        self.ada = Link(self.home, "ada", ROOM)
        self.count = 0

    def do(self, step: Step) -> None:
        self.count += 1
        self.home.at += 0.5
        match step.what:
            case "ada":
                self.ada.say(ROOM, f"ada {self.count}")
            case "lines":
                self.ada.say(ROOM, f"ada {self.count}\nand {self.count}")
            case "bob":
                self.bob.send(f"PRIVMSG {ROOM} :bob {self.count}\r\n")
                self.ada.turn()
            case "cut" if self.ada.client:
                self.ada.lives = step.number
            case "dies":
                self.die()
            case "back" if not self.ada.client:
                self.ada.connect(lives=step.number)

    def die(self) -> None:
        """The server is gone with a kill -9, and comes again with what it has stored."""
        if self.ada.client:
            self.ada.drop()
        at, self.home = self.home.at, IrcHouse(journal=self.home.journal)
        self.home.at = at + 1
        self.ada.home = self.home
        self.bob = self.home.client("bob", joins=ROOM)

    def end(self) -> None:
        """Both sides come to rest."""
        self.home.at += 1
        self.ada.lives = None
        if self.ada.client is None:
            self.ada.connect()
        self.ada.turn()


@settings(max_examples=150, deadline=None)
@given(steps)
def test_no_line_is_missing_or_doubled_whenever_the_line_is_cut(plot: list[Step]) -> None:
    story = Story()
    for step in plot:
        story.do(step)
    story.end()
    ada = story.ada
    truth = Link(story.home, "witness", ROOM)
    for _ in range(3):
        truth.model.request_older(truth.buffer(ROOM))
        truth.turn()
    assert ada.model.status is Status.ONLINE
    assert ada.model.pending == 0
    assert ada.texts(ROOM) == truth.texts(ROOM)
    assert Kind.GAP not in ada.kinds(ROOM)
    twice = [text for text, count in Counter(ada.texts(ROOM)).items() if count > 1]
    assert twice == []
    own = [text for text in truth.texts(ROOM) if text.startswith("ada ")]
    assert len(own) == sum(step.what in {"ada", "lines"} for step in plot)
