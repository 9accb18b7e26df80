"""Unseen: what has come into the buffers since the last look, each entry once."""

from client.buffers import Buffer
from client.messages import Delivery, Entry, Kind
from client.model import Model


class Unseen:
    """One reader's place in all buffers. A line of one's own is new when it is settled."""

    __slots__ = ("_seen",)

    def __init__(self) -> None:
        self._seen: dict[Buffer, int] = {}

    def take(self, model: Model) -> list[tuple[Buffer, Entry]]:
        """Return what is new, buffer by buffer, in the order it has come."""
        found = []
        for buffer in model.buffers:
            since = self._seen.get(buffer, 0)
            if since == buffer.entries.added:
                continue
            self._seen[buffer] = buffer.entries.added
            keys: set[int] = set()
            for entry in buffer.entries.arrivals(since):
                settled = entry.delivery is not Delivery.PENDING and entry.kind is not Kind.GAP
                if settled and entry.key not in keys:
                    keys.add(entry.key)
                    found.append((buffer, entry))
        return found
