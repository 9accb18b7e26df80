"""Parts of the past, on disk and in memory, against a model that is a plain list."""

import os
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from chatserver.chat.lookups import Point, ReadPast, Selection
from chatserver.history.entries import (
    Happening,
    Kind,
    Message,
    Pair,
    Record,
    What,
)
from chatserver.history.journal import Journal
from chatserver.history.library import Library
from chatserver.history.memory import MemoryJournal
from chatserver.history.memory_library import MemoryLibrary
from chatserver.history.query import SearchQuery
from chatserver.history.selecting import is_in, search_private, select
from chatserver.history.store import Reader
from tests.history.shelf import NOW, ROOMS, Clock, finish

NICKS = ["bob", "Amy", "x-y"]
FEW = settings(
    max_examples=40,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)


@st.composite
def pasts(draw: st.DrawFn) -> list[Record]:
    """Draw a past: rising ids with gaps, rising times of which some are equal, all kinds."""
    records: list[Record] = []
    id = passed = 0
    for _ in range(draw(st.integers(0, 30))):
        id += draw(st.integers(1, 3))
        passed += draw(st.sampled_from([0, 0, 1, 2, 50]))
        at, nick = NOW + passed / 1000, draw(st.sampled_from(NICKS))
        room = draw(st.sampled_from(ROOMS))
        to = tuple(draw(st.lists(st.sampled_from(NICKS), min_size=1, max_size=3, unique=True)))
        tags = draw(st.sampled_from([(), (), (("+reply", "7"), ("+x", ""))]))
        cuts = draw(st.sampled_from([(), (), (1, 5)]))
        match draw(st.integers(0, 5)):
            case 0 | 1:
                kind = draw(st.sampled_from([Kind.SAID, Kind.NOTICE, Kind.ACTION]))
                records.append(Message(id, at, kind, room, nick, "red\nblue", tags=tags, cuts=cuts))
            case 2:
                records.append(Message(id, at, Kind.TOPIC, room, nick, draw(st.just("blue"))))
            case 3:
                what = draw(st.sampled_from([What.JOINED, What.LEFT, What.GONE]))
                records.append(Happening(id, at, what, room, nick))
            case 4:
                kind = draw(st.sampled_from([Kind.TOLD, Kind.TOLD_NOTICE]))
                records.append(Message(id, at, kind, "", nick, "green", to, (), tags, cuts))
            case 5:
                where = draw(st.sampled_from([(room, ""), ("", to[0])]))
                records.append(
                    Happening(id, at, What.TAGGED, *where[:1], nick, where[1], tags=tags)
                )
    return records


@contextmanager
def kept(records: Sequence[Record], indexed: int) -> Iterator[list[Reader]]:
    """Keep records on disk, some of them indexed and some not yet, and in memory."""
    # In memory where possible: what is tested is not the disk, whose fsyncs take most of the time.
    shared = Path("/dev/shm")
    with TemporaryDirectory(dir=shared if os.access(shared, os.W_OK) else None) as name:
        clock = Clock()
        memory = MemoryJournal(lines=1000)
        memory.commit(records)
        with (
            closing(Journal(Path(name), clock=clock)) as journal,
            closing(Library(Path(name))) as library,
        ):
            journal.commit(records[:indexed])
            clock.now += 100
            finish(journal, NOW)
            journal.commit(records[indexed:])
            yield [library, MemoryLibrary(memory)]


def of(
    records: Sequence[Record], where: str | Pair, *, happenings: bool, since: int = 0
) -> list[Record]:
    def is_here(record: Record) -> bool:
        if isinstance(where, str):
            return record.room.lower() == where.lower()
        if record.room or record.id <= since:
            return False
        to = record.to if isinstance(record, Message) else (record.other,)
        one, other = (nick.lower() for nick in where)
        return (record.nick.lower(), other) in {(one, nick.lower()) for nick in to} or (
            record.nick.lower(),
            one,
        ) in {(other, nick.lower()) for nick in to}

    return [
        record
        for record in records
        if is_here(record)
        and (happenings or (isinstance(record, Message) and record.kind is not Kind.TOPIC))
    ]


def before(records: Sequence[Record], point: Point) -> list[Record]:
    if point.id is not None:
        return [record for record in records if record.id < point.id]
    assert point.at is not None
    return [record for record in records if record.at < point.at]


def after(records: Sequence[Record], point: Point) -> list[Record]:
    if point.id is not None:
        return [record for record in records if record.id > point.id]
    assert point.at is not None
    return [record for record in records if record.at > point.at]


def last(records: Sequence[Record], count: int) -> list[Record]:
    return list(records[max(0, len(records) - count) :])


