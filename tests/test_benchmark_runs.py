"""The measurements and the soak, each for a moment."""

import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from statistics import median

import pytest

from chatserver.history.files import history_file, wal_size
from chatserver.history.library import Library
from scripts.benchmark import __main__ as bench
from scripts.benchmark import disk, results, soak, table, turns
from scripts.benchmark.cells import (
    CELLS,
    OF_HISTORY,
    Cell,
    Flood,
    Idle,
    Paced,
    Past,
    Trimmed,
)
from scripts.benchmark.dialects import IRC, PLAIN
from scripts.benchmark.measure import measure
from scripts.benchmark.peers import (
    HISTORIES,
    IRC_SERVERS,
    SERVERS,
    Launch,
    Server,
    ours,
    running,
    with_histories,
)
from scripts.benchmark.shelf import furnish
from scripts.benchmark.soak import Sample, Soaked
from scripts.processes.process import START_SECONDS, StartError
from tests.helpers import require_program
from tests.measured import EVERY, TEXTBOOK


class TestHistory:
    def test_ours_has_a_column_for_each_way_to_keep_it(self) -> None:
        names = [one.name for one in with_histories(SERVERS, ["full", "off"])]
        assert names == ["ours (full)", "ours (off)", "ngircd", "textbook", "asyncio"]
        assert with_histories(SERVERS, ["off"])[0].name == "ours"
        assert table.is_ours("ours (full)")
        assert not table.is_ours("textbook")

    def test_over_irc_ours_speaks_it_in_every_column(self) -> None:
        names = [one.name for one in with_histories(IRC_SERVERS, ["full", "off"])]
        assert names == ["ours (full)", "ours (off)", "ngircd", "inspircd"]
        assert all(not one.dialect.echo for one in with_histories(IRC_SERVERS, ["full", "off"]))
        past = next(cell for cell in CELLS if isinstance(cell, Past))
        assert not bench.suits(past, IRC_SERVERS[0])

    def test_only_who_keeps_a_past_is_asked_for_it(self) -> None:
        for cell in CELLS:
            suited = [history for history in HISTORIES if bench.suits(cell, ours(history))]
            assert suited == (["full", "process"] if isinstance(cell, OF_HISTORY) else [*HISTORIES])
            assert bench.suits(cell, TEXTBOOK) is not isinstance(cell, OF_HISTORY)

    def test_the_report_says_which_disk_it_was(self, tmp_path: Path) -> None:
        assert disk.file_system(Path("/proc")) == "proc"
        assert disk.describe().startswith(f"Data directories are made in {disk.directory()}, on ")

    @pytest.mark.parametrize(
        "cell",
        [
            Past("small", lines=500, questions=20),
            Past("small", lines=500, killed=True),
            Trimmed("small", lines=500, keep=5, size=5, speakers=2, rate=50),
        ],
        ids=["asked", "killed", "trimmed"],
    )
    def test_a_small_past(self, cell: Cell) -> None:
        (found,) = bench.measured(cell, [ours("full")], 0.3)
        assert (found.faults, found.note) == ((), "")
        if isinstance(cell, Trimmed):
            assert found.figures[results.TRIMMED] > 0
            return
        assert 0 < found.figures[results.START] < START_SECONDS
        asked = isinstance(cell, Past) and cell.questions > 0
        assert (results.SEARCH_P99 in found.figures) is asked

    def test_a_killed_shelf_has_a_log(self, tmp_path: Path) -> None:
        data = tmp_path / "data"
        furnish(data, 500, killed=True)
        assert wal_size(history_file(data)) > 0
        with closing(Library(data)) as library:
            assert library.stats().lines == 501
            assert library.page("#r0")[-1].text == "the last"


