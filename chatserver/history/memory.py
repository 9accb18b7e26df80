"""The history kept in memory alone (`--history off`): the last lines of each room, and bounded."""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Final, TypeVar

from chatserver.chat.names import fold
from chatserver.history.entries import (
    PRIVATE,
    Arrival,
    Departure,
    Entry,
    Forget,
    KeptTopic,
    Kind,
    Message,
    Seen,
    Taken,
)
from chatserver.history.query import SearchQuery
from chatserver.history.words import holds

_ROOMS: Final = 1000
_STAYS: Final = 10_000
_PEOPLE: Final = 10_000
_BOXES: Final = 1000
_BOX: Final = 100
_PAGE_LINES: Final = 500

K = TypeVar("K")
V = TypeVar("V")


class _Room:
    """What is kept of one room."""

    def __init__(self, lines: int) -> None:
        self.lines: deque[Message] = deque(maxlen=lines)
        self.topic: KeptTopic | None = None


class MemoryJournal:
    """The journal's side; nothing of it fails, and nothing outlives the process.

    The least recently used room, stay or box makes place for a new one.
    """

    def __init__(self, lines: int = 500) -> None:
        self.last_id = 0
        self.last_time = 0.0
        self.broken = False
        self.urgent = False
        self.forgetting = False
        # Helpers read while the hub writes, and both are over in microseconds.
        self.lock = threading.Lock()
        self.rooms: OrderedDict[str, _Room] = OrderedDict()
        self.stays: OrderedDict[tuple[str, str], int | None] = OrderedDict()
        self.seen: OrderedDict[str, Seen] = OrderedDict()
        self._boxes: OrderedDict[str, deque[Message]] = OrderedDict()
        self._lines = lines

    def commit(self, entries: Sequence[Entry]) -> None:
        """Keep these."""
        with self.lock:
            for entry in entries:
                self._keep(entry)

    def _keep(self, entry: Entry) -> None:
        match entry:
            case Message(kind=kind):
                if kind in PRIVATE:
                    for nick in dict.fromkeys(map(fold, entry.waits_for)):
                        _use(self._boxes, nick, _make_box, _BOXES).append(entry)
                else:
                    self._keep_line(entry)
                self._advance(entry.id, entry.at)
            case Arrival():
                self._stay(entry.nick, entry.room, None)
            case Departure():
                self._stay(entry.nick, entry.room, entry.id)
                self._see(entry.nick, entry.at)
                self._advance(entry.id, entry.at)
            case Taken():
                box = self._boxes.get(fold(entry.nick))
                while box and box[0].id <= entry.through:
                    box.popleft()
                if not box:
                    self._boxes.pop(fold(entry.nick), None)

    def _keep_line(self, line: Message) -> None:
        room = _use(self.rooms, fold(line.room), self._make_room, _ROOMS)
        room.lines.append(line)
        if line.kind is Kind.TOPIC:
            topic = KeptTopic(line.room, line.nick, line.at, line.text)
            room.topic = topic if line.text else None
        self._see(line.nick, line.at)

    def _stay(self, nick: str, room: str, left: int | None) -> None:
        _put(self.stays, (fold(nick), fold(room)), left, _STAYS)

    def _see(self, nick: str, at: float) -> None:
        _put(self.seen, fold(nick), Seen(nick, at), _PEOPLE)

    def _make_room(self) -> _Room:
        return _Room(self._lines)

    def _advance(self, id: int, at: float) -> None:
        self.last_id = max(self.last_id, id)
        self.last_time = max(self.last_time, at)

    def chore(self, now: float, budget: float = 0.0) -> bool:
        """Nothing is ever to be done."""
        return False

    def topics(self) -> list[KeptTopic]:
        """Return every room's topic."""
        return [room.topic for room in self.rooms.values() if room.topic]

    def waiting_for(self) -> dict[str, int]:
        """Return for whom messages wait, by folded nick, and how many."""
        return {nick: len(box) for nick, box in self._boxes.items()}

    def waiting(self, nick: str, most: int = 500) -> list[Message]:
        """Return the oldest messages that wait for somebody."""
        return list(self._boxes.get(fold(nick), ()))[:most]

    def forget(self, what: Forget) -> None:
        """Forget at once."""
        if what == Forget():
            raise ValueError("nothing is named that is to be forgotten")
        nick = None if what.nick is None else fold(what.nick)
        named = None if what.room is None else fold(what.room)

        def goes(line: Message | KeptTopic, people: Iterable[str]) -> bool:
            return (
                (nick is None or nick in map(fold, people))
                and (named is None or fold(line.room) == named)
                and (what.before is None or line.at < what.before)
            )

        with self.lock:
            for room in self.rooms.values():
                kept = [line for line in room.lines if not goes(line, [line.nick])]
                room.lines = deque(kept, maxlen=self._lines)
                if room.topic and goes(room.topic, [room.topic.nick]):
                    room.topic = None
            for owner, box in list(self._boxes.items()):
                left = [line for line in box if not goes(line, [line.nick, *line.to])]
                self._boxes[owner] = deque(left, maxlen=_BOX)
                if not left:
                    del self._boxes[owner]
            if what.before is None:
                for person, place in list(self.stays):
                    if nick in {None, person} and named in {None, place}:
                        del self.stays[person, place]
                if nick is not None and named is None:
                    self.seen.pop(nick, None)

    def reopen(self) -> int:
        """Nothing is ever broken."""
        return self.last_id

    def close(self) -> None:
        """End it."""


