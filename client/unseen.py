"""Unseen: what has come into the buffers since the last look, each entry once."""

from collections.abc import Iterable
from weakref import WeakKeyDictionary

from client.buffers import Buffer
from client.messages import Delivery, Entry, Kind
from client.model import Model


class Unseen:
    """One reader's place in all buffers. A line of one's own is new when it is settled."""

    __slots__ = ("_seen",)

    def __init__(self) -> None:
        # Of what is closed nothing is kept for this.
        self._seen: WeakKeyDictionary[Buffer, int] = WeakKeyDictionary()

    def take(
        self, model: Model, buffers: Iterable[Buffer] | None = None
    ) -> list[tuple[Buffer, Entry]]:
        """Return what is new, buffer by buffer, in the order in which it stands there.

        Without `buffers` it is what is new in all of them.
        """
        found = []
        for buffer in model.buffers if buffers is None else buffers:
            since = self._seen.get(buffer, 0)
            if since == buffer.entries.added:
                continue
            entries = buffer.entries
            self._seen[buffer] = entries.added
            new = {entry.key: entry for entry in entries.arrivals(since) if _is_settled(entry)}
            for key in sorted(new, key=lambda key: entries.place_of(key) or 0):
                found.append((buffer, new[key]))
        return found


def _is_settled(entry: Entry) -> bool:
    return entry.delivery is not Delivery.PENDING and entry.kind is not Kind.GAP