def naive(records: list[Record], request: ReadPast) -> list[Record]:
    start, end, count = request.start, request.end, request.count
    match request.selection:
        case Selection.LATEST:
            return last(after(records, start) if start else records, count)
        case Selection.BEFORE:
            assert start
            return last(before(records, start), count)
        case Selection.AFTER:
            assert start
            return after(records, start)[:count]
        case Selection.AROUND:
            assert start
            older = before(records, start)
            newer = records[len(older) :]
            first = max(0, len(older) - max(count // 2, count - len(newer)))
            return records[first : first + count]
        case Selection.BETWEEN:
            assert start
            assert end
            if forwards := before(after(records, start), end):
                return forwards[:count]
            return last(before(after(records, end), start), count)


points = st.one_of(
    st.builds(lambda id: Point(id=id), st.integers(0, 70)),
    st.builds(lambda passed: Point(at=NOW + passed / 1000), st.integers(-1, 200)),
)
sinces = st.sampled_from([0, 0, 5, 25])  # the place from which on private talk is one's own
places: st.SearchStrategy[str | Pair] = st.one_of(
    st.sampled_from([*ROOMS, "#GAMES", "#nowhere"]),
    st.tuples(st.sampled_from([*NICKS, "BOB", "zoe"]), st.sampled_from([*NICKS, "amy"])),
)
requests = st.builds(
    ReadPast,
    st.just(""),
    st.sampled_from(Selection),
    st.integers(0, 12),
    points,
    points,
    st.booleans(),
)


@FEW
@given(pasts(), st.data())
def test_every_selection_against_the_model(records: list[Record], data: st.DataObject) -> None:
    with kept(records, data.draw(st.integers(0, len(records)))) as readers:
        for _ in range(15):
            request = data.draw(requests)
            if request.selection is Selection.LATEST and data.draw(st.booleans()):
                request = ReadPast("", Selection.LATEST, request.count, events=request.events)
            where = data.draw(places)
            since = data.draw(sinces)
            here = of(records, where, happenings=request.events, since=since)
            for reader in readers:
                assert select(reader, where, request, 500, since) == naive(here, request)
                assert select(reader, where, request, 3, since) == naive(
                    here,
                    ReadPast(
                        *("", request.selection, min(3, request.count)),
                        *(request.start, request.end, request.events),
                    ),
                )


@FEW
@given(pasts(), st.data())
def test_the_latest_of_everywhere_against_the_model(
    records: list[Record], data: st.DataObject
) -> None:
    with kept(records, data.draw(st.integers(0, len(records)))) as readers:
        nick = data.draw(st.sampled_from([*NICKS, "AMY", "zoe"]))
        since = data.draw(sinces)
        expected = []
        wheres: list[str | Pair] = [*ROOMS, *((nick, other) for other in NICKS)]
        for where in wheres:
            if here := of(records, where, happenings=False, since=since):
                name = where if isinstance(where, str) else where[1]
                expected.append((here[-1].id, name, here[-1].at))
        for reader in readers:
            latest = reader.latest(nick, ROOMS, since)
            assert latest == [(name, at) for _, name, at in sorted(expected)]
        for id in range(70):
            there = [
                record
                for record in records
                if record.id == id
                and (
                    record.kind is not Kind.TOPIC
                    if isinstance(record, Message)
                    else record.what is What.TAGGED
                )
            ]
            for reader in readers:
                assert reader.find(id) == (there[0] if there else None)
        for record in records:
            for where in wheres:
                assert is_in(record, where) == (record in of(records, where, happenings=True))


@FEW
@given(pasts(), st.data())
def test_searches_of_speech_against_the_model(records: list[Record], data: st.DataObject) -> None:
    with kept(records, data.draw(st.integers(0, len(records)))) as readers:
        moments = st.none() | st.sampled_from([NOW, NOW + 0.002, NOW + 0.05])
        query = SearchQuery(
            data.draw(st.sampled_from([(), (("blue",),), (("green",),), (("none",),)])),
            data.draw(st.sampled_from([(), ("bob",)])),
            (),
            data.draw(moments),
            data.draw(moments),
            spoken=True,
        )
        oldest, count = data.draw(st.booleans()), data.draw(st.integers(0, 6))
        since = data.draw(sinces)

        def found(where: str | Pair) -> list[Record]:
            return [
                record
                for record in of(records, where, happenings=False, since=since)
                if isinstance(record, Message)
                and (not query.nicks or record.nick == "bob")
                and (query.since is None or record.at >= query.since)
                and (query.until is None or record.at < query.until)
                and all(term[0] in record.text.split() for term in query.terms)
            ]

        in_room, pair = found("#lobby"), ("bob", "amy")
        in_private = found(pair)
        if not oldest:
            in_room.reverse()
            in_private.reverse()
        for reader in readers:
            assert reader.search(query, ["#lobby"], count, oldest=oldest) == in_room[:count]
            private = search_private(reader, pair, query, count, since, oldest=oldest)
            assert private == in_private[:count]
