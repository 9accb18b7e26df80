"""The log keeps its order, its keys and its bounds, whatever is put in or taken out."""

from hypothesis import given
from hypothesis import strategies as st

from client.log import Log
from client.messages import Delivery, Entry, Kind

PENDING = Delivery.PENDING


def entry(key: int, delivery: Delivery = Delivery.CONFIRMED) -> Entry:
    return Entry(key=key, kind=Kind.SAID, at=float(key), msgid=f"m{key}", delivery=delivery)


def keys(log: Log) -> list[int]:
    return [one.key for one in log]


def test_what_is_pending_stands_at_the_end() -> None:
    log = Log()
    for one in (entry(1), entry(2, PENDING), entry(3), entry(4, PENDING), entry(5)):
        log.append(one)
    assert keys(log) == [1, 3, 5, 2, 4]
    assert [one.key for one in log.pending] == [2, 4]
    log.replace(entry(4))
    assert keys(log) == [1, 3, 5, 4, 2]
    assert [one.key for one in log.newest_first()] == [4, 5, 3, 1]


def test_what_arrives_is_given_out_once_more_when_it_settles() -> None:
    log = Log()
    log.append(entry(1))
    seen = log.added
    log.append(entry(2, PENDING))
    log.replace(entry(2))
    log.insert(0, [entry(0)])
    assert [one.key for one in log.arrivals(seen)] == [2, 2, 0]
    assert log.arrivals(log.added) == []


def test_old_ones_are_let_go_but_never_what_is_pending() -> None:
    log = Log()
    for key in range(100):
        log.append(entry(key, PENDING if key >= 97 else Delivery.CONFIRMED))
    assert log.let_go(50)
    assert keys(log) == list(range(50, 100))
    assert not log.let_go(50)
    assert log.find("m3") is None
    assert log.let_go(1)
    assert keys(log)[-3:] == [97, 98, 99]


@given(st.lists(st.tuples(st.sampled_from("apicrxl"), st.integers(0, 40)), max_size=60))
def test_every_key_and_msgid_leads_to_its_entry(steps: list[tuple[str, int]]) -> None:
    log = Log()
    likeness: list[Entry] = []
    next_key = 1000
    for what, number in steps:
        settled = [one for one in likeness if one.delivery is not PENDING]
        waiting = [one for one in likeness if one.delivery is PENDING]
        next_key += 3
        match what:
            case "a":
                log.append(entry(next_key))
                likeness = [*settled, entry(next_key), *waiting]
            case "p":
                log.append(entry(next_key, PENDING))
                likeness = [*likeness, entry(next_key, PENDING)]
            case "i":
                index = number % (len(settled) + 1)
                new = [entry(next_key), entry(next_key + 1)]
                log.insert(index, new)
                likeness = [*likeness[:index], *new, *likeness[index:]]
            case "c" if waiting:
                one = waiting[number % len(waiting)]
                log.replace(entry(one.key))
                waiting.remove(one)
                likeness = [*settled, entry(one.key), *waiting]
            case "r" if likeness:
                gone = likeness.pop(number % len(likeness))
                log.remove(gone.key)
            case "x":
                log.remove(-1)
            case "l" if len(settled) > number:
                went = log.let_go(len(likeness) - number)
                likeness = likeness[number:] if went else likeness
        assert list(log) == likeness
        assert [log.place_of(one.key) for one in likeness] == list(range(len(likeness)))
        assert [log.find(one.msgid) for one in likeness] == likeness
        assert log.settled == sum(one.delivery is not PENDING for one in likeness)
    assert len(log._places) == len(log) == len(log._by_msgid)
