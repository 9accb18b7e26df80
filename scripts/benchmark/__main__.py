"""Measure the chat server beside its peers, on loopback, and print markdown tables.

Every pair of cell and server gets a fresh server process. In a flood all servers of a cell are up
and take turns in slices of 0.2 s, and a ratio is that within a round: so a machine that slows down
for a while hits all alike. In the other cells one server comes after another. A sample of the
receivers is checked line by line for loss, doubling and order, and every receiver's count must be
exact. Server and load generator share the machine: read the generator's own CPU too. The data
directories are made below TMPDIR, or in /var/tmp where that is in memory.

exit status: 0, or 1 when a cell of ours failed
"""

import argparse
import json
import math
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from scripts.benchmark import disk, goals, table, turns
from scripts.benchmark.cells import CELLS, OF_HISTORY, Cell, Flood, Past, Trimmed
from scripts.benchmark.dialects import PLAIN
from scripts.benchmark.measure import FAILURES, Alone, failure, launched, measure, raise_file_limit
from scripts.benchmark.peers import (
    HISTORIES,
    PROTOCOLS,
    Server,
    ours,
    with_histories,
)
from scripts.benchmark.results import Result, merged
from scripts.benchmark.shelf import furnish

KEEP_ALL = "history_days = 0\nhistory_lines = 0\n"

T = TypeVar("T")
Outcomes = dict[tuple[str, str], Result]


def parse_arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--cells",
        type=_chooser("cell", {cell.name: cell for cell in CELLS}),
        default=CELLS,
        metavar="A,B",
        help=f"of {', '.join(cell.name for cell in CELLS)} (default: all)",
    )
    parser.add_argument(
        "--protocol",
        choices=PROTOCOLS,
        default="plain",
        help="what our server is asked to speak, beside its peers there (default: plain)",
    )
    every = {server.name: server.name for known in PROTOCOLS.values() for server in known}
    parser.add_argument(
        "--servers",
        type=_chooser("server", every),
        default=tuple(every),
        metavar="A,B",
        help=f"of {', '.join(every)} (default: all of the protocol)",
    )
    parser.add_argument(
        "--history",
        type=_chooser("way to keep the history", {name: name for name in HISTORIES}),
        default=("full",),
        metavar="A,B",
        help=f"ours with each of these: {', '.join(HISTORIES)} (default: full)",
    )
    parser.add_argument(
        "--seconds",
        type=_positive,
        default=3.0,
        help="each measured window; in a flood all slices of a server together (default: 3)",
    )
    parser.add_argument(
        "--repeat",
        type=_count,
        default=1,
        metavar="N",
        help="print the medians of N times, each with fresh servers",
    )
    parser.add_argument(
        "--pin", action="store_true", help="one processor for the server, one for the load"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the raw figures")
    return parser.parse_args(argv)


def _chooser(kind: str, known: Mapping[str, T]) -> Callable[[str], tuple[T, ...]]:
    def choose(text: str) -> tuple[T, ...]:
        names = text.split(",")
        for name in names:
            if name not in known:
                raise argparse.ArgumentTypeError(
                    f"there is no {kind} {name!r}; there are {', '.join(known)}"
                )
        return tuple(known[name] for name in known if name in names)

    return choose


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError("must be more than 0")
    return value


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, and say by the exit status whether our server kept its promises."""
    options = parse_arguments(argv)
    raise_file_limit()
    server_cpus = _pin() if options.pin else None
    chosen = [one for one in PROTOCOLS[options.protocol] if one.name in options.servers]
    servers = with_histories(chosen, options.history)
    rounds: list[Result] = []
    outcomes: Outcomes = {}
    for cell in options.cells:
        those = [server for server in servers if suits(cell, server)]
        repeats = [
            result
            for _ in range(options.repeat)
            for result in measured(cell, those, options.seconds, server_cpus)
        ]
        rounds += repeats
        for server in those:
            own = [result for result in repeats if result.server == server.name]
            outcomes[cell.name, server.name] = merged(own)
    print(report(options.cells, servers, outcomes, options.protocol))
    if options.json:
        write_json(options.json, rounds)
    return int(any(one.faults or one.note for one in rounds if table.is_ours(one.server)))


def suits(cell: Cell, server: Server) -> bool:
    """Whether there is something to measure: a cell about the past needs one that is kept, and
    questions about it are asked as people do.
    """
    if isinstance(cell, Past) and server.dialect is not PLAIN:
        return False
    return not isinstance(cell, OF_HISTORY) or server.history not in {"", "off"}


def measured(
    cell: Cell, servers: Sequence[Server], seconds: float, cpus: frozenset[int] | None = None
) -> list[Result]:
    """One cell with a fresh process of each server; says on stderr what goes on."""
    if isinstance(cell, Flood):
        return _told(cell, partial(turns.flood, cell, servers, seconds, cpus))
    return [
        result
        for server in servers
        for result in _told(cell, partial(_alone, cell, server, seconds, cpus))
    ]


def _alone(
    cell: Alone, server: Server, seconds: float, cpus: frozenset[int] | None
) -> list[Result]:
    try:
        with launched(*_staged(cell, server), cpus) as process:
            return [measure(cell, process, seconds)]
    except FAILURES as error:
        return [failure(cell.name, server.name, error)]


def _told(cell: Cell, measuring: Callable[[], list[Result]]) -> list[Result]:
    started = time.monotonic()
    print(f"{cell.name}:", file=sys.stderr, end="", flush=True)
    found = measuring()
    took = time.monotonic() - started
    words = [": ".join(filter(None, [table.verdict(one), table.remark(one)])) for one in found]
    print(f": {', '.join(words)}, {took:.1f} s", file=sys.stderr)
    return found


def _staged(cell: Cell, server: Server) -> tuple[Server, Callable[[Path], None]]:
    """The server as the cell wants it, and what is in its data directory when it starts."""
    match cell:
        case Past():
            staged = ours(server.history, server.name, KEEP_ALL, server.dialect)
            return staged, partial(furnish, count=cell.lines, killed=cell.killed)
        case Trimmed():
            keep = f"history_lines = {cell.keep}\n"
            staged = ours(server.history, server.name, keep, server.dialect)
            return staged, partial(furnish, count=cell.lines)
    return server, lambda _: None


def _pin() -> frozenset[int]:
    """Keep to one processor; the others are for the server."""
    first, *others = sorted(os.sched_getaffinity(0))
    if not others:
        raise SystemExit("scripts/bench: --pin needs two processors")
    os.sched_setaffinity(0, {first})
    return frozenset(others[:1])


def report(
    chosen: Sequence[Cell], servers: Sequence[Server], outcomes: Outcomes, protocol: str
) -> str:
    """All tables."""
    names = [server.name for server in servers]
    columns = {server.history: server.name for server in servers if server.history}
    parts = [
        disk.describe(),
        table.tables(chosen, names, outcomes),
        goals.summary(outcomes, columns, goals.OF_PROTOCOL[protocol]),
    ]
    return "\n\n".join(part for part in parts if part)


def write_json(path: Path, rounds: Sequence[Result]) -> None:
    """The figures of every round, in the order they were measured."""
    path.write_text(json.dumps([result.as_json() for result in rounds], indent=2) + "\n")


if __name__ == "__main__":
    sys.exit(main())
