"""Telnet options by the Q method (RFC 1143): agreed once, never argued about."""

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatserver.telnet.negotiation import Negotiator
from chatserver.telnet.parser import Command, Negotiation, Option, Parser
from tests.telnet.house import iac

REPLIES = 64
DO, DONT, WILL, WONT = Command.DO, Command.DONT, Command.WILL, Command.WONT
VERBS = (DO, DONT, WILL, WONT)

NEGOTIATIONS = st.builds(
    Negotiation,
    st.sampled_from(VERBS),
    st.sampled_from([int(option) for option in Option]) | st.integers(0, 255),
)


def negotiator(replies: int = REPLIES) -> Negotiator:
    return Negotiator(replies)


def hears(one: Negotiator, verb: Command, option: int) -> bytes:
    one.receive(Negotiation(verb, option))
    return one.take_output()


@dataclass(frozen=True)
class Scenario:
    """What we start, what the peer answers, what we say to it, and whether the option is on."""

    start: str
    heard: tuple[Command, ...]
    said: bytes
    on: bool


ECHO, SGA, NAWS = Option.ECHO, Option.SGA, Option.NAWS


@pytest.mark.parametrize(
    "case",
    [
        Scenario("", (DO,), iac(WILL, ECHO), True),
        Scenario("", (DO, DO, DO), iac(WILL, ECHO), True),
        Scenario("", (DONT,), b"", False),
        Scenario("", (DO, DONT), iac(WILL, ECHO) + iac(WONT, ECHO), False),
        Scenario("", (DO, DONT, DONT), iac(WILL, ECHO) + iac(WONT, ECHO), False),
        Scenario("offer", (), iac(WILL, ECHO), False),
        Scenario("offer offer", (), iac(WILL, ECHO), False),
        Scenario("offer", (DO,), iac(WILL, ECHO), True),  # an answer is not answered
        Scenario("offer", (DONT,), iac(WILL, ECHO), False),
        Scenario("offer", (DO, DO), iac(WILL, ECHO), True),
        Scenario("offer withdraw", (), iac(WILL, ECHO), False),  # it waits for the answer
        Scenario("offer withdraw", (DO,), iac(WILL, ECHO) + iac(WONT, ECHO), False),
        Scenario("offer withdraw", (DO, DONT), iac(WILL, ECHO) + iac(WONT, ECHO), False),
        Scenario("offer withdraw", (DONT,), iac(WILL, ECHO), False),
        Scenario("withdraw", (), b"", False),
    ],
)
def test_scenarios_of_our_side(case: Scenario) -> None:
    one = negotiator()
    for step in case.start.split():
        getattr(one, step)(ECHO)
    said = one.take_output() + b"".join(hears(one, verb, ECHO) for verb in case.heard)
    assert said == case.said
    assert one.ours(ECHO) is case.on


@pytest.mark.parametrize(
    "case",
    [
        Scenario("", (WILL,), iac(DO, NAWS), True),
        Scenario("", (WILL, WILL), iac(DO, NAWS), True),
        Scenario("", (WONT,), b"", False),
        Scenario("", (WILL, WONT), iac(DO, NAWS) + iac(DONT, NAWS), False),
        Scenario("ask", (WILL,), iac(DO, NAWS), True),
        Scenario("ask ask", (WILL,), iac(DO, NAWS), True),
        Scenario("ask", (WONT,), iac(DO, NAWS), False),
        Scenario("ask", (WONT, WONT), iac(DO, NAWS), False),
    ],
)
def test_scenarios_of_their_side(case: Scenario) -> None:
    one = negotiator()
    for step in case.start.split():
        getattr(one, step)(NAWS)
    said = one.take_output() + b"".join(hears(one, verb, NAWS) for verb in case.heard)
    assert said == case.said
    assert one.theirs(NAWS) is case.on


def test_a_withdrawn_option_is_off_at_once_and_its_answer_is_not_answered() -> None:
    one = negotiator()
    one.offer(ECHO)
    hears(one, DO, ECHO)
    one.withdraw(ECHO)
    assert not one.ours(ECHO)
    assert one.take_output() == iac(WONT, ECHO)
    assert hears(one, DONT, ECHO) == b""


@pytest.mark.parametrize("option", [Option.NAWS, Option.TTYPE, 39, 255])
def test_what_we_do_not_do_is_refused(option: int) -> None:
    assert hears(negotiator(), DO, option) == iac(WONT, option)


@pytest.mark.parametrize("option", [Option.ECHO, 34, 255])
def test_what_the_peer_may_not_do_is_refused(option: int) -> None:
    assert hears(negotiator(), WILL, option) == iac(DONT, option)


def test_a_refusal_is_remembered() -> None:
    one = negotiator()
    assert not one.refused(Option.TTYPE)
    one.ask(Option.TTYPE)
    assert not one.refused(Option.TTYPE)
    hears(one, WONT, Option.TTYPE)
    assert one.refused(Option.TTYPE)


def test_every_timing_mark_is_given_and_no_answer_to_ours_is_answered() -> None:
    """RFC 860: the peer throws our output away until it comes, each time anew."""
    one = negotiator()
    assert hears(one, DO, Option.TIMING_MARK) == iac(WILL, Option.TIMING_MARK)
    assert hears(one, DO, Option.TIMING_MARK) == iac(WILL, Option.TIMING_MARK)
    for verb in (DONT, WILL, WONT):
        assert hears(one, verb, Option.TIMING_MARK) == b""


@settings(deadline=None)
@given(st.lists(NEGOTIATIONS, max_size=300))
def test_a_flood_gets_few_replies_and_never_more_bytes_than_it_sends(
    flood: list[Negotiation],
) -> None:
    """FAULTS row 22."""
    one = negotiator()
    replies = [hears(one, heard.verb, heard.option) for heard in flood]
    assert sum(map(bool, replies)) <= REPLIES
    assert all(len(reply) <= 3 for reply in replies)


def test_a_long_flood_gets_64_replies() -> None:
    """FAULTS row 22, with a sequence that changes the state each time."""
    one = negotiator()
    said = 0
    for number in range(50_000):
        for verb in VERBS:
            said += len(hears(one, verb, number % 256))
    assert said == 3 * REPLIES


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["offer", "ask", "withdraw"]), max_size=6),
    st.lists(st.sampled_from(["offer", "ask", "withdraw"]), max_size=6),
    st.lists(st.sampled_from(list(Option)), min_size=6, max_size=6),
)
def test_two_of_ours_stop_talking(one: list[str], two: list[str], options: list[Option]) -> None:
    ends = (negotiator(1000), negotiator(1000))
    for end, wishes in zip(ends, (one, two), strict=True):
        for wish, option in zip(wishes, options, strict=False):
            getattr(end, wish)(option)
    parsers = (Parser(), Parser())
    for _ in range(20):
        heard = [parsers[i].feed(ends[i].take_output()) for i in (0, 1)]
        if not any(heard):
            break
        for i in (0, 1):
            for piece in heard[1 - i]:
                assert isinstance(piece, Negotiation)
                ends[i].receive(piece)
    assert not any(end.take_output() for end in ends)
