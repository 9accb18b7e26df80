"""What the history is to those who use it, on disk or in memory alone."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from chatserver.history.entries import Entry, Forget, KeptTopic, Message, Pair, Record, Seen
from chatserver.history.holders import Holder
from chatserver.history.query import SearchQuery


class Writer(Protocol):
    """The hub's side: Journal or MemoryJournal. One thread at a time."""

    last_id: int
    last_time: float
    broken: bool

    @property
    def urgent(self) -> bool:
        """Whether a chore must not wait for a quiet moment."""

    @property
    def forgetting(self) -> bool:
        """Whether something is still to be forgotten."""

    def begin(self) -> bool:
        """Begin what the next commit is to end, at once; False: that would take a while."""

    def commit(self, entries: Sequence[Entry]) -> None:
        """Store all or none. Raises JournalError."""

    def chore(self, now: float, budget: float = 0.0) -> bool:
        """Do a bite of tidying up; return whether there is more."""

    def topics(self) -> list[KeptTopic]:
        """Return every room's topic."""

    def waiting_for(self) -> dict[str, int]:
        """Return for whom messages wait, by folded nick, and how many."""

    def waiting(self, nick: str, most: int = 500) -> list[Message]:
        """Return the oldest messages that wait for somebody."""

    def count_waiting(self, nick: str) -> int:
        """Return how many messages wait for somebody."""

    def hand_over(self, nick: str, through: int) -> None:
        """Note that what waited for somebody, up to that id, is with them. Never raises."""

    def hold(self, nick: str, mask: str, id: int, at: float) -> int:
        """Note that somebody takes a nick; return the place since which it is theirs."""

    def departure(self, nick: str, room: str) -> int | None:
        """Return the id with which somebody left a room; None: they never did, or are there."""

    def has_lines(self, room: str) -> bool:
        """Return whether there is a line, or a topic, of a room of that name."""

    def read_until(self, nick: str, target: str) -> float | None:
        """Return until when somebody has read what was said there; None: never."""

    def mark_read(self, nick: str, target: str, at: float) -> float:
        """Remember until when somebody has read; return the latest time that was ever marked."""

    def forget(self, what: Forget) -> None:
        """Begin to forget."""

    def reopen(self) -> int:
        """After BROKEN: return the last id stored."""

    def close(self) -> None:
        """End it."""


class Reader(Protocol):
    """The sessions' side: Library or MemoryLibrary. Any thread; to be asked in a helper's."""

    def page(self, room: str, before_id: int | None = None, count: int = 50) -> list[Message]:
        """Return the last lines before an id, oldest first."""

    def page_after(self, room: str, after_id: int, count: int = 500) -> list[Message]:
        """Return the first lines after an id, oldest first."""

    def page_since(self, room: str, since: float, count: int = 50) -> list[Message]:
        """Return the first lines from a moment on, oldest first."""

    def holders(self, nicks: Collection[str]) -> Mapping[str, Holder]:
        """Return who took these nicks last, by folded nick."""

    def id_at(self, moment: float) -> int:
        """Return an id below which all lines are older than a moment."""

    def search(
        self,
        query: SearchQuery,
        rooms: Collection[str],
        limit: int = 50,
        before_id: int | None = None,
        *,
        oldest: bool = False,
    ) -> list[Message]:
        """Return what matches in these rooms alone, newest first, or the oldest first."""

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
        """Return what was said in a room, or between two people, oldest first.

        Of what stands between these two ids the `newest`, or the oldest. Topics are no speech, but
        come with the `happenings`. What was taken back does not come.
        """

    def find(self, id: int) -> Record | None:
        """Return what was said, or the reaction, of that id; None: nothing is."""

    def latest(self, nick: str, rooms: Collection[str], held_since: int) -> list[tuple[str, float]]:
        """Return these rooms, and whom somebody has talked with in private after that place.

        Each with the time of the latest that was said, in that order; without what nothing was
        said in.
        """

    def last_seen(self, nick: str) -> Seen | None:
        """Return when somebody last said something to a room or left one."""

    def count_since(self, room: str, id: int) -> int:
        """Return how many lines a room has after an id."""

    def close(self) -> None:
        """End it."""