class TestRuns:
    """Real servers on loopback, for a moment."""

    @pytest.mark.parametrize(
        "name", ["ours (full)", "ours (process)", "ours (off)", "textbook", "asyncio"]
    )
    def test_a_small_flood(self, name: str) -> None:
        cell = Flood("small", rooms=2, size=5, speakers=2, window=4)
        (found,) = turns.flood(cell, [EVERY[name]], seconds=0.2)
        assert (found.faults, found.note) == ((), "")
        assert found.figures[results.DELIVERIES] > 0
        assert found.figures[results.CPU] > 0

    @pytest.mark.parametrize("server", IRC_SERVERS, ids=lambda server: server.name)
    def test_a_small_flood_over_irc_where_nobody_hears_themselves(self, server: Server) -> None:
        if server.name != "ours":
            require_program(server.program() or server.name, server.name)
        cell = Flood("small", 2, size=5, speakers=2, window=4)
        (found,) = turns.flood(cell, [server], seconds=0.2)
        assert (found.faults, found.note) == ((), "")
        assert found.figures[results.DELIVERIES] > 0

    def test_over_irc_a_sender_who_hears_itself_is_a_fault(self) -> None:
        hello = f"CAP REQ echo-message\r\n{IRC.hello}CAP END\r\n"
        wrong = replace(IRC_SERVERS[0], dialect=replace(IRC, hello=hello))
        cell = Flood("small", 1, size=3, speakers=1, window=1)
        (found,) = turns.flood(cell, [wrong], seconds=0.1)
        assert any("wrong count: 1" in fault for fault in found.faults)

    def test_a_small_paced_room(self) -> None:
        cell = Paced("small", size=5, speakers=2, rate=100)
        with running(TEXTBOOK) as process:
            found = measure(cell, process, seconds=0.2)
        assert (found.faults, found.note) == ((), "")
        assert 0 < found.figures[results.P50] <= found.figures[results.P99]

    def test_idle_people_of_the_textbook_cost_a_thread_each(self) -> None:
        with running(TEXTBOOK) as process:
            found = measure(Idle("small", people=20), process, seconds=0.2)
        figures = found.figures
        assert figures[results.THREADS_AFTER] - figures[results.THREADS_BEFORE] == 20

    def test_the_command_line_prints_tables_and_writes_the_figures(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        file = tmp_path / "figures.json"
        options = ["--cells", "room-10", "--servers", "textbook", "--seconds", "0.2"]
        assert bench.main([*options, "--repeat", "2", "--json", str(file)]) == 0
        assert "| room of 10, flood | textbook |" in capsys.readouterr().out
        raw = json.loads(file.read_text())
        assert [one["cell"] for one in raw] == ["room-10", "room-10"]
        for one in raw:
            slices = [figures[results.DELIVERIES] for figures in one["slices"]]
            assert len(slices) == 5
            assert one["figures"][results.DELIVERIES] == median(slices)

    def test_an_unknown_cell_is_refused(self, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit):
            bench.parse_arguments(["--cells", "room-7"])
        assert "there is no cell 'room-7'; there are room-10," in capsys.readouterr().err

    def test_a_server_that_does_not_start_says_why(self) -> None:
        def prepare(_: Path) -> Launch:
            return Launch(["sh", "-c", "echo no such port; exit 1"])

        broken = Server("broken", PLAIN, prepare, lambda: "sh", "")
        with pytest.raises(StartError, match="no such port"), running(broken):
            pass

    def test_a_soak_of_a_moment(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert soak.main(["--minutes", "0.03", "--server", "textbook"]) == 0
        assert capsys.readouterr().out.endswith("\n\nok\n")


def soaked(hours: float, kib_per_hour: float, **end: int) -> Soaked:
    samples = [
        Sample(at / 10 * soak.HOUR, 50_000 + int(kib_per_hour * at / 10), 5, 30)
        for at in range(int(hours * 10) + 1)
    ]
    last = samples[-1]
    final = Sample(last.at, last.rss_kib, end.get("threads", 5), end.get("files", 30))
    return Soaked(samples[0], samples[1:], final, visits=9, refused=0, lines=9, faults=())


class TestSoak:
    def test_a_flat_run_is_right(self) -> None:
        assert soaked(8, kib_per_hour=100).leaks() == []

    def test_memory_that_grows_is_a_leak(self) -> None:
        (leak,) = soaked(8, kib_per_hour=2000).leaks()
        assert leak == "memory grows by 2000 KiB an hour"

    def test_a_short_run_is_judged_by_its_whole_growth(self) -> None:
        assert soaked(1, kib_per_hour=2000).leaks() == []
        assert soaked(1, kib_per_hour=6000).leaks() == ["memory has grown by 6000 KiB"]

    def test_our_server_leaks_nothing_in_a_minute(self) -> None:
        """Most of what fills but once is full after the first visits; then 500 bytes a visit show.

        Tables of who was here go on filling for 10,000 visits, and some double on the way: in nine
        runs that came to 430 to 1,250 KiB.
        """
        visits = ["--first", "2000", "--visits", "250", "--growth", "1536"]
        assert soak.main(["--minutes", "0.2", *visits]) == 0

    def test_threads_and_files_must_be_as_many_as_before(self) -> None:
        leaks = soaked(1, kib_per_hour=0, threads=6, files=31).leaks()
        assert leaks == ["threads: 5 → 6", "open files: 30 → 31"]
