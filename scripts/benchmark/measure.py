"""Measuring one cell with one server; a flood of several is in turns.py."""

import os
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import cycle
from pathlib import Path
from typing import Final

from chatserver.history.library import Library
from scripts.benchmark import peers, results
from scripts.benchmark.cells import Idle, Paced, Past, Stalled, Trimmed
from scripts.benchmark.crowd import GatherError, Gathering, Guest
from scripts.benchmark.figures import open_files, percentile, rss_kib, threads
from scripts.benchmark.load import Load, Room, Talk, make_room
from scripts.benchmark.peers import Running, Server
from scripts.benchmark.questions import Asker, pages, searches
from scripts.benchmark.results import Figures, Result
from scripts.benchmark.window import Meter, Window
from scripts.processes.process import StartError

_GATHER_SECONDS = 30.0
_WARM_UP = 0.5  # seconds
_FROZEN_SECONDS = 1.5  # without a line, in a room that is full of them
_FILL_WINDOW = 4
_FIRST_GUESTS = 8  # before the baseline of memory: a server may load some parts late
_SETTLE_SECONDS = 0.5
_RUSH = 256  # idle people on their way in at a time
_SPARE_FILES = 100

Alone = Paced | Stalled | Idle | Past | Trimmed  # cells with one server at a time
Outcome = tuple[Figures, list[str]]


class FrozenError(Exception):
    """A room in which nothing arrives any more."""

    def __init__(self, figures: Figures) -> None:
        super().__init__("the room froze")
        self.figures = figures


class UnableError(Exception):
    """This machine cannot carry the cell."""


class LossError(Exception):
    """Lines did not arrive as they were sent; `faults` says how."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = tuple(faults)


# All by which a server may spoil its own measurement, and nobody else's.
FAILURES: Final = (
    *(StartError, GatherError, UnableError, FrozenError, LossError),
    *(OSError, BufferError),
)


def failure(cell: str, server: str, error: Exception) -> Result:
    """What one of FAILURES leaves of a measurement."""
    match error:
        case StartError():
            return Result(cell, server, note=f"did not start: {error.last_line}")
        case FrozenError():
            return Result(cell, server, (error.figures,), note=str(error))
        case LossError():
            return Result(cell, server, faults=error.faults)
        case OSError() | BufferError():
            return Result(cell, server, faults=(f"the server failed: {error}",))
    return Result(cell, server, note=str(error))


def raise_file_limit() -> int:
    """Let this process and the servers it starts open as many files as are allowed."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def require_files(people: int) -> None:
    """Make sure that so many more connections can be opened.

    Raises:
        UnableError: they cannot.
    """
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limit < open_files(os.getpid()) + people + _SPARE_FILES:
        raise UnableError(f"only {limit} open files are allowed here")


@contextmanager
def launched(
    server: Server,
    furnish: Callable[[Path], None] = lambda _: None,
    cpus: frozenset[int] | None = None,
) -> Iterator[Running]:
    """Start a server as `running` does, and say so on stderr.

    Raises:
        UnableError: it is not installed.
        StartError: it does not start.
    """
    print(f" {server.name}", file=sys.stderr, end="", flush=True)
    if server.program() is None:
        raise UnableError(f"not installed; {server.remedy}")
    with peers.running(server, furnish, cpus) as process:
        print(f" (pid {process.pid})", file=sys.stderr, end="", flush=True)
        yield process


def measure(cell: Alone, running: Running, seconds: float) -> Result:
    """Measure one cell, its windows `seconds` long; what goes wrong is part of the result."""
    name = running.server.name
    try:
        figures, faults = _outcome(cell, running, seconds)
    except FAILURES as error:
        return failure(cell.name, name, error)
    return Result(cell.name, name, (figures,), tuple(faults))


def _outcome(cell: Alone, running: Running, seconds: float) -> Outcome:
    match cell:
        case Paced():
            return _paced(cell, running, seconds)
        case Stalled():
            return _stalled(cell, running, seconds)
        case Idle():
            return _idle(cell, running)
        case Past():
            return _past(cell, running)
        case Trimmed():
            return _trimmed(cell, running, seconds)


@contextmanager
def gathered(running: Running, guests: Sequence[Guest], at_once: int = 64) -> Iterator[float]:
    """Guests who are in; yields how many seconds that took."""
    try:
        gathering = Gathering(running.port, running.server.dialect, _GATHER_SECONDS, at_once)
        yield gathering.bring(guests)
    finally:
        for guest in guests:
            guest.vanish()


def roommates(room: int, size: int) -> list[Guest]:
    """Those who will be in the room of that number."""
    return [Guest(f"r{room}m{number}", f"#r{room}") for number in range(size)]


