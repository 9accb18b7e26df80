"""Surge: whether what has come is the beginning of more, judged by what came before."""

from collections.abc import Callable, Sized

# How often, and how long each time, the rest of a surge is waited for: together less than a commit
# takes.
_LOOKS = 4
_LOOK_SECONDS = 0.00005
# To read so many takes so long that others will have come meanwhile.
_MANY = 8
# Who speaks after such a silence never waits.
_SILENCE_SECONDS = 0.05
_MUCH = 0.75  # of what is usual
_FADING = 0.8
_SHARED = 2  # parcels for the same people, on an average, are worth sending together


class Surge:
    """Tells wishes that are all there from those that have only begun to come.

    In a flood those who talk wait for what they hear, so they talk together, and yet not at the
    very same moment. Where the first of them are taken alone, the rest follow alone, in every round
    from then on: two commits, and two sends to everybody, where one would do. (PostgreSQL's
    commit_delay has the same reason.)
    """

    __slots__ = ("_at", "_pause", "_usual")

    def __init__(self, pause: Callable[[float], None]) -> None:
        """`pause` waits for so many seconds."""
        self._pause = pause
        self._usual = 0.0
        self._at = 0.0  # when anybody last wished anything

    def gather(self, wishes: Sized, hear: Callable[[], None], now: float) -> None:
        """Hear those whose wishes belong to these and have not come yet; `hear` adds to them."""
        if now - self._at > _SILENCE_SECONDS:
            self._usual = 0.0
        self._hear_on(wishes, hear)
        for _ in range(_LOOKS):
            if len(wishes) >= self._usual * _MUCH:
                break
            self._pause(_LOOK_SECONDS)
            hear()
        # Those that came together before count the less the longer ago they came.
        self._usual = max(float(len(wishes)), self._usual * _FADING)
        self._at = now

    def _hear_on(self, wishes: Sized, hear: Callable[[], None]) -> None:
        """Hear those who have come while others were read: that is no waiting, whoever they are."""
        read = 0
        for _ in range(_LOOKS):
            if len(wishes) - read < _MANY:
                break
            read = len(wishes)
            hear()

    def told(self, parcels: int, audiences: int) -> None:
        """So many parcels went to so many audiences: where nearly each has its own, waiting saves
        little, and nobody is to wait for others' talk.
        """
        if audiences > 1 and parcels < audiences * _SHARED:
            self._usual = 0.0
