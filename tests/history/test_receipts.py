"""What has been handed over: noted at once, written soon, and after a kill at worst shown again."""

import sqlite3
from pathlib import Path

import pytest

from chatserver.history.entries import Forget
from chatserver.history.errors import Cause, JournalError
from chatserver.history.journal import Journal
from chatserver.history.memory import MemoryJournal
from chatserver.history.store import Writer
from tests.history.shelf import NOW, opened, rows, said, told

WAITING = "select nick, id from waiting order by id"


def ids(journal: Writer, nick: str) -> list[int]:
    return [line.id for line in journal.waiting(nick)]


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    journal = Journal(tmp_path)
    journal.commit([told(id, "amy", waits_for=("amy",)) for id in (1, 2, 3)])
    return journal


def killed(journal: Journal) -> Journal:
    """Return what a new process finds."""
    journal._connection.close()
    return Journal(journal.path.parent)


@pytest.mark.parametrize("memory", [False, True])
def test_what_is_handed_over_waits_no_more(tmp_path: Path, memory: bool) -> None:
    journal: Writer = MemoryJournal() if memory else Journal(tmp_path)
    journal.commit([told(1, "Amy", "zoe", waits_for=("Amy", "zoe"))])
    journal.commit([told(id, "amy", waits_for=("amy",)) for id in (2, 3)])
    journal.hand_over("AMY", 2)
    assert ids(journal, "amy") == [3]
    assert journal.count_waiting("Amy") == 1
    journal.hand_over("amy", 1)  # what is said late, or twice, takes nothing back
    assert ids(journal, "amy") == [3]
    journal.commit([told(4, "amy", waits_for=("amy",))])
    assert ids(journal, "amy") == [3, 4]
    journal.hand_over("amy", 4)
    assert ids(journal, "amy") == []
    assert journal.count_waiting("amy") == 0
    assert ids(journal, "zoe") == [1]
    journal.hand_over("nobody", 9)
    journal.chore(NOW)
    assert journal.waiting_for() == {"zoe": 1}
    journal.close()


def test_nobody_waits_for_the_disk_and_it_is_written_with_what_is_said_next(
    journal: Journal, tmp_path: Path
) -> None:
    journal.hand_over("amy", 2)
    assert len(rows(tmp_path, WAITING)) == 3
    journal.commit([said(4)])
    assert rows(tmp_path, WAITING) == [("amy", 3)]
    journal.hand_over("amy", 3)
    journal.chore(NOW)
    assert rows(tmp_path, WAITING) == []
    journal.close()


def test_a_stop_loses_nothing_of_it(journal: Journal, tmp_path: Path) -> None:
    journal.hand_over("amy", 2)
    journal.close()
    with opened(tmp_path) as again:
        assert ids(again, "amy") == [3]


def test_a_kill_may_lose_the_latest_and_nothing_else(journal: Journal) -> None:
    journal.hand_over("amy", 1)
    journal.commit([said(4)])
    journal.hand_over("amy", 3)
    again = killed(journal)
    assert ids(again, "amy") == [2, 3]
    assert again.waiting_for() == {"amy": 2}
    again.close()


def test_a_commit_that_fails_does_not_forget_it(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.hand_over("amy", 2)
    full = sqlite3.OperationalError("full")
    full.sqlite_errorcode, full.sqlite_errorname = sqlite3.SQLITE_FULL, "SQLITE_FULL"

    def fail(entries: object) -> tuple[int, int]:
        raise full

    with monkeypatch.context() as patch:
        patch.setattr(journal._storing, "store", fail)
        with pytest.raises(JournalError) as error:
            journal.commit([said(4)])
    assert error.value.cause is Cause.FULL
    assert len(rows(tmp_path, WAITING)) == 3
    assert ids(journal, "amy") == [3]
    journal.commit([said(4)])
    assert rows(tmp_path, WAITING) == [("amy", 3)]
    journal.close()


def test_it_is_known_over_a_fault_of_the_disk(journal: Journal, tmp_path: Path) -> None:
    journal._break(sqlite3.OperationalError("by the test"))
    journal.hand_over("amy", 2)
    journal.reopen()
    assert ids(journal, "amy") == [3]
    journal.close()
    assert rows(tmp_path, WAITING) == [("amy", 3)]


def test_forgetting_somebody_goes_well_with_it(journal: Journal, tmp_path: Path) -> None:
    journal.hand_over("amy", 2)
    journal.forget(Forget(nick="amy"))
    assert rows(tmp_path, WAITING) == [("amy", 3)]
    while journal.forgetting:
        journal.chore(NOW)
    assert rows(tmp_path, WAITING) == []
    journal.close()
