"""The turn: what is asked is waited for, what may not overtake waits, the rate is kept."""

from dataclasses import dataclass, field
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatserver.rate import TokenBucket
from chatserver.turn import Turn

CATCH_UP = "catch up"


@dataclass
class Rig:
    """A turn, and what it has submitted."""

    bucket: TokenBucket | None = None
    submitted: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.turn: Turn[str, str] = Turn(self.submitted.append, lambda: CATCH_UP, self.bucket)


@pytest.fixture
def rig() -> Rig:
    return Rig()


def test_what_is_asked_is_waited_for(rig: Rig) -> None:
    assert rig.turn.open
    rig.turn.ask("who?")
    assert not rig.turn.open
    assert not rig.turn.answered("another")
    assert not rig.turn.open
    assert rig.turn.answered("who?")
    assert rig.turn.open
    assert not rig.turn.answered("who?")
    assert rig.submitted == ["who?"]


def test_what_is_sent_is_not(rig: Rig) -> None:
    rig.turn.send("hello")
    assert rig.turn.open
    assert rig.turn.in_flight
    assert not rig.turn.answered("hello")
    assert rig.turn.in_flight  # its refusal says nothing of what came behind it


def test_what_may_not_overtake_waits_behind_what_was_sent(rig: Rig) -> None:
    rig.turn.send("hello")
    rig.turn.wait_behind("/who")
    assert rig.submitted == ["hello", CATCH_UP]
    assert (rig.turn.open, rig.turn.held) == (False, "/who")
    assert rig.turn.answered(CATCH_UP)
    assert (rig.turn.open, rig.turn.held, rig.turn.in_flight) == (True, "/who", False)
    assert rig.turn.affords("/who", 1, 0.0)
    assert rig.turn.held is None


def test_the_rate_makes_wait_until_it_allows() -> None:
    turn = Rig(TokenBucket(1, 0.5, 10.0)).turn
    assert turn.affords("one", 1, 10.0)
    assert not turn.affords("two", 1, 10.0)
    assert (turn.open, turn.held, turn.resume_at) == (False, "two", 12.0)
    turn.resume(11.9)
    assert not turn.open
    turn.resume(12.0)
    assert (turn.open, turn.held, turn.resume_at) == (True, "two", inf)
    assert turn.affords("two", 1, 12.0)
    assert turn.held is None


def test_what_does_not_wait_is_waited_off_by_what_comes_next() -> None:
    turn = Rig(TokenBucket(1, 1, 0.0)).turn
    assert all(turn.owes(1, 0.0) for _ in range(5))
    assert not turn.affords("next", 1, 0.0)
    assert turn.resume_at == pytest.approx(5.0)


def test_an_answer_does_not_end_what_the_rate_makes_wait() -> None:
    turn = Rig(TokenBucket(1, 1, 0.0)).turn
    turn.owes(1, 0.0)
    assert not turn.affords("one", 1, 0.0)
    turn.ask("something")
    turn.resume(1.0)
    assert not turn.open
    turn.answered("something")
    assert turn.open


def test_another_rate_holds_at_once() -> None:
    turn = Rig(TokenBucket(1, 0.001, 0.0)).turn
    turn.owes(1, 0.0)
    assert not turn.affords("one", 1, 0.0)
    turn.govern(TokenBucket(1, 1, 0.0))
    assert (turn.open, turn.held) == (True, "one")
    assert turn.affords("one", 1, 0.0)
    turn.govern(None)
    assert all(turn.affords("more", 1, 0.0) for _ in range(100))


def test_a_closed_turn_is_never_open_again(rig: Rig) -> None:
    rig.turn.ask("one")
    rig.turn.close()
    assert not rig.turn.answered("one")
    rig.turn.ask("last")
    assert rig.turn.answered("last")
    rig.turn.resume(inf)
    rig.turn.govern(None)
    assert not rig.turn.open
    assert rig.turn.closed


STEPS = st.lists(st.sampled_from(["ask", "answer", "send", "behind", "act", "later"]), max_size=40)


@given(STEPS, st.booleans())
def test_it_is_open_just_when_nothing_is_waited_for(steps: list[str], limited: bool) -> None:
    """And one who acts only then never has two requests waited for, nor loses what was held."""
    rig = Rig(TokenBucket(2, 1, 0.0) if limited else None)
    turn, now = rig.turn, 0.0
    for number, step in enumerate(steps):
        item = turn.held or f"{step} {number}"
        match step:
            case "ask" if turn.open:
                turn.ask(item)
            case "answer" if turn.asked:
                assert turn.answered(turn.asked)
            case "send":
                turn.send(item)
            case "behind" if turn.open:
                turn.wait_behind(item)
                assert turn.held == item
            case "act" if turn.open:
                assert turn.affords(item, 1, now) == (turn.held is None)
            case "later":
                now += 1.0
                turn.resume(now)
        assert turn.open == (turn.asked is None and turn.resume_at == inf)
        assert turn.resume_at == inf or turn.resume_at > now
        assert turn.asked is None or turn.asked in rig.submitted
