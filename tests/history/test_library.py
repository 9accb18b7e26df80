"""What readers get, on disk and in memory, against a model that is a plain list."""

import os
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from chatserver.history.entries import Departure, Kind, Message, Seen
from chatserver.history.errors import HistoryError
from chatserver.history.files import history_file
from chatserver.history.journal import Journal
from chatserver.history.library import Library
from chatserver.history.memory import MemoryJournal
from chatserver.history.memory_library import MemoryLibrary
from chatserver.history.query import SearchQuery, parse
from chatserver.history.store import Reader, Writer
from chatserver.history.words import words
from tests.helpers import PATIENCE
from tests.history.shelf import NOW, Clock, finish, opened, rows, said, tidy, told, without_waits

ROOMS = ["#lobby", "#Games", "#Östra"]
NICKS = ["bob", "Amy", "x-y", "_z"]
WORDS = [
    "red",
    "Red",
    "green",
    "blue-red",
    "Größe",
    "grosse",
    "漢字",
    "don't",
    "a",
    '"',
    "*",
    "AND",
]


@st.composite
def histories(draw: st.DrawFn) -> list[Message]:
    """Draw a history: rising ids with gaps, rising times, rooms and private lines."""
    lines = []
    id = passed = 0
    for _ in range(draw(st.integers(0, 30))):
        id += draw(st.integers(1, 3))
        passed += draw(st.sampled_from([0, 1, 1000, 86_400_000]))
        at = NOW + passed / 1000
        text = " ".join(draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4)))
        nick = draw(st.sampled_from(NICKS))
        if draw(st.integers(0, 5)) == 0:
            lines.append(Message(id, at, Kind.TOLD, "", nick, text, ("Amy",)))
        else:
            kind = draw(st.sampled_from([Kind.SAID, Kind.ACTION]))
            lines.append(Message(id, at, kind, draw(st.sampled_from(ROOMS)), nick, text))
    return lines


@contextmanager
def stored(lines: list[Message], indexed: int) -> Iterator[tuple[Library, MemoryLibrary]]:
    """Store lines, some of which are indexed and some not yet."""
    # In memory where possible: what is tested is not the disk, whose fsyncs take most of the time.
    shared = Path("/dev/shm")
    with TemporaryDirectory(dir=shared if os.access(shared, os.W_OK) else None) as name:
        clock = Clock()
        journal = Journal(Path(name), clock=clock)
        memory = MemoryJournal(lines=1000)
        try:
            journal.commit(lines[:indexed])
            # The times of a history may lie days apart; nothing of it is old here.
            clock.now += 100
            finish(journal, NOW)
            journal.commit(lines[indexed:])
            memory.commit(lines)
            with closing(Library(Path(name))) as library:
                yield library, MemoryLibrary(memory)
        finally:
            journal.close()


FEW = settings(
    max_examples=50,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)


@FEW
@given(histories(), st.data())
def test_pages_against_the_model(lines: list[Message], data: st.DataObject) -> None:
    indexed = data.draw(st.integers(0, len(lines)))
    with stored(lines, indexed) as libraries:
        for _ in range(6):
            room = data.draw(st.sampled_from([*ROOMS, "#nowhere"]))
            id = data.draw(st.integers(0, 100))
            moment = NOW + data.draw(st.sampled_from([-1, 0, 0.0005, 1, 2, 86400, 10**7]))
            count = data.draw(st.integers(0, 12))
            of_room = [line for line in lines if line.room == room]
            for library in libraries:
                every: Reader = library
                before = [line for line in of_room if line.id < id]
                assert every.page(room.upper(), id, count) == before[max(0, len(before) - count) :]
                assert every.page(room, None, count) == of_room[max(0, len(of_room) - count) :]
                after = [line for line in of_room if line.id > id]
                assert every.page_after(room, id, count) == after[:count]
                assert every.count_since(room, id) == len(after)
                since = [line for line in of_room if line.at >= moment]
                assert every.page_since(room, moment, count) == since[:count]
        disk = libraries[0]
        assert list(disk.export()) == [line for line in lines if line.room]
        assert list(disk.export(private=True)) == lines


def naive(
    lines: list[Message], query: SearchQuery, rooms: set[str], before: int | None
) -> list[Message]:
    def in_order(term: tuple[str, ...], cut: list[str]) -> bool:
        return any(tuple(cut[n : n + len(term)]) == term for n in range(len(cut)))

    return [
        line
        for line in reversed(lines)
        if line.room in rooms
        and (not query.rooms or line.room.lower() in query.rooms)
        and (not query.nicks or line.nick.lower() in query.nicks)
        and (query.since is None or line.at >= query.since)
        and (query.until is None or line.at < query.until)
        and (before is None or line.id < before)
        and all(in_order(term, words(line.text)) for term in query.terms)
    ]


