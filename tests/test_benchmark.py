"""The measuring tools: their sums, their checks, and a small run against the textbook server."""

import math
from contextlib import ExitStack

import pytest

from scripts.benchmark import __main__ as bench
from scripts.benchmark import goals, results, table
from scripts.benchmark.cells import (
    CELLS,
    Paced,
    Stalled,
)
from scripts.benchmark.churn import Ticker
from scripts.benchmark.crowd import Guest
from scripts.benchmark.dialects import IRC, PLAIN
from scripts.benchmark.figures import cpu_seconds, percentile, slope
from scripts.benchmark.lines import MARKS, Checker, Recording, check_room, template
from scripts.benchmark.load import Talk, make_room
from scripts.benchmark.peers import (
    Server,
    running,
)
from scripts.benchmark.results import Figures, Result, merged
from tests.measured import TEXTBOOK

FILLER = 5


def line(speaker: int, number: int, stamp: int = 0) -> bytes:
    text = template(MARKS[0], speaker, filler=FILLER) % (number, stamp)
    return f"12:01 <m{speaker}> {text}\n".encode()


def recording(*lines: bytes) -> Recording:
    kept = Recording(FILLER)
    for number, data in enumerate(lines):
        kept.add(data, number)
    return kept


def checked(*numbers: int, sent: int) -> list[str]:
    checker = Checker()
    for number in numbers:
        checker.see(0, number)
    return checker.faults({0: sent})


class TestFigures:
    def test_a_percentile_is_one_of_the_values(self) -> None:
        values = [float(value) for value in range(100, 0, -1)]
        assert percentile(values, 0.5) == 50
        assert percentile(values, 0.99) == 99
        assert percentile(values, 1) == 100
        assert percentile([7.0], 0.01) == 7
        assert math.isnan(percentile([], 0.5))

    def test_the_slope_of_a_line_is_its_rise(self) -> None:
        assert slope([0, 1, 2, 3], [10, 12, 14, 16]) == pytest.approx(2)
        assert slope([1, 1], [3, 9]) == 0

    def test_the_cpu_clock_is_that_of_the_process(self) -> None:
        with running(TEXTBOOK) as process:
            assert 0 < cpu_seconds(process.pid) < 5
            pid = process.pid
        with pytest.raises(OSError, match="Invalid argument"):
            cpu_seconds(pid)


class TestChecker:
    def test_lines_in_order_are_right(self) -> None:
        assert checked(0, 1, 2, sent=3) == []

    @pytest.mark.parametrize(
        ("numbers", "sent", "fault"),
        [
            ((0, 2), 3, "1 lost"),
            ((0, 1), 4, "2 lost"),
            ((), 5, "5 lost"),
            ((0, 1, 1, 2), 3, "1 doubled"),
            ((0, 1, 2, 0), 3, "1 doubled"),
            ((0, 2, 1), 3, "1 misordered"),
            ((1, 2, 0), 3, "1 misordered"),
        ],
    )
    def test_it_tells_what_is_wrong(self, numbers: tuple[int, ...], sent: int, fault: str) -> None:
        assert checked(*numbers, sent=sent) == [fault]

    def test_it_follows_each_speaker(self) -> None:
        checker = Checker()
        for speaker, number in [(0, 0), (1, 0), (1, 1), (0, 1)]:
            checker.see(speaker, number)
        assert checker.faults({0: 2, 1: 2}) == []
        assert checker.faults({0: 2, 1: 2, 2: 1}) == ["1 lost"]


class TestRecording:
    def test_a_line_arrives_with_its_end(self) -> None:
        data = line(3, 7, stamp=99) + line(3, 8, stamp=100)
        for cut in range(1, len(data)):
            arrivals = list(recording(data[:cut], data[cut:]).arrivals())
            assert [(one.speaker, one.number, one.sent_ns) for one in arrivals] == [
                (3, 7, 99),
                (3, 8, 100),
            ]
            assert arrivals[1].arrived_ns == 1
            assert arrivals[0].arrived_ns == (0 if cut >= len(line(3, 7, stamp=99)) else 1)

    def test_other_lines_are_not_counted(self) -> None:
        kept = recording(b"12:01 -> ada has joined #lobby\n", line(0, 0))
        assert len(list(kept.arrivals())) == 1
        assert kept.garbled() == 0

    def test_a_cut_or_altered_line_is_garbled(self) -> None:
        assert recording(line(0, 0), line(0, 1)[:-4] + b"\n").garbled() == 1
        assert recording(line(0, 0)[:-8], line(0, 1)).garbled() == 1
        assert recording(line(0, 0).replace(b"==", b"=?")).garbled() == 1

    def test_it_forgets_whole_lines_only(self) -> None:
        data = line(0, 0) + line(0, 1)
        kept = recording(data[:-10])
        assert [one.number for one in kept.arrivals()] == [0]
        kept.forget()
        kept.add(data[-10:], 5)
        assert [(one.number, one.arrived_ns) for one in kept.arrivals()] == [(1, 5)]

    def test_all_members_of_a_room_must_see_one_order(self) -> None:
        one = recording(line(0, 0), line(1, 0))
        other = recording(line(1, 0), line(0, 0))
        assert check_room([one, one], {0: 1, 1: 1}) == []
        assert check_room([one, other], {0: 1, 1: 1}) == ["2 different orders in one room"]


