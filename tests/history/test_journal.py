import errno
import os
import sqlite3
from pathlib import Path

import pytest

from chatserver.history.connections import Durability
from chatserver.history.entries import (
    Arrival,
    Departure,
    Forget,
    KeptTopic,
    Kind,
    Message,
)
from chatserver.history.files import reserve_wal, wal_size
from chatserver.history.journal import Journal
from chatserver.history.library import Library
from chatserver.history.memory import MemoryJournal
from chatserver.history.store import Writer
from tests.histories import log_end
from tests.history.shelf import NOW, Clock, opened, rows, said, tidy, told, without_waits


def topic(id: int, text: str, room: str = "#lobby") -> Message:
    return Message(id, NOW + id, Kind.TOPIC, room, "bob", text)


def test_what_is_committed_is_read_back_as_it_was(tmp_path: Path) -> None:
    lines = [
        said(1, "hello"),
        Message(2, NOW + 2.125, Kind.ACTION, "#Games", "Amy", "waves \u0416 👍"),
        said(4, "after a gap", "#Games"),
        topic(9, "News", "#Games"),
    ]
    with opened(tmp_path) as journal:
        journal.commit(lines[:2])
        journal.commit(lines[2:])
        assert (journal.last_id, journal.last_time) == (9, NOW + 9)
        library = Library(tmp_path)
        assert library.page("#lobby") == lines[:1]
        assert library.page("#GAMES") == lines[1:]
        library.close()


@pytest.mark.parametrize("durability", Durability)
def test_the_durability_is_that_of_each_commit(tmp_path: Path, durability: Durability) -> None:
    seen: list[str] = []

    def connect(path: Path) -> sqlite3.Connection:
        connection = sqlite3.connect(path, isolation_level=None)
        connection.set_trace_callback(seen.append)
        return connection

    with opened(tmp_path, durability=durability, connect=connect) as journal:
        journal.commit([said(id) for id in range(1, 301)])
        assert journal.chore(NOW) in {True, False}
        journal.commit([said(301)])
    current = ""
    of_commits: list[str] = []
    for statement in seen:
        if statement.startswith("pragma synchronous"):
            current = statement.split()[-1]
        elif statement.startswith("insert into line (") and of_commits[-1:] != [current]:
            of_commits.append(current)
    assert of_commits == [durability.synchronous]
    assert current == durability.synchronous