PIECES = [
    "red", "RED", "größe", "gros", "grosse", '"blue red"', '"red red"', "字", "漢字", "don't", "t",
    "and", "NOT", "from:bob", "from:AMY", "from:x-y", "in:games", "in:#östra", "in:#none",
    "since:2027-01-16", "until:2027-01-17", '"', "*",
]  # fmt: skip


@FEW
@given(histories(), st.data())
def test_searches_against_the_model(lines: list[Message], data: st.DataObject) -> None:
    indexed = data.draw(st.integers(0, len(lines)))
    with stored(lines, indexed) as libraries:
        for _ in range(8):
            pieces = data.draw(st.lists(st.sampled_from(PIECES), max_size=3))
            query = parse(" ".join([data.draw(st.sampled_from(["red", "from:bob"])), *pieces]))
            rooms = data.draw(st.sets(st.sampled_from(ROOMS)))
            limit = data.draw(st.integers(1, 10))
            before = data.draw(st.none() | st.integers(0, 60))
            expected = naive(lines, query, rooms, before)[:limit]
            for library in libraries:
                assert library.search(query, rooms, limit, before) == expected


@given(st.text(max_size=30) | st.text('"*^()-+:{}ab \x00', max_size=20))
@settings(max_examples=50, deadline=None)
def test_no_text_breaks_the_search(text: str) -> None:
    query = SearchQuery(tuple((word,) for word in words(text)) or (("x",),), nicks=(text,))
    with stored([said(1)], 1) as libraries:
        for library in libraries:
            assert library.search(query, ROOMS) == []


@pytest.mark.parametrize("memory", [False, True], ids=["disk", "memory"])
def test_private_messages_are_in_no_room(tmp_path: Path, memory: bool) -> None:
    clock = Clock()
    journal: Writer
    reader: Reader
    if memory:
        journal = kept = MemoryJournal()
        reader = MemoryLibrary(kept)
    else:
        journal = Journal(tmp_path, clock=clock)
        reader = Library(tmp_path)
    journal.commit([said(1), told(2, "amy", waits_for=("amy",)), told(3, "amy")])
    for _ in range(2):
        for room in ("", "#lobby", "bob", "amy", "0", "r0", "#"):
            found = reader.page(room) + reader.page_after(room, 0) + reader.page_since(room, 0)
            assert all(line.kind is Kind.SAID for line in found)
            assert reader.count_since(room, 0) == (1 if room == "#lobby" else 0)
            assert reader.search(parse("secret"), ["#lobby", room]) == []
            assert [m.id for m in reader.search(parse("from:bob"), ["#lobby", room])] == [1]
        clock.now += 100
        while journal.chore(NOW):
            pass
    reader.close()
    journal.close()


@pytest.mark.parametrize("indexed", [False, True])
def test_who_was_seen_when(tmp_path: Path, indexed: bool) -> None:
    clock = Clock()
    with opened(tmp_path, clock=clock) as journal, closing(Library(tmp_path)) as library:
        journal.commit(
            [said(1, nick="Amy"), said(2), said(3, nick="AMY"), told(4, "bob", nick="x")]
        )
        journal.commit([Departure(9, NOW + 9, "bob", "#lobby")])
        if indexed:
            tidy(journal, clock)
        assert library.last_seen("amy") == Seen("AMY", NOW + 3)
        assert library.last_seen("BOB") == Seen("bob", NOW + 9)
        assert library.last_seen("x") is None
        assert library.last_seen("nobody") is None


def test_pages_have_a_limit(tmp_path: Path) -> None:
    with opened(tmp_path) as journal, closing(Library(tmp_path)) as library:
        journal.commit([said(id) for id in range(1, 1201)])
        finish(journal)
        assert len(library.page("#lobby", count=10**9)) == 500
        assert len(library.search(parse("hello"), ["#lobby"], 10**9)) == 500
        assert len(list(library.export("#lobby"))) == len(list(library.export())) == 1200
        assert [m.id for m in library.export(since=NOW + 3, until=NOW + 6)] == [3, 4, 5]


