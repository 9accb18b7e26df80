"""What a measurement yields: figures by name, faults, and why there are none."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
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


@dataclass(frozen=True)
class Result:
    """One cell with one server."""

    cell: str
    server: str
    figures: Figures = field(default_factory=dict)
    faults: tuple[str, ...] = ()
    note: str = ""  # why figures are missing

    def as_json(self) -> dict[str, Any]:
        """For the file of raw figures."""
        return asdict(self)


def merged(repeats: Sequence[Result]) -> Result:
    """Medians of the repeats' figures; every fault and note of any of them."""
    first = repeats[0]
    names = dict.fromkeys(name for one in repeats for name in one.figures)
    figures = {
        name: median([one.figures[name] for one in repeats if name in one.figures])
        for name in names
    }
    faults = tuple(fault for one in repeats for fault in one.faults)
    notes = dict.fromkeys(one.note for one in repeats if one.note)
    return Result(first.cell, first.server, figures, faults, "; ".join(notes))
