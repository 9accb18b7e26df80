"""What waits for somebody is shown to them: once, but for a kill; and lost it is never.

A model-based test over the real hub, recorder and journal: people write to names that nobody has,
take names and leave them, read what they are sent late or not at all, links break, and the server
is stopped, or killed, and started again over the same journal.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from chatserver.chat import answers, events
from chatserver.chat.hub import Hub, Parcel
from chatserver.chat.names import LOBBY, fold
from chatserver.chat.registry import RoomRegistry
from chatserver.chat.requests import Acknowledge, Enter, Join, Quit, Rename, Request, Say, Tell
from chatserver.config import Limits
from chatserver.history.connections import Durability
from chatserver.history.entries import Forget
from chatserver.history.journal import Journal
from chatserver.history.memory_library import MemoryLibrary
from chatserver.history.recorder import HistoryRecorder
from chatserver.history.store import Writer
from tests.histories import FaultyJournal, PatientLibrarian

NAMES = st.sampled_from(["bob", "Bob", "cy"])
PEOPLE = st.integers(0, 1)
BOXES = ("bob", "cy")
ACTS = st.lists(
    st.tuples(st.sampled_from(["tell", "take", "take", "read", "leave"]), PEOPLE, NAMES),
    min_size=4,
    max_size=12,
)
LIMIT = 6


class Person:
    """A peer whose machine takes in what it is sent when it reads, in order."""

    def __init__(self, house: "House") -> None:
        self.home = house
        self.nick = ""
        self.unread: list[events.Event] = []
        self.seen: list[tuple[str, int]] = []  # for whom, and which


class House(RuleBasedStateMachine):
    """The test's own truth, by box: what was promised to wait, what of it was acknowledged, and
    what of that outlives a kill.
    """

    def __init__(self) -> None:
        super().__init__()
        self.promised: dict[str, set[int]] = {box: set() for box in BOXES}
        self.taken: dict[str, set[int]] = {box: set() for box in BOXES}
        self.safe: dict[str, set[int]] = {box: set() for box in BOXES}
        self.wishes: list[tuple[object, Request]] = []
        self.now = 1000.0
        self.open()
        self.start()

    # What differs between the two journals.

    def open(self) -> None:
        self.memory = FaultyJournal()

    def writer(self) -> Writer:
        return self.memory

    def let_go(self) -> None:
        """Let the journal go as a kill does."""

    # The server.

    def start(self) -> None:
        journal = self.writer()
        self.people = [Person(self) for _ in range(2)]
        self.ada = Person(self)
        librarian = PatientLibrarian(MemoryLibrary(FaultyJournal()))
        self.recorder = HistoryRecorder(journal, librarian.departures)
        self.registry = RoomRegistry(Limits(waiting=LIMIT), keeps_messages=True)
        self.hub = Hub(self.registry, self.recorder, clock=lambda: self.now)
        self.run((self.ada, Enter("ada", "")), (self.ada, Join(LOBBY)))

    @initialize()
    def begin(self) -> None:
        self.tell(["bob", "bob", "cy"])

    @rule(speaks=st.booleans())
    def kill(self, speaks: bool) -> None:
        """End without a word, perhaps just after something was said, and start again."""
        if speaks:
            self.say()
        self.wishes.clear()
        self.hub._inbox.close()
        self.let_go()
        self.start()
        for box, promised in self.promised.items():
            taken = promised - set(self.waiting(box))
            assert self.safe[box] <= taken <= self.taken[box]
            self.taken[box] = taken

    @rule()
    def stop(self) -> None:
        self.settle()
        self.hub._inbox.close()
        self.recorder.close()
        self.is_written()
        self.start()

    @rule()
    def tidy(self) -> None:
        self.settle()
        while self.recorder.tidy(self.now):
            pass
        self.is_written()

    def is_written(self) -> None:
        self.safe = {box: set(taken) for box, taken in self.taken.items()}

    def run(self, *wishes: tuple[object, Request]) -> None:
        self.now += 1
        self.hub.submit(wishes)  # type: ignore[arg-type]
        self.hub._serve()

    def settle(self) -> None:
        """Let the hub have all that was wished so far, in one batch."""
        wishes, self.wishes = self.wishes, []
        for _, wish in wishes:
            if isinstance(wish, Acknowledge):
                box = fold(wish.nick)
                self.taken[box] |= {id for id in self.promised[box] if id <= wish.through}
        if wishes:
            self.run(*wishes)

    # People.

    @rule(names=st.lists(NAMES, min_size=1, max_size=3))
    def tell(self, names: Sequence[str]) -> None:
        self.wishes += [(self.ada, Tell((name,), "text")) for name in names]

    @rule()
    def say(self) -> None:
        """What is said is stored, and all that was acknowledged before with it."""
        self.wishes.append((self.ada, Say(LOBBY, "text")))
        self.settle()
        self.is_written()

    @rule(who=PEOPLE, name=NAMES)
    def take(self, who: int, name: str) -> None:
        person = self.people[who]
        wish = Rename(name) if person.nick else Enter(name, "")
        self.wishes.append((person, wish))
        if not person.nick:
            self.settle()  # a session waits for that

    @rule(who=PEOPLE, name=NAMES)
    def take_and_read(self, who: int, name: str) -> None:
        self.take(who, name)
        self.settle()
        self.read(who)
        self.settle()

    @rule(who=PEOPLE)
    def read(self, who: int) -> None:
        """All that was sent has arrived, and the session says so."""
        person = self.people[who]
        for event in person.unread:
            if isinstance(event, events.Kept):
                box, ids = fold(event.lines[0].to), [line.id for line in event.lines]
                person.seen += [(box, id) for id in ids]
                not_seen = self.promised[box] - self.taken[box] - {id for _, id in person.seen}
                assert not any(id <= ids[-1] for id in not_seen), "it would be lost"
                self.wishes.append((person, Acknowledge(event.lines[0].to, ids[-1])))
        person.unread.clear()

    @rule(who=PEOPLE, reads=st.booleans(), comes=st.none() | NAMES)
    def leave(self, who: int, reads: bool, comes: str | None) -> None:
        """The link ends, with all that was not read; or the last of it is read behind the Quit.

        Another takes their place, perhaps in the same batch.
        """
        person = self.people[who]
        self.wishes.append((person, Quit("quit")))
        if reads:
            self.read(who)
        self.people[who] = Person(self)
        if comes:
            self.take(who, comes)

    @rule(acts=ACTS)
    def act_at_once(self, acts: Sequence[tuple[str, int, str]]) -> None:
        """Do all this in as few batches as can be."""
        for act, who, name in acts:
            match act:
                case "tell":
                    self.tell([name])
                case "take":
                    self.take(who, name)
                case "read":
                    self.read(who)
                case "leave":
                    self.leave(who, reads=name == "Bob", comes=None)
        self.settle()

    # chat.hub.Home

    def post(self, parcels: Sequence[Parcel]) -> None:
        for audience, event in parcels:
            for peer in audience if isinstance(audience, tuple) else (audience,):
                assert isinstance(peer, Person)
                self.hear(peer, event)

    def hear(self, peer: Person, event: events.Event) -> None:
        match event:
            case answers.Entered(nick=nick) | answers.YouRenamed(new=nick):
                peer.nick = nick
            case answers.TellDone(told=told, waited=waited):
                for line in told:
                    if line.to in waited:
                        self.promised[fold(line.to)].add(line.id)
            case events.Kept(lines=lines):
                ids = [line.id for line in lines]
                assert ids == sorted(set(ids))
                assert fold(lines[0].to) == fold(peer.nick)
                assert set(ids) <= self.promised[fold(peer.nick)]
        if peer in self.people:
            peer.unread.append(event)

    # The promise.

    @invariant()
    def nobody_sees_anything_twice(self) -> None:
        for person in self.people:
            assert len(person.seen) == len(set(person.seen))

    @invariant()
    def so_many_wait_as_are_counted(self) -> None:
        if not self.wishes:
            assert self.registry.roster.waiting == {
                box: len(self.waiting(box)) for box in BOXES if self.waiting(box)
            }
            assert all(len(self.waiting(box)) <= LIMIT for box in BOXES)

    def waiting(self, box: str) -> list[int]:
        """Return what would be shown to who comes now."""
        return [line.id for line in self.recorder.kept_for(box)]

    @invariant()
    def what_was_acknowledged_waits_no_more_and_all_else_waits(self) -> None:
        if not self.wishes:
            for box in BOXES:
                assert set(self.waiting(box)) == self.promised[box] - self.taken[box]

    def teardown(self) -> None:
        self.hub._inbox.close()


class HouseOnDisk(House):
    """The same over files; a kill undoes what was acknowledged since something was written."""

    def open(self) -> None:
        self._directory = tempfile.TemporaryDirectory()
        self._journal: Journal | None = None

    def writer(self) -> Writer:
        self._journal = Journal(Path(self._directory.name), Durability.PROCESS)
        return self._journal

    def let_go(self) -> None:
        assert self._journal
        self._journal._connection.close()

    def teardown(self) -> None:
        super().teardown()
        assert self._journal
        self._journal.close()
        self._directory.cleanup()


def test_what_is_said_before_an_acknowledgement_counts() -> None:
    house = House()
    house.begin()
    house.take_and_read(0, "cy")
    house.take(0, "bob")
    house.settle()
    house.take(0, "cy")
    house.tell(["bob", "cy"])
    house.read(0)
    house.settle()
    house.so_many_wait_as_are_counted()
    assert house.registry.roster.waiting == {"bob": 1}
    house.teardown()


def test_what_was_erased_leaves_room_for_more() -> None:
    house = House()
    house.begin()
    house.tell(["bob"] * LIMIT)
    house.settle()
    assert len(house.waiting("bob")) == LIMIT
    house.memory.forget(Forget(nick="bob"))
    house.tell(["bob"] * (LIMIT + 2))
    house.settle()
    assert len(house.waiting("bob")) == LIMIT
    house.so_many_wait_as_are_counted()
    house.teardown()


TestInMemory = House.TestCase
TestInMemory.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)
TestOnDisk = HouseOnDisk.TestCase
TestOnDisk.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
