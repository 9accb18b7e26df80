"""Whatever happens, each member's view is the stored sequence of the room from its place on.

A model-based test over the real hub, recorder, librarian and journal: people come, go, speak and
are renamed in batches of any shape, commits fail, pages are read late, and the server is killed and
started again over the same journal.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from chatserver.chat import answers, events
from chatserver.chat.hub import Hub, Parcel, Wish
from chatserver.chat.lookups import ReadHistory
from chatserver.chat.names import LOBBY
from chatserver.chat.registry import RoomRegistry
from chatserver.chat.requests import (
    Acknowledge,
    Enter,
    Join,
    Leave,
    Quit,
    Rename,
    Request,
    Say,
    SetTopic,
    Tell,
)
from chatserver.config import Limits
from chatserver.history.connections import Durability
from chatserver.history.entries import Entry
from chatserver.history.errors import Cause, JournalError
from chatserver.history.journal import Journal
from chatserver.history.library import Library
from chatserver.history.memory_library import MemoryLibrary
from chatserver.history.recorder import HistoryRecorder
from chatserver.history.store import Writer
from tests.histories import FaultyJournal, PatientLibrarian

ROOMS = (LOBBY, "#a")
NICKS = ("ada", "bob", "cy", "dan")
PAGE = 4
LINE = events.Said | events.TopicSet
KINDS = (Say, Say, Say, Say, Say, SetTopic, Tell, Join, Leave, Leave, Rename, Quit, Enter)

# Who, what, where and to whom; what makes no sense is refused.
ACTIONS = st.tuples(
    st.integers(0, 3), st.sampled_from(KINDS), st.sampled_from(ROOMS), st.sampled_from(NICKS)
)
FAULTS = st.sampled_from([None, None, None, Cause.FULL])


class Member:
    """One stay of a person in a room, as they see it."""

    def __init__(self, joined: answers.YouJoined) -> None:
        self.place = joined.id
        self.room = joined.room
        self.page: answers.HistoryPage | None = None
        self.live: list[LINE] = []

    @property
    def seen(self) -> list[LINE]:
        past = self.page.lines if self.page else ()
        return [*past, *self.live]


class Person:
    """A peer that asks for the past of a room when it has joined, as a session does."""

    def __init__(self, house: "House") -> None:
        self.home = house
        self.stays: dict[str, Member] = {}
        self.given: dict[str, list[int]] = {}  # what has waited for them


class House(RuleBasedStateMachine):
    """`stored` is what the journal has confirmed, in order; the test's own truth."""

    def __init__(self) -> None:
        super().__init__()
        self.stored: list[LINE] = []
        self.waits: dict[str, list[int]] = {}
        self.ended: list[Member] = []
        self.text = 0
        self.now = 1000.0
        self.open()
        self.start()

    # What differs between the two journals.

    def open(self) -> None:
        self.memory = FaultyJournal()

    def writer(self) -> Writer:
        return self.memory

    def librarian(self) -> PatientLibrarian:
        return PatientLibrarian(MemoryLibrary(self.memory))

    def fail(self, fault: Cause | None) -> None:
        self.memory.fault = fault

    # The server.

    def start(self) -> None:
        self.people = [Person(self) for _ in range(4)]
        journal = self.writer()
        self.readers = self.librarian()
        recorder = HistoryRecorder(journal, self.readers.departures)
        registry = RoomRegistry(Limits(), recorder.topics(), keeps_messages=True)
        self.hub = Hub(registry, recorder, self.readers, clock=lambda: self.now)
        assert self.hub._last_id >= max((line.id for line in self.stored), default=0)

    @rule()
    def kill(self) -> None:
        """End without a word and start again. Who was in a room has to find it as it was."""
        for person in self.people:
            self.ended += person.stays.values()
        self.hub._inbox.close()
        self.readers.close()
        self.now -= 100  # the clock is set back meanwhile
        self.start()

    @initialize()
    def begin(self) -> None:
        for who, nick in enumerate(NICKS):
            self.batch([(who, Enter, ROOMS[who % 2], nick)], None)

    @rule(actions=st.lists(ACTIONS, min_size=1, max_size=12), fault=FAULTS)
    def batch(
        self, actions: Sequence[tuple[int, type[Request], str, str]], fault: Cause | None
    ) -> None:
        """Do all this in one batch, stored or not."""
        wishes: list[Wish] = []
        gone: list[Person] = []
        for who, kind, room, nick in actions:
            wishes += [(self.people[who], wish) for wish in self.wishes(kind, room, nick)]
            if kind is Quit:
                gone.append(self.people[who])
                self.people[who] = Person(self)
        self.now += 0.25
        self.fail(fault)
        self.run(wishes)
        self.fail(None)
        for person in gone:
            self.ended += person.stays.values()

    @rule()
    def everybody_talks(self) -> None:
        self.batch([(who, Say, room, "") for room in ROOMS for who in range(4)], None)

    def wishes(self, kind: type[Request], room: str, nick: str) -> list[Request]:
        self.text += 1
        arguments: dict[type[Request], tuple[object, ...]] = {
            Rename: (nick,),
            Quit: ("quit",),
            Say: (room, str(self.text)),
            SetTopic: (room, str(self.text)),
            Tell: ((nick,), str(self.text)),
        }
        if kind is Enter:
            return [Enter(nick, ""), Join(LOBBY), Join(room)]
        return [kind(*arguments.get(kind, (room,)))]

    def run(self, wishes: list[Wish]) -> None:
        self.hub.submit(wishes)
        while len(self.hub._inbox):
            self.hub._serve()

    @rule()
    def read(self) -> None:
        """Let the helpers answer what was asked so far."""
        self.readers.answer()

    # chat.hub.Home: what everybody sees.

    def post(self, parcels: Sequence[Parcel]) -> None:
        fresh = {event.id: event for _, event in parcels if isinstance(event, LINE)}
        self.stored += [fresh[id] for id in sorted(fresh)]
        asked: list[Wish] = []
        for audience, event in parcels:
            for peer in audience if isinstance(audience, tuple) else (audience,):
                assert isinstance(peer, Person)
                if request := self.see(peer, event):
                    asked.append((peer, request))
        if asked:
            self.hub.submit(asked)

    def see(self, person: Person, event: events.Event) -> Request | None:
        match event:
            case events.Said(room=room) | events.TopicSet(room=room):
                person.stays[room].live.append(event)
            case answers.YouJoined(room=room):
                person.stays[room] = Member(event)
                return ReadHistory(room, PAGE, before=event.id, returning=True)
            case answers.YouLeft(room=room):
                self.ended.append(person.stays.pop(room))
            case answers.HistoryPage(room=room):
                stay = person.stays.get(room)
                asked = event.to_request
                assert isinstance(asked, ReadHistory)
                if stay and stay.place == asked.before:
                    stay.page = event
            case answers.TellDone(told=told, waited=waited):
                for line in told:
                    if line.to in waited:
                        self.waits.setdefault(line.to, []).append(line.id)
            case events.Kept(lines=lines) if person in self.people:
                person.given.setdefault(lines[0].to, []).extend(line.id for line in lines)
                return Acknowledge(lines[0].to, lines[-1].id)
        return None

    # The promise.

    @invariant()
    def each_view_is_the_stored_sequence_from_its_place_on(self) -> None:
        for person in self.people:
            for stay in person.stays.values():
                self.check(stay, last=None)

    @invariant()
    def what_was_seen_before_is_stored_still(self) -> None:
        for stay in self.ended:
            self.check(stay, last=stay.live[-1].id if stay.live else stay.place)
        self.ended.clear()

    def check(self, stay: Member, last: int | None) -> None:
        room = [line for line in self.stored if line.room == stay.room]
        live = [line.id for line in room if line.id > stay.place]
        past = [line.id for line in room if line.id < stay.place][-PAGE:]
        if last is not None:
            live = [id for id in live if id <= last]
        assert [line.id for line in stay.live] == live
        if stay.page:
            assert [line.id for line in stay.page.lines] == past
            assert [_text(line) for line in stay.seen] == [
                _text(line) for line in room if line.id in {*past, *live}
            ]

    @invariant()
    def the_journal_holds_what_was_seen_and_nothing_else(self) -> None:
        for room in ROOMS:
            kept = self.readers._library.page(room, None, 500)
            seen = [line for line in self.stored if line.room == room]
            assert [line.id for line in kept] == [line.id for line in seen][-500:]
            assert [line.text for line in kept] == [_text(line) for line in seen][-500:]

    @invariant()
    def ids_and_times_only_grow(self) -> None:
        ids = [line.id for line in self.stored]
        assert ids == sorted(set(ids))
        times = [line.at for line in self.stored]
        assert times == sorted(times)

    @invariant()
    def nobody_is_given_what_waited_twice_nor_in_another_order(self) -> None:
        for person in self.people:
            for nick, ids in person.given.items():
                assert ids == sorted(set(ids) & set(self.waits[nick]))

    def teardown(self) -> None:
        self.hub._inbox.close()
        self.readers.close()


