"""Rows 38 and 39 of the faults: killed at any moment, and cut off at any page of the log."""

import random
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from chatserver.history.files import history_file, wal_size
from chatserver.history.journal import Journal
from tests.helpers import ROOT
from tests.history.shelf import NOW, finish, opened, rows, said
from tests.history.writing import KEPT, ROOMS

KILLS = 20


def run_and_kill(directory: Path, seed: int, seconds: float) -> list[str]:
    """Return what a writer has reported before it was killed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.history.writing", str(directory), str(seed)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    opened_line = process.stdout.readline()
    timer = threading.Timer(seconds, process.kill)
    timer.start()
    report = [opened_line, *process.stdout]
    process.wait()
    timer.cancel()
    # A report that was cut in two was not made.
    return [line for line in report if line.endswith("\n")]


def test_what_was_reported_is_there_after_every_kill(tmp_path: Path) -> None:
    chance = random.Random(20261122)
    ledger: set[int] = set()
    last = 0
    number = 0
    # Retention has something to do only where enough was written, however slow the disk is.
    while number < KILLS or len(ledger) <= ROOMS * KEPT:
        first, *report = run_and_kill(tmp_path, number, chance.uniform(0.0, 0.25))
        assert int(first.split()[1]) >= last, "ids are given out again"
        for line in report:
            start, end = map(int, line.split())
            assert start > last
            ledger.update(range(start, end + 1))
            last = end
        number += 1
    began = time.thread_time()  # of the processor: a busy machine and its disk are no fault
    with opened(tmp_path) as journal:
        assert journal.last_id >= last
        assert time.thread_time() - began < 2, "a start after a kill takes 2 seconds at most"
    assert rows(tmp_path, "pragma quick_check") == [("ok",)]
    kept = rows(tmp_path, "select id, at, room, text from line order by id")
    ids = {row[0] for row in kept}
    assert all(text.startswith(f"{id} ") for id, _, _, text in kept)
    stamps = [at for _, at, _, _ in kept]
    assert stamps == sorted(stamps)
    # Retention alone takes lines away, and never one of a room's last ones. Lines that were never
    # reported may be there too, so a room may have fewer reported ones among its last.
    for room in range(ROOMS):
        stored = sorted(id for id in ids if id % ROOMS == room)
        lost = [id for id in ledger - ids if id % ROOMS == room]
        assert not lost or (max(lost) < stored[0] and len(stored) >= KEPT)
    with sqlite3.connect(history_file(tmp_path)) as connection:
        connection.execute("insert into line_words (line_words) values ('integrity-check')")
    connection.close()


@pytest.mark.parametrize("seed", range(2))
def test_a_log_cut_off_at_any_page_holds_all_that_was_reported_before(
    tmp_path: Path, seed: int
) -> None:
    """After a power loss the log ends anywhere behind what fsync has confirmed."""
    chance = random.Random(seed)
    live = tmp_path / "live"
    live.mkdir()
    journal = Journal(live)
    journal.commit([said(1)])
    journal._checkpoint_all()
    reported: list[tuple[int, int]] = [(0, 1)]  # the log's length, the last id
    while wal_size(journal.path) < 1024**2:
        first = journal.last_id + 1
        size = chance.choice([1, 2, 30, 400])
        journal.commit(
            [said(id, "x" * chance.randint(0, 200)) for id in range(first, first + size)]
        )
        reported.append((wal_size(journal.path), journal.last_id))
        if chance.random() < 0.3:
            journal.chore(NOW)
    log = journal.path.with_name(journal.path.name + "-wal").read_bytes()
    database = journal.path.read_bytes()
    journal.close()
    cuts = [chance.randrange(0, len(log), 4096) for _ in range(12)]
    cuts += [chance.choice(reported)[0] for _ in range(4)]  # exactly after an fsync
    for number, cut in enumerate(cuts):
        copy = tmp_path / str(number)
        copy.mkdir()
        history_file(copy).write_bytes(database)
        torn = bytes(chance.randrange(256) for _ in range(chance.choice([0, 100])))
        torn += bytes(chance.choice([0, 1024**2]))  # room that was kept for more
        history_file(copy).with_name(history_file(copy).name + "-wal").write_bytes(log[:cut] + torn)
        expected = max(id for length, id in reported if length <= cut)
        with opened(copy) as again:
            found = again._connection.execute("select id from line order by id").fetchall()
            assert [id for (id,) in found] == list(range(1, len(found) + 1))
            assert len(found) >= expected
            assert len(found) in {id for _, id in reported}, "half a batch"
            assert again.last_id == len(found)
            assert again._connection.execute("pragma quick_check").fetchone() == ("ok",)
            again.commit([said(again.last_id + 1)])
            if not number:
                finish(again)
        shutil.rmtree(copy)
