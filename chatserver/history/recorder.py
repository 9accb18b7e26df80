"""HistoryRecorder: what the hub's steps leave in the journal."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from chatserver.chat import answers, events, requests
from chatserver.chat.deliveries import Broadcast, Direct
from chatserver.chat.errors import NotForgotten, NotSaved
from chatserver.chat.events import Told
from chatserver.chat.names import fold
from chatserver.chat.recorder import NotNow, Step
from chatserver.history.departures import Departures
from chatserver.history.entries import (
    Entry,
    Forget,
    Given,
    Kind,
    Message,
)
from chatserver.history.errors import Cause, HistoryError, JournalError
from chatserver.history.happenings import entries_of
from chatserver.history.replay import told
from chatserver.history.store import Writer

_CTCP: Final = "\x01"
_TELLING: Final = (Broadcast, Direct)
# A bite of tidying up may take this long; somebody may be waiting behind it.
_BITE_SECONDS = 0.003
# Between two looks at a journal that was found damaged: each reads all of it.
_DAMAGED_SECONDS = 60.0
# Who has other things to do may wait for a commit that takes this long, which is a good disk's.
_PROMPT_SECONDS = 0.005

_log = logging.getLogger("chatserver")


class HistoryRecorder:
    """Fulfils chat.recorder.Recorder with a journal. Called by one thread at a time, but for
    `prompt`, which any thread may look at.
    """

    def __init__(
        self,
        journal: Writer,
        departures: Departures,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.prompt = True  # the last commit was, and was one
        self._clock = clock
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

    def record(self, steps: Sequence[Step], *, patient: bool = True) -> None:
        """Store what is to be kept of these steps, all or nothing.

        Raises:
            NotSaved: nothing of them is stored.
            NotNow: nothing yet, as another program has the history's lock. Only if not `patient`.
        """
        entries = _entries(steps)
        if not entries:
            return
        began, self.prompt = self._clock(), False
        if not patient and not self._journal.begin():
            raise NotNow
        # Who came and went did so even where it cannot be stored.
        self._departures.note(entries, self._journal)
        try:
            self._mend()
            self._journal.commit(entries)
        except JournalError as error:
            self._departures.take_back(entries)
            raise NotSaved(error.cause.value) from error
        urgent = self._journal.urgent  # to tidy up in the midst of a rush takes patience too
        self.prompt = self._clock() - began < _PROMPT_SECONDS and not urgent
        for entry in entries:
            if type(entry) is Message and entry.waits_for:
                self._waiting.update(map(fold, entry.waits_for))
        if patient and urgent:
            self._journal.chore(self._journal.last_time, _BITE_SECONDS)

    def _mend(self) -> None:
        """Open a journal anew that has failed. One that is damaged is rarely worth another look.

        Raises:
            JournalError: it cannot be used yet.
        """
        if not self._journal.broken:
            return
        if self._clock() < self._mend_at:
            raise JournalError(Cause.BROKEN)
        try:
            self._journal.reopen()
        except HistoryError as error:
            _log.critical("%s", error)
            self._mend_at = self._clock() + _DAMAGED_SECONDS
            raise JournalError(Cause.BROKEN) from error

    def waiting_for(self) -> Mapping[str, int]:
        """Return how many messages wait for whom, by folded nick."""
        return self._journal.waiting_for()

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
        return [told(message, nick) for message in found]

    def count_waiting(self, nick: str) -> int:
        """Return how many messages wait for somebody; none where that cannot be read now."""
        try:
            return self._journal.count_waiting(nick)
        except JournalError as error:
            _log.warning("what waits for somebody cannot be counted now: %s", error)
            return 0

    def hand_over(self, nick: str, through: int) -> None:
        """Note that what waited for somebody, up to that place, is with them."""
        self._journal.hand_over(nick, through)

    def hold(self, nick: str, mask: str, id: int, at: float) -> int:
        """Note that somebody takes a nick; return the place since which it is theirs."""
        return self._journal.hold(nick, mask, id, at)

    def has_lines(self, room: str) -> bool:
        """Return whether anything is kept that was said in a room of that name.

        Raises:
            NotSaved: it cannot be read now.
        """
        try:
            return self._journal.has_lines(room)
        except JournalError as error:
            raise NotSaved(error.cause.value) from error

    def read_until(self, nick: str, target: str) -> float | None:
        """Return until when somebody has read what was said there; None: never.

        Raises:
            NotSaved: it cannot be read now.
        """
        try:
            return self._journal.read_until(nick, target)
        except JournalError as error:
            raise NotSaved(error.cause.value) from error

    def mark_read(self, nick: str, target: str, at: float) -> float:
        """Remember until when somebody has read; return the latest time that was ever marked.

        Raises:
            NotSaved: nothing is remembered.
        """
        try:
            return self._journal.mark_read(nick, target, at)
        except JournalError as error:
            raise NotSaved(error.cause.value) from error

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
    before: events.Event | None = None
    for step in steps:
        for delivery in step.deliveries:
            if not isinstance(delivery, _TELLING):
                continue
            event = delivery.event
            if event is before:
                continue  # one event may go to some together, and to one alone
            before = event
            if make := _ENTRY.get(type(event)):
                entries.append(make(event))
            else:
                entries += entries_of(event)
    return entries


def _said(said: events.Said) -> Entry:
    if said.rank or said.text[0] == _CTCP:
        return Given(said.id, said.at)  # for some of the room alone, or programs at that moment
    id, at, room, nick, text = said.id, said.at, said.room, said.nick, said.text
    if not (said.action or said.notice or said.tags or said.cuts):  # as nearly all are
        return Message(id, at, _PLAIN, room, nick, text)
    kind = _SAID[said.action, said.notice]
    return Message(id, at, kind, room, nick, text, (), (), said.tags, said.cuts)


def _private(answer: answers.TellDone) -> Entry:
    lines = answer.told
    first = lines[0]
    if first.text[0] == _CTCP and not answer.waited:
        return Given(first.id, first.at)
    kind = _TOLD[first.action, first.notice]
    to = tuple(line.to for line in lines)
    return Message(
        *(first.id, first.at, kind, "", first.nick, first.text, to, answer.waited),
        first.tags,
        first.cuts,
    )


def _topic(topic: events.TopicSet) -> Entry:
    return Message(topic.id, topic.at, Kind.TOPIC, topic.room, topic.nick, topic.topic)


# What there is most of, by its type; what else is kept is for `happenings` to say.
_ENTRY: Mapping[type[events.Event], Callable[[Any], Entry]] = {
    events.Said: _said,
    answers.TellDone: _private,
    events.TopicSet: _topic,
}

_PLAIN: Final = Kind.SAID
# What is said, by whether it is as `/me` does, and whether nobody is to answer by itself.
_SAID = {
    (False, False): Kind.SAID,
    (True, False): Kind.ACTION,
    (False, True): Kind.NOTICE,
    (True, True): Kind.NOTICE_ACTION,
}
_TOLD = {
    (False, False): Kind.TOLD,
    (True, False): Kind.TOLD_ACTION,
    (False, True): Kind.TOLD_NOTICE,
    (True, True): Kind.TOLD_NOTICE_ACTION,
}