def _text(line: LINE) -> str:
    return line.text if isinstance(line, events.Said) else line.topic


class FaultyDisk(Journal):
    """A journal on disk whose commits fail where a test says so."""

    fault: Cause | None = None

    def commit(self, entries: Sequence[Entry]) -> None:
        if self.fault:
            raise JournalError(self.fault)
        super().commit(entries)


class HouseOnDisk(House):
    """The same over files; what is killed is not closed first, as far as one process can."""

    def open(self) -> None:
        self._directory = tempfile.TemporaryDirectory()
        self._journal: FaultyDisk | None = None

    def writer(self) -> Writer:
        if self._journal:
            self._journal._connection.close()  # without the last checkpoint
        self._journal = FaultyDisk(Path(self._directory.name), Durability.PROCESS)
        return self._journal

    def librarian(self) -> PatientLibrarian:
        return PatientLibrarian(Library(Path(self._directory.name)))

    def fail(self, fault: Cause | None) -> None:
        assert self._journal
        self._journal.fault = fault

    def teardown(self) -> None:
        super().teardown()
        assert self._journal
        self._journal.close()
        self._directory.cleanup()


TestInMemory = House.TestCase
TestInMemory.settings = settings(max_examples=80, stateful_step_count=30, deadline=None)
TestOnDisk = HouseOnDisk.TestCase
TestOnDisk.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