def _paced(cell: Paced | Trimmed, running: Running, seconds: float) -> Outcome:
    dialect = running.server.dialect
    members = roommates(0, cell.size)
    talk = Talk(cell.speakers, samples=cell.size - cell.speakers)
    with gathered(running, members):
        room = make_room(members, talk, dialect)
        with closing(Load([room], dialect.echo)) as load:
            window = _pace(running, load, cell.rate, seconds)
            load.drain()
            late = _latencies(room, window)
            quantiles = {
                results.P50: percentile(late, 0.5),
                results.P99: percentile(late, 0.99),
                results.WORST: percentile(late, 1),
            }
            return window.figures() | quantiles, load.check()


def _pace(running: Running, load: Load, rate: float, seconds: float) -> Window:
    """Pace the load's only room; measured after a warm-up."""
    speakers = cycle(load.rooms[0].speakers)
    load.pace(speakers, rate, min(_WARM_UP, seconds))
    meter = Meter(running, load)
    load.pace(speakers, rate, seconds)
    return meter.window()


def _latencies(room: Room, window: Window) -> list[float]:
    """Milliseconds from a line's sending until a sampled member had read it."""
    return [
        (arrival.arrived_ns - arrival.sent_ns) / 1e6
        for recording in room.sampled.values()
        for arrival in recording.arrivals()
        if window.holds(arrival)
    ]


def _trimmed(cell: Trimmed, running: Running, seconds: float) -> Outcome:
    """The lines that are said meanwhile are few beside those that go."""
    with closing(Library(running.data)) as library:
        before, started = library.stats().lines, time.monotonic()
        figures, faults = _paced(cell, running, seconds)
        trimmed = before - library.stats().lines
        took = time.monotonic() - started
    if trimmed <= 0:
        faults.append("nothing was trimmed")
    return figures | {results.TRIMMED: trimmed / took}, faults


def _past(cell: Past, running: Running) -> Outcome:
    figures = {results.START: running.ready}
    faults: list[str] = []
    with Asker(running.port) as asker:
        for median, p99, questions in (
            (results.PAGE_MEDIAN, results.PAGE_P99, pages(cell.questions)),
            (results.SEARCH_MEDIAN, results.SEARCH_P99, searches(cell.questions)),
        ):
            answers = [(question, *asker.ask(question)) for question in questions]
            times = [took for _, took, _ in answers]
            if times:
                figures |= {median: percentile(times, 0.5), p99: percentile(times, 0.99)}
            faults += [f"no answer to {one}" for one, _, lines in answers if not lines]
    figures[results.RESIDENT] = rss_kib(running.pid) / 1024
    return figures, faults


def _stalled(cell: Stalled, running: Running, seconds: float) -> Outcome:
    dialect = running.server.dialect
    members = roommates(0, cell.size)
    lazy = [Guest(f"lazy{number}", "#r0", small=True) for number in range(cell.stalled)]
    talk = Talk(cell.speakers, cell.size - cell.speakers, cell.filler)
    with gathered(running, [*lazy, *members]):
        room = make_room(members, talk, dialect)
        with closing(Load([room], dialect.echo, bystanders=lazy)) as load:
            before = _pace(running, load, cell.rate, seconds)
            load.ignore_bystanders()
            _fill(load, cell.fill // cell.filler * cell.size)
            during = _pace(running, load, cell.rate, seconds)
            load.drain(_FROZEN_SECONDS)
            figures = during.figures() | {
                results.P99_BEFORE: percentile(_latencies(room, before), 0.99)
            }
            late = _latencies(room, during)
            if not late:
                raise FrozenError(figures)
            return figures | {results.P99: percentile(late, 0.99)}, load.check()


def _fill(load: Load, deliveries: int) -> None:
    """Flood the room until its members got that many lines, or it is frozen."""
    goal = load.delivered() + deliveries
    heard = time.monotonic()
    load.flood(_FILL_WINDOW)
    while load.delivered() < goal and time.monotonic() - heard < _FROZEN_SECONDS:
        if load.turn(0.1):
            heard = time.monotonic()
    load.stop()
    load.drain(_FROZEN_SECONDS)


def _idle(cell: Idle, running: Running) -> Outcome:
    require_files(cell.people)
    with gathered(running, _people("first", _FIRST_GUESTS)):
        pass
    time.sleep(_SETTLE_SECONDS)
    rss, count = rss_kib(running.pid), threads(running.pid)
    with gathered(running, _people("idle", cell.people), _RUSH) as took:
        time.sleep(_SETTLE_SECONDS)
        grown = rss_kib(running.pid) - rss
        figures = {
            results.MEMORY: grown / cell.people,
            results.CONNECT: took,
            results.THREADS_BEFORE: count,
            results.THREADS_AFTER: threads(running.pid),
        }
    return figures, []


def _people(prefix: str, count: int) -> list[Guest]:
    return [Guest(f"{prefix}{number}") for number in range(count)]
