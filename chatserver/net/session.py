"""What a connection asks of the conversation it carries. Knows no word of chat.

A session has no socket, thread or clock: bytes and times go in, bytes and requests come out.
"""

from collections.abc import Hashable, Sequence
from typing import Any, Protocol

from chatserver.encoded import Encoded
from chatserver.endings import Ending


class Dialect(Hashable, Protocol):
    """How events look to all sessions that share this very object."""

    def encode(self, events: Sequence[Any]) -> Encoded | None:
        """Render events in order, once for all who share the dialect; None: each is to do it."""


class Session(Protocol):
    """One conversation, sans I/O. Times are monotonic seconds.

    What it says of itself is looked at after every call, so it is better kept than computed.
    """

    @property
    def dialect(self) -> Dialect | None:
        """How broadcasts reach this session without its help; None: each through `deliver`."""

    @property
    def key(self) -> str:
        """What `aside` and `own` of an encoding may name."""

    @property
    def wants_input(self) -> bool:
        """False while it has enough: the socket is not read, and the client has to wait."""

    @property
    def has_more(self) -> bool:
        """Whether `data_to_send` will give more when what it gave before is out."""

    @property
    def finished(self) -> bool:
        """Whether the connection is to be closed when all is sent."""

    @property
    def cost(self) -> float:
        """What counts for a byte of this client; less than 1 for one that may send more."""

    @property
    def wake_at(self) -> float | None:
        """When `tick` is to be called."""

    def receive_data(self, data: bytes, now: float) -> bool:
        """Take what the client has sent.

        Return whether what the session says of itself may be other than before, or there is
        something to send.
        """

    def receive_eof(self, now: float) -> None:
        """The client sends no more. What it has sent is still to be done; then finish."""

    def deliver(self, events: Sequence[Any], now: float) -> None:
        """Take events that are for this session, in order."""

    def tick(self, now: float) -> None:
        """The time asked for by `wake_at` has come."""

    def govern(self, now: float) -> None:
        """Other limits hold from now on."""

    def warn(self, ending: Ending) -> None:
        """Say that the conversation is going to end so; it goes on until `end`."""

    def end(self, ending: Ending, waiting: int) -> None:
        """Say good-bye. `waiting` bytes could not be sent, and are dropped."""

    def data_to_send(self) -> bytes:
        """Return what is to be sent now, and forget it."""
