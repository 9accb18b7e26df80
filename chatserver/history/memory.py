"""The history kept in memory alone (`--history off`): the last lines of each room, and bounded."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from msgspec.structs import replace

from chatserver.chat.names import fold
from chatserver.history.entries import (
    PRIVATE,
    Arrival,
    Departure,
    Entry,
    Forget,
    Happening,
    KeptTopic,
    Kind,
    Message,
    Moved,
    Pair,
    Placed,
    Record,
    Redaction,
    Seen,
)
from chatserver.history.holders import Holder, taken
from chatserver.latest import Latest

_ROOMS: Final = 1000
_STAYS: Final = 10_000
_PEOPLE: Final = 10_000
_BOXES: Final = 1000
_BOX: Final = 500  # as many as may wait for somebody at most, see limits.waiting
_TALKS: Final = 1000
_TALK: Final = 100
_MARKS: Final = 10_000
_PAGE_LINES: Final = 500

_LAST_ID: Final = 2**63 - 1

R = TypeVar("R", bound=Record)
K = TypeVar("K")


class _Room:
    """What is kept of one room."""

    def __init__(self, lines: int) -> None:
        self.lines: deque[Message] = deque(maxlen=lines)
        self.happenings: deque[Happening] = deque(maxlen=lines)
        self.topic: KeptTopic | None = None

    def rename(self, name: str) -> None:
        """Let everything be of a room of that name."""
        self.lines = deque((replace(line, room=name) for line in self.lines), self.lines.maxlen)
        self.happenings = deque(
            (replace(one, room=name) for one in self.happenings), self.happenings.maxlen
        )


class MemoryJournal:
    """The journal's side; nothing of it fails, and nothing outlives the process.

    The least recently used room, stay or box makes place for a new one. Ids go on from `last_id`:
    those of an earlier process are unknown here, and must not be given again.
    """

    def __init__(self, lines: int = 500, last_id: int = 0) -> None:
        self.last_id = last_id
        self.last_time = 0.0
        self.broken = False
        self.urgent = False
        self.forgetting = False
        # Helpers read while the hub writes, and both are over in microseconds.
        self.lock = threading.Lock()
        self.rooms: Latest[str, _Room] = Latest(_ROOMS)
        self.seen: Latest[str, Seen] = Latest(_PEOPLE)
        self.talks: Latest[Pair, deque[Record]] = Latest(_TALKS)
        self.stays: Latest[tuple[str, str], int | None] = Latest(_STAYS)
        self._boxes: Latest[str, deque[Message]] = Latest(_BOXES)
        self._marks: Latest[Pair, float] = Latest(_MARKS)
        self._holders: Latest[str, Holder] = Latest(_PEOPLE)
        self._lines = lines

    def begin(self) -> bool:
        """Nobody else has it."""
        return True

    def commit(self, entries: Sequence[Entry]) -> None:
        """Keep these."""
        lines: list[Message] = []  # of rooms, with nothing between them that could matter
        with self.lock:
            for entry in entries:
                if type(entry) is Message and entry.kind not in PRIVATE:
                    lines.append(entry)
                    continue
                self._keep_lines(lines)
                lines.clear()
                self._keep(entry)
            self._keep_lines(lines)
        self._advance(entries)

    def _keep_lines(self, lines: Sequence[Message]) -> None:
        """Keep what was said in rooms; who said several of these was seen with the last."""
        for line in lines:
            room = self.rooms.obtain(fold(line.room), self._make_room)
            room.lines.append(line)
            if line.kind is Kind.TOPIC:
                topic = KeptTopic(line.room, line.nick, line.at, line.text)
                room.topic = topic if line.text else None
        for nick, at in {line.nick: line.at for line in lines}.items():
            self._see(nick, at)

    def _keep(self, entry: Entry) -> None:
        match entry:
            case Message():
                self._keep_message(entry)
            case Happening():
                self._keep_happening(entry)
            case Moved():
                self._move(fold(entry.old), entry.new)
            case Redaction():
                self._drop(lambda record: record.id == entry.message)
            case Arrival():
                self._stay(entry.nick, entry.room, None)
            case Departure():
                self._stay(entry.nick, entry.room, entry.id)
                self._see(entry.nick, entry.at)

    def _keep_message(self, message: Message) -> None:
        for nick in dict.fromkeys(map(fold, message.waits_for)):
            self._boxes.obtain(nick, _make_box).append(message)
        for other in dict.fromkeys(map(fold, message.to)):
            self._keep_talk(fold(message.nick), other, message)

    def _keep_happening(self, happening: Happening) -> None:
        if happening.room:
            room = self.rooms.obtain(fold(happening.room), self._make_room)
            room.happenings.append(happening)
        else:
            self._keep_talk(fold(happening.nick), fold(happening.other), happening)

    def _keep_talk(self, one: str, other: str, record: Record) -> None:
        pair = (one, other) if one < other else (other, one)
        self.talks.obtain(pair, _make_talk).append(record)

    def _move(self, old: str, name: str) -> None:
        """Give a room another name, unless there are lines under it; its topic goes along."""
        new = fold(name)
        if room := self.rooms.get(old):
            there = self.rooms.get(new, room)
            topic = room.topic and replace(room.topic, room=name)
            room.topic = None
            if there is room or not there.lines:
                self.rooms[new] = there = self.rooms.pop(old)
                there.rename(name)
            there.topic = topic
        for nick, place in [key for key, left in self.stays.items() if left is None]:
            if place == old:
                del self.stays[nick, place]
                self._stay(nick, new, None)
        if old != new:
            for key in [key for key in self._marks if key[1] == new]:
                del self._marks[key]
        for owner, target in [key for key in self._marks if key[1] == old]:
            self._marks[owner, new] = self._marks.pop((owner, target))

    def _drop(self, goes: Callable[[Record], bool]) -> None:
        """Forget all that was said or happened for which this holds."""
        for room in self.rooms.values():
            _sift(room.lines, goes)
            _sift(room.happenings, goes)
        _sift_all(self._boxes, goes)
        _sift_all(self.talks, goes)

    def _stay(self, nick: str, room: str, left: int | None) -> None:
        self.stays[fold(nick), fold(room)] = left

    def _see(self, nick: str, at: float) -> None:
        self.seen[fold(nick)] = Seen(nick, at)

    def _make_room(self) -> _Room:
        return _Room(self._lines)

    def _advance(self, entries: Sequence[Entry]) -> None:
        """Note the last place in the order; entries are in it."""
        for entry in reversed(entries):
            if isinstance(entry, Placed):
                self.last_id = max(self.last_id, entry.id)
                self.last_time = max(self.last_time, entry.at)
                return

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

    def count_waiting(self, nick: str) -> int:
        """Return how many messages wait for somebody."""
        return len(self._boxes.get(fold(nick), ()))

    def hand_over(self, nick: str, through: int) -> None:
        """Note that what waited for somebody, up to that id, is with them."""
        box = self._boxes.get(fold(nick), deque())
        while box and box[0].id <= through:
            box.popleft()
        if not box:
            self._boxes.pop(fold(nick), None)

    def forget(self, what: Forget) -> None:
        """Forget at once."""
        if what == Forget():
            raise ValueError("nothing is named that is to be forgotten")
        nick = None if what.nick is None else fold(what.nick)
        named = None if what.room is None else fold(what.room)

        def goes(record: Record | KeptTopic) -> bool:
            return (
                (nick is None or nick in map(fold, _people(record)))
                and (named is None or fold(record.room) == named)
                and (what.before is None or record.at < what.before)
            )

        with self.lock:
            self._drop(goes)
            for room in self.rooms.values():
                if room.topic and goes(room.topic):
                    room.topic = None
            for (owner, target), at in list(self._marks.items()):
                if (
                    nick in {None, owner, target}
                    and named in {None, target}
                    and (what.before is None or at < what.before)
                ):
                    del self._marks[owner, target]
            if what.before is None:
                for person, place in list(self.stays):
                    if nick in {None, person} and named in {None, place}:
                        del self.stays[person, place]
                if nick is not None and named is None:
                    self.seen.pop(nick, None)
                    self._holders.pop(nick, None)

    def hold(self, nick: str, mask: str, id: int, at: float) -> int:
        """Note that somebody takes a nick; return the place since which it is theirs."""
        key = fold(nick)
        holder = self._holders[key] = taken(self._holders.get(key), mask, id, at)
        return holder.since

    def holder(self, nick: str) -> Holder | None:
        """Return who took a nick last."""
        return self._holders.get(fold(nick))

    def departure(self, nick: str, room: str) -> int | None:
        """Return the id with which somebody left a room; None: they never did, or are there."""
        return self.stays.get((fold(nick), fold(room)))

    def has_lines(self, room: str) -> bool:
        """Return whether there is a line of a room of that name."""
        there = self.rooms.get(fold(room))
        return bool(there and there.lines)

    def read_until(self, nick: str, target: str) -> float | None:
        """Return until when somebody has read what was said there; None: never."""
        return self._marks.get((fold(nick), fold(target)))

    def mark_read(self, nick: str, target: str, at: float) -> float:
        """Remember until when somebody has read; return the latest time that was ever marked."""
        key = fold(nick), fold(target)
        latest = self._marks[key] = max(at, self._marks.get(key, at))
        return latest

    def reopen(self) -> int:
        """Nothing is ever broken."""
        return self.last_id

    def close(self) -> None:
        """End it."""


def _make_box() -> deque[Message]:
    return deque(maxlen=_BOX)


def _make_talk() -> deque[Record]:
    return deque(maxlen=_TALK)


def _people(record: Record | KeptTopic) -> tuple[str, ...]:
    """Return whose words or deeds these are, and to whom alone they went."""
    match record:
        case Message():
            return (record.nick, *record.to)
        case Happening():
            return (record.nick, record.other)
    return (record.nick,)


def _sift(records: deque[R], goes: Callable[[R], bool]) -> None:
    """Take out of a queue, in place, for what this holds."""
    if any(map(goes, records)):
        kept = [record for record in records if not goes(record)]
        records.clear()
        records.extend(kept)


def _sift_all(queues: Latest[K, deque[R]], goes: Callable[[R], bool]) -> None:
    """Do so with each queue of a table, and take out those that are empty then."""
    for key, records in list(queues.items()):
        _sift(records, goes)
        if not records:
            del queues[key]
