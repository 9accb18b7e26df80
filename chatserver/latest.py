"""Latest: a mapping that holds so much and no more."""

from collections import OrderedDict
from collections.abc import Callable
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Latest(OrderedDict[K, V]):
    """Beyond so many keys it forgets the one that was not used for the longest.

    To set a key is to use it, to look at it (`get`, `[]`) is not.
    """

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def __setitem__(self, key: K, value: V) -> None:
        super().__setitem__(key, value)
        self.move_to_end(key)
        if len(self) > self._most:
            self.popitem(last=False)

    def use(self, key: K) -> V | None:
        """Return what a key has, if it is still there."""
        if key in self:
            self.move_to_end(key)
        return self.get(key)

    def obtain(self, key: K, make: Callable[[], V]) -> V:
        """Return what a key has; it is made where there is none."""
        if key in self:
            self.move_to_end(key)
        else:
            self[key] = make()
        return self[key]
