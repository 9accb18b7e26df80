"""Selecting: which part of the past a request means (IRCv3 draft/chathistory, "Subcommands")."""

from typing import Final

from chatserver.chat.lookups import Point, ReadPast, Selection
from chatserver.chat.names import fold
from chatserver.history.entries import Message, Pair, Record
from chatserver.history.query import SearchQuery, matches
from chatserver.history.store import Reader

_FIRST: Final = -1
_END: Final = 2**63 - 1
_PAGE: Final = 500
_PAGES: Final = 40
_MILLISECOND: Final = 0.001  # stamps count these


def select(
    reader: Reader,
    where: str | Pair,
    request: ReadPast,
    most: int,
    held_since: int,
    asked_at: int = _END,
) -> list[Record]:
    """Return what a request means of a room, or of two people's talk; always oldest first.

    Bounds are excluded: the message of an id, and all messages of a time. Of private talk only
    what comes after the place `held_since` is there for who asks, and of all what comes before
    that at which they did, `asked_at`.
    """
    floor = _FIRST if isinstance(where, str) else held_since
    return _Past(reader, where, request, most, floor, asked_at).select()


def is_in(record: Record, where: str | Pair) -> bool:
    """Whether something was said or happened in a room, or between two people."""
    if isinstance(where, str):
        return fold(record.room) == fold(where)
    if record.room:
        return False
    own, others = fold(record.nick), record.to if isinstance(record, Message) else (record.other,)
    pairs = [{own, fold(other)} for other in others]
    return set(map(fold, where)) in pairs


def search_private(
    reader: Reader,
    pair: Pair,
    query: SearchQuery,
    count: int,
    held_since: int,
    asked_at: int = _END,
    *,
    oldest: bool,
) -> list[Message]:
    """Return what two people have said to each other that matches, the newest or `oldest` first.

    Only what comes between these two places is there for who asks, see `select`. No word
    index holds it, so it is read; at most so much of it that nobody waits long.
    """
    since = _FIRST if query.since is None else reader.id_at(query.since) - 1
    after = max(since, held_since)
    before = asked_at if query.until is None else min(reader.id_at(query.until), asked_at)
    found: list[Message] = []
    for _ in range(_PAGES):
        page = reader.past(pair, after, before, _PAGE, newest=not oldest, happenings=False)
        lines = [line for line in page if isinstance(line, Message) and matches(line, query)]
        found += lines if oldest else reversed(lines)
        if len(page) < _PAGE or len(found) >= count:
            break
        after, before = (page[-1].id, before) if oldest else (after, page[0].id)
    return found[:count]


class _Past:
    def __init__(
        self,
        reader: Reader,
        where: str | Pair,
        request: ReadPast,
        most: int,
        floor: int,
        ceiling: int,
    ) -> None:
        self._reader = reader
        self._where = where
        self._request = request
        self._floor = floor
        self._ceiling = ceiling
        self._count = max(0, min(request.count, most))

    def select(self) -> list[Record]:
        start, end = self._request.start, self._request.end
        match self._request.selection:
            case Selection.LATEST:
                return self._read(
                    _FIRST if start is None else self._after(start), _END, newest=True
                )
            case Selection.BEFORE if start:
                return self._read(_FIRST, self._before(start), newest=True)
            case Selection.AFTER if start:
                return self._read(self._after(start), _END, newest=False)
            case Selection.AROUND if start:
                return self._around(self._before(start))
            case Selection.BETWEEN if start and end:
                return self._between(start, end)
        raise ValueError("a bound is missing")

    def _between(self, start: Point, end: Point) -> list[Record]:
        """Count from the first bound, forwards or backwards in time."""
        if self._before(start) <= self._before(end):
            return self._read(self._after(start), self._before(end), newest=False)
        return self._read(self._after(end), self._before(start), newest=True)

    def _around(self, middle: int) -> list[Record]:
        """Return as many from before a place as from there on; where one side has few, more."""
        older = self._read(_FIRST, middle, newest=True)
        newer = self._read(middle - 1, _END, newest=False)
        share = max(self._count // 2, self._count - len(newer))
        first = max(0, len(older) - share)
        found = older[first:]
        return found + newer[: self._count - len(found)]

    def _read(self, after: int, before: int, *, newest: bool) -> list[Record]:
        return self._reader.past(
            self._where,
            max(after, self._floor),
            min(before, self._ceiling),
            self._count,
            newest=newest,
            happenings=self._request.events,
        )

    def _before(self, point: Point) -> int:
        """Return the id below which everything is before a point."""
        return self._reader.id_at(point.at or 0.0) if point.id is None else point.id

    def _after(self, point: Point) -> int:
        """Return the id above which everything is after a point."""
        if point.id is None:
            return self._reader.id_at((point.at or 0.0) + _MILLISECOND) - 1
        return point.id
