"""Let visitors come and go for hours while a room talks, and see whether the server leaks.

The visitors behave well and badly in turn; the room's lines are checked for loss, doubling and
order. At the end, with the visitors gone, threads and open files must be as many as at the start.
Memory: in a run of two hours or more, less than 1 MiB an hour after the first hour; in a shorter
one, at most 5 MiB in all, or what --growth says: visits that come --first fill what a server fills
but once, and then a minute shows what takes hours.

exit status: 0, or 1 when something leaked or a line was wrong
"""

import argparse
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import cycle

from scripts.benchmark.churn import Churn, Manner, Ticker
from scripts.benchmark.crowd import GatherError, Gathering, Guest
from scripts.benchmark.figures import open_files, rss_kib, slope, threads
from scripts.benchmark.lines import Checker
from scripts.benchmark.load import Load, Room, Talk, make_room
from scripts.benchmark.measure import raise_file_limit
from scripts.benchmark.peers import SERVERS, Running, running
from scripts.benchmark.table import markdown
from scripts.processes.process import StartError

HOUR = 3600.0
JUDGED_BY_SLOPE = 2 * HOUR
MOST_KIB_PER_HOUR = 1024
MOST_KIB_IN_ALL = 5 * 1024
FIRST_VISITS = 5 * len(Manner)  # before the start is noted: a server may load some parts late

_MEMBERS = 20
_LINES_PER_SECOND = 10
_SETTLE_SECONDS = 20.0
_STEADY_SECONDS = 3.0  # longer than a server keeps the connection of somebody who has left
_TURN = 0.01
_REPORT_SECONDS = 600.0


@dataclass(frozen=True)
class Sample:
    """What the server holds at one moment, in seconds from the start."""

    at: float
    rss_kib: int
    threads: int
    files: int


@dataclass(frozen=True)
class Soaked:
    """A whole run."""

    start: Sample
    samples: Sequence[Sample]
    end: Sample
    visits: int
    refused: int
    lines: int
    faults: Sequence[str]
    most_kib: int = MOST_KIB_IN_ALL  # by which memory may grow in a short run

    def memory_slope(self) -> float:
        """KiB an hour, after the first hour; of a shorter run, after its first third."""
        warm = min(HOUR, self.end.at / 3)
        late = [sample for sample in (*self.samples, self.end) if sample.at >= warm]
        return slope([one.at for one in late], [one.rss_kib for one in late]) * HOUR

    def leaks(self) -> list[str]:
        """What is wrong with it."""
        found = list(self.faults)
        if self.end.threads != self.start.threads:
            found.append(f"threads: {self.start.threads} → {self.end.threads}")
        if self.end.files != self.start.files:
            found.append(f"open files: {self.start.files} → {self.end.files}")
        grown = self.end.rss_kib - self.start.rss_kib
        if self.end.at >= JUDGED_BY_SLOPE:
            if self.memory_slope() >= MOST_KIB_PER_HOUR:
                found.append(f"memory grows by {self.memory_slope():.0f} KiB an hour")
        elif grown > self.most_kib:
            found.append(f"memory has grown by {grown} KiB")
        if self.refused:
            found.append(f"{self.refused} visitors were refused")
        return found


