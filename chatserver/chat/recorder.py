"""What the hub needs of whoever keeps what was said."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from chatserver.chat.deliveries import Deliveries, Lookup
from chatserver.chat.events import Told, Topic
from chatserver.chat.requests import Forget, Request
from chatserver.chat.room import Peer


class Step(Struct):
    """One request in the order, and what followed. The deliveries are replaced if it must fail."""

    origin: Peer
    request: Request
    deliveries: Deliveries


class NotNow(Exception):
    """To record these steps would take a while; nothing of them is recorded yet."""


class Recorder(Protocol):
    """Called by one thread at a time: the hub's, or the one that commits for it."""

    @property
    def last_id(self) -> int:
        """The last place in the order that was ever given out."""

    @property
    def last_time(self) -> float:
        """The latest stamp, in seconds since the epoch."""

    def record(self, steps: Sequence[Step], *, patient: bool = True) -> None:
        """Store what is to be kept of these steps, all or nothing.

        Raises:
            NotSaved: nothing of them is stored.
            NotNow: nothing yet; they are to be recorded again, with patience.
        """

    @property
    def prompt(self) -> bool:
        """Whether to record takes no longer than those who have other things to do may wait."""

    def waiting_for(self) -> Mapping[str, int]:
        """Return how many messages wait for whom, by folded nick."""

    def kept_for(self, nick: str) -> Sequence[Told]:
        """Return what was said to that person alone while they were not here."""

    def count_waiting(self, nick: str) -> int:
        """Return how many messages wait for somebody."""

    def hand_over(self, nick: str, through: int) -> None:
        """Note that what waited for somebody, up to that place, is with them."""

    def hold(self, nick: str, mask: str, id: int, at: float) -> int:
        """Note that somebody takes a nick, at that place and time; return since when it is theirs.

        That is the place at which they took it when nobody else has had it since, as far as their
        mask tells, USER@HOST; or else this one.
        """

    def has_lines(self, room: str) -> bool:
        """Return whether anything is kept that was said in a room of that name.

        Raises:
            NotSaved: it cannot be read now.
        """

    def read_until(self, nick: str, target: str) -> float | None:
        """Return until when somebody has read what was said there; None: never.

        Raises:
            NotSaved: it cannot be read now.
        """

    def mark_read(self, nick: str, target: str, at: float) -> float:
        """Remember until when somebody has read; return the latest time that was ever marked.

        Raises:
            NotSaved: nothing is remembered.
        """

    def forget(self, what: Forget) -> Mapping[str, Topic]:
        """Begin to erase from all that was recorded; return the topics that are left, by room.

        Raises:
            NotForgotten: nothing is erased.
        """

    def tidy(self, now: float) -> bool:
        """Do a bite of tidying up while nobody waits; return whether there is more to do."""

    def close(self) -> None:
        """Nothing more is recorded."""


class Librarian(Protocol):
    """Answers questions about what was said; may be called by the hub, answers from elsewhere."""

    def look_up(self, lookup: Lookup) -> None:
        """Find the answer and post it to the one who asks, without keeping the caller."""


class Forgetful:
    """Keeps nothing: a hub without a history."""

    last_id = 0
    last_time = 0.0
    prompt = True

    def record(self, steps: Sequence[Step], *, patient: bool = True) -> None:
        """Let it go."""

    def waiting_for(self) -> Mapping[str, int]:
        """Nothing waits."""
        return {}

    def kept_for(self, nick: str) -> Sequence[Told]:
        """Return nothing."""
        return ()

    def count_waiting(self, nick: str) -> int:
        """Nothing waits."""
        return 0

    def hand_over(self, nick: str, through: int) -> None:
        """Nothing has waited."""

    def hold(self, nick: str, mask: str, id: int, at: float) -> int:
        """Nobody is known to have had it."""
        return id

    def has_lines(self, room: str) -> bool:
        """Nothing is kept."""
        return False

    def read_until(self, nick: str, target: str) -> float | None:
        """Nothing was remembered."""
        return None

    def mark_read(self, nick: str, target: str, at: float) -> float:
        """Return the time, which is not remembered."""
        return at

    def forget(self, what: Forget) -> Mapping[str, Topic]:
        """There is nothing to erase, and no topic was recorded."""
        return {}

    def tidy(self, now: float) -> bool:
        """There is nothing to tidy up."""
        return False

    def close(self) -> None:
        """There is nothing to close."""
