import logging
from contextlib import closing
from pathlib import Path

import pytest

from chatserver.history import chores, marks
from chatserver.history.entries import Departure, Forget, Happening, Kind, Message, Moved, What
from chatserver.history.journal import Journal
from chatserver.history.library import Library
from chatserver.history.query import parse
from chatserver.history.removal import MOST, Retention
from tests.history.shelf import DAY, NOW, Clock, finish, opened, raw, rows, said, tidy, told

ROOMS = ["#lobby", "#games", "#old"]


def check_whole(directory: Path) -> None:
    """Every table agrees with the lines, and the word index with itself."""
    assert rows(directory, "pragma quick_check") == [("ok",)]
    indexed = "where room <> 0 and id <= (select indexed_to from state)"
    assert rows(directory, "select room, id from room_line order by id") == rows(
        directory, f"select room, id from line {indexed} order by id"
    )
    pairs = "(select id, nick || ',' || addressees as people from line where room = 0)"
    private = rows(directory, "select nick, other, id from private_line order by id")
    people = dict(rows(directory, f"select id, people from {pairs}"))
    happened = "select id, nick || ',' || other from happening where room = 0"
    people |= dict(rows(directory, happened))
    assert all({nick, other} <= set(people[id].lower().split(",")) for nick, other, id in private)
    (indexed_to,) = rows(directory, "select indexed_to from state")[0]
    assert {id for _, _, id in private} >= {
        id
        for (id,) in rows(directory, f"select id from line where room = 0 and id <= {indexed_to}")
    }
    assert rows(directory, "select id from tag where id not in (select id from line)") == []
    assert rows(directory, "select key, lines from room where lines <> 0 order by key") == rows(
        directory, f"select room, count(*) from line {indexed} group by room order by room"
    )
    with raw(directory) as connection:
        connection.execute("insert into line_words (line_words) values ('integrity-check')")
        connection.execute("create virtual table temp.v using fts5vocab (main, line_words, col)")
        held = connection.execute("select coalesce(max(doc), 0) from v where col = 'room'")
        most = connection.execute("select coalesce(max(lines), 0) from room")
        # Words of rooms: no line is held that is not there.
        assert held.fetchone() == most.fetchone()


def test_lines_are_indexed_in_bites_and_a_lone_one_after_a_while(tmp_path: Path) -> None:
    clock = Clock()
    with opened(tmp_path, clock=clock) as journal, closing(Library(tmp_path)) as library:
        journal.commit([said(id) for id in range(1, 601)])
        finish(journal)
        assert library.stats().not_indexed == 100
        journal.commit([said(601)])
        finish(journal)
        assert library.stats().not_indexed == 101
        tidy(journal, clock)
        assert library.stats().not_indexed == 0
    check_whole(tmp_path)


