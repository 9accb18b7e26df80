"""Seen means stored: FAULTS rows 38 and 39, and two people whose server is killed."""

import random
import re
import shutil
import signal
from pathlib import Path

import pytest

from chatserver.history.files import history_file
from scripts.crashing import __main__ as crash
from scripts.crashing.crowd import ROOMS, cast
from scripts.crashing.ledger import Book, View, line_text, stored
from scripts.crashing.run import Plan, run
from scripts.processes.process import StartError
from tests.end_to_end.person import Person
from tests.helpers import PATIENCE, Client, ServerProcess, require_program
from tests.histories import log_end

KILLS = 20
BLOCK = 4096


# --- row 38: kill -9 ---


def test_row_38_what_was_seen_is_stored_after_20_kills(tmp_path: Path) -> None:
    seed = random.randrange(10**6)
    outcome = run(Plan(KILLS, seconds=0.5, seed=seed), tmp_path)
    book = outcome.book
    assert outcome.faults == {}, f"seed {seed}: {book.examples}"
    assert len(outcome.ready) == KILLS + 1
    # That it was about something: most kills came while people were reading.
    assert outcome.silent < KILLS / 2
    assert book.seen > 100 * KILLS
    print(f"{book.seen} sights; ready after {max(outcome.ready):.2f} s at worst")