def test_stats(tmp_path: Path) -> None:
    with opened(tmp_path) as journal, closing(Library(tmp_path)) as library:
        assert library.stats().oldest is None
        journal.commit([said(1), said(2, room="#games"), told(3, "amy")])
        stats = library.stats()
        assert (stats.rooms, stats.lines, stats.private) == (2, 3, 1)
        assert (stats.oldest, stats.newest, stats.not_indexed) == (NOW + 1, NOW + 3, 3)
        assert stats.size > 0 < stats.log


def test_a_call_that_takes_too_long_is_cut_off(tmp_path: Path) -> None:
    with opened(tmp_path) as journal, closing(Library(tmp_path, seconds=-1)) as library:
        journal.commit([said(id) for id in range(1, 20_001)])
        with pytest.raises(HistoryError, match="takes too long"):
            library.last_seen("nobody")
        # The next call has a transaction and a time of its own.
        assert len(library.page("#lobby", count=1)) == 1


def test_there_is_nothing_to_read(tmp_path: Path) -> None:
    with closing(Library(tmp_path)) as library, pytest.raises(HistoryError, match="no history in"):
        library.page("#lobby")
    assert not history_file(tmp_path).exists()


def test_a_reader_without_a_server_changes_nothing(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        journal.commit([said(1)])
        kept = {
            name: (tmp_path / (history_file(tmp_path).name + name)).read_bytes()
            for name in ("", "-wal")
        }
    for name, data in kept.items():
        (tmp_path / (history_file(tmp_path).name + name)).write_bytes(data)
    with closing(Library(tmp_path)) as library:
        assert library.page("#lobby") == [said(1)]
        library.backup(tmp_path / "copy")
    for name, data in kept.items():
        assert (tmp_path / (history_file(tmp_path).name + name)).read_bytes() == data


def test_readers_in_many_threads_see_whole_batches_while_it_is_written(tmp_path: Path) -> None:
    """Batches of ten lines that say their number: each page holds a batch whole or not at all."""
    faults: list[str] = []
    over = threading.Event()
    size = 10
    with opened(tmp_path) as journal, closing(Library(tmp_path, seconds=PATIENCE)) as library:
        journal.commit([said(id) for id in range(1, size + 1)])

        def read() -> None:
            try:
                while not over.is_set():
                    lines = library.page("#lobby", count=200)
                    ids = [line.id for line in lines]
                    if ids != list(range(ids[-1] - len(ids) + 1, ids[-1] + 1)) or ids[-1] % size:
                        faults.append(f"a page with {ids}")
                    found = library.search(parse("hello"), ["#lobby"], 30)
                    ids = [line.id for line in found]
                    if ids != list(range(ids[0], ids[0] - len(ids), -1)) or ids[0] % size:
                        faults.append(f"a search with {ids}")
            except Exception as error:
                faults.append(repr(error))

        readers = [threading.Thread(target=read) for _ in range(3)]
        for reader in readers:
            reader.start()
        for start in range(size + 1, 6_000, size):
            journal.commit([said(id) for id in range(start, start + size)])
            journal.chore(NOW)
        over.set()
        for reader in readers:
            reader.join()
    assert faults == []


def test_a_backup_made_while_the_server_writes_is_one_moment_of_it(tmp_path: Path) -> None:
    target = tmp_path / "copy" / "of.sqlite3"
    target.parent.mkdir()
    steps: list[tuple[int, int]] = []
    with opened(tmp_path) as journal, closing(Library(tmp_path)) as library:
        journal.commit([said(id, "x" * 1000) for id in range(1, 20_001)])
        finish(journal)

        def progress(done: int, pages: int) -> None:
            steps.append((done, pages))
            journal.commit([said(journal.last_id + n, "later") for n in range(1, 11)])

        library.backup(target, progress)
        assert len(steps) > 1
        assert steps[-1][0] == steps[-1][1]
        with pytest.raises(HistoryError, match="exists already"):
            library.backup(target)
    assert [path.name for path in target.parent.iterdir()] == [target.name]
    assert target.stat().st_mode & 0o777 == 0o600
    target.rename(target.with_name(history_file(tmp_path).name))
    assert rows(target.parent, "pragma quick_check") == [("ok",)]
    with opened(target.parent) as again:
        assert again.last_id == 20_000
        again.commit([said(20_001)])


def test_a_backup_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    with opened(tmp_path) as journal, closing(Library(tmp_path)) as library:
        journal.commit([said(1)])
        with pytest.raises(HistoryError, match="could not be written"):
            library.backup(tmp_path / "nowhere" / "x")

        def stop(done: int, pages: int) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            library.backup(tmp_path / "x", stop)
        assert not [path for path in tmp_path.iterdir() if path.name.startswith("x")]
        assert library.page("#lobby") == [without_waits(said(1))]
