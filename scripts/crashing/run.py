"""The story: start, talk, kill, start again, compare; again and again."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from chatserver.history.files import history_file
from scripts.crashing.crowd import Crowd, Tongues, cast
from scripts.crashing.ledger import Book, View
from scripts.crashing.server import MortalServer
from scripts.processes.process import StartError

_LATE_SHARE = 0.25  # of the people come while the others talk
_NEWS_SECONDS = 0.2
# A life is about something where people have seen that many lines, however slow the machine is;
# every fourth may end before anybody has.
_SIGHTS = 200
_SIGHT_SECONDS = 20.0
_EARLY = 4


@dataclass(frozen=True)
class Plan:
    """What is to be done. The same seed kills at the same moments, if people have seen enough."""

    kills: int
    seconds: float  # the longest life, from the moment that the server serves
    seed: int
    durability: str = "full"


@dataclass
class Outcome:
    """What has come of it."""

    book: Book
    ready: list[float] = field(default_factory=list)  # seconds to each start, the first one first
    silent: int = 0  # lives in which nobody saw anything

    @property
    def faults(self) -> dict[str, int]:
        """Everything that was wrong, counted."""
        return dict(self.book.faults)


def run(plan: Plan, directory: Path, tell: Callable[[str], None] = lambda _: None) -> Outcome:
    """Kill the server so many times; after each time hold what was seen against the store.

    Every second kill comes the moment that something reaches somebody.

    Raises:
        StartError: it did not start again.
    """
    moments = random.Random(plan.seed)
    roles = cast()
    tongues = Tongues(roles)
    outcome = Outcome(Book(history_file(directory / "data")))
    views: list[View] = []
    for life in range(plan.kills + 1):
        with MortalServer(directory, plan.durability) as server:
            outcome.ready.append(server.ready)
            outcome.book.read_on()
            outcome.book.compare(views)
            if life == plan.kills:
                break
            crowd = Crowd(server.port, tongues)
            now = time.monotonic()
            length = moments.uniform(0, plan.seconds)
            arrivals = [
                (now + moments.random() * length if moments.random() < _LATE_SHARE else now, role)
                for role in roles
            ]
            try:
                crowd.live(arrivals, now + length)
                if life % _EARLY:
                    crowd.live_on(_SIGHTS, _SIGHT_SECONDS)
                if life % 2:
                    crowd.await_news(_NEWS_SECONDS)
                if server.has_ended:
                    raise StartError("the server ended by itself", server.log)
                server.kill()
                views = crowd.read_to_the_end()
            finally:
                crowd.close()
            if not any(view.lines for view in views):
                outcome.silent += 1
            tell(
                f"kill {life + 1} of {plan.kills} after {length:.3f} s:"
                f" {sum(len(view.lines) for view in views):,} sights,"
                f" {len(outcome.book):,} lines stored before"
            )
    outcome.book.read_again()
    return outcome
