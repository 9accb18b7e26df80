"""Departures: where people left off who are, or lately were, in a room."""

import logging
from collections.abc import Iterable, Sequence
from typing import Final

from chatserver.chat.names import fold
from chatserver.history.entries import Arrival, Departure, Entry, Message, Moved
from chatserver.history.errors import JournalError
from chatserver.history.store import Writer

_REMEMBERED: Final = 20_000

_log = logging.getLogger("chatserver")


class Departures:
    """Places in the order at which people left rooms, kept beyond their coming back.

    The store forgets a departure once the person is back, since a kill of the server would end
    their stay anew; but it is just then that they ask what they have missed. One thread at a
    time notes; any thread may ask.
    """

    def __init__(self) -> None:
        # The one longest untouched comes first.
        self._left: dict[tuple[str, str], int | None] = {}

    def note(self, entries: Iterable[Entry], journal: Writer) -> None:
        """Remember what these change. To be called before the journal has stored them."""
        for entry in entries:
            if type(entry) is Message:
                continue  # as nearly all are
            match entry:
                case Departure(id=id, nick=nick, room=room):
                    self._remember((fold(nick), fold(room)), id)
                case Arrival(nick=nick, room=room):
                    key = fold(nick), fold(room)
                    known = key in self._left
                    self._remember(key, self._left[key] if known else _stored(journal, nick, room))
                case Moved():
                    self._move(fold(entry.old), fold(entry.new))

    def take_back(self, entries: Sequence[Entry]) -> None:
        """Undo what has not happened, as it could not be stored; who came and went still did."""
        for entry in reversed(entries):
            if isinstance(entry, Moved):
                self._move(fold(entry.new), fold(entry.old))

    def of(self, nick: str, room: str) -> int | None:
        """Return the id with which somebody left a room last; None if they never did."""
        return self._left.get((fold(nick), fold(room)))

    def clear(self) -> None:
        """Forget all: some of it was erased."""
        self._left.clear()

    def _move(self, old: str, new: str) -> None:
        for nick, room in [key for key in self._left if key[1] == old]:
            self._remember((nick, new), self._left.pop((nick, room)))

    def _remember(self, key: tuple[str, str], left: int | None) -> None:
        self._left.pop(key, None)
        self._left[key] = left
        if len(self._left) > _REMEMBERED:
            del self._left[next(iter(self._left))]


def _stored(journal: Writer, nick: str, room: str) -> int | None:
    try:
        return journal.departure(nick, room)
    except JournalError as error:
        _log.warning("where somebody left off cannot be read now: %s", error)
        return None
