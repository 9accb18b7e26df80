"""Pulse: whether a client is still there."""

from chatserver.limits import Limits


class Pulse:
    """When a client was last heard, and whether it was asked since. Times are monotonic seconds."""

    __slots__ = ("_asked", "_heard_at")

    def __init__(self, now: float) -> None:
        self._heard_at = now
        self._asked = False

    def beat(self, now: float) -> None:
        """There is a sign of life."""
        self._heard_at = now
        self._asked = False

    def due(self, limits: Limits) -> float:
        """Return when the silence gets too long: so that the client is asked, or given up."""
        return self._heard_at + (limits.dead if self._asked else limits.ping)

    def ask(self) -> bool:
        """Return whether the client is to be asked; False: it was, and has not answered."""
        asked, self._asked = self._asked, True
        return not asked
