"""Small words: counts and lists as sentences have them."""

from collections.abc import Iterable
from typing import Final

# In what the server says: below what stands behind it, further rows are lined up.
HERE: Final = "\t"


def joined_by_and(names: Iterable[str]) -> str:
    """Return `a`, `a and b` or `a, b and c`."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def count(number: int, one: str, many: str) -> str:
    """Return `1 line` or `2 lines`."""
    return f"{number} {one if number == 1 else many}"


def people(number: int) -> str:
    """Return a number of people in words."""
    return count(number, "person", "people")
