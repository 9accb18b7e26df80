"""HistoryRecorder: what the hub's steps leave in the journal."""

import logging
import time
from collections.abc import Iterator, Sequence

from chatserver.chat import events, requests
from chatserver.chat.deliveries import Lookup
from chatserver.chat.errors import NotForgotten, NotSaved
from chatserver.chat.events import Told
from chatserver.chat.names import fold
from chatserver.chat.recorder import Step
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
    """Fulfils chat.recorder.Recorder with a journal. Called by the hub's thread alone."""

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
        entries = [entry for step in steps for entry in _entries(step)]
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
            if isinstance(entry, Message) and entry.waits_for:
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
        return [_told(message, nick) for message in found]

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


def _entries(step: Step) -> Iterator[Entry]:
    for delivery in step.deliveries:
        if isinstance(delivery, Lookup):
            continue
        match delivery.event:
            case events.Said(id, at, room, nick, text, action):
                kind = Kind.ACTION if action else Kind.SAID
                yield Message(id, at, kind, room, nick, text)
            case events.TellDone(told=told, waited=waited):
                yield _private(told, waited)
            case events.TopicSet(id, at, room, nick, topic):
                yield Message(id, at, Kind.TOPIC, room, nick, topic)
            case events.Joined(room=room, nick=nick):
                yield Arrival(nick, room)
            case events.Left(id, at, room, nick):
                yield Departure(id, at, nick, room)
            case events.Gone(id, at, nick, _, rooms):
                yield from (Departure(id, at, nick, room) for room in rooms)
            case events.Kept(lines=lines):
                yield Taken(lines[-1].to, lines[-1].id)


def _private(told: Sequence[Told], waited: tuple[str, ...]) -> Message:
    first = told[0]
    kind = Kind.TOLD_ACTION if first.action else Kind.TOLD
    to = tuple(line.to for line in told)
    return Message(first.id, first.at, kind, "", first.nick, first.text, to, waited)


def _told(message: Message, nick: str) -> Told:
    action = message.kind is Kind.TOLD_ACTION
    return Told(message.id, message.at, message.nick, nick, message.text, action)
