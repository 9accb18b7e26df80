"""Surge: whether what has come is the beginning of more, judged by what came before."""

_MUCH = 0.75  # of what is usual
_FADING = 0.8
_SHARED = 2  # parcels for the same people, on an average, are worth sending together


class Surge:
    """Tells a batch that is whole from one that has only begun to come.

    In a flood those who talk wait for what they hear, so they talk together, and yet not at the
    very same moment. Where the first of them are taken alone, the rest follow alone, in every round
    from then on: two commits, and two sends to everybody, where one would do. (PostgreSQL's
    commit_delay has the same reason.)
    """

    __slots__ = ("_usual",)

    def __init__(self) -> None:
        self._usual = 0.0

    def expects_more(self, count: int) -> bool:
        """Whether so many, but not none, are few beside those that came together before."""
        return 0 < count < self._usual * _MUCH

    def note(self, count: int) -> None:
        """So many have come together; those before count the less the longer ago they came."""
        self._usual = max(float(count), self._usual * _FADING)

    def end(self) -> None:
        """Nobody has come for a while: the next is not the first of many."""
        self._usual = 0.0

    def told(self, parcels: int, audiences: int) -> None:
        """So many parcels went to so many audiences: where nearly each has its own, waiting saves
        little, and nobody is to wait for others' talk.
        """
        if audiences > 1 and parcels < audiences * _SHARED:
            self.end()