def test_the_long_run_has_a_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--kills", "1", "--seconds", "0.5", "--seed", "7", "--directory", str(tmp_path)]
    assert crash.main([*options, "--durability", "process"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("1 kills (seed 7, --durability process)")
    assert said.endswith("ok: all that was seen is stored\n")


def shown(room: str, *marks: tuple[str, int], person: str = "p9") -> View:
    view = View(person, room)
    for speaker, number in marks:
        view.see(f"12:01 <{speaker}> {line_text(speaker, number)}")
    return view


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("ledger")
    with ServerProcess(directory) as server, Client(server.port, "p1") as one:
        one.send(*[line_text("p1", number) for number in range(5)])
        one.expect(line_text("p1", 4))
    return history_file(server.data)


class TestLedger:
    """The ledger finds what is wrong; a store is written by hand for it."""

    @pytest.fixture
    def book(self, history: Path) -> Book:
        book = Book(history)
        book.read_on()
        assert len(book) == 5
        return book

    def test_the_same_is_right(self, book: Book) -> None:
        book.compare([shown("#lobby", *[("p1", number) for number in range(5)])])
        book.compare([shown("#lobby", ("p1", 2), ("p1", 3)), shown("#lobby")])
        book.read_again()
        assert (book.faults, book.seen) == ({}, 7)

    @pytest.mark.parametrize(
        ("room", "numbers", "fault"),
        [
            ("#lobby", (3, 4, 5), "seen but not stored"),
            ("#lobby", (1, 2, 2), "doubled on a screen"),
            ("#lobby", (2, 1), "seen in another order"),
            ("#lobby", (0, 1, 3), "missing between two lines on a screen"),
            ("#other", (0, 1), "seen in another room"),
        ],
    )
    def test_it_tells_what_is_wrong(
        self, book: Book, room: str, numbers: tuple[int, ...], fault: str
    ) -> None:
        book.compare([shown(room, *[("p1", number) for number in numbers])])
        assert fault in book.faults

    def test_an_altered_line_shows(self, book: Book) -> None:
        view = View("p9", "#lobby")
        view.see(f"12:01 <p1> {line_text('p1', 1)}!")
        book.compare([view])
        assert book.faults == {"altered on a screen": 1}

    def test_what_waited_comes_once_but_for_a_kill_just_then(self, book: Book) -> None:
        def told() -> View:
            view = View("p9", "#lobby")
            view.see(f"12:01 <p1 -> p9> {line_text('p1', 1)}")
            return view

        first, second, third = told(), told(), told()
        second.settle()
        book.compare([first])
        book.compare([second])
        assert book.faults == {}
        book.compare([third])
        assert book.faults == {"handed over twice": 1}

    def test_every_kind_of_line_is_read(self) -> None:
        text = line_text("p1", 3)
        view = View("p9", "#r0")
        for line in (
            f"<p1> {text}",
            f"* p1 {text}",
            f"-- p1 set the topic of #r0: {text}",
            f"<p1 -> p9> {text}",
            "-> p2 has joined #r0",
        ):
            view.see(f"12:01 {line}")
        assert (view.lines, view.private) == ([("p1", 3)] * 3, [("p1", 3)])
        assert not view.altered

    def test_the_rooms_have_readers_of_the_past_and_speakers(self) -> None:
        for number in range(ROOMS):
            own = [role for role in cast() if role.room == f"#r{number}"]
            assert {(role.reads, role.speaks) for role in own} >= {(True, True), (False, True)}
            assert any(not role.speaks for role in own)


# --- row 39: the disk has less than was written ---


def test_row_39_a_cut_log_keeps_what_was_reported_before_the_cut(tmp_path: Path) -> None:
    """Each line stands on a screen before the log's end is looked for: it must be within it."""
    with ServerProcess(tmp_path, {"rate": False}) as server, Client(server.port, "p1") as one:
        path = history_file(server.data)
        first = log_end(path)
        reported: list[int] = []  # how long the log was when that line had been seen
        for number in range(60):
            one.send(line_text("p1", number))
            one.expect(line_text("p1", number))
            reported.append(log_end(path))
        server.kill()
    assert reported == sorted(reported), "the log has begun anew; then its size tells nothing"
    last = reported[-1] // BLOCK
    cuts = {0, first // BLOCK, last, *random.sample(range(first // BLOCK, last), 3)}
    for cut in sorted(cuts):
        copy = copied(server.data, tmp_path / f"cut{cut}")
        with history_file(copy.parent / "data").with_name("history.sqlite3-wal").open("r+b") as log:
            log.truncate(cut * BLOCK)
        promised = sum(size <= cut * BLOCK for size in reported)
        with ServerProcess(copy.parent) as again, Client(again.port, "p2") as two:
            two.send("still here")
            two.expect("<p2> still here")
            found = [text for _, _, _, nick, text in stored(history_file(copy), 0) if nick == "p1"]
        assert found == [line_text("p1", number) for number in range(len(found))], cut
        assert len(found) >= promised, cut


@pytest.mark.parametrize("killed", [True, False], ids=["killed", "stopped"])
def test_row_39_a_cut_database_is_refused_by_name(tmp_path: Path, killed: bool) -> None:
    with ServerProcess(tmp_path, {"rate": False}) as server, Client(server.port, "p1") as one:
        for number in range(400):
            one.send(line_text("p1", number))
        one.expect(line_text("p1", 399))
        one.close()
        if not killed:
            assert server.stop() == 0
    if killed:  # with all of it in the database, and a log besides
        with ServerProcess(tmp_path) as server, Client(server.port, "p2") as two:
            two.send("more")
            two.expect("<p2> more")
            server.kill()
    size = history_file(server.data).stat().st_size // BLOCK
    for cut in random.sample(range(1, size), 1):
        copy = copied(server.data, tmp_path / f"cut{cut}")
        with history_file(copy).open("r+b") as file:
            file.truncate(cut * BLOCK)
        refused = start_refused(copy.parent)
        if refused is None:  # its log had everything that the cut took away
            everything = {line_text("p1", number) for number in range(400)}
            assert everything <= {row[4] for row in stored(history_file(copy), 0)}
        else:
            assert f"The history {history_file(copy)} is damaged" in refused


def copied(data: Path, directory: Path) -> Path:
    """Copy a data directory's history as a disk might have kept it; return the new directory."""
    copy = directory / "data"
    copy.mkdir(parents=True)
    for suffix in ("", "-wal"):
        file = history_file(data).with_name(history_file(data).name + suffix)
        if file.exists():
            shutil.copy(file, copy)
    return copy


def start_refused(directory: Path) -> str | None:
    """Try to start a server there; return what it said as it gave up, None if it did not."""
    try:
        with ServerProcess(directory):
            return None
    except StartError as failure:
        assert "it ended with 1:" in str(failure)
        return str(failure)


# --- done when ---


def said_on(person: Person) -> list[str]:
    """Return the lines of the conversation on a screen, with what has scrolled away."""
    above = [
        "".join(row[column].data for column in range(person.screen.columns))
        for row in person.screen.history.top
    ]
    rows = [row.rstrip() for row in (*above, *person.look())]
    return [row[6:] for row in rows if re.match(r"\d\d:\d\d (<\w+>|\*) ", row)]


def test_two_terminals_a_kill_and_every_line_is_there_again(tmp_path: Path) -> None:
    require_program("telnet", "telnet")
    limits = {"rate": False, "sniff_seconds": 0.1}

    def telnet(server: ServerProcess, name: str) -> Person:
        person = Person(["telnet", "127.0.0.1", str(server.port)])
        person.sees_row("  Your name?")
        person.enter(name).sees("You are in #lobby")
        return person

    with (
        ServerProcess(tmp_path, limits) as server,
        telnet(server, "ada") as ada,
        telnet(server, "bob") as bob,
    ):
        for number in range(20):
            ada.enter(f"line {number} of ada, naïve ✓")
            if number % 5 == 4:
                bob.enter(f"/me nods at {number}")
            bob.enter(f"and {number} of bob")
        for person in (ada, bob):  # in the middle: the rest is on its way, or not
            person.until(lambda p=person: "<bob> and 10 of bob" in said_on(p), "half of it")  # type: ignore[misc]
        server.process.send_signal(signal.SIGKILL)
        server.process.wait(PATIENCE)
        ada.leaves()
        bob.leaves()
        stood = [said_on(ada), said_on(bob)]
    assert all(len(lines) > 10 for lines in stood)
    with ServerProcess(tmp_path, limits) as server, telnet(server, "ada") as ada:
        most = max(map(len, stood))
        ada.until(lambda: len(said_on(ada)) >= most, "the past")
        again = said_on(ada)
        ada.enter("/quit")
        ada.leaves()
    for lines in stood:
        assert again[: len(lines)] == lines
