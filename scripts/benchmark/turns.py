"""A flood of all the servers of a cell, in turns.

They are up at the same time, each with its guests, and are measured one after another in short
slices, round after round: the speed of a shared machine changes from second to second, but the
slices of one round are neighbours in time, so that a ratio within a round is fair. A server that
fails is out from then on, and the others go on without it.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from random import Random
from typing import Protocol, TypeVar

from scripts.benchmark.cells import Flood
from scripts.benchmark.crowd import Guest
from scripts.benchmark.load import Load, Talk, make_room
from scripts.benchmark.measure import (
    FAILURES,
    LossError,
    failure,
    gathered,
    launched,
    require_files,
    roommates,
)
from scripts.benchmark.peers import Running, Server
from scripts.benchmark.results import Figures, Result
from scripts.benchmark.window import Meter

_SLICE_SECONDS = 0.2
_LEAST_ROUNDS = 5
_WARM_UP = 0.1  # seconds
_PATIENCE = 15.0  # seconds without any line: what is not here by then is lost
_PATIENCE_AFTER_LOSS = 1.0  # where a connection is lost, and the measurement with it
_LOOK_SECONDS = 0.05
_STILL = 0.05  # of a processor, all servers together
_QUIET_BOUND = 1.0  # seconds

T = TypeVar("T")


class Stage(Protocol):
    """Where a server is measured slice by slice."""

    def cpu_seconds(self) -> float:
        """CPU time of the server's process so far."""

    def slice(self, seconds: float) -> Figures:
        """Flood for so many seconds, and let all that was said arrive.

        Raises:
            LossError: not all of it did.
            OSError: the server is gone, or takes no more.
            BufferError: it takes no more.
        """

    def check(self) -> list[str]:
        """All faults of all slices."""


class FloodStage:
    """One running server with its guests in their rooms."""

    def __init__(self, cell: Flood, running: Running, crowds: Sequence[Sequence[Guest]]) -> None:
        dialect = running.server.dialect
        talk = Talk(cell.speakers, samples=2)
        rooms = [
            make_room(crowd, talk, dialect, first=number * cell.speakers)
            for number, crowd in enumerate(crowds)
        ]
        self._window = cell.window
        self._running = running
        self._load = Load(rooms, dialect.echo)

    def cpu_seconds(self) -> float:
        """CPU time of the server's process so far."""
        return self._running.cpu_seconds()

    def slice(self, seconds: float) -> Figures:
        """Flood for so many seconds, after a warm-up; see `Stage`."""
        load = self._load
        load.flood(self._window)
        load.run(min(_WARM_UP, seconds))
        meter = Meter(self._running, load)
        load.run(seconds)
        window = meter.window()
        load.stop()
        load.drain(_PATIENCE_AFTER_LOSS if load.faults else _PATIENCE)
        if load.check_counts():
            raise LossError(load.check())
        return window.figures()

    def check(self) -> list[str]:
        """All faults of all slices: every member's count, the samples line by line."""
        return self._load.check()

    def close(self) -> None:
        """The guests' sockets are their own."""
        self._load.close()


@contextmanager
def staged(cell: Flood, server: Server, cpus: frozenset[int] | None) -> Iterator[Stage]:
    """Start a server and bring its guests in."""
    with launched(server, cpus=cpus) as running:
        require_files(cell.rooms * cell.size)
        crowds = [roommates(number, cell.size) for number in range(cell.rooms)]
        with (
            gathered(running, [guest for crowd in crowds for guest in crowd]),
            closing(FloodStage(cell, running, crowds)) as stage,
        ):
            yield stage


class Entrant:
    """A server that takes its turns, until it fails: what it has shown, and what went wrong."""

    def __init__(self, cell: str, server: str, stage: AbstractContextManager[Stage]) -> None:
        self._cell = cell
        self._server = server
        self._slices: list[Figures] = []
        self._faults: tuple[str, ...] = ()
        self._note = ""
        self._stage: Stage | None = None
        self._stack = ExitStack()
        try:
            self._stage = self._stack.enter_context(stage)
        except FAILURES as error:
            self._fail(error)

    @property
    def is_in(self) -> bool:
        """Whether it has not failed."""
        return self._stage is not None

    def cpu_seconds(self) -> float:
        """CPU time of its process so far; 0 for one that is gone, which its turn will show."""
        try:
            return self._stage.cpu_seconds() if self._stage else 0.0
        except OSError:
            return 0.0

    def take_turn(self, seconds: float) -> None:
        """Be measured for one slice, which stays empty for one that is out."""
        figures: Figures = {}
        if self._stage:
            try:
                figures = self._stage.slice(seconds)
            except FAILURES as error:
                self._fail(error, f"out since round {len(self._slices) + 1}")
        self._slices.append(figures)

    def _fail(self, error: Exception, *notes: str) -> None:
        """Be out, and end the server: what it might still do is not to disturb the others."""
        failed = failure(self._cell, self._server, error)
        self._faults = failed.faults
        self._note = "; ".join(filter(None, [failed.note, *notes]))
        self._stage = None
        self.close()

    def result(self) -> Result:
        """What all its turns have come to; its lines are checked now."""
        faults = tuple(self._stage.check()) if self._stage else self._faults
        return Result(self._cell, self._server, tuple(self._slices), faults, self._note)

    def close(self) -> None:
        """Send the guests away and end the server."""
        self._stack.close()


def flood(
    cell: Flood, servers: Sequence[Server], seconds: float, cpus: frozenset[int] | None = None
) -> list[Result]:
    """Measure all servers, each for so many seconds in all."""
    with ExitStack() as stack:
        entrants = [
            stack.enter_context(
                closing(Entrant(cell.name, server.name, staged(cell, server, cpus)))
            )
            for server in servers
        ]
        take_turns(entrants, seconds)
        return [entrant.result() for entrant in entrants]


def take_turns(entrants: Sequence[Entrant], seconds: float, chance: Random | None = None) -> None:
    """Let each have its slices, which come to so many seconds."""
    count, length = rounds(seconds)
    for order in orders(entrants, count, chance or Random()):
        for entrant in order:
            if entrant.is_in:
                await_quiet(lambda: sum(one.cpu_seconds() for one in entrants))
            entrant.take_turn(length)


def rounds(seconds: float) -> tuple[int, float]:
    """How many rounds there are, and how long a slice is."""
    count = max(_LEAST_ROUNDS, round(seconds / _SLICE_SECONDS))
    return count, seconds / count


def orders(entrants: Sequence[T], count: int, chance: Random) -> Iterator[list[T]]:
    """The order of each round: by chance, and every other one that of the round before, backwards.

    So nobody always follows the same neighbour, and a machine that grows steadily slower or faster
    does so for and against everybody.
    """
    order = list(entrants)
    for number in range(count):
        if number % 2:
            order.reverse()
        else:
            chance.shuffle(order)
        yield list(order)


def await_quiet(clock: Callable[[], float], bound: float = _QUIET_BOUND) -> None:
    """Wait until a sum of CPU clocks stands nearly still, at most for so many seconds.

    A server may have put off work until nobody wants anything: ours indexes then, from 50 ms after
    the last line on, which is within the silence that ends a slice. That is nobody else's burden.
    """
    deadline = time.monotonic() + bound
    while time.monotonic() < deadline:
        before, began = clock(), time.monotonic()
        time.sleep(_LOOK_SECONDS)
        if clock() - before < _STILL * (time.monotonic() - began):
            return