def test_a_flood_without_a_pause_is_urgent_and_bites_keep_up(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        id = 0
        worst = 0
        while id < chores._URGENT_TAIL + 10_000:
            journal.commit([said(id + n) for n in range(1, 401)])
            id += 400
            while journal.urgent:
                journal.chore(NOW)
            worst = max(worst, journal._chores._indexing.tail)
        assert worst <= chores._URGENT_TAIL + 400
        assert journal.urgent is False


def test_rooms_are_cut_to_their_last_lines(tmp_path: Path) -> None:
    clock = Clock()
    keep = Retention(days=None, lines=300)
    with opened(tmp_path, retention=keep, clock=clock) as journal:
        lines = [said(id, f"word{id}", ROOMS[id % 2]) for id in range(1, 2001)]
        lines += [said(id, room="#old") for id in range(2001, 2101)]
        journal.commit(lines)
        tidy(journal, clock)
        with closing(Library(tmp_path)) as library:
            for room in ROOMS:
                expected = [line for line in lines if line.room == room][-300:]
                assert list(library.export(room)) == expected
            assert library.search(parse("word2"), ROOMS) == []
            assert library.search(parse("word2000"), ROOMS) == [lines[1999]]
    check_whole(tmp_path)


def test_a_limit_that_is_lowered_holds_from_the_next_start(tmp_path: Path) -> None:
    clock = Clock()
    with opened(tmp_path, clock=clock) as journal:
        journal.commit([said(id) for id in range(1, 1001)])
        tidy(journal, clock)
    with opened(tmp_path, retention=Retention(lines=10)) as journal:
        finish(journal)
    assert rows(tmp_path, "select min(id), max(id) from line") == [(991, 1000)]
    check_whole(tmp_path)


def test_old_lines_go_with_all_that_hangs_on_them(tmp_path: Path) -> None:
    clock = Clock()
    keep = Retention(days=30, lines=None)
    with opened(tmp_path, retention=keep, clock=clock) as journal:
        journal.commit([said(id, room="#old") for id in range(1, 3 * MOST)])
        journal.commit([Message(1000, NOW + 1000, Kind.TOPIC, "#old", "bob", "Old")])
        journal.commit([told(1001, "amy", waits_for=("amy",))])
        journal.commit([Departure(1002, NOW + 1002, "amy", "#old")])
        clock.now = 20 * DAY
        young = said(1003)
        young = Message(1003, NOW + clock.now, young.kind, "#lobby", "bob", "young")
        journal.commit([young])
        tidy(journal, clock)
        assert len(rows(tmp_path, "select id from line")) == 3 * MOST + 2
        tidy(journal, clock, 10.5 * DAY)
        assert rows(tmp_path, "select id from line") == [(1003,)]
        assert journal.topics() == []
        assert journal.waiting_for() == {}
        assert rows(tmp_path, "select * from stay") == []
        assert rows(tmp_path, "select name from room") == [("#lobby",)]
        journal.commit([said(2000, room="#old")])  # under a key of its own again
        with closing(Library(tmp_path)) as library:
            assert [line.id for line in library.page("#old")] == [2000]
    check_whole(tmp_path)


def test_a_clock_set_forward_throws_nothing_away(tmp_path: Path) -> None:
    clock = Clock()
    with opened(tmp_path, clock=clock) as journal:
        journal.commit([said(id) for id in range(1, 301)])
        tidy(journal, clock)
        clock.now += 100
        finish(journal, NOW + 3650 * DAY)
        assert len(rows(tmp_path, "select id from line")) == 300


@pytest.mark.parametrize(
    ("what", "kept"),
    [
        (Forget(nick="BOB"), {2, 4, 6}),
        (Forget(room="#Games"), {1, 2, 5, 6, 7}),
        (Forget(before=NOW + 3), {3, 4, 5, 6, 7}),
        (Forget(nick="bob", room="#games"), {1, 2, 4, 5, 6, 7}),
        (Forget(nick="amy", before=NOW + 5), {1, 3, 5, 6, 7}),
        (Forget(room="#nowhere"), {1, 2, 3, 4, 5, 6, 7}),
    ],
)
@pytest.mark.parametrize("indexed", [False, True])
def test_forgetting(tmp_path: Path, what: Forget, kept: set[int], indexed: bool) -> None:
    clock = Clock()
    lines = [
        said(1, "one", "#lobby", "bob"),
        said(2, "two", "#lobby", "amy"),
        said(3, "three", "#games", "Bob"),
        said(4, "four", "#games", "amy"),
        told(5, "zoe", nick="bob"),
        told(6, "zoe", nick="dan"),
        told(7, "zoe", "bob", nick="dan", waits_for=("bob",)),
    ]
    with opened(tmp_path, clock=clock) as journal:
        journal.commit(lines)
        if indexed:
            tidy(journal, clock)
        journal.forget(what)
        finish(journal)
        assert not journal.forgetting
        assert {id for (id,) in rows(tmp_path, "select id from line")} == kept
        assert journal.waiting_for() == ({"bob": 1} if 7 in kept else {})
        tidy(journal, clock)
        with closing(Library(tmp_path)) as library:
            found = library.search(parse("from:bob from:amy"), ROOMS)
            assert [line.id for line in found] == sorted(kept - {5, 6, 7}, reverse=True)
    check_whole(tmp_path)


def test_forgetting_goes_on_after_a_restart_and_leaves_no_trace_in_the_file(tmp_path: Path) -> None:
    clock = Clock()
    with opened(tmp_path, clock=clock) as journal:
        journal.commit([said(id, f"xyzzy{id} public", nick="eve") for id in range(1, 1001)])
        journal.commit([said(id, "plain") for id in range(1001, 2001)])
        tidy(journal, clock)
        journal.forget(Forget(nick="eve"))
        journal.chore(NOW)
        assert journal.forgetting
        left = len(rows(tmp_path, "select id from line"))
        assert 1000 < left < 2000
    with opened(tmp_path, clock=clock) as journal:
        assert journal.forgetting
        tidy(journal, clock)
        assert not journal.forgetting
        path = journal.path
    assert rows(tmp_path, "select count(*), min(id) from line") == [(1000, 1001)]
    check_whole(tmp_path)
    assert b"xyzzy" not in path.read_bytes()


def happened(id: int, room: str = "#lobby", nick: str = "bob", other: str = "") -> Happening:
    return Happening(id, NOW + id, What.TAGGED, room, nick, other, tags=(("+draft/react", "x"),))


@pytest.mark.parametrize("indexed", [False, True])
@pytest.mark.parametrize(
    ("what", "kept"),
    [
        (Forget(nick="BOB"), {4, 8}),
        (Forget(nick="amy"), {1, 3, 5, 7, 8}),
        (Forget(room="#lobby"), {3, 6, 7}),
        (Forget(nick="bob", room="#lobby"), {3, 4, 6, 7, 8}),
        (Forget(before=NOW + 5), {5, 6, 7, 8}),
    ],
)
def test_forgetting_what_happened_and_hangs_on_lines(
    tmp_path: Path, what: Forget, kept: set[int], indexed: bool
) -> None:
    clock = Clock()
    tagged = Message(1, NOW + 1, Kind.NOTICE, "#lobby", "bob", "x", tags=(("+reply", "9"),))
    with opened(tmp_path, clock=clock) as journal, closing(Library(tmp_path)) as library:
        journal.commit(
            [
                *(tagged, happened(3, "#games"), happened(4, nick="amy"), happened(5)),
                *(told(6, "Amy", "zoe"), happened(7, "", other="zoe")),
                Happening(8, NOW + 8, What.KICKED, "#lobby", "dan", "mia"),
            ]
        )
        for nick, target in (("bob", "#lobby"), ("zoe", "amy"), ("zoe", "#games")):
            journal.mark_read(nick, target, NOW + 1)
        if indexed:
            tidy(journal, clock)
        journal.forget(what)
        tidy(journal, clock)
        assert not journal.forgetting
        ids = {
            id
            for table in ("line", "happening")
            for (id,) in rows(tmp_path, f"select id from {table}")
        }
        assert ids == kept
        past = library.past("#lobby", -1, 99, 50, newest=True, happenings=True)
        assert {record.id for record in past} == kept & {1, 4, 5, 8}
        left = {
            (nick, target)
            for nick, target in (("bob", "#lobby"), ("zoe", "amy"), ("zoe", "#games"))
            if journal.read_until(nick, target)
        }
        assert left == {
            (nick, target)
            for nick, target in (("bob", "#lobby"), ("zoe", "amy"), ("zoe", "#games"))
            if not (
                (what.nick is None or what.nick.lower() in (nick, target))
                and (what.room is None or what.room == target)
            )
        }
    check_whole(tmp_path)


def test_forgetting_goes_on_through_many_happenings_of_one_id(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        crowd = [happened(id, f"#{n}") for id in (1, 2, 3) for n in range(MOST - 30)]
        journal.commit([*crowd, happened(4, nick="amy")])
        journal.forget(Forget(nick="bob"))
        finish(journal)
        assert rows(tmp_path, "select id from happening") == [(4,)]
        assert journal.last_id == 4


def test_what_happened_goes_with_age_and_with_the_lines_around_it(tmp_path: Path) -> None:
    clock = Clock()
    with opened(tmp_path, retention=Retention(days=10, lines=2), clock=clock) as journal:
        journal.commit(
            [happened(1), said(2), said(3), happened(4), said(5), happened(6, "", other="x")]
        )
        journal.mark_read("bob", "#lobby", NOW)
        tidy(journal, clock)
        assert rows(tmp_path, "select id from happening order by id") == [(4,), (6,)]
        clock.now += 11 * DAY
        tidy(journal, clock)
        for table in ("line", "happening", "private_line", "read_mark", "room", "tag"):
            assert rows(tmp_path, f"select * from {table}") == []
        assert journal.last_id == 6
    with opened(tmp_path) as journal:
        assert journal.last_id == 6


def test_a_room_where_nothing_was_said_yet_is_kept_for_what_happened(tmp_path: Path) -> None:
    clock = Clock()
    with opened(tmp_path, clock=clock) as journal, closing(Library(tmp_path)) as library:
        journal.commit([happened(1, "#new")])
        tidy(journal, clock)
        journal.commit([happened(2, "#new"), happened(3, "#other")])
        past = library.past("#new", -1, 99, 50, newest=True, happenings=True)
        assert [record.id for record in past] == [1, 2]
        assert library.stats().rooms == 0


def test_the_id_of_what_happened_last_is_not_given_again_when_that_is_gone(tmp_path: Path) -> None:
    clock = Clock()
    with opened(tmp_path, retention=Retention(days=10), clock=clock) as journal:
        journal.commit([happened(1), happened(2)])
        tidy(journal, clock)
        clock.now += 11 * DAY
        tidy(journal, clock)
    assert rows(tmp_path, "select id from happening") == []
    with opened(tmp_path) as journal:
        assert journal.last_id == 2


def test_many_read_marks_do_not_wait_for_a_quiet_moment(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        for n in range(marks.MOST + 1):
            assert not journal.urgent
            journal.mark_read("bob", f"#{n}", NOW)
        assert journal.urgent
        journal.chore(NOW)
        assert not journal.urgent
        assert rows(tmp_path, "select count(*) from read_mark") == [(marks.MOST + 1,)]


def test_forgetting_nothing_in_particular_is_a_mistake(tmp_path: Path) -> None:
    with opened(tmp_path) as journal, pytest.raises(ValueError, match="nothing is named"):
        journal.forget(Forget())


def test_the_log_is_kept_small_without_any_help_of_the_commits(tmp_path: Path) -> None:
    sizes = []
    with opened(tmp_path) as journal:
        for start in range(1, 40_001, 400):
            journal.commit([said(id, "x" * 200) for id in range(start, start + 400)])
            finish(journal)
            sizes.append(journal.path.with_name(journal.path.name + "-wal").stat().st_size)
    assert max(sizes) < 16 * 1024**2


def test_a_reader_that_stays_is_told_of_and_the_log_shrinks_after_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chores, "WAL_LIMIT", 4 * 1024**2)
    with opened(tmp_path) as journal, raw(tmp_path) as reader:
        journal.commit([said(1)])
        reader.execute("begin")
        reader.execute("select * from line").fetchall()
        for start in range(2, 20_001, 400):
            journal.commit([said(id, "x" * 300) for id in range(start, start + 400)])
            finish(journal)
        assert [record.levelno for record in caplog.records] == [logging.WARNING]
        assert "a program that reads it does not end" in caplog.text
        reader.execute("rollback")
        journal._checkpoint_all()
        assert journal.path.with_name(journal.path.name + "-wal").stat().st_size == 0


def test_chores_on_a_full_disk_wait_and_are_done_later(tmp_path: Path) -> None:
    clock = Clock()
    with opened(tmp_path, clock=clock) as journal:
        journal.commit([said(id, f"w{id}") for id in range(1, 1001)])
        pages = journal._connection.execute("pragma page_count").fetchone()[0]
        journal._connection.execute(f"pragma max_page_count = {pages}")
        assert not journal.chore(NOW, 1.0)
        assert not journal.broken
        journal._connection.execute("pragma max_page_count = 100000")
        assert not journal.chore(NOW)  # not at once again
        tidy(journal, clock)
        assert journal._chores._indexing.tail == 0
    check_whole(tmp_path)


def test_a_journal_opened_again_goes_on_indexing_where_it_was(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.commit([said(id) for id in range(1, 1001)])
    journal.chore(NOW)
    journal.close()
    clock = Clock()
    with opened(tmp_path, clock=clock) as journal:
        tidy(journal, clock)
    check_whole(tmp_path)
    assert rows(tmp_path, "select lines from room") == [(1000,)]


def test_where_nothing_of_a_room_is_stored_its_marks_are_forgotten_by_name(tmp_path: Path) -> None:
    clock = Clock()
    with opened(tmp_path, clock=clock) as journal:
        journal.commit([Message(1, NOW, Kind.TOPIC, "#other", "bob", "stays")])
        journal.commit([Departure(2, NOW, "amy", "#gone")])
        for room in ("#gone", "#other"):
            journal.mark_read("amy", room, NOW)
        tidy(journal, clock)
        journal.forget(Forget(room="#gone"))
        finish(journal)
        assert not journal.forgetting
        assert [one.room for one in journal.topics()] == ["#other"]
    assert rows(tmp_path, "select target from read_mark") == [("#other",)]
    assert rows(tmp_path, "select * from stay") == []


def test_the_topic_of_a_room_without_lines_goes_with_its_name(tmp_path: Path) -> None:
    """Its key may be given to another room."""
    with opened(tmp_path) as journal:
        journal.commit(
            [Message(1, NOW, Kind.TOPIC, "#old", "bob", "of the old"), said(2, room="#a")]
        )
        with raw(tmp_path) as other, other:
            other.execute("delete from line where id = 1")
            other.commit()
        journal.commit([Moved("#a", "#old")])
        assert journal.topics() == []
    assert rows(tmp_path, "select * from topic") == []
