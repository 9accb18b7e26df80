"""Admission: how many may come in, in all and from one address."""

from collections import deque
from dataclasses import dataclass

from chatserver.addresses import block_of
from chatserver.config import Limits

FULL = "Server is full. Try again in a minute."
_SWEEP_AT = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class Ticket:
    """One admitted connection. `block` is the address it is counted under, None if exempt."""

    block: str | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why somebody may not come in, in the words they read."""

    words: str


class Admission:
    """Counts who is in. Owned by the listener's thread. Times are monotonic seconds."""

    def __init__(self, limits: Limits, clients: int) -> None:
        """`clients`: how many connections there may be in all.

        `limits` may be put in another's place at any time, by any thread.
        """
        self.limits = limits
        self._clients = clients
        self._inside = 0
        self._here: dict[str, int] = {}
        self._arrivals: dict[str, deque[float]] = {}
        self._sweep_at = _SWEEP_AT
        self._unnamed: dict[Ticket, None] = {}

    @property
    def inside(self) -> int:
        """How many connections there are."""
        return self._inside

    def admit(self, host: str, now: float) -> Ticket | Refusal:
        """Let a connection from that IP address in, or say why not."""
        if self._inside >= self._clients:
            return Refusal(FULL)
        block = block_of(host, exempt_loopback=self.limits.exempt_loopback)
        if block is not None and (refusal := self._over_limit(block, now)):
            return refusal
        ticket = Ticket(block)
        self._inside += 1
        if block is not None:
            self._here[block] = self._here.get(block, 0) + 1
            self._unnamed[ticket] = None
        return ticket

    def overdue(self) -> Ticket | None:
        """Return the oldest nameless connection while there are more than allowed.

        The newest is let in and the oldest goes: who fills the house with silent connections
        would else keep everybody out, and a person needs but seconds to type a name.
        """
        if len(self._unnamed) <= self.limits.unnamed:
            return None
        oldest = next(iter(self._unnamed))
        del self._unnamed[oldest]
        return oldest

    def established(self, ticket: Ticket) -> None:
        """That connection has given a name."""
        self._unnamed.pop(ticket, None)

    def left(self, ticket: Ticket) -> None:
        """That connection is closed."""
        self._inside -= 1
        self._unnamed.pop(ticket, None)
        block = ticket.block
        if block is None:
            return
        self._here[block] -= 1
        if not self._here[block]:
            del self._here[block]

    def _over_limit(self, block: str, now: float) -> Refusal | None:
        limits = self.limits
        if limits.per_address and self._here.get(block, 0) >= limits.per_address:
            return Refusal(f"Too many connections from your address (limit {limits.per_address}).")
        if not limits.new_per_address:
            return None
        arrivals = self._arrivals.setdefault(block, deque())
        while arrivals and arrivals[0] <= now - limits.new_window:
            arrivals.popleft()
        if len(arrivals) >= limits.new_per_address:
            wait = max(1, round((arrivals[0] + limits.new_window - now) / 60))
            minutes = "a minute" if wait == 1 else f"{wait} minutes"
            return Refusal(f"Too many new connections from your address. Try again in {minutes}.")
        arrivals.append(now)
        if len(self._arrivals) > self._sweep_at:
            self._sweep(now)
            # What is still fresh is not looked at again until as much has been added.
            self._sweep_at = max(_SWEEP_AT, 2 * len(self._arrivals))
        return None

    def _sweep(self, now: float) -> None:
        since = now - self.limits.new_window
        self._arrivals = {
            block: arrivals
            for block, arrivals in self._arrivals.items()
            if arrivals and arrivals[-1] > since
        }
