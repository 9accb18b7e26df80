"""Many rooms are caught up with in turns, and nothing is missing or doubled in any."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from client.messages import Kind
from tests.client.house import Link
from tests.histories import FaultyJournal
from tests.irc.house import IrcHouse

ROOMS = tuple(f"#{number}" for number in range(6))

steps = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["bob", "ada", "show", "older"]), st.integers(0, len(ROOMS) - 1)),
        st.tuples(st.just("cut"), st.integers(0, 4000)),
        st.tuples(st.just("back"), st.integers(500, 9000)),
    ),
    max_size=16,
)


class Story:
    """Ada talks with Bob in many rooms, over a bad line."""

    def __init__(self) -> None:
        self.home = IrcHouse(journal=FaultyJournal(5000))
        self.bob = self.home.client("bob", joins=",".join(ROOMS))
        self.ada = Link(self.home, "ada", *ROOMS)
        self.count = 0

    def do(self, what: str, number: int) -> None:
        self.home.at += 0.5
        self.count += 1
        room = ROOMS[number % len(ROOMS)]
        match what:
            case "bob":
                self.bob.send(f"PRIVMSG {room} :bob {self.count}\r\n")
            case "ada":
                self.ada.say(room, f"ada {self.count}")
            case "show":
                self.ada.model.show(self.ada.buffer(room))
            case "older":
                self.ada.model.request_older(self.ada.buffer(room))
            case "cut" if self.ada.client:
                self.ada.lives = number
            case "back" if not self.ada.client:
                self.ada.connect(lives=number)
        self.ada.turn()


@settings(max_examples=60, deadline=None)
@given(steps)
def test_nothing_is_missing_or_doubled_in_any_room(plot: list[tuple[str, int]]) -> None:
    story = Story()
    for what, number in plot:
        story.do(what, number)
    story.home.at += 1
    ada = story.ada
    ada.lives = None
    if ada.client is None:
        ada.connect()
    ada.turn()
    truth = Link(story.home, "witness", *ROOMS)
    assert ada.model.pending == 0
    for room in ROOMS:
        assert ada.texts(room) == truth.texts(room)
        assert ada.buffer(room).ready
        assert Kind.GAP not in ada.kinds(room)


def test_what_is_typed_meanwhile_is_sent_in_each_room() -> None:
    story = Story()
    story.ada.drop()
    for room in ROOMS:
        story.home.at += 1
        story.bob.send(f"PRIVMSG {room} :missed\r\n")
        story.ada.say(room, "kept")
    story.ada.connect()
    for room in ROOMS:
        assert story.ada.texts(room) == ["missed", "kept"]
