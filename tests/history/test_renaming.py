"""Who takes another name has left under the old one, wherever they are, and come under the new."""

from chatserver.chat import answers
from chatserver.chat.lookups import AskSeen, ReadHistory
from chatserver.chat.requests import Rename, Say
from chatserver.history.errors import Cause
from chatserver.history.memory_library import MemoryLibrary
from tests.histories import FaultyJournal
from tests.history.desk import Desk, Guest


def missed(desk: Desk, guest: Guest, room: str = "#a") -> int | None:
    """Return how many lines came while somebody was away; None: they never were."""
    page = desk.ask(guest, ReadHistory(room, 50, returning=True))
    assert isinstance(page, answers.HistoryPage)
    return None if page.left_at is None else page.missed


def test_the_old_name_has_left_and_the_new_one_come(desk: Desk) -> None:
    amy, bob = desk.come("amy", "#a", "#b"), desk.come("bob", "#a", "#b")
    desk.do(bob, Rename("bert"))
    desk.do(amy, Say("#a", "one"), Say("#b", "elsewhere"), Say("#a", "two"))
    other = desk.come("bob", "#a")
    assert missed(desk, other) == 2
    assert missed(desk, bob) is None
    desk.go(bob)
    desk.do(amy, Say("#a", "three"))
    assert missed(desk, desk.come("bert", "#a")) == 1


def test_it_is_when_they_were_seen_last(desk: Desk) -> None:
    amy, bob = desk.come("amy"), desk.come("bob", "#a")
    desk.do(bob, Rename("bert"))
    then = desk.at
    desk.at += 50
    assert abs(desk.ask(amy, AskSeen("bob")).at - then) < 0.01


def test_another_spelling_is_no_other_name(desk: Desk) -> None:
    amy, bob = desk.come("amy", "#a"), desk.come("bob", "#a")
    desk.do(bob, Rename("BOB"))
    desk.do(amy, Say("#a", "one"))
    assert missed(desk, bob) is None


def test_it_is_remembered_where_it_cannot_be_stored() -> None:
    journal = FaultyJournal()
    desk = Desk(journal, MemoryLibrary(journal))
    amy, bob = desk.come("amy", "#a"), desk.come("bob", "#a")
    journal.fault = Cause.FULL
    desk.do(bob, Rename("bert"))
    journal.fault = None
    desk.do(amy, Say("#a", "one"))
    assert missed(desk, desk.come("bob", "#a")) == 1
