"""What a measurement yields: figures by name, faults, and why there are none."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median, quantiles
from typing import Any

Figures = dict[str, float]

DELIVERIES = "deliveries_per_second"
CPU = "cpu_us_per_delivery"
P50 = "p50_ms"
P99 = "p99_ms"
P99_BEFORE = "p99_before_ms"
ARRIVED = "arrived_share"  # of the lines sent while readers were stalled
MEMORY = "kib_per_person"
CONNECT = "connect_seconds"
THREADS_BEFORE = "threads_before"
THREADS_AFTER = "threads_after"
GENERATOR = "generator_cpu_share"  # of one processor
WORST = "worst_ms"
START = "start_seconds"
RESIDENT = "resident_mib"
PAGE_MEDIAN = "page_median_ms"
PAGE_P99 = "page_p99_ms"
SEARCH_MEDIAN = "search_median_ms"
SEARCH_P99 = "search_p99_ms"
TRIMMED = "lines_trimmed_per_second"

_ENOUGH = 4  # values to have quartiles


@dataclass(frozen=True)
class Result:
    """One cell with one server.

    `slices` are the figures of each round, empty for a round without any; all servers of a cell
    have as many, and those of one round were measured one after another. What is not measured in
    rounds is one slice.
    """

    cell: str
    server: str
    slices: tuple[Figures, ...] = ({},)
    faults: tuple[str, ...] = ()
    note: str = ""  # why figures are missing

    @property
    def figures(self) -> Figures:
        """The medians of the slices."""
        names = dict.fromkeys(name for one in self.slices for name in one)
        return {name: median([one[name] for one in self.slices if name in one]) for name in names}

    def as_json(self) -> dict[str, Any]:
        """For the file of raw figures."""
        return asdict(self) | {"figures": self.figures}


def merged(repeats: Sequence[Result]) -> Result:
    """The slices of all repeats; every fault and note of any of them."""
    first = repeats[0]
    slices = tuple(figures for one in repeats for figures in one.slices)
    faults = tuple(fault for one in repeats for fault in one.faults)
    notes = dict.fromkeys(one.note for one in repeats if one.note)
    return Result(first.cell, first.server, slices, faults, "; ".join(notes))


@dataclass(frozen=True)
class Ratio:
    """A figure of ours divided by a peer's, round by round."""

    rounds: tuple[float, ...]

    @property
    def median(self) -> float:
        """Half of the rounds are above it."""
        return median(self.rounds)

    def words(self, sign: str = "") -> str:
        """The median, and the quartiles where there are rounds enough."""
        words = f"{self.median:.2f}{sign}"
        if len(self.rounds) < _ENOUGH:
            return words
        low, _, high = quantiles(self.rounds, n=4, method="inclusive")
        return f"{words} ({low:.2f}–{high:.2f})"


def compare(ours: Result, peer: Result, figure: str) -> Ratio | None:
    """The ratios of the rounds in which both have the figure; None where there are none.

    Both slices of a round were measured within seconds: what else the machine did then was about
    the same. The ratio of two medians would compare two moments that have nothing to do with each
    other.
    """
    ratios = tuple(
        own[figure] / other[figure]
        for own, other in zip(ours.slices, peer.slices, strict=False)
        if figure in own and other.get(figure) and math.isfinite(other[figure])
    )
    return Ratio(ratios) if ratios else None
