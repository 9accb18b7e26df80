"""The readers' side of a history in memory."""

from collections.abc import Collection
from typing import Final

from chatserver.chat.names import fold
from chatserver.history.entries import Happening, Kind, Message, Pair, Record, Seen, What
from chatserver.history.holders import Holder
from chatserver.history.memory import MemoryJournal
from chatserver.history.query import SearchQuery, matches
from chatserver.history.reading import in_order

_PAGE_LINES: Final = 500
_LAST_ID: Final = 2**63 - 1


class MemoryLibrary:
    """The readers' side of a MemoryJournal."""

    def __init__(self, journal: MemoryJournal) -> None:
        self._journal = journal

    def holders(self, nicks: Collection[str]) -> dict[str, Holder]:
        """Return who took these nicks last, by folded nick."""
        found = ((fold(nick), self._journal.holder(nick)) for nick in nicks)
        return {nick: holder for nick, holder in found if holder}

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
        """Return an id below which all is older than a moment, and from which on nothing is."""
        end = self._journal.last_id + 1
        return min((record.id for record in self._all() if record.at >= moment), default=end)

    def search(
        self,
        query: SearchQuery,
        rooms: Collection[str],
        limit: int = 50,
        before_id: int | None = None,
        *,
        oldest: bool = False,
    ) -> list[Message]:
        """Return what matches in these rooms alone, newest first, or the `oldest` first."""
        wanted = {fold(room) for room in rooms}
        if query.rooms:
            wanted.intersection_update(query.rooms)
        found = [
            line
            for room in wanted
            for line in self._lines(room)
            if (before_id is None or line.id < before_id) and matches(line, query)
        ]
        found.sort(key=lambda line: line.id, reverse=not oldest)
        return found[: _bounded(limit)]

    def past(
        self,
        where: str | Pair,
        after_id: int,
        before_id: int,
        count: int,
        *,
        newest: bool,
        happenings: bool,
    ) -> list[Record]:
        """Return what was said in a room or between two people, see store.Reader."""
        found = [
            record
            for record in self._records(where)
            if after_id < record.id < before_id and (happenings or _is_speech(record))
        ]
        most = _bounded(count)
        return found[max(0, len(found) - most) :] if newest else found[:most]

    def find(self, id: int) -> Record | None:
        """Return what was said, or the reaction, of that id; None: nothing is."""
        return next(
            (
                record
                for record in self._all()
                if record.id == id and (_is_speech(record) or _is_reaction(record))
            ),
            None,
        )

    def latest(self, nick: str, rooms: Collection[str], held_since: int) -> list[tuple[str, float]]:
        """Return where something was said last, and when, see store.Reader."""
        own = fold(nick)
        with self._journal.lock:
            pairs = [pair for pair in self._journal.talks if own in pair]
        partners = [one if other == own else other for one, other in pairs]
        found: list[tuple[Record, str | Pair]] = []
        places: list[str | Pair] = [*rooms]
        places += [(own, partner) for partner in partners]
        for where in places:
            after = -1 if isinstance(where, str) else held_since
            last = self.past(where, after, _LAST_ID, 1, newest=True, happenings=False)
            found += [(record, where) for record in last]
        return in_order(found)

    def last_seen(self, nick: str) -> Seen | None:
        """Return when somebody last said something to a room or left one."""
        with self._journal.lock:
            return self._journal.seen.get(fold(nick))

    def count_since(self, room: str, id: int) -> int:
        """Return how many of the lines that are kept come after an id."""
        return sum(line.id > id for line in self._lines(room))

    def close(self) -> None:
        """End it."""

    def _lines(self, room: str) -> tuple[Message, ...]:
        with self._journal.lock:
            found = self._journal.rooms.get(fold(room))
            return tuple(found.lines) if found else ()

    def _records(self, where: str | Pair) -> list[Record]:
        """Return all of a room, or of what two people have said, oldest first."""
        with self._journal.lock:
            if not isinstance(where, str):
                one, other = sorted(map(fold, where))
                return list(self._journal.talks.get((one, other), ()))
            found = self._journal.rooms.get(fold(where))
            records: list[Record] = []
            if found:
                records += found.lines
                records += found.happenings
        return sorted(records, key=lambda record: record.id)

    def _all(self) -> list[Record]:
        with self._journal.lock:
            rooms = self._journal.rooms.values()
            found: list[Record] = [
                record for talk in self._journal.talks.values() for record in talk
            ]
            for room in rooms:
                found += room.lines
                found += room.happenings
        return found


def _bounded(count: int) -> int:
    return max(0, min(count, _PAGE_LINES))


def _is_speech(record: Record) -> bool:
    return isinstance(record, Message) and record.kind is not Kind.TOPIC


def _is_reaction(record: Record) -> bool:
    return isinstance(record, Happening) and record.what is What.TAGGED
