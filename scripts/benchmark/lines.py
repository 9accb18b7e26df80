"""The lines that are sent, and the check of what arrived.

A line's text is `|{mark}{speaker} {number} {stamp} ====…`: `|` occurs once in a line and nowhere
else, so counting that one byte counts lines, however reads cut them; `mark` is one byte that
tells a room's speakers apart in the same way. The stamp is in monotonic nanoseconds.
"""

import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate

COUNTED = b"|"
MARKS = b"{}[]^`"


@cache
def _line(filler: int) -> re.Pattern[bytes]:
    return re.compile(rb"\|[{}\[\]^`](\d+) (\d+) (\d+) ={%d}\r?\n" % filler)


def template(mark: int, speaker: int, filler: int) -> str:
    """The text of a speaker's lines, to be given number and stamp; `filler` bytes at its end."""
    return f"|{chr(mark)}{speaker} %d %d {'=' * filler}"


@dataclass(frozen=True)
class Arrival:
    """One line as a receiver got it."""

    speaker: int
    number: int
    sent_ns: int
    arrived_ns: int


@dataclass
class Recording:
    """What one receiver read, chunk by chunk; parsed only when the measuring is over.

    The lines have `filler` bytes at their end: one with fewer was cut.
    """

    filler: int
    chunks: list[bytes] = field(default_factory=list)
    stamps: list[int] = field(default_factory=list)

    def add(self, chunk: bytes, arrived_ns: int) -> None:
        """Keep a chunk and the moment it was read."""
        self.chunks.append(chunk)
        self.stamps.append(arrived_ns)

    def forget(self) -> None:
        """Drop all whole lines, for a receiver that is checked as time goes by."""
        data = b"".join(self.chunks)
        self.chunks = [data[data.rfind(b"\n") + 1 :]]
        self.stamps = self.stamps[-1:] or [0]

    def garbled(self) -> int:
        """How many lines were cut or altered."""
        data = b"".join(self.chunks)
        return data.count(COUNTED) - sum(1 for _ in _line(self.filler).finditer(data))

    def arrivals(self) -> Iterator[Arrival]:
        """Every whole line in order; it arrived with the chunk that holds its end."""
        ends = list(accumulate(len(chunk) for chunk in self.chunks))
        for found in _line(self.filler).finditer(b"".join(self.chunks)):
            speaker, number, sent_ns = map(int, found.groups())
            chunk = bisect_right(ends, found.end() - 1)
            yield Arrival(speaker, number, sent_ns, self.stamps[chunk])


@dataclass
class Checker:
    """Follows one receiver's lines; needs memory only for what is missing."""

    next_number: dict[int, int] = field(default_factory=dict)
    missing: set[tuple[int, int]] = field(default_factory=set)
    doubled: int = 0
    misordered: int = 0

    def __post_init__(self) -> None:
        self._digest = hashlib.blake2b(digest_size=16)

    def see(self, speaker: int, number: int) -> None:
        """Take the next line; each speaker numbers its lines from 0."""
        self._digest.update(b"%d %d;" % (speaker, number))
        expected = self.next_number.get(speaker, 0)
        if number >= expected:
            self.missing.update((speaker, skipped) for skipped in range(expected, number))
            self.next_number[speaker] = number + 1
        elif (speaker, number) in self.missing:
            self.missing.discard((speaker, number))
            self.misordered += 1
        else:
            self.doubled += 1

    def order(self) -> str:
        """A digest of the sequence: equal for two receivers who saw the same."""
        return self._digest.hexdigest()

    def faults(self, sent: dict[int, int]) -> list[str]:
        """What is wrong, given how many lines each speaker sent."""
        tail = sum(max(0, count - self.next_number.get(who, 0)) for who, count in sent.items())
        found = {
            "lost": len(self.missing) + tail,
            "doubled": self.doubled,
            "misordered": self.misordered,
        }
        return [f"{count} {name}" for name, count in found.items() if count]


def check_room(recordings: Iterable[Recording], sent: dict[int, int]) -> list[str]:
    """Check every sampled member of a room, and that all saw one order."""
    faults: list[str] = []
    orders: set[str] = set()
    for recording in recordings:
        checker = Checker()
        for arrival in recording.arrivals():
            checker.see(arrival.speaker, arrival.number)
        faults += checker.faults(sent)
        if garbled := recording.garbled():
            faults.append(f"{garbled} garbled")
        orders.add(checker.order())
    if len(orders) > 1:
        faults.append(f"{len(orders)} different orders in one room")
    return faults