def test_a_batch_is_stored_whole_or_not_at_all(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        journal.commit([said(1)])
        with pytest.raises(OverflowError):
            journal.commit([said(2, room="#new"), topic(3, "x"), said(2**70)])
        assert not journal.broken
        assert rows(tmp_path, "select id from line") == [(1,)]
        assert journal.topics() == []
        journal.commit([said(4, room="#new")])  # its key was not remembered
        assert rows(tmp_path, "select name, line.id from room join line on room = key") == [
            ("#lobby", 1),
            ("#new", 4),
        ]


def test_text_that_is_no_unicode_harms_nobody_else(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        journal.commit([said(1, "a\ud800b"), said(2, "fine")])
    assert rows(tmp_path, "select text from line") == [("a?b",), ("fine",)]


def test_ids_and_times_go_on_after_a_restart(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        journal.commit([said(5), Departure(8, NOW + 8, "amy", "#lobby")])
    with opened(tmp_path) as journal:
        assert (journal.last_id, journal.last_time) == (8, NOW + 8)


def test_ids_are_not_used_again_when_the_newest_lines_are_gone(tmp_path: Path) -> None:
    clock = Clock()
    with opened(tmp_path, clock=clock) as journal:
        journal.commit([said(5), told(7, "amy")])
        journal.forget(Forget(nick="bob"))
        tidy(journal, clock)
    assert rows(tmp_path, "select * from line") == []
    with opened(tmp_path) as journal:
        assert (journal.last_id, journal.last_time) == (7, NOW + 7)


WRITERS = pytest.mark.parametrize("memory", [False, True], ids=["disk", "memory"])


def writer(tmp_path: Path, memory: bool) -> Writer:
    return MemoryJournal() if memory else Journal(tmp_path)


@WRITERS
def test_topics(tmp_path: Path, memory: bool) -> None:
    journal = writer(tmp_path, memory)
    journal.commit([topic(1, "One"), topic(2, "Two", "#b"), topic(3, "Three")])
    journal.commit([topic(4, "", "#b"), topic(5, "Five", "#c")])
    expected = [
        KeptTopic("#lobby", "bob", NOW + 3, "Three"),
        KeptTopic("#c", "bob", NOW + 5, "Five"),
    ]
    assert journal.topics() == expected
    journal.close()
    if not memory:
        with opened(tmp_path) as again:
            assert again.topics() == expected


@WRITERS
def test_private_messages_wait_and_are_taken_once(tmp_path: Path, memory: bool) -> None:
    journal = writer(tmp_path, memory)
    first = told(1, "Amy", "carol", waits_for=("Amy",))
    second = told(3, "amy", "zoe", waits_for=("amy", "zoe"))
    journal.commit([first, told(2, "carol"), second])
    assert journal.waiting_for() == {"amy": 2, "zoe": 1}
    if not memory:
        journal.close()
        journal = Journal(tmp_path)
    found = journal.waiting("AMY", 1)
    assert [without_waits(line) for line in found] == [without_waits(first)]
    journal.hand_over("AMY", found[-1].id)
    assert journal.count_waiting("amy") == 1
    assert [line.id for line in journal.waiting("amy")] == [3]
    journal.commit([Arrival("amy", "#lobby")])
    assert [line.id for line in journal.waiting("amy")] == [3]
    journal.hand_over("amy", 3)
    assert journal.count_waiting("Amy") == 0
    assert journal.waiting("amy") == []
    journal.chore(NOW)
    assert journal.waiting_for() == {"zoe": 1}
    journal.close()


def test_who_was_there_at_a_kill_has_left_with_the_last_line(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        journal.commit([Arrival("Amy", "#Lobby"), said(1), Arrival("dan", "#lobby"), said(2)])
        journal.commit([Departure(3, NOW + 3, "dan", "#lobby"), said(4), said(5)])
        assert journal.departure("amy", "#lobby") is None
    with opened(tmp_path) as journal:
        assert journal.departure("AMY", "#lobby") == 5
        assert journal.departure("dan", "#LOBBY") == 3
        assert journal.departure("dan", "#games") is None


def test_a_clean_close_leaves_one_file(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        journal.commit([said(1)])
        assert wal_size(journal.path) > 0
    assert [path.name for path in tmp_path.iterdir()] == [journal.path.name]


def test_a_commit_of_nothing_is_none(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        before = wal_size(journal.path)
        journal.commit([])
        assert wal_size(journal.path) == before


@pytest.mark.parametrize("lines", [1, 2, 3, 63, 64, 127, 128, 129, 255, 400])
def test_a_batch_of_any_size_is_stored_whole_and_in_order(tmp_path: Path, lines: int) -> None:
    with opened(tmp_path) as journal:
        journal.commit([said(id, f"text {id}", nick=f"n{id}") for id in range(1, lines + 1)])
    found = rows(tmp_path, "select id, nick, text from line order by id")
    assert found == [(id, f"n{id}", f"text {id}") for id in range(1, lines + 1)]


# Room that is kept for the log.

ROOM = 200_000


def test_a_log_with_room_does_not_grow_by_commits(tmp_path: Path) -> None:
    with opened(tmp_path, reserve=ROOM) as journal:
        assert wal_size(journal.path) == ROOM
        for id in range(1, 11):
            journal.commit([said(id)])
        assert wal_size(journal.path) == ROOM
        assert log_end(journal.path) < ROOM
        assert rows(tmp_path, "select count(*) from line") == [(10,)]
    assert wal_size(journal.path) == 0


def test_it_is_kept_again_when_the_file_was_opened_anew(tmp_path: Path) -> None:
    with opened(tmp_path, reserve=ROOM) as journal:
        journal.commit([said(1)])
        journal.broken = True
        assert journal.reopen() == 1
        assert wal_size(journal.path) == ROOM
        journal.commit([said(2)])
    assert rows(tmp_path, "select id from line order by id") == [(1,), (2,)]


def test_a_disk_without_that_much_room_is_left_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(tmp_path) as journal:
        journal.commit([said(1)])
        before = wal_size(journal.path)

        def full(descriptor: int) -> None:
            raise OSError(errno.ENOSPC, "no space left on device")

        monkeypatch.setattr(os, "fsync", full)
        reserve_wal(journal.path, before + ROOM)
        assert wal_size(journal.path) == before
        journal.commit([said(2)])
