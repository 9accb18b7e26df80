"""Recent: a bounded memory of things by their place in an order, for every thread."""

from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Recent(Generic[T]):
    """Remembers the last `size` things or so. It needs no lock: each has a slot of its own by its
    id, and to fill a slot or to look into it is one step.
    """

    __slots__ = ("_slots",)

    def __init__(self, size: int) -> None:
        self._slots: list[tuple[int, T] | None] = [None] * size

    def put(self, id: int, item: T) -> None:
        """Remember an item, in place of one that is older by a multiple of the size."""
        self._slots[id % len(self._slots)] = (id, item)

    def add(self, id: int, item: T) -> None:
        """Remember an item, unless one of that id is remembered already."""
        slots = self._slots
        place = id % len(slots)
        found = slots[place]
        if found is None or found[0] != id:
            slots[place] = (id, item)

    def get(self, id: int) -> T | None:
        """Return the item of that id, if it is still remembered."""
        found = self._slots[id % len(self._slots)]
        return found[1] if found and found[0] == id else None

    def newest_first(self) -> Iterator[T]:
        """Yield all that is remembered by falling id."""
        found = [slot for slot in self._slots if slot]
        for _, item in sorted(found, key=lambda slot: slot[0], reverse=True):
            yield item
