"""A flood in turns: the order, the ratios of the rounds, and one that fails on the way."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from random import Random

import pytest

from scripts.benchmark import goals, results, table, turns
from scripts.benchmark.cells import CELLS, Flood
from scripts.benchmark.dialects import IRC, PLAIN
from scripts.benchmark.measure import LossError
from scripts.benchmark.peers import Launch, Server, ours
from scripts.benchmark.results import Figures, Ratio, Result, compare, merged
from scripts.benchmark.turns import Entrant, await_quiet, orders, rounds, take_turns
from scripts.processes.process import StartError
from tests.measured import TEXTBOOK

SMALL = Flood("small", rooms=2, size=5, speakers=2, window=4)
ROOM_100 = next(cell for cell in CELLS if cell.name == "room-100")


def slices(*values: float) -> tuple[Figures, ...]:
    """Slices that deliver so much; 0 for one that was missed."""
    return tuple({results.DELIVERIES: value} if value else {} for value in values)


def result(server: str, *values: float) -> Result:
    return Result("room-100", server, slices(*values))


class Script:
    """A stage whose slices are given; an error is raised where its turn comes."""

    def __init__(self, *played: float | Exception) -> None:
        self.played = list(played)
        self.ended_after: int | None = None
        self.lengths: list[float] = []

    def cpu_seconds(self) -> float:
        return 0.0

    def slice(self, seconds: float) -> Figures:
        self.lengths.append(seconds)
        now = self.played[len(self.lengths) - 1]
        if isinstance(now, Exception):
            raise now
        return {results.DELIVERIES: now}

    def check(self) -> list[str]:
        return []

    @contextmanager
    def up(self) -> Iterator[Script]:
        yield self
        self.ended_after = len(self.lengths)


@contextmanager
def broken(error: Exception) -> Iterator[Script]:
    raise error
    yield


def played(*stages: AbstractContextManager[turns.Stage]) -> list[Result]:
    entrants = [Entrant("small", f"s{number}", stage) for number, stage in enumerate(stages)]
    take_turns(entrants, 1.0, Random(1))
    return [entrant.result() for entrant in entrants]


class TestOrder:
    def test_all_take_part_in_every_round(self) -> None:
        for order in orders("abc", 7, Random(1)):
            assert sorted(order) == ["a", "b", "c"]

    def test_every_other_round_goes_backwards(self) -> None:
        found = list(orders("abcde", 6, Random(1)))
        for there, back in zip(found[::2], found[1::2], strict=True):
            assert back == there[::-1]
        assert len({tuple(order) for order in found}) > 2

    def test_nobody_is_always_before_the_same_one(self) -> None:
        found = list(orders("abc", 8, Random(1)))
        assert {order[order.index("a") - 1] for order in found} == {"b", "c"}

    @pytest.mark.parametrize(
        ("seconds", "expected"),
        [(3.0, (15, 0.2)), (2.0, (10, 0.2)), (0.5, (5, 0.1)), (12.1, (60, 12.1 / 60))],
    )
    def test_the_slices_come_to_the_seconds(
        self, seconds: float, expected: tuple[int, float]
    ) -> None:
        assert rounds(seconds) == pytest.approx(expected)


class TestQuiet:
    def test_it_waits_until_the_clocks_stand_still(self) -> None:
        busy = iter([0.0, 0.1, 0.2, 0.3])
        seen: list[float] = []

        def clock() -> float:
            seen.append(next(busy, 0.3))
            return seen[-1]

        await_quiet(clock, bound=30)
        assert seen == [0.0, 0.1, 0.2, 0.3, 0.3, 0.3]

    def test_it_does_not_wait_for_ever(self) -> None:
        seconds = count()
        await_quiet(lambda: float(next(seconds)), bound=0.2)
        assert next(seconds) >= 2


class TestEntrants:
    def test_each_has_all_its_slices(self) -> None:
        stage, other = Script(5, 1, 4, 2, 3), Script(10, 20, 30, 40, 50)
        one, two = played(stage.up(), other.up())
        assert one.slices == slices(5, 1, 4, 2, 3)
        assert one.figures == {results.DELIVERIES: 3}
        assert two.figures == {results.DELIVERIES: 30}
        assert stage.lengths == other.lengths == [0.2] * 5

    @pytest.mark.parametrize(
        ("error", "fault"),
        [
            (ConnectionResetError("gone"), "the server failed: gone"),
            (BufferError("it has stopped reading"), "the server failed: it has stopped reading"),
            (LossError(["3 lost"]), "3 lost"),
        ],
    )
    def test_one_that_fails_in_the_middle_is_ended_and_the_others_go_on(
        self, error: Exception, fault: str
    ) -> None:
        failing, other = Script(7, 8, error), Script(1, 2, 3, 4, 5)
        one, two = played(failing.up(), other.up())
        assert (one.faults, one.note) == ((fault,), "out since round 3")
        assert one.slices == slices(7, 8, 0, 0, 0)
        assert failing.ended_after == 3
        assert (two.faults, two.note, two.slices) == ((), "", slices(1, 2, 3, 4, 5))

    def test_one_that_does_not_start_has_a_note_and_no_figures(self) -> None:
        other = Script(1, 2, 3, 4, 5)
        one, two = played(broken(StartError("it ended", "no such port")), other.up())
        assert (one.faults, one.note) == ((), "did not start: no such port")
        assert one.figures == {}
        assert len(one.slices) == len(two.slices) == 5

    def test_an_unexpected_error_is_not_hidden(self) -> None:
        with pytest.raises(ZeroDivisionError):
            played(Script(ZeroDivisionError()).up())


class TestRatios:
    def test_a_ratio_is_the_median_of_the_rounds_not_of_the_medians(self) -> None:
        """The machine is twice as fast in some rounds."""
        fast_and_slow = result("ours", 200, 100, 220, 300, 110)
        peer = result("ngircd", 100, 50, 100, 200, 50)
        found = compare(fast_and_slow, peer, results.DELIVERIES)
        assert found == Ratio((2.0, 2.0, 2.2, 1.5, 2.2))
        assert found.words(" ×") == "2.00 × (2.00–2.20)"

    def test_a_round_that_one_has_missed_does_not_count(self) -> None:
        own, peer = result("ours", 10, 0, 30, 40), result("ngircd", 5, 5, 0, 5)
        assert compare(own, peer, results.DELIVERIES) == Ratio((2.0, 8.0))
        assert compare(own, result("ngircd", 0, 1, 0, 0), results.DELIVERIES) is None
        frozen = Result("room-100", "textbook", ({results.DELIVERIES: 0.0},))
        assert compare(own, frozen, results.DELIVERIES) is None

    def test_repeats_keep_their_rounds_side_by_side(self) -> None:
        own = merged([result("ours", 10, 20), result("ours", 30, 40)])
        peer = merged([result("ngircd", 10, 0), result("ngircd", 10, 10)])
        assert compare(own, peer, results.DELIVERIES) == Ratio((1.0, 3.0, 4.0))

    def test_the_table_gives_median_and_quartiles_and_says_so(self) -> None:
        found = [result("ours", 20, 30, 40, 50, 60), result("ngircd", 10, 10, 10, 10, 10)]
        outcomes = {(one.cell, one.server): one for one in found}
        text = table.tables([ROOM_100], ["ours", "ngircd"], outcomes)
        assert "| 4.00 (3.00–5.00) |" in text
        assert "the median of the ratios of the rounds, with their quartiles" in text

    def test_a_goal_is_judged_by_the_rounds(self) -> None:
        """The ratio of the medians is 1.8, most rounds are at 2 and more."""
        found = [result("ours", 20, 100, 180), result("ngircd", 100, 50, 80)]
        outcomes = {(one.cell, one.server): one for one in found}
        goal = next(goal for goal in goals.GOALS if goal.cell == "room-100")
        columns = {goal.history: "ours"}
        assert goals.judge(goal, outcomes, columns) == ("2.00 ×", goals.Verdict.MET)
        gone = {**outcomes, ("room-100", "ngircd"): result("ngircd", 0, 0, 0)}
        words = ("no ngircd to compare with", goals.Verdict.OPEN)
        assert goals.judge(goal, gone, columns) == words


class TestRealServers:
    def test_ours_and_a_peer_beside_one_that_does_not_start(self) -> None:
        def prepare(_: Path) -> Launch:
            return Launch(["sh", "-c", "echo no such port; exit 1"])

        failing = Server("broken", PLAIN, prepare, lambda: "sh", "")
        absent = Server("absent", IRC, prepare, lambda: None, "install it: apt install x")
        found = turns.flood(SMALL, [failing, ours("full"), absent, TEXTBOOK], 0.25)
        assert [one.server for one in found] == ["broken", "ours", "absent", "textbook"]
        assert found[0].note == "did not start: no such port"
        assert found[2].note == "not installed; install it: apt install x"
        for one in (found[1], found[3]):
            assert (one.faults, one.note) == ((), "")
            assert all(figures[results.DELIVERIES] > 0 for figures in one.slices)
            assert one.figures[results.CPU] > 0
        assert {len(one.slices) for one in found} == {5}

    def test_a_server_that_dies_in_the_middle_has_a_fault(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Mortal(turns.FloodStage):
            slices = 0

            def slice(self, seconds: float) -> Figures:
                self.slices += 1
                if self._running.server.name == "mortal" and self.slices == 3:
                    os.kill(self._running.pid, signal.SIGKILL)
                return super().slice(seconds)

        monkeypatch.setattr(turns, "FloodStage", Mortal)
        mortal, other = turns.flood(SMALL, [replace(TEXTBOOK, name="mortal"), TEXTBOOK], 0.25)
        assert mortal.faults
        assert mortal.note == "out since round 3"
        assert [bool(figures) for figures in mortal.slices] == [True, True, False, False, False]
        assert (other.faults, other.note) == ((), "")
        assert all(other.slices)

    def test_too_many_people_for_this_machine_are_not_the_servers_fault(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(resource, "getrlimit", lambda _: (100, 100))
        (found,) = turns.flood(SMALL, [TEXTBOOK], 0.1)
        assert (found.faults, found.note) == ((), "only 100 open files are allowed here")
