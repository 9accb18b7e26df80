"""HistoryRecorder: what the hub's steps leave in the journal."""

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from chatserver.chat import events, requests
from chatserver.chat.errors import NotForgotten, NotSaved
from chatserver.chat.events import Told
from chatserver.chat.names import fold
from chatserver.chat.recorder import Step
from chatserver.chat.registry import Lookup
from chatserver.history.departures import Departures
from chatserver.history.entries import (
    Arrival,
    Departure,
    Entry,
    Forget,
    Kind,
    Message,
    Taken,
)
from chatserver.history.errors import Cause, HistoryError, JournalError
from chatserver.history.store import Writer

# A bite of tidying up may take this long; somebody may be waiting behind it.
_BITE_SECONDS = 0.003
# Between two looks at a journal that was found damaged: each reads all of it.
_DAMAGED_SECONDS = 60.0

_log = logging.getLogger("chatserver")


class HistoryRecorder:
    """Fulfils chat.recorder.Recorder with a journal. Called by one thread at a time."""

    def __init__(self, journal: Writer, departures: Departures) -> None:
        self._journal = journal
        self._departures = departures
        self._waiting = set(journal.waiting_for())
        self._mend_at = 0.0

    def topics(self) -> dict[str, events.Topic]:
        """Return every room's topic as it was last set."""
        return {
            kept.room: events.Topic(kept.text, kept.nick, kept.at)
            for kept in self._journal.topics()
        }

    @property
    def last_id(self) -> int:
        """The last place in the order that was ever given out."""
        return self._journal.last_id

    @property
    def last_time(self) -> float:
        """The latest stamp, in seconds since the epoch."""
        return self._journal.last_time

    def record(self, steps: Sequence[Step]) -> None:
        """Store what is to be kept of these steps, all or nothing.

        Raises:
            NotSaved: nothing of them is stored.
        """
        entries = _entries(steps)
        if not entries:
            return
        # Who came and went did so even where it cannot be stored.
        self._departures.note(entries)
        try:
            self._mend()
            self._journal.commit(entries)
        except JournalError as error:
            raise NotSaved(error.cause.value) from error
        for entry in entries:
            if type(entry) is Message and entry.waits_for:
                self._waiting.update(map(fold, entry.waits_for))
        if self._journal.urgent:
            self._journal.chore(self._journal.last_time, _BITE_SECONDS)

    def _mend(self) -> None:
        """Open a journal anew that has failed. One that is damaged is rarely worth another look.

        Raises:
            JournalError: it cannot be used yet.
        """
        if not self._journal.broken:
            return
        if time.monotonic() < self._mend_at:
            raise JournalError(Cause.BROKEN)
        try:
            self._journal.reopen()
        except HistoryError as error:
            _log.critical("%s", error)
            self._mend_at = time.monotonic() + _DAMAGED_SECONDS
            raise JournalError(Cause.BROKEN) from error

    def kept_for(self, nick: str) -> Sequence[Told]:
        """Return what was said to that person alone while they were not here."""
        if fold(nick) not in self._waiting:
            return ()
        try:
            found = self._journal.waiting(nick)
        except JournalError as error:
            _log.warning("what waits for somebody cannot be read now: %s", error)
            return ()
        if not found:
            self._waiting.discard(fold(nick))
        return [_waited(message, nick) for message in found]

    def tidy(self, now: float) -> bool:
        """Do a bite of tidying up while nobody waits; return whether there is more to do."""
        return self._journal.chore(now, _BITE_SECONDS)

    def forget(self, what: requests.Forget) -> dict[str, events.Topic]:
        """Begin to erase, which `tidy` goes on with; return the topics that are left.

        Raises:
            NotForgotten: nothing is erased.
        """
        try:
            self._mend()
            self._journal.forget(Forget(what.nick, what.room, what.before))
            self._departures.clear()
            return self.topics()
        except JournalError as error:
            raise NotForgotten(error.cause.value) from error

    def close(self) -> None:
        """Nothing more is recorded."""
        self._journal.close()


def _entries(steps: Sequence[Step]) -> list[Entry]:
    entries: list[Entry] = []
    for step in steps:
        for delivery in step.deliveries:
            if isinstance(delivery, Lookup):
                continue
            event = delivery.event
            if make := _KEPT.get(type(event)):
                entries += make(event)
    return entries


def _said(said: events.Said) -> Iterable[Entry]:
    kind = Kind.ACTION if said.action else Kind.SAID
    return (Message(said.id, said.at, kind, said.room, said.nick, said.text),)


def _told(answer: events.TellDone) -> Iterable[Entry]:
    lines = answer.told
    first = lines[0]
    kind = Kind.TOLD_ACTION if first.action else Kind.TOLD
    to = tuple(line.to for line in lines)
    return (Message(first.id, first.at, kind, "", first.nick, first.text, to, answer.waited),)


def _topic(set: events.TopicSet) -> Iterable[Entry]:
    return (Message(set.id, set.at, Kind.TOPIC, set.room, set.nick, set.topic),)


def _joined(joined: events.Joined) -> Iterable[Entry]:
    return (Arrival(joined.nick, joined.room),)


def _left(left: events.Left) -> Iterable[Entry]:
    return (Departure(left.id, left.at, left.nick, left.room),)


def _gone(gone: events.Gone) -> Iterable[Entry]:
    return [Departure(gone.id, gone.at, gone.nick, room) for room in gone.rooms]


def _taken(kept: events.Kept) -> Iterable[Entry]:
    last = kept.lines[-1]
    return (Taken(last.to, last.id),)


# What is kept of an event, by its type: of most nothing.
_KEPT: Mapping[type[events.Event], Callable[[Any], Iterable[Entry]]] = {
    events.Said: _said,
    events.TellDone: _told,
    events.TopicSet: _topic,
    events.Joined: _joined,
    events.Left: _left,
    events.Gone: _gone,
    events.Kept: _taken,
}


def _waited(message: Message, nick: str) -> Told:
    action = message.kind is Kind.TOLD_ACTION
    return Told(message.id, message.at, message.nick, nick, message.text, action)