class Chat:
    """The room that talks all the time."""

    def __init__(self, process: Running) -> None:
        dialect = process.server.dialect
        self._members = [Guest(f"m{number}", "#soak") for number in range(_MEMBERS)]
        Gathering(process.port, dialect, seconds=30).bring(self._members)
        talk = Talk(speakers=_MEMBERS // 2, samples=2)
        self._room: Room = make_room(self._members, talk, dialect)
        self.load = Load([self._room], dialect.echo)
        self._speakers = cycle(self._room.speakers)
        self._checkers = {fd: Checker() for fd in self._room.sampled}

    def say(self, count: int) -> None:
        """Say that many lines, each by another member."""
        for _ in range(count):
            next(self._speakers).say(1)

    def lines(self) -> int:
        """How many were said."""
        return sum(self._room.sent.values())

    def look(self) -> None:
        """Check what has come since the last look, and forget it."""
        for fd, recording in self._room.sampled.items():
            for arrival in recording.arrivals():
                self._checkers[fd].see(arrival.speaker, arrival.number)
            recording.forget()

    def faults(self) -> list[str]:
        """All that was wrong, once no more lines are on their way."""
        self.load.drain()
        self.look()
        found = self.load.check_counts()
        for checker in self._checkers.values():
            found += checker.faults(self._room.sent)
        if len({checker.order() for checker in self._checkers.values()}) > 1:
            found.append("two orders in one room")
        return found

    def close(self) -> None:
        """Everybody leaves."""
        self.load.close()
        for member in self._members:
            member.vanish()


@dataclass(frozen=True)
class Plan:
    """How long it is to be, and how hard."""

    seconds: float
    rate: float  # visits a second
    every: float  # seconds from a sample to the next
    first: int = FIRST_VISITS
    most_kib: int = MOST_KIB_IN_ALL


def soak(process: Running, plan: Plan) -> Soaked:
    """Do what was planned."""
    churn = Churn(process.port, process.server.dialect)
    with closing(churn), closing(Chat(process)) as chat:
        _begin(churn, chat, plan.first)
        start = _steady(process)
        started = time.monotonic()
        samples = _run(process, churn, chat, plan, started)
        _see_out(churn, chat)
        faults = chat.faults()
        end = _settled(process, start, started)
        visits, lines = churn.visits, chat.lines()
        return Soaked(start, samples, end, visits, churn.refused, lines, faults, plan.most_kib)


def _begin(churn: Churn, chat: Chat, visits: int) -> None:
    """Let the first ones come, as many at once as ever will, and see them out."""
    while churn.visits < visits:
        churn.open(visits - churn.visits)
        chat.load.turn(0)
        churn.turn(_TURN)
    _see_out(churn, chat)


def _run(process: Running, churn: Churn, chat: Chat, plan: Plan, started: float) -> list[Sample]:
    samples: list[Sample] = []
    visits = Ticker(plan.rate, started)
    lines = Ticker(_LINES_PER_SECOND, started)
    looks = Ticker(1 / plan.every, started + plan.every)
    reports = Ticker(1 / _REPORT_SECONDS, started + _REPORT_SECONDS)
    while (now := time.monotonic()) < started + plan.seconds:
        churn.open(visits.due(now))
        chat.say(lines.due(now))
        chat.load.turn(_TURN)
        churn.turn()
        if looks.due(now):
            chat.look()
            samples.append(_sample(process, now - started))
        if reports.due(now) and samples:
            print(f"{churn.visits} visits, {samples[-1]}", file=sys.stderr)
    return samples


def _see_out(churn: Churn, chat: Chat) -> None:
    """Let the visitors inside finish."""
    deadline = time.monotonic() + _SETTLE_SECONDS
    while len(churn) and time.monotonic() < deadline:
        churn.turn(_TURN)
        chat.load.turn(0)
    chat.load.run(0.5)


def _steady(process: Running) -> Sample:
    """The first sample: the server's threads and open files have not changed for a while."""
    deadline = time.monotonic() + _SETTLE_SECONDS
    first, since = _sample(process, 0.0), time.monotonic()
    while time.monotonic() < min(since + _STEADY_SECONDS, deadline):
        time.sleep(0.1)
        sample = _sample(process, 0.0)
        if (sample.threads, sample.files) != (first.threads, first.files):
            since = time.monotonic()
        first = sample
    return first


def _settled(process: Running, start: Sample, started: float) -> Sample:
    """The last sample; the server may need a moment to notice the last ones who left."""
    deadline = time.monotonic() + _SETTLE_SECONDS
    while True:
        sample = _sample(process, time.monotonic() - started)
        equal = (sample.threads, sample.files) == (start.threads, start.files)
        if equal or time.monotonic() > deadline:
            return sample
        time.sleep(0.1)


def _sample(process: Running, at: float) -> Sample:
    pid = process.pid
    return Sample(at, rss_kib(pid), threads(pid), open_files(pid))


def report(soaked: Soaked) -> str:
    """The figures in a table."""
    start, end = soaked.start, soaked.end
    late = [*soaked.samples, end]
    times = [sample.at for sample in late]

    def per_hour(values: Sequence[float]) -> str:
        return f"{slope(times, values) * HOUR:+.1f}"

    rows = [
        ["", "start", "end", "slope an hour"],
        ["memory KiB", str(start.rss_kib), str(end.rss_kib), f"{soaked.memory_slope():+.1f}"],
        ["threads", str(start.threads), str(end.threads), per_hour([s.threads for s in late])],
        ["open files", str(start.files), str(end.files), per_hour([s.files for s in late])],
    ]
    head = f"{end.at / 60:.1f} minutes, {soaked.visits:,} visits, {soaked.lines:,} lines"
    leaks = soaked.leaks()
    verdict = "ok" if not leaks else "FAILED\n" + "\n".join(f"- {leak}" for leak in leaks)
    return f"{head}\n\n{markdown(rows)}\n\n{verdict}"


def main(argv: Sequence[str] | None = None) -> int:
    """Run, print, and say by the exit status whether anything leaked."""
    parser = argparse.ArgumentParser(
        prog="scripts/soak",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    servers = {server.name: server for server in SERVERS}
    parser.add_argument("--minutes", type=float, default=480.0, help="default: 480, eight hours")
    parser.add_argument("--visits", type=float, default=40.0, help="a second (default: 40)")
    parser.add_argument("--every", type=float, help="seconds between samples (default: 1 to 30)")
    parser.add_argument(
        "--first", type=int, default=FIRST_VISITS, help="visits before the start (default: 20)"
    )
    parser.add_argument(
        "--growth",
        type=int,
        default=MOST_KIB_IN_ALL,
        help="KiB by which memory may grow in less than two hours (default: 5120)",
    )
    parser.add_argument("--server", choices=servers, default="ours")
    options = parser.parse_args(argv)
    seconds = options.minutes * 60
    every = options.every or min(30.0, max(1.0, seconds / 120))
    plan = Plan(seconds, options.visits, every, options.first, options.growth)
    raise_file_limit()
    try:
        with running(servers[options.server]) as process:
            soaked = soak(process, plan)
    except (StartError, GatherError, OSError) as error:
        print(f"scripts/soak: {options.server}: {error}", file=sys.stderr)
        return 1
    print(report(soaked))
    return int(bool(soaked.leaks()))


if __name__ == "__main__":
    sys.exit(main())
