"""FanOut: whatever happens between two events, everybody gets all of them in order."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatserver.encoded import Encoded
from chatserver.net.connection import Connection
from chatserver.net.departure import State
from chatserver.net.fanout import FanOut
from tests.net.fakes import Keeper, Script, Words, drain, pair
from tests.net.rig import SMALL, WRITE

PEOPLE = 5


class House(Keeper):
    """The owner of some connections, and of the fan-out to them."""

    def __init__(self) -> None:
        super().__init__(SMALL)
        self.fan_out = FanOut()

    def reseat(self) -> None:
        self.fan_out.reseat()


class Member:
    """A connection, what its peer has read, and what it should have."""

    def __init__(self, house: House, words: Words | None, key: str) -> None:
        self.sock, self.client = pair()
        self.session = Script()
        self.session.key = key
        self.session.dialect = words
        self.connection = Connection(self.sock, "the test", house, lambda _: self.session)
        self.connection.settle()
        self.read = b""
        self.expected = b""

    def listen(self, words: Words | None) -> None:
        self.session.dialect = words
        self.connection.settle()

    def read_all(self) -> None:
        self.read += drain(self.client)
        while self.connection.events & WRITE:
            self.connection.on_writable()
            self.read += drain(self.client)

    def clog(self) -> None:
        """Send until something waits, as to somebody who does not read."""
        while self.connection.free:
            self.connection.push(b"f" * 5_000)
            self.expected += b"f" * 5_000

    def do(self, act: str) -> None:
        match act:
            case "clog":
                self.clog()
            case "hinder":  # what is told next is taken in two pieces
                self.sock.takes.append(1)
            case "read":
                self.read_all()
            case "close":
                self.read_all()
                self.connection.close()


class Manners(Words):
    """A dialect that treats one member in one of the ways there are."""

    how = "all"

    def speak(self, how: str, whom: int) -> None:
        self.how = how
        self.own = {str(whom): b"[mine]"} if how == "own" else {}
        self.aside = frozenset({str(whom)} if how == "aside" else ())

    def encode(self, events: Sequence[bytes]) -> Encoded | None:
        if self.how == "fault":
            raise ValueError
        return None if self.how == "each" else super().encode(events)


@contextmanager
def gathered(*dialects: Words | None) -> Iterator[tuple[FanOut, list[Member]]]:
    house = House()
    members = [Member(house, words, str(number)) for number, words in enumerate(dialects)]
    try:
        yield house.fan_out, members
    finally:
        for member in members:
            member.sock.close()
            member.client.close()


def audience_of(members: list[Member]) -> tuple[Connection, ...]:
    return tuple(member.connection for member in members)


def test_what_is_told_goes_out_with_send_and_as_one_object() -> None:
    words = Words()
    with gathered(words, words) as (fan_out, members):
        fan_out.tell(audience_of(members), [b"hello"])
        assert [drain(member.client) for member in members] == [b"", b""]
        fan_out.send()
        assert [drain(member.client) for member in members] == [b"hello", b"hello"]
        first, second = (member.sock.sent for member in members)
        assert first[0] is second[0]
        fan_out.send()
        assert [drain(member.client) for member in members] == [b"", b""]


def test_words_of_ones_own_do_not_overtake_what_was_told_before() -> None:
    words = Words()
    with gathered(words) as (fan_out, [member]):
        everybody = audience_of([member])
        fan_out.tell(everybody, [b"one "])
        words.aside = frozenset({member.session.key})
        fan_out.tell(everybody, [b"two "])
        assert drain(member.client) == b"one two "
        words.aside = frozenset()
        words.own = {member.session.key: b"mine "}
        fan_out.tell(everybody, [b"yours "])
        words.own = {}
        fan_out.tell(everybody, [b"three"])
        fan_out.send()
        assert drain(member.client) == b"mine three"


def test_a_new_name_is_known_from_the_next_event_on() -> None:
    words = Words(own={"ada": b"", "eve": b"yours"})
    with gathered(words) as (fan_out, [member]):
        member.session.key = "ada"
        member.connection.settle()
        fan_out.tell(audience_of([member]), [b"1"])
        fan_out.send()
        member.session.key = "eve"
        member.connection.settle()
        fan_out.tell(audience_of([member]), [b"2"])
        fan_out.send()
        assert drain(member.client) == b"yours"


def test_who_is_held_up_by_one_event_gets_the_next_ones_behind_it() -> None:
    """Although there is room again at once: the seating was made when nothing was in the way."""
    words = Words()
    with gathered(words, words) as (fan_out, [slow, quick]):
        everybody = audience_of([slow, quick])
        slow.sock.takes.append(2)
        for event in (b"first ", b"second ", b"third"):
            fan_out.tell(everybody, [event])
        fan_out.send()
        assert slow.connection.waiting
        for member in (slow, quick):
            member.read_all()
            assert member.read == b"first second third"


@pytest.mark.parametrize("own", range(PEOPLE))
def test_who_takes_but_a_part_gets_the_rest_whoever_gets_something_else(own: int) -> None:
    words = Words(own={str(own): b"mine"})
    with gathered(*[words] * PEOPLE) as (fan_out, members):
        for number, member in enumerate(members):
            if number != own:
                member.sock.takes.append(number)
        fan_out.tell(audience_of(members), [b"yours"])
        fan_out.send()
        for number, member in enumerate(members):
            member.read_all()
            assert member.read == (b"mine" if number == own else b"yours")


def test_audiences_nobody_speaks_to_again_are_not_kept_for_ever() -> None:
    with gathered(Words()) as (fan_out, [member]):
        for _ in range(3_000):
            fan_out.tell((member.connection, *[]), [b""])
        assert len(fan_out._seatings) <= 1_024


ACTS = st.one_of(
    st.tuples(
        st.just("tell"),
        st.sets(st.integers(0, PEOPLE - 1), min_size=1),
        st.sampled_from(["all", "own", "aside", "each", "fault"]),
        st.integers(0, PEOPLE - 1),
    ),
    st.tuples(
        st.sampled_from(["clog", "hinder", "read", "alone", "one", "other"]),
        st.integers(0, PEOPLE - 1),
    ),
    st.tuples(st.sampled_from(["close", "send"]), st.integers(0, PEOPLE - 1)),
)


@given(st.lists(ACTS, max_size=40))
def test_in_any_order_of_things_everybody_gets_what_they_are_told(acts: list[Any]) -> None:
    one, other = Manners(), Manners()
    ways: dict[str, Words | None] = {"alone": None, "one": one, "other": other}
    audiences: dict[frozenset[int], tuple[Connection, ...]] = {}
    with gathered(one, one, one, other, None) as (fan_out, members):
        for number, (act, who, *how) in enumerate(acts):
            if act == "tell":
                text = b"<%d>" % number
                for words in (one, other):
                    words.speak(*how)
                told = [members[index] for index in sorted(who)]
                audience = audiences.setdefault(frozenset(who), audience_of(told))
                fan_out.tell(audience, [text])
                for member in told:
                    if member.connection.state is State.OPEN:
                        mine = how == ["own", members.index(member)]
                        mine = mine and member.connection.dialect is not None
                        member.expected += b"[mine]" if mine else text
                continue
            fan_out.send()  # as a worker does before anything else happens
            member = members[who]
            if act in ways:
                member.listen(ways[act])
            elif member.connection.state is State.OPEN:
                member.do(act)
        fan_out.send()
        for member in members:
            member.read_all()
            assert member.read == member.expected
