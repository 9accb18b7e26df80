"""What the server has to reach, and whether it did."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from scripts.benchmark import results
from scripts.benchmark.results import Figures
from scripts.benchmark.table import OURS, Outcomes, markdown

PEER = "ngircd"
LATENCY_MS = 3.0


class Verdict(Enum):
    """How a goal stands."""

    MET = "met"
    MISSED = "**missed**"
    OPEN = "not judged"


Judgement = tuple[str, Verdict]  # the value in words
Judge = Callable[[Figures, Figures], Judgement]  # of our figures and the peer's


@dataclass(frozen=True)
class Goal:
    """One thing to reach in one cell."""

    cell: str
    title: str
    judge: Judge
    needs_peer: bool = False


def _met(reached: bool) -> Verdict:
    return Verdict.MET if reached else Verdict.MISSED


def at_least(factor: float, figure: str) -> Judge:
    """Ours is at least so many times the peer's."""

    def judge(ours: Figures, peer: Figures) -> Judgement:
        ratio = ours[figure] / peer[figure]
        return f"{ratio:.2f} ×", _met(ratio >= factor)

    return judge


def at_most(factor: float, figure: str) -> Judge:
    """Ours is at most so many times the peer's."""

    def judge(ours: Figures, peer: Figures) -> Judgement:
        ratio = ours[figure] / peer[figure]
        return f"{ratio:.2f} ×", _met(ratio <= factor)

    return judge


def below(bound: float, figure: str, unit: str) -> Judge:
    """Ours is at most a bound."""

    def judge(ours: Figures, _: Figures) -> Judgement:
        return f"{ours[figure]:.2f} {unit}", _met(ours[figure] <= bound)

    return judge


def latency(ours: Figures, peer: Figures) -> Judgement:
    """The bound holds where the machine lets the peer keep it."""
    own, other = ours[results.P99], peer.get(results.P99)
    words = f"{own:.2f} ms"
    if own <= LATENCY_MS:
        return words, Verdict.MET
    if other is not None and other > LATENCY_MS:
        return f"{words}, but {PEER} too is at {other:.2f} ms", Verdict.OPEN
    return words, Verdict.MISSED


def stalled(ours: Figures, _: Figures) -> Judgement:
    """The bound that every fault is measured by."""
    before, during = ours[results.P99_BEFORE], ours[results.P99]
    bound = max(2 * before, before + 20)
    return f"{during:.2f} ms, the bound is {bound:.2f}", _met(during <= bound)


def same_threads(ours: Figures, _: Figures) -> Judgement:
    """People cost no threads."""
    before, after = ours[results.THREADS_BEFORE], ours[results.THREADS_AFTER]
    return f"{before:.0f} → {after:.0f}", _met(before == after)


def _beside_peer(cell: str, title: str, judge: Judge) -> Goal:
    return Goal(cell, f"{title} {PEER}'s", judge, needs_peer=True)


GOALS = (
    _beside_peer("room-100", "deliveries/s ≥ 2.0 ×", at_least(2.0, results.DELIVERIES)),
    _beside_peer("room-100", "CPU per delivery ≤ 0.6 ×", at_most(0.6, results.CPU)),
    _beside_peer("room-1000", "deliveries/s ≥ 2.5 ×", at_least(2.5, results.DELIVERIES)),
    _beside_peer("rooms-100x10", "deliveries/s ≥ 1.5 ×", at_least(1.5, results.DELIVERIES)),
    Goal("latency", f"p99 ≤ {LATENCY_MS:.0f} ms", latency),
    Goal("stalled", "others' p99 ≤ max(2 × before, before + 20 ms)", stalled),
    Goal("idle-10000", "≤ 8 KiB each", below(8.0, results.MEMORY, "KiB")),
    Goal("idle-10000", "connected in < 10 s", below(10.0, results.CONNECT, "s")),
    Goal("idle-10000", "threads of an empty server", same_threads),
)


def judge(goal: Goal, outcomes: Outcomes) -> Judgement | None:
    """How a goal stands; None where its cell was not measured."""
    ours = outcomes.get((goal.cell, OURS))
    if ours is None:
        return None
    if ours.faults or ours.note:
        return "no valid figure", Verdict.MISSED
    peer = outcomes.get((goal.cell, PEER))
    figures = peer.figures if peer is not None else {}
    if goal.needs_peer and not figures:
        return f"no {PEER} to compare with", Verdict.OPEN
    return goal.judge(ours.figures, figures)


def summary(outcomes: Outcomes) -> str:
    """A table of the goals whose cells were measured; empty when there are none."""
    rows = []
    for goal in GOALS:
        judged = judge(goal, outcomes)
        if judged is not None:
            value, verdict = judged
            rows.append([goal.cell, goal.title, value, verdict.value])
    if not rows:
        return ""
    return "### Goals\n\n" + markdown([["cell", "goal", "value", ""], *rows])
