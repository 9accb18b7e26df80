"""What the server has to reach, and whether it did."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from scripts.benchmark import results
from scripts.benchmark.results import Ratio, Result, compare
from scripts.benchmark.table import Outcomes, markdown

PEER = "ngircd"
STRONG_PEER = "inspircd"


class Verdict(Enum):
    """How a goal stands."""

    MET = "met"
    MISSED = "**missed**"
    OPEN = "not judged"


Columns = Mapping[str, str]  # of our server, by how it keeps the history
Judgement = tuple[str, Verdict]  # the value in words
Judge = Callable[[Result, Result], Judgement]  # of ours and the peer's


@dataclass(frozen=True)
class Goal:
    """One thing to reach in one cell."""

    cell: str
    title: str
    judge: Judge
    history: str = ""  # one of peers.HISTORIES; empty where it makes no difference
    peer: str = PEER


def _met(reached: bool) -> Verdict:
    return Verdict.MET if reached else Verdict.MISSED


def at_least(factor: float, figure: str) -> Judge:
    """Ours is at least so many times the peer's, in half of the rounds."""
    return _beside(figure, lambda ratio: ratio.median >= factor)


def at_most(factor: float, figure: str) -> Judge:
    """Ours is at most so many times the peer's, in half of the rounds."""
    return _beside(figure, lambda ratio: ratio.median <= factor)


def _beside(figure: str, reached: Callable[[Ratio], bool]) -> Judge:
    def judge(ours: Result, peer: Result) -> Judgement:
        ratio = compare(ours, peer, figure)
        if ratio is None:
            return f"no {peer.server} to compare with", Verdict.OPEN
        return ratio.words(" ×"), _met(reached(ratio))

    return judge


def below(bound: float, figure: str, unit: str) -> Judge:
    """Ours is at most a bound."""

    def judge(ours: Result, _: Result) -> Judgement:
        value = ours.figures[figure]
        return f"{value:.2f} {unit}", _met(value <= bound)

    return judge


def latency(bound: float) -> Judge:
    """The bound, in milliseconds, holds where the machine lets the peer keep it."""

    def judge(ours: Result, peer: Result) -> Judgement:
        own, other = ours.figures[results.P99], peer.figures.get(results.P99)
        words = f"{own:.2f} ms"
        if own <= bound:
            return words, Verdict.MET
        if other is not None and other > bound:
            return f"{words}, but {PEER} too is at {other:.2f} ms", Verdict.OPEN
        return words, Verdict.MISSED

    return judge


def stalled(ours: Result, _: Result) -> Judgement:
    """The bound that every fault is measured by."""
    before, during = ours.figures[results.P99_BEFORE], ours.figures[results.P99]
    bound = max(2 * before, before + 20)
    return f"{during:.2f} ms, the bound is {bound:.2f}", _met(during <= bound)


def same_threads(ours: Result, _: Result) -> Judgement:
    """People cost no threads."""
    before, after = ours.figures[results.THREADS_BEFORE], ours.figures[results.THREADS_AFTER]
    return f"{before:.0f} → {after:.0f}", _met(before == after)


def _deliveries(cell: str, factor: float, history: str, peer: str = PEER) -> Goal:
    title = f"deliveries/s ≥ {factor} × {peer}'s"
    return Goal(cell, title, at_least(factor, results.DELIVERIES), history, peer)


_CPU = at_most(0.6, results.CPU)

GOALS = (
    _deliveries("room-100", 2.0, "off"),
    Goal("room-100", f"CPU per delivery ≤ 0.6 × {PEER}'s", _CPU, "off"),
    _deliveries("room-1000", 2.5, "off"),
    _deliveries("rooms-100x10", 1.5, "off"),
    Goal("latency", "p99 ≤ 3 ms", latency(3.0), history="off"),
    _deliveries("room-100", 1.5, "full"),
    _deliveries("room-1000", 2.0, "full"),
    _deliveries("rooms-100x10", 1.3, "full"),
    Goal("latency", "p99 ≤ 6 ms", latency(6.0), history="full"),
    Goal("stalled", "others' p99 ≤ max(2 × before, before + 20 ms)", stalled),
    Goal("idle-10000", "≤ 8 KiB each", below(8.0, results.MEMORY, "KiB")),
    Goal("idle-10000", "connected in < 10 s", below(10.0, results.CONNECT, "s")),
    Goal("idle-10000", "threads of an empty server", same_threads),
    Goal("history-1m", "start in < 1 s", below(1.0, results.START, "s")),
    Goal("history-1m", "/history in < 20 ms (p99)", below(20.0, results.PAGE_P99, "ms")),
    Goal("history-1m", "/search in < 100 ms (p99)", below(100.0, results.SEARCH_P99, "ms")),
    Goal("history-1m-killed", "ready in ≤ 2 s after a kill", below(2.0, results.START, "s")),
    # The bound that every fault is measured by, from the goal without one.
    Goal("trim", "p99 ≤ 6 + 20 ms", below(26.0, results.P99, "ms")),
)
IRC_GOALS = (
    _deliveries("room-100", 1.5, "full"),
    _deliveries("room-1000", 2.0, "full"),
    _deliveries("rooms-100x10", 1.3, "full"),
    Goal("latency", "p99 ≤ 6 ms", latency(6.0), history="full"),
    _deliveries("room-100", 1.0, "full", STRONG_PEER),
    _deliveries("rooms-100x10", 0.6, "full", STRONG_PEER),
)
OF_PROTOCOL = {"plain": GOALS, "irc": IRC_GOALS}


def judge(goal: Goal, outcomes: Outcomes, columns: Columns) -> Judgement | None:
    """How a goal stands; None where its cell was not measured."""
    first = next(iter(columns.values()), "")
    ours = outcomes.get((goal.cell, columns.get(goal.history, "") if goal.history else first))
    if ours is None:
        return None
    if ours.faults or ours.note:
        return "no valid figure", Verdict.MISSED
    peer = outcomes.get((goal.cell, goal.peer))
    if peer is None or peer.faults:
        peer = Result(goal.cell, goal.peer)
    return goal.judge(ours, peer)


def summary(outcomes: Outcomes, columns: Columns, of: Sequence[Goal] = GOALS) -> str:
    """A table of the goals whose cells were measured; empty when there are none."""
    rows = []
    for goal in of:
        judged = judge(goal, outcomes, columns)
        if judged is not None:
            value, verdict = judged
            rows.append([goal.cell, goal.history or "any", goal.title, value, verdict.value])
    if not rows:
        return ""
    return "### Goals\n\n" + markdown([["cell", "history", "goal", "value", ""], *rows])
