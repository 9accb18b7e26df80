"""Garbage: how often the interpreter may look for objects that only hold each other.

All threads stand still meanwhile. Looking at all there is takes some 50 ms with 5,000 people, and
by default it is done whenever a quarter has been added: in the middle of a rush.
"""

import gc

# New objects, less those that are gone, until the new are looked at; such looks until the middle
# ones are, and looks at those until all are: once 200,000 have been added, which is when some 7,000
# people have come. The sessions of people who have left hold each other, and have to be found; no
# more than so many wait for it.
_THRESHOLDS = (5_000, 10, 4)


def begin() -> None:
    """Leave out for good what is there now, modules and all; look at the rest rarely."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