class MemoryLibrary:
    """The readers' side of a MemoryJournal."""

    def __init__(self, journal: MemoryJournal) -> None:
        self._journal = journal

    def page(self, room: str, before_id: int | None = None, count: int = 50) -> list[Message]:
        """Return the last lines before an id, oldest first."""
        lines = [line for line in self._lines(room) if before_id is None or line.id < before_id]
        return lines[max(0, len(lines) - _bounded(count)) :]

    def page_after(self, room: str, after_id: int, count: int = _PAGE_LINES) -> list[Message]:
        """Return the first lines after an id, oldest first."""
        return [line for line in self._lines(room) if line.id > after_id][: _bounded(count)]

    def page_since(self, room: str, since: float, count: int = 50) -> list[Message]:
        """Return the first lines from a moment on, oldest first."""
        return [line for line in self._lines(room) if line.at >= since][: _bounded(count)]

    def id_at(self, moment: float) -> int:
        """Return an id below which all lines are older than a moment, and from which on none is."""
        with self._journal.lock:
            rooms = [tuple(room.lines) for room in self._journal.rooms.values()]
            end = self._journal.last_id + 1
        return min((line.id for lines in rooms for line in lines if line.at >= moment), default=end)

    def search(
        self,
        query: SearchQuery,
        rooms: Collection[str],
        limit: int = 50,
        before_id: int | None = None,
    ) -> list[Message]:
        """Return what matches in these rooms alone, newest first."""
        wanted = {fold(room) for room in rooms}
        if query.rooms:
            wanted.intersection_update(query.rooms)
        found = [
            line
            for room in wanted
            for line in self._lines(room)
            if (before_id is None or line.id < before_id) and _matches(line, query)
        ]
        return sorted(found, key=lambda line: -line.id)[: _bounded(limit)]

    def last_seen(self, nick: str) -> Seen | None:
        """Return when somebody last said something to a room or left one."""
        with self._journal.lock:
            return self._journal.seen.get(fold(nick))

    def departure(self, nick: str, room: str) -> int | None:
        """Return the id with which somebody left a room."""
        with self._journal.lock:
            return self._journal.stays.get((fold(nick), fold(room)))

    def count_since(self, room: str, id: int) -> int:
        """Return how many of the lines that are kept come after an id."""
        return sum(line.id > id for line in self._lines(room))

    def close(self) -> None:
        """End it."""

    def _lines(self, room: str) -> tuple[Message, ...]:
        with self._journal.lock:
            found = self._journal.rooms.get(fold(room))
            return tuple(found.lines) if found else ()


def _matches(line: Message, query: SearchQuery) -> bool:
    return (
        (not query.nicks or fold(line.nick) in query.nicks)
        and (query.since is None or line.at >= query.since)
        and (query.until is None or line.at < query.until)
        and holds(line.text, query.terms)
    )


def _bounded(count: int) -> int:
    return max(0, min(count, _PAGE_LINES))


def _use(table: OrderedDict[K, V], key: K, make: Callable[[], V], most: int) -> V:
    """Return a table's value, or put a new one there in place of the one longest unused."""
    value = table.get(key)
    if value is None:
        value = make()
        _put(table, key, value, most)
    else:
        table.move_to_end(key)
    return value


def _put(table: OrderedDict[K, V], key: K, value: V, most: int) -> None:
    """Set a value, if need be in place of the one longest unused."""
    table[key] = value
    table.move_to_end(key)
    if len(table) > most:
        table.popitem(last=False)


def _make_box() -> deque[Message]:
    return deque(maxlen=_BOX)
