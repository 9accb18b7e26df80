"""Log: the entries of a buffer in their order, found by place, key or msgid."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import overload

from client.messages import Delivery, Entry

_ARRIVALS = 20_000
_SLACK = 8  # an eighth too many is let go at once, so that it happens rarely


class Log(Sequence[Entry]):
    """Entries as a person sees them, oldest first. One's own pending ones stand at the end.

    Adding at either end, looking up by index, key or msgid, and replacing take the same time
    however long it is; a key's index changes when older entries come or go.
    """

    __slots__ = (
        "_arrivals",
        "_base",
        "_by_msgid",
        "_entries",
        "_first_pending",
        "_places",
        "added",
        "changes",
    )

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._base = 0  # the place of the first; it goes down as older ones come
        self._places: dict[int, int] = {}
        self._by_msgid: dict[str, int] = {}
        self._first_pending = 0  # an index
        self._arrivals: deque[int] = deque(maxlen=_ARRIVALS)
        self.added = 0
        """How many entries have come in; a pending one counts again when it settles."""
        self.changes = 0
        """Grows with every change."""

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    @overload
    def __getitem__(self, index: int) -> Entry: ...
    @overload
    def __getitem__(self, index: slice) -> list[Entry]: ...
    def __getitem__(self, index: int | slice) -> Entry | list[Entry]:
        return self._entries[index]

    def place_of(self, key: int) -> int | None:
        """Return the index of a key, or None where it is not (or no longer) here."""
        place = self._places.get(key)
        return None if place is None else place - self._base

    def by_key(self, key: int) -> Entry | None:
        """Return the entry of a key."""
        index = self.place_of(key)
        return None if index is None else self._entries[index]

    def find(self, msgid: str) -> Entry | None:
        """Return the entry of a msgid."""
        key = self._by_msgid.get(msgid)
        return None if key is None else self.by_key(key)

    @property
    def pending(self) -> Sequence[Entry]:
        """One's own entries that are not confirmed yet, oldest first."""
        return self._entries[self._first_pending :]

    @property
    def settled(self) -> int:
        """How many stand in front of the pending ones: the index for what comes in."""
        return self._first_pending

    def newest_first(self) -> Iterator[Entry]:
        """Yield all that is settled, from the end to the start."""
        return islice(reversed(self._entries), len(self) - self._first_pending, None)

    def arrivals(self, since: int) -> list[Entry]:
        """Return what was added since `added` was so many, as far as it is still here."""
        count = min(self.added - since, len(self._arrivals))
        keys = islice(self._arrivals, len(self._arrivals) - count, None)
        return [entry for key in keys if (entry := self.by_key(key))]

    def append(self, entry: Entry) -> None:
        """Add what has come in, or a pending entry of one's own."""
        if entry.delivery is Delivery.PENDING:
            self.insert(len(self), [entry])
        else:
            self.insert(self._first_pending, [entry])

    def insert(self, index: int, entries: Iterable[Entry], *, past: bool = False) -> None:
        """Add entries in front of the one at an index, in their order.

        What is `past` was looked up, and has not come in: it is no arrival.
        """
        new = list(entries)
        if not new:
            return
        self.changes += 1
        self._entries[index:index] = new
        self._first_pending += sum(entry.delivery is not Delivery.PENDING for entry in new)
        if not past:
            self.added += len(new)
            self._arrivals.extend(entry.key for entry in new)
        for entry in new:
            if entry.msgid:
                self._by_msgid[entry.msgid] = entry.key
        if index == 0:
            self._base -= len(new)
            self._number(0, len(new))
        else:
            self._number(index, len(self))

    def replace(self, entry: Entry) -> None:
        """Put an entry where the one with its key stands; nothing where there is none."""
        index = self.place_of(entry.key)
        if index is None:
            return
        before = self._entries[index]
        if before.delivery is entry.delivery:
            self.changes += 1
            self._entries[index] = entry
            if entry.msgid != before.msgid:
                self._by_msgid.pop(before.msgid, None)
                self._by_msgid[entry.msgid] = entry.key
        else:
            self.remove(entry.key)
            self.append(entry)

    def remove(self, key: int) -> None:
        """Take an entry out; nothing where there is none."""
        index = self.place_of(key)
        if index is not None:
            self.cut(index, index + 1)

    def cut(self, start: int, end: int) -> None:
        """Take the entries from one index to before another out."""
        gone = self._entries[start:end]
        if not gone:
            return
        self.changes += 1
        del self._entries[start:end]
        for entry in gone:
            del self._places[entry.key]
            self._by_msgid.pop(entry.msgid, None)
        self._first_pending -= sum(entry.delivery is not Delivery.PENDING for entry in gone)
        if start == 0:
            self._base += len(gone)
        else:
            self._number(start, len(self))

    def let_go(self, kept: int) -> bool:
        """Let the oldest go where there are many more than so many; say whether any went."""
        surplus = len(self) - kept
        if surplus <= kept // _SLACK:
            return False
        self.cut(0, min(surplus, self._first_pending))
        return True

    def _number(self, start: int, end: int) -> None:
        for index in range(start, end):
            self._places[self._entries[index].key] = self._base + index
