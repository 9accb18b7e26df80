"""Whose private past it is: theirs who have the nick, as long as nobody else has had it since."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from chatserver.chat import answers, events
from chatserver.chat.errors import NoSuchMessage, NotYours
from chatserver.chat.lookups import ListTargets, Point, ReadPast, SearchPast, Selection
from chatserver.chat.requests import Enter, Quit, Redact, Rename, Say, Tell
from chatserver.history.entries import Arrival, Departure, Forget
from chatserver.history.journal import Journal
from chatserver.history.library import Library
from chatserver.history.marks import MOST
from chatserver.history.memory_library import MemoryLibrary
from chatserver.history.removal import Retention
from tests.histories import FaultyJournal
from tests.history.desk import AT, Desk, Guest
from tests.history.shelf import DAY, NOW, Clock, opened, raw, rows, said, tidy


def texts(desk: Desk, guest: Guest, target: str) -> list[str]:
    """Return what somebody reads of private talk, by each way there is."""
    past = [line.text for line in desk.past(guest, target)]
    found = desk.ask(guest, SearchPast("", 100, target)).lines
    assert [line.text for line in found] == past
    ahead = desk.ask(guest, ReadPast(target, Selection.AFTER, 100, Point(id=0))).lines
    assert [line.text for line in ahead] == past
    around = desk.ask(guest, ReadPast(target, Selection.AROUND, 200, Point(id=1))).lines
    assert [line.text for line in around] == past
    targets = desk.ask(guest, ListTargets(AT - 9, AT + 999, 99)).targets
    assert (target in [name.lower() for name, _ in targets]) == bool(past)
    return past


def talk(desk: Desk, one: Guest, other: str, text: str) -> int:
    """Let somebody tell something; return its id."""
    id: int = desk.ask(one, Tell((other,), text)).told[0].id
    return id


def test_who_takes_a_free_nick_reads_nothing_of_its_past(desk: Desk) -> None:
    amy, bob = desk.come("amy"), desk.come("bob")
    talk(desk, amy, "bob", "a secret")
    talk(desk, bob, "amy", "mine too")
    desk.go(bob)
    eve = desk.come("BOB", host="elsewhere")
    assert texts(desk, eve, "amy") == []
    talk(desk, amy, "bob", "who are you?")
    assert texts(desk, eve, "amy") == ["who are you?"]
    # For who has been here all along it is one talk.
    assert texts(desk, amy, "bob") == ["a secret", "mine too", "who are you?"]


def test_it_goes_on_for_who_comes_back_from_the_same_place(desk: Desk) -> None:
    amy, bob = desk.come("amy"), desk.come("bob")
    talk(desk, amy, "bob", "one")
    desk.go(bob)
    talk(desk, amy, "bob", "while away")
    bob = desk.come("bob")
    talk(desk, bob, "amy", "two")
    assert texts(desk, bob, "amy") == ["one", "while away", "two"]
    desk.go(bob)
    assert texts(desk, desk.come("Bob"), "amy") == ["one", "while away", "two"]


def test_a_break_is_a_break_for_who_comes_back_after_it(desk: Desk) -> None:
    amy, bob = desk.come("amy"), desk.come("bob")
    talk(desk, amy, "bob", "to the first")
    desk.go(bob)
    eve = desk.come("bob", host="elsewhere")
    talk(desk, amy, "bob", "to the second")
    desk.go(eve)
    bob = desk.come("bob")
    assert texts(desk, bob, "amy") == []
    talk(desk, bob, "amy", "again")
    desk.go(bob)
    assert texts(desk, desk.come("bob"), "amy") == ["again"]


def test_who_renames_takes_a_nick_like_who_comes(desk: Desk) -> None:
    amy, bob = desk.come("amy"), desk.come("bob")
    talk(desk, amy, "bob", "a secret")
    desk.do(bob, Rename("bert"))
    assert texts(desk, bob, "amy") == []  # what was said to bob is bob's
    eve = desk.come("eve", host="elsewhere")
    desk.do(bob, Rename("bob"), Rename("BOB"))
    assert texts(desk, bob, "amy") == ["a secret"]
    desk.do(bob, Rename("bert"))
    desk.do(eve, Rename("bob"))
    assert texts(desk, eve, "amy") == []
    desk.do(eve, Rename("eve"))
    desk.do(bob, Rename("bob"))
    assert texts(desk, bob, "amy") == []


def test_it_is_seen_within_one_batch_too(desk: Desk) -> None:
    amy, bob = desk.come("amy"), desk.come("bob")
    talk(desk, amy, "bob", "a secret")
    desk.go(bob)
    eve, bob = Guest(desk), Guest(desk)
    wishes = [
        (eve, Enter("bob", "", user="u", host="elsewhere")),
        (amy, Tell(("bob",), "to eve")),
        (eve, Quit("quit")),
        (bob, Enter("bob", "", user="u", host="h")),
    ]
    desk.hub.submit(wishes)
    desk.hub._serve()
    assert texts(desk, bob, "amy") == []


def test_only_own_words_are_taken_back(desk: Desk) -> None:
    amy, bob = desk.come("amy", "#a"), desk.come("bob", "#a")
    (said,) = desk.do(bob, Say("#a", "in the room"))
    told = talk(desk, bob, "amy", "in private")
    heard = talk(desk, amy, "bob", "to the first")
    desk.go(bob)
    eve = desk.come("bob", "#a", host="elsewhere")
    assert isinstance(desk.refusal(eve, Redact("#a", said.id)), NotYours)
    assert isinstance(desk.refusal(eve, Redact("amy", told)), NoSuchMessage)
    eve.heard.clear()
    assert isinstance(desk.ask(amy, Redact("bob", heard)), answers.Done)
    assert eve.heard == []  # it was never theirs to see
    (said,) = desk.do(eve, Say("#a", "theirs"))
    assert isinstance(desk.ask(eve, Redact("#a", said.id)), answers.Done)


def test_own_words_are_taken_back_after_coming_back(desk: Desk) -> None:
    amy, bob = desk.come("amy", "#a"), desk.come("bob", "#a")
    (said,) = desk.do(bob, Say("#a", "in the room"))
    told = talk(desk, bob, "amy", "in private")
    desk.go(bob)
    bob = desk.come("bob", "#a")
    assert isinstance(desk.ask(bob, Redact("#a", said.id)), answers.Done)
    assert isinstance(desk.ask(bob, Redact("amy", told)), answers.Done)
    assert texts(desk, amy, "bob") == []


def test_an_operator_takes_back_what_was_said_before_they_came(desk: Desk) -> None:
    op, bob = desk.come("op", "#a"), desk.come("bob", "#a")
    (said,) = desk.do(bob, Say("#a", "x"))
    desk.do(op, Rename("chief"))
    assert isinstance(desk.ask(op, Redact("#a", said.id)), answers.Done)


def test_what_waits_for_a_nick_waits_for_whoever_takes_it(desk: Desk) -> None:
    amy = desk.come("amy")
    talk(desk, amy, "bob", "come back")
    bob = Guest(desk)
    kept = [e for e in desk.do(bob, Enter("bob", "1.2.3.4")) if isinstance(e, events.Kept)]
    assert [line.text for line in kept[0].lines] == ["come back"]
    assert texts(desk, bob, "amy") == []  # it was shown once


# Over a stop of the server, or a kill.


@contextmanager
def started(directory: Path, *, killed: bool) -> Iterator[Desk]:
    journal, library = Journal(directory), Library(directory)
    yield Desk(journal, library)
    library.close()
    if killed:
        journal._connection.close()
    else:
        journal.close()


@pytest.mark.parametrize("killed", [False, True])
def test_it_goes_on_over_a_restart(tmp_path: Path, killed: bool) -> None:
    with started(tmp_path, killed=killed) as desk:
        amy, bob = desk.come("amy"), desk.come("bob")
        desk.come("cy")
        talk(desk, amy, "bob", "one")
        talk(desk, amy, "cy", "two")
        desk.go(bob)
    with started(tmp_path, killed=killed) as desk:
        assert texts(desk, desk.come("bob"), "amy") == ["one"]
        amy = desk.come("amy")
        cy = desk.come("cy", host="elsewhere")
        assert texts(desk, cy, "amy") == []
        talk(desk, amy, "cy", "to the other")
    with started(tmp_path, killed=killed) as desk:
        assert texts(desk, desk.come("cy"), "amy") == []
        assert texts(desk, desk.come("amy"), "cy") == ["two", "to the other"]


def test_nothing_is_stored_for_a_reconnect_but_with_what_is_said(tmp_path: Path) -> None:
    """Who comes does not wait for the disk."""
    with opened(tmp_path) as journal:
        assert journal.hold("Bob", "u@h", 7, NOW) == 7
        assert rows(tmp_path, "select * from holder") == []
        journal.commit([said(8)])
        stamp = int(NOW * 1000)
        assert rows(tmp_path, "select * from holder") == [("bob", "u@h", 7, stamp)]
        assert journal.hold("bob", "u@h", 9, NOW + 1) == 7
        assert journal.hold("eve", "u@h", 10, NOW + 1) == 10
    assert rows(tmp_path, "select nick, since, at from holder") == [
        ("bob", 7, stamp + 1000),
        ("eve", 10, stamp + 1000),
    ]
    with opened(tmp_path) as journal:
        assert journal.last_id == 10  # so that 10 is not what others say next


def test_who_comes_while_nothing_can_be_stored_is_known_later(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        journal.hold("bob", "u@h", 1, NOW)
        journal.commit([said(2)])
        journal._break(ValueError("by the test"))  # type: ignore[arg-type]
        assert journal.hold("bob", "u@h", 3, NOW) == 3  # whose it was cannot be read
        assert journal.hold("bob", "v@h", 4, NOW) == 4
        journal.reopen()
        assert journal.hold("bob", "u@h", 5, NOW) == 5
    assert rows(tmp_path, "select mask, since from holder") == [("u@h", 5)]


def test_many_do_not_wait_for_a_quiet_moment(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        for n in range(MOST + 1):
            assert not journal.urgent
            journal.hold(f"n{n}", "u@h", n, NOW)
        assert journal.urgent
        journal.chore(NOW)
        assert not journal.urgent
        assert rows(tmp_path, "select count(*) from holder") == [(MOST + 1,)]
        for n in range(MOST + 1):
            journal.hold(f"n{n}", "u@h", n, NOW)
        assert journal.urgent
        journal.commit([said(MOST + 9)])
        assert not journal.urgent


def test_who_has_not_come_for_long_is_forgotten(tmp_path: Path) -> None:
    clock = Clock()
    with opened(tmp_path, retention=Retention(days=10), clock=clock) as journal:
        for n, nick in enumerate(("gone", "here", "left"), 1):
            journal.hold(nick, "u@h", n, NOW)
        for n in range(250):
            journal.hold(f"n{n}", "u@h", 4, NOW)
        journal.commit([said(5), Arrival("here", "#lobby"), Arrival("left", "#lobby")])
        tidy(journal, clock)
        clock.now += 9 * DAY
        journal.hold("new", "u@h", 6, NOW + clock.now)
        journal.commit([Departure(7, NOW + clock.now, "left", "#lobby")])
        clock.now += 2 * DAY
        tidy(journal, clock)
        # Who has been here since, or left but lately, is not.
        assert rows(tmp_path, "select nick from holder") == [("here",), ("left",), ("new",)]
        clock.now += 20 * DAY
        tidy(journal, clock)
        assert rows(tmp_path, "select nick from holder") == [("here",)]
        assert journal.hold("gone", "u@h", 9, NOW + clock.now) == 9


def test_of_whom_is_forgotten_no_mask_is_left(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        journal.hold("bob", "u@h", 1, NOW)
        journal.hold("amy", "u@h", 2, NOW + 5)
        journal.forget(Forget(room="#lobby"))
        journal.forget(Forget(nick="BOB"))
        assert rows(tmp_path, "select nick from holder") == [("amy",)]
        assert journal.hold("bob", "u@h", 3, NOW + 9) == 3
        journal.forget(Forget(before=NOW + 6))
        assert rows(tmp_path, "select nick from holder") == [("bob",)]


def test_a_file_from_before_this_was_known_opens_it_to_nobody(tmp_path: Path) -> None:
    with started(tmp_path, killed=False) as desk:
        amy = desk.come("amy")
        desk.come("bob")
        talk(desk, amy, "bob", "a secret")
    with raw(tmp_path) as connection:
        connection.execute("delete from holder")
    with started(tmp_path, killed=False) as desk:
        assert texts(desk, desk.come("bob"), "amy") == []


def test_in_memory_too_of_whom_is_forgotten_no_mask_is_left() -> None:
    journal = FaultyJournal()
    desk = Desk(journal, MemoryLibrary(journal))
    desk.come("bob")
    journal.forget(Forget(nick="Bob"))
    assert journal.hold("bob", "u@h", 9, NOW) == 9
