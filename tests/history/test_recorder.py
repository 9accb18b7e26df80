"""HistoryRecorder: whether storing is prompt, so that who has others to serve may wait for it; and
what the journal is asked by whoever's turn it is.
"""

from collections.abc import Sequence

import pytest

from chatserver.chat import events, requests
from chatserver.chat.deliveries import Broadcast
from chatserver.chat.errors import NotSaved
from chatserver.chat.recorder import NotNow, Step
from chatserver.history.departures import Departures
from chatserver.history.entries import Entry
from chatserver.history.errors import Cause, JournalError
from chatserver.history.memory import MemoryJournal
from chatserver.history.recorder import HistoryRecorder


class Disk(MemoryJournal):
    """A journal whose commits take as long as a test says, or fail."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0
        self.seconds = 0.0
        self.fault: Cause | None = None
        self.locked = False
        self.unreadable = False
        self.behind = 0  # bites of tidying up that must not wait
        self.asked: list[bool] = []
        self.departures = Departures()

    def begin(self) -> bool:
        return not self.locked

    def chore(self, now: float, budget: float = 0.0) -> bool:
        self.behind -= 1
        self.urgent = self.behind > 0
        return self.urgent

    def commit(self, entries: Sequence[Entry]) -> None:
        self.asked.append(self.recorder.prompt)
        self.now += self.seconds
        if self.fault:
            raise JournalError(self.fault)
        super().commit(entries)

    def departure(self, nick: str, room: str) -> int | None:
        if self.unreadable:
            raise JournalError(Cause.BROKEN)
        return super().departure(nick, room)

    def serve(self) -> HistoryRecorder:
        self.recorder = HistoryRecorder(self, self.departures, clock=lambda: self.now)
        return self.recorder


class Somebody:
    """A peer without a home."""

    home = None


def step(id: int) -> Step:
    said = events.Said(id, float(id), "#lobby", "ada", "hello", False)
    return Step(Somebody(), requests.Say("#lobby", "hello"), [Broadcast((), said)])


def test_as_long_as_commits_are_quick_it_is_prompt() -> None:
    disk = Disk()
    recorder = disk.serve()
    assert recorder.prompt
    for id in range(1, 4):
        disk.seconds = 0.004
        recorder.record([step(id)])
        assert recorder.prompt
    disk.seconds = 0.006
    recorder.record([step(5)])
    assert not recorder.prompt
    recorder.record([])  # nothing is stored, so nothing is known
    assert not recorder.prompt
    disk.seconds = 0.001
    recorder.record([step(6)])
    assert recorder.prompt


def test_while_a_commit_is_under_way_nobody_else_is_to_wait_for_it() -> None:
    disk = Disk()
    disk.serve().record([step(1)])
    assert disk.asked == [False]


def test_what_fails_is_not_prompt_however_quickly() -> None:
    disk = Disk()
    recorder = disk.serve()
    disk.fault = Cause.FULL
    with pytest.raises(NotSaved):
        recorder.record([step(1)])
    assert not recorder.prompt
    disk.fault = None
    recorder.record([step(2)])
    assert recorder.prompt


def test_without_patience_nobody_waits_for_another_programs_lock() -> None:
    disk = Disk()
    recorder = disk.serve()
    disk.locked = True
    with pytest.raises(NotNow):
        recorder.record([step(1)], patient=False)
    assert not disk.asked
    assert not recorder.prompt
    recorder.record([step(1)])
    assert recorder.prompt
    assert disk.last_id == 1


def test_to_tidy_up_in_the_midst_of_a_rush_takes_patience() -> None:
    disk = Disk()
    recorder = disk.serve()
    disk.behind, disk.urgent = 2, True
    recorder.record([step(1)], patient=False)
    assert (disk.behind, recorder.prompt) == (2, False)
    recorder.record([step(2)])
    assert (disk.behind, recorder.prompt) == (1, False)
    recorder.record([step(3)])
    recorder.record([step(4)])
    assert (disk.behind, recorder.prompt) == (0, True)


def joins(id: int) -> Step:
    joined = events.Joined(id, float(id), "#lobby", "ada")
    return Step(Somebody(), requests.Join("#lobby"), [Broadcast((), joined)])


def leaves(id: int) -> Step:
    left = events.Left(id, float(id), "#lobby", "ada", "")
    return Step(Somebody(), requests.Leave("#lobby"), [Broadcast((), left)])


def test_where_somebody_left_off_is_the_journals_to_say() -> None:
    """It belongs to the turn, as what a commit does; a reader would be one more for each thread."""
    disk = Disk()
    disk.serve().record([joins(1), leaves(2)])
    disk.departures.clear()
    disk.serve().record([joins(3)])
    assert disk.departure("ada", "#lobby") is None  # they are there
    assert disk.departures.of("Ada", "#LOBBY") == 2


def test_where_it_cannot_be_read_who_comes_has_missed_nothing_that_is_known(
    caplog: pytest.LogCaptureFixture,
) -> None:
    disk = Disk()
    disk.serve().record([joins(1), leaves(2)])
    disk.departures.clear()
    disk.unreadable = True
    disk.serve().record([joins(3)])
    assert disk.departures.of("ada", "#lobby") is None
    assert "where somebody left off cannot be read now" in caplog.text
