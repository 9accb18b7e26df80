"""What is kept, taken back, moved and marked, on disk and in memory."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from chatserver.chat.lookups import Point, ReadPast, Selection
from chatserver.history.entries import (
    Arrival,
    Given,
    Happening,
    Kind,
    Message,
    Moved,
    Pair,
    Redaction,
    What,
)
from chatserver.history.journal import Journal
from chatserver.history.library import Library
from chatserver.history.memory import MemoryJournal
from chatserver.history.memory_library import MemoryLibrary
from chatserver.history.query import parse
from chatserver.history.selecting import select
from chatserver.history.store import Reader, Writer
from tests.history.shelf import ALL, NOW, ROOMS, Clock, finish, rows, said, told

# Both stores, one after the other.


class Shelf:
    """A store to write and to read, and what has its index filled."""

    def __init__(self, writer: Writer, reader: Reader, index: Callable[[], None]) -> None:
        self.writer = writer
        self.reader = reader
        self.index = index

    def ids(self, where: str | Pair, *, happenings: bool = True) -> list[int]:
        found = self.reader.past(where, *ALL, 500, newest=True, happenings=happenings)
        return [record.id for record in found]


@pytest.fixture(params=["disk", "memory"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shelf]:
    if request.param == "memory":
        memory = MemoryJournal()
        yield Shelf(memory, MemoryLibrary(memory), lambda: None)
        return
    clock = Clock()
    with ExitStack() as stack:
        journal = stack.enter_context(closing(Journal(tmp_path, clock=clock)))
        library = stack.enter_context(closing(Library(tmp_path)))

        def index() -> None:
            clock.now += 100
            finish(journal, NOW)

        yield Shelf(journal, library, index)


REACTION = Happening(6, NOW + 6, What.TAGGED, "#lobby", "amy", tags=(("+draft/react", "👋"),))


@pytest.mark.parametrize("indexed", [False, True])
def test_what_was_taken_back_is_nowhere_any_more(shelf: Shelf, indexed: bool) -> None:
    tagged = Message(1, NOW + 1, Kind.SAID, "#lobby", "bob", "oh dear", (), (), (("+reply", "9"),))
    shelf.writer.commit([tagged, said(2), told(3, "amy", waits_for=("amy",)), told(4, "amy")])
    secret = Happening(5, NOW + 5, What.TAGGED, "", "bob", "amy", tags=(("+draft/react", "x"),))
    shelf.writer.commit([secret, REACTION])
    if indexed:
        shelf.index()
    taken = [Redaction(10 + id, NOW + 10 + id, "bob", id) for id in (1, 3, 5, 6, 1, 77)]
    shelf.writer.commit(taken)
    for _ in range(2):
        assert shelf.ids("#lobby") == [2]
        assert shelf.ids(("amy", "bob")) == [4]
        assert [line.id for line in shelf.reader.page("#lobby")] == [2]
        assert shelf.reader.count_since("#lobby", 0) == 1
        assert shelf.reader.search(parse("dear"), ["#lobby"]) == []
        assert [line.id for line in shelf.reader.search(parse("from:bob"), ["#lobby"])] == [2]
        assert all(shelf.reader.find(id) is None for id in (1, 3, 5, 6))
        assert shelf.writer.waiting("amy") == []
        shelf.index()
    assert shelf.writer.last_id == 87


def test_of_what_was_taken_back_a_mark_is_left(tmp_path: Path) -> None:
    with closing(Journal(tmp_path)) as journal:
        journal.commit([said(1), Redaction(2, NOW + 2, "amy", 1), Redaction(3, NOW + 3, "x", 1)])
        journal.commit([Happening(4, NOW + 4, What.TAGGED, "", "bob", "amy")])
    assert rows(tmp_path, "select name from room") == [("#lobby",)]
    marks = rows(tmp_path, "select id, what, nick, other, text from happening order by id")
    assert marks[0] == (2, int(What.REDACTED), "amy", "1", "")
    assert b"hello" not in (tmp_path / "history.sqlite3").read_bytes()


@pytest.mark.parametrize("indexed", [False, True])
def test_a_room_takes_its_past_to_its_new_name(shelf: Shelf, indexed: bool) -> None:
    topic = Message(2, NOW + 2, Kind.TOPIC, "#old", "bob", "about")
    shelf.writer.commit([said(1, room="#old"), topic])
    if indexed:
        shelf.index()
    # In one batch with what is said before and after.
    shelf.writer.commit(
        [
            said(3, room="#old"),
            Moved("#Old", "#New"),
            Happening(4, NOW + 4, What.ROOM_RENAMED, "#New", "bob", "#old,#New"),
            said(5, room="#New"),
            Moved("#new", "#NEW"),
        ]
    )
    shelf.writer.commit([said(6, room="#old"), said(7, room="#NEW")])
    for _ in range(2):
        assert shelf.ids("#new") == [1, 2, 3, 4, 5, 7]
        past = shelf.reader.past("#new", *ALL, 9, newest=True, happenings=True)
        assert {record.room for record in past} == {"#NEW"}
        assert shelf.ids("#old") == [6]
        found = shelf.reader.search(parse("hello"), ["#new"])
        assert [line.id for line in found] == [7, 5, 3, 1]
        assert [kept.text for kept in shelf.writer.topics()] == ["about"]
        shelf.index()


def test_a_name_that_has_lines_keeps_them(shelf: Shelf) -> None:
    topic = Message(2, NOW + 2, Kind.TOPIC, "#old", "bob", "about")
    other = Message(3, NOW + 3, Kind.TOPIC, "#new", "bob", "else")
    shelf.writer.commit([said(1, room="#old"), topic, other])
    shelf.writer.commit([Moved("#old", "#new"), said(4, room="#new"), said(5, room="#old")])
    assert shelf.ids("#new", happenings=False) == [4]
    assert shelf.ids("#old", happenings=False) == [1, 5]
    assert [(kept.room, kept.text) for kept in shelf.writer.topics()] == [("#new", "about")]
    shelf.writer.commit([said(6, room="#bare"), Moved("#bare", "#new")])
    assert shelf.writer.topics() == []


def test_a_name_of_which_only_comings_and_goings_are_known_is_free(shelf: Shelf) -> None:
    shelf.writer.commit(
        [
            Arrival("amy", "#new"),
            Happening(1, NOW + 1, What.JOINED, "#new", "amy"),
            said(2, room="#old"),
            Moved("#old", "#new"),
        ]
    )
    assert not shelf.writer.has_lines("#old")
    assert shelf.writer.has_lines("#NEW")
    assert shelf.ids("#new") == [2]
    shelf.writer.commit([said(3, room="#new")])
    assert shelf.ids("#new") == [2, 3]


@pytest.mark.parametrize("indexed", [False, True])
def test_whether_anything_was_said_in_a_room(shelf: Shelf, indexed: bool) -> None:
    shelf.writer.commit([said(1), Happening(2, NOW + 2, What.JOINED, "#games", "amy")])
    if indexed:
        shelf.index()
    assert shelf.writer.has_lines("#LOBBY")
    assert not shelf.writer.has_lines("#games")
    assert not shelf.writer.has_lines("#none")


def test_what_was_said_in_the_batch_of_the_move_counts(shelf: Shelf) -> None:
    shelf.writer.commit([said(1, room="#old"), said(2, room="#new"), Moved("#old", "#new")])
    assert shelf.ids("#old", happenings=False) == [1]
    assert shelf.ids("#new", happenings=False) == [2]


@pytest.mark.parametrize("written", [False, True])
def test_until_when_people_have_read_goes_along(shelf: Shelf, written: bool) -> None:
    shelf.writer.mark_read("amy", "#old", NOW)
    shelf.writer.mark_read("amy", "#new", NOW + 5)
    shelf.writer.mark_read("bob", "#new", NOW + 6)
    shelf.writer.mark_read("bob", "amy", NOW + 7)
    if written:
        shelf.index()
    shelf.writer.commit([said(1, room="#old"), Moved("#old", "#new")])
    for _ in range(2):
        assert shelf.writer.read_until("amy", "#new") == NOW
        assert shelf.writer.read_until("amy", "#old") is None
        assert shelf.writer.read_until("bob", "#new") is None
        assert shelf.writer.read_until("bob", "amy") == NOW + 7
        shelf.index()
    shelf.writer.commit([Moved("#new", "#NEW")])
    assert shelf.writer.read_until("amy", "#new") == NOW


def test_what_happens_is_no_line(shelf: Shelf) -> None:
    shelf.writer.commit(
        [
            said(1),
            Happening(2, NOW + 2, What.JOINED, "#lobby", "amy"),
            REACTION,
            Happening(7, NOW + 7, What.GONE, "#lobby", "amy", text="hello"),
            Happening(7, NOW + 7, What.GONE, "#games", "amy", text="hello"),
        ]
    )
    for _ in range(2):
        assert [line.id for line in shelf.reader.page("#lobby")] == [1]
        assert shelf.reader.page("#games") == []
        assert shelf.reader.count_since("#lobby", 0) == 1
        assert [line.id for line in shelf.reader.search(parse("hello"), ROOMS)] == [1]
        assert shelf.ids("#lobby", happenings=False) == [1]
        assert shelf.ids("#lobby") == [1, 2, 6, 7]
        assert shelf.ids("#games") == [7]
        shelf.index()
    assert shelf.writer.last_id == 7


def test_every_detail_of_what_happened_comes_back(shelf: Shelf) -> None:
    happened = [
        Happening(1, NOW, What.KICKED, "#lobby", "amy", "bob", "go\taway"),
        Happening(
            2, NOW, What.MODES_SET, "#lobby", "", changes=((True, "o", "bob"), (False, "i", ""))
        ),
        Happening(3, NOW, What.ROOM_RENAMED, "#lobby", "amy", "#x,#lobby", "why"),
        Happening(4, NOW, What.TAGGED, "#lobby", "amy", tags=(("+draft/react", 'a"ß'), ("+x", ""))),
    ]
    shelf.writer.commit(happened)
    found = shelf.reader.past("#LOBBY", *ALL, 50, newest=False, happenings=True)
    assert found == happened


def test_messages_of_one_millisecond(shelf: Shelf) -> None:
    """A time as a bound leaves out all of that time; an id never loses one."""
    shelf.writer.commit([Message(id, NOW, Kind.SAID, "#lobby", "bob", "x") for id in range(1, 5)])

    def ids(selection: Selection, start: Point) -> list[int]:
        found = select(shelf.reader, "#lobby", ReadPast("", selection, 9, start), 500, 0)
        return [record.id for record in found]

    assert ids(Selection.BEFORE, Point(at=NOW)) == ids(Selection.AFTER, Point(at=NOW)) == []
    assert ids(Selection.BEFORE, Point(id=3)) == [1, 2]
    assert ids(Selection.AFTER, Point(id=3)) == [4]
    assert ids(Selection.AFTER, Point(at=NOW - 0.001)) == [1, 2, 3, 4]


@pytest.mark.parametrize("text", ["+\ud800", "a\nb"])
def test_texts_of_any_kind_are_stored(shelf: Shelf, text: str) -> None:
    shelf.writer.commit(
        [
            Message(1, NOW, Kind.NOTICE, "#lobby", "bob", text, (), (), ((text, text),)),
            Happening(2, NOW, What.LEFT, "#lobby", "bob", text=text),
            Happening(3, NOW, What.TAGGED, "#lobby", "bob", tags=((text, text),)),
        ]
    )
    assert shelf.ids("#lobby") == [1, 2, 3]


# Ids that are given, and until when one has read.


def test_an_id_is_not_given_twice_whatever_it_was_for(tmp_path: Path) -> None:
    for last_id in (5, 9, 14, 17):
        with closing(Journal(tmp_path)) as journal:
            match last_id:
                case 5:
                    journal.commit([said(4), Given(5, NOW + 5)])
                case 9:
                    journal.commit([Happening(9, NOW + 9, What.JOINED, "#lobby", "amy")])
                case 14:
                    journal.commit([said(12), Redaction(14, NOW + 14, "bob", 12)])
                case 17:
                    reaction = Happening(16, NOW + 16, What.TAGGED, "#lobby", "amy")
                    journal.commit([reaction, Redaction(17, NOW + 17, "amy", 16)])
            assert journal.last_id == last_id
        with closing(Journal(tmp_path)) as journal:
            assert journal.last_id == last_id
            assert journal.last_time == NOW + last_id


def test_a_read_mark_never_goes_back(shelf: Shelf) -> None:
    writer = shelf.writer
    assert writer.read_until("bob", "#lobby") is None
    assert writer.mark_read("bob", "#lobby", NOW + 0.123) == NOW + 0.123
    assert writer.mark_read("BOB", "#Lobby", NOW) == NOW + 0.123
    for _ in range(2):
        assert writer.read_until("Bob", "#LOBBY") == NOW + 0.123
        assert writer.read_until("bob", "amy") is writer.read_until("amy", "#lobby") is None
        shelf.index()
    assert writer.mark_read("bob", "#lobby", NOW - 1) == NOW + 0.123
    assert writer.mark_read("bob", "#lobby", NOW + 1) == NOW + 1


def test_read_marks_outlive_the_server(tmp_path: Path) -> None:
    with closing(Journal(tmp_path)) as journal:
        journal.mark_read("bob", "#lobby", NOW)
        finish(journal)  # written before the server is stopped
        assert rows(tmp_path, "select * from read_mark") == [("bob", "#lobby", int(NOW * 1000))]
        journal.mark_read("bob", "amy", NOW + 1)
    with closing(Journal(tmp_path)) as journal:
        assert journal.read_until("bob", "#lobby") == NOW
        assert journal.read_until("bob", "amy") == NOW + 1
