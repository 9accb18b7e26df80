"""Garbage: how often the interpreter may look for objects that only hold each other.

All threads stand still meanwhile. Looking at all there is takes some 50 ms with 5,000 people, and
by default it is done whenever a quarter has been added: in the middle of a rush.
"""

import gc

# New objects, less those that are gone, until the new are looked at; such looks until the middle
# ones are, and looks at those until all are. What the server lets go of is freed without any look,
# so the first number is only reached by what stays.
_THRESHOLDS = (5_000, 10, 20)


def begin() -> None:
    """Leave out for good what is there now, modules and all; look at the rest rarely."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