class TestRoom:
    @pytest.mark.parametrize(("size", "speakers"), [(100, 4), (10, 4), (10, 1), (1000, 4), (4, 3)])
    @pytest.mark.parametrize("samples", [1, 2])
    def test_who_paces_stands_in_the_middle_and_is_checked(
        self, size: int, speakers: int, samples: int
    ) -> None:
        """A server that serves the first or the last ones first shall gain nothing by it."""
        with ExitStack() as sockets:
            members = [Guest(f"m{number}") for number in range(size)]
            for member in members:
                sockets.enter_context(member.sock)
            room = make_room(members, Talk(speakers, samples), PLAIN)
            place = [member.fd for member in members].index(room.pacer)
            assert place == max(size // 2, speakers)
            assert room.pacer in room.sampled
            talkers = {speaker.guest.fd for speaker in room.speakers}
            assert not talkers & room.sampled.keys()


class TestCrowd:
    def test_a_guest_hears_a_marker_that_a_read_has_cut(self) -> None:
        guest = Guest("ada")
        with guest.sock:
            said = b"hello\nYou are in #lobby.\n"
            for cut in range(1, len(said)):
                guest._wait_for, guest._marker, guest._tail = iter(()), PLAIN.welcome, b""
                first = guest.hear(said[:cut])
                assert first or guest.hear(said[cut:])

    def test_a_line_is_short_enough_for_irc(self) -> None:
        cell = next(cell for cell in CELLS if isinstance(cell, Stalled))
        text = template(MARKS[0], 99, cell.filler) % (10**6, 10**15)
        assert len(IRC.say.format(room="#r0", text=text)) < 450


class TestTicker:
    def test_it_counts_what_is_due(self) -> None:
        ticker = Ticker(10, now=5.0)
        assert [ticker.due(now) for now in (4.9, 5.0, 5.05, 5.1001, 5.55)] == [0, 1, 0, 1, 4]


def result(server: str, figures: Figures, cell: str = "room-100") -> Result:
    return Result(cell, server, (figures,))


def outcomes(*found: Result) -> dict[tuple[str, str], Result]:
    return {(one.cell, one.server): one for one in found}


ROOM_100 = next(cell for cell in CELLS if cell.name == "room-100")


class TestTable:
    def test_a_ratio_is_ours_by_the_other(self) -> None:
        def ratio(ours: Figures, peer: Figures) -> str:
            return table.ratio(result("ours", ours), result("ngircd", peer), "x")

        assert ratio({"x": 300}, {"x": 100}) == "3.00"
        assert ratio({}, {"x": 100}) == ratio({"x": 1}, {}) == ratio({"x": 1}, {"x": 0}) == "–"
        assert ratio({"x": 1}, {"x": math.nan}) == "–"

    def test_the_rows_hold_figures_and_ratios(self) -> None:
        ours = result("ours", {results.DELIVERIES: 6_000_000, results.CPU: 0.2})
        peer = result("ngircd", {results.DELIVERIES: 2_000_000, results.CPU: 0.4})
        text = table.tables([ROOM_100], ["ours", "ngircd"], outcomes(ours, peer))
        row = next(row for row in text.splitlines() if "ngircd" in row)
        cells = [cell.strip() for cell in row.split("|")[1:-1]]
        expected = ["room of 100, flood", "ngircd", "2,000,000", "3.00", "0.40", "0.50", "–", "ok"]
        assert cells == expected

    def test_an_absent_peer_says_which_package_it_is(self) -> None:
        absent = Server("ngircd", IRC, TEXTBOOK.prepare, lambda: None, "install it: apt install x")
        for cell in (ROOM_100, next(cell for cell in CELLS if isinstance(cell, Paced))):
            found = bench.measured(cell, [absent], 1)
            text = table.tables([cell], ["ngircd"], outcomes(*found))
            assert f"- {cell.name}, ngircd: not installed; install it: apt install x" in text

    def test_a_fault_is_named_once(self) -> None:
        failed = Result("room-100", "ours", faults=("1 lost", "1 lost", "2 doubled"))
        text = table.tables([ROOM_100], ["ours"], outcomes(failed))
        assert "FAILED" in text
        assert text.endswith("- room-100, ours: 1 lost; 2 doubled")

    def test_repeats_are_merged_to_medians(self) -> None:
        rounds = [result("ours", found) for found in ({"x": 1.0}, {"x": 9.0}, {"x": 2.0, "y": 5.0})]
        assert merged(rounds).figures == {"x": 2, "y": 5}


class TestGoals:
    @staticmethod
    def verdict(title: str, *found: Result) -> goals.Verdict:
        goal = next(goal for goal in goals.GOALS if title in f"{goal.cell} {goal.title}")
        judged = goals.judge(goal, outcomes(*found), {goal.history: "ours"})
        assert judged is not None
        return judged[1]

    def test_a_goal_beside_the_peer(self) -> None:
        peer = result("ngircd", {results.DELIVERIES: 100})
        title = "room-100 deliveries/s"
        for value, expected in [(200, goals.Verdict.MET), (199, goals.Verdict.MISSED)]:
            ours = result("ours", {results.DELIVERIES: value})
            assert self.verdict(title, ours, peer) is expected
        assert self.verdict(title, ours) is goals.Verdict.OPEN
        failed = Result("room-100", "ngircd", ({results.DELIVERIES: 0},), ("64 lost",))
        assert self.verdict(title, ours, failed) is goals.Verdict.OPEN

    def test_a_goal_names_its_peer(self) -> None:
        found = [
            result(name, {results.DELIVERIES: value})
            for name, value in [("ours", 100), ("ngircd", 50), ("inspircd", 125)]
        ]
        text = goals.summary(outcomes(*found), {"full": "ours"}, goals.IRC_GOALS)
        rows = [[cell.strip() for cell in row.split("|")] for row in text.splitlines()[4:]]
        assert [(row[3], row[4], row[5]) for row in rows] == [
            ("deliveries/s ≥ 1.5 × ngircd's", "2.00 ×", "met"),
            ("deliveries/s ≥ 1.0 × inspircd's", "0.80 ×", "**missed**"),
        ]

    def test_latency_is_not_judged_on_a_machine_too_slow_for_the_peer(self) -> None:
        def p99(server: str, value: float) -> Result:
            return result(server, {results.P99: value}, "latency")

        assert self.verdict("p99 ≤ 3 ms", p99("ours", 2.9)) is goals.Verdict.MET
        assert self.verdict("p99 ≤ 3 ms", p99("ours", 4)) is goals.Verdict.MISSED
        peer = p99("ngircd", 3.5)
        assert self.verdict("p99 ≤ 3 ms", p99("ours", 4), peer) is goals.Verdict.OPEN

    def test_a_failed_cell_misses_its_goals(self) -> None:
        failed = Result("idle-10000", "ours", ({results.MEMORY: 1.0},), ("1 lost",))
        assert self.verdict("8 KiB", failed) is goals.Verdict.MISSED

    def test_a_goal_is_judged_by_the_column_of_its_history(self) -> None:
        peer = result("ngircd", {results.DELIVERIES: 100, results.CPU: 1})
        full = result("ours (full)", {results.DELIVERIES: 160, results.CPU: 1})
        off = result("ours (off)", {results.DELIVERIES: 210, results.CPU: 1})
        columns = {"full": "ours (full)", "off": "ours (off)"}
        rows = goals.summary(outcomes(peer, full, off), columns).splitlines()[4:]
        cells = [[cell.strip() for cell in row.split("|")] for row in rows]
        assert [(row[2], row[4], row[5]) for row in cells] == [
            ("off", "2.10 ×", "met"),
            ("off", "1.00 ×", "**missed**"),
            ("full", "1.60 ×", "met"),
        ]

    def test_every_goal_has_its_cell(self) -> None:
        for of in goals.OF_PROTOCOL.values():
            assert {goal.cell for goal in of} <= {cell.name for cell in CELLS}
