from chatserver.history import memory
from chatserver.history.entries import Arrival, Departure, Forget, Message, Seen
from chatserver.history.memory import MemoryJournal
from chatserver.history.memory_library import MemoryLibrary
from chatserver.history.query import parse
from tests.history.shelf import NOW, said, told


def test_only_the_last_lines_of_a_room_are_kept() -> None:
    journal = MemoryJournal(lines=3)
    journal.commit([said(id) for id in range(1, 6)])
    assert [line.id for line in MemoryLibrary(journal).page("#LOBBY")] == [3, 4, 5]
    assert journal.last_id == 5


def test_everything_has_a_bound() -> None:
    journal = MemoryJournal(lines=3)
    for n in range(memory._ROOMS + 50):
        journal.commit([said(n, room=f"#{n}")])
    for n in range(memory._STAYS + 50):
        journal.commit([Arrival(f"n{n}", "#x"), Departure(n, NOW + n, f"n{n}", "#x")])
    for n in range(memory._BOXES + 50):
        journal.commit([told(n, f"n{n}", waits_for=(f"n{n}",))] * (memory._BOX + 5 if n < 2 else 1))
    assert len(journal.rooms) == memory._ROOMS
    assert len(journal.stays) == memory._STAYS
    assert len(journal.seen) <= memory._PEOPLE
    assert len(journal._boxes) == memory._BOXES
    assert max(journal.waiting_for().values()) <= memory._BOX
    assert "#0" not in journal.rooms
    assert MemoryLibrary(journal).last_seen("n0") is None


def test_forgetting_is_done_at_once() -> None:
    journal = MemoryJournal()
    library = MemoryLibrary(journal)
    lines: list[Message] = [said(1), said(2, nick="amy"), said(3, room="#b")]
    journal.commit(
        [*lines, told(4, "zoe", waits_for=("zoe",), nick="dan"), Departure(5, NOW, "amy", "#b")]
    )
    journal.forget(Forget(nick="BOB"))
    assert library.search(parse("hello"), ["#lobby", "#b"]) == [lines[1]]
    assert library.last_seen("bob") is None
    journal.forget(Forget(nick="zoe"))
    assert journal.waiting_for() == {}
    journal.forget(Forget(room="#b"))
    assert journal.departure("amy", "#b") is None
    assert library.last_seen("amy") == Seen("amy", NOW)
    journal.forget(Forget(before=NOW + 3))
    assert library.page("#lobby") == []
    assert not journal.forgetting
    assert not journal.chore(NOW)
