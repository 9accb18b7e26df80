"""The load generator: one process, one epoll, and as little work for a line as can be."""

import select
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from scripts.benchmark.crowd import Guest
from scripts.benchmark.dialects import Dialect
from scripts.benchmark.lines import COUNTED, MARKS, Recording, check_room, template

_BUFFER = 1 << 18
_EVENTS = 1024
_DRAIN_SECONDS = 15.0  # without any line: what is not here by then is lost
_QUIET_SECONDS = 0.1  # after the last line: time for a doubled one to show


class Speaker:
    """A member who talks: numbers its lines and, in a flood, keeps a window of them open."""

    def __init__(self, guest: Guest, index: int, mark: int, dialect: Dialect, filler: int) -> None:
        self.guest = guest
        self.index = index
        self.mark = mark
        self.sent = 0
        text = template(mark, index, filler)
        line = dialect.say.format(room=guest.room, text=text)
        self._line = line.encode()

    def say(self, count: int) -> None:
        """Send the next lines in one write."""
        now = time.monotonic_ns()
        numbers = range(self.sent, self.sent + count)
        data = b"".join([self._line % (number, now) for number in numbers])
        if self.guest.sock.send(data) != len(data):
            raise BufferError(f"the server has stopped reading from {self.guest.nick}")
        self.sent += count


@dataclass
class Room:
    """The members of a room, those who talk, and those whose lines are kept to be checked.

    `pacer` is one of the sampled: a speaker's window opens when the line has reached it. That
    works alike whether or not a protocol gives a speaker its own line back.
    """

    members: Sequence[Guest]
    speakers: Sequence[Speaker]
    sampled: dict[int, Recording]
    pacer: int

    @property
    def sent(self) -> dict[int, int]:
        """How many lines each speaker sent, by its index."""
        return {speaker.index: speaker.sent for speaker in self.speakers}

    def expected(self, echo: bool) -> dict[int, int]:
        """How many lines each member must have got, by file descriptor."""
        total = sum(self.sent.values())
        counts = {member.fd: total for member in self.members}
        if not echo:
            for speaker in self.speakers:
                counts[speaker.guest.fd] -= speaker.sent
        return counts


@dataclass(frozen=True)
class Talk:
    """How a room talks: who, and how long the lines are (bytes of filler)."""

    speakers: int
    samples: int
    filler: int = 30


def make_room(members: Sequence[Guest], talk: Talk, dialect: Dialect, first: int = 0) -> Room:
    """Choose who talks and who is checked; `first` is the first speaker's index.

    The speakers are the first members, the samples are spread over the others, and the pacer,
    who is checked too, stands in the middle of all: a server that serves members in any fixed order
    gains nothing by it.
    """
    speakers = [
        Speaker(members[i], first + i, MARKS[i % len(MARKS)], dialect, talk.filler)
        for i in range(talk.speakers)
    ]
    others = members[talk.speakers :]
    step = len(others) / talk.samples
    pacer = members[max(len(members) // 2, talk.speakers)]
    sampled = [pacer, *(others[int((i + 0.5) * step)] for i in range(talk.samples))]
    recordings = {guest.fd: Recording(talk.filler) for guest in sampled}
    return Room(members, speakers, recordings, pacer.fd)


@dataclass
class Load:
    """Drives the rooms and counts what every member receives."""

    rooms: Sequence[Room]
    echo: bool
    bystanders: Sequence[Guest] = ()  # they read, but nothing is expected of them
    faults: list[str] = field(default_factory=list)
    _flowing: bool = False

    def __post_init__(self) -> None:
        self._epoll = select.epoll()
        self._buffer = bytearray(_BUFFER)
        self._view = memoryview(self._buffer)
        everyone = [*self.bystanders, *(guest for room in self.rooms for guest in room.members)]
        size = max(guest.fd for guest in everyone) + 1
        self._counts = [0] * size
        self._receive: list[Callable[[bytearray], int] | None] = [None] * size
        self._note: list[Callable[[int], None] | None] = [None] * size
        for guest in everyone:
            self._receive[guest.fd] = guest.sock.recv_into
            self._epoll.register(guest.fd, select.EPOLLIN)
        for room in self.rooms:
            for fd, recording in room.sampled.items():
                paced = room.speakers if fd == room.pacer else ()
                self._note[fd] = self._noter(recording, paced)

    def _noter(self, recording: Recording, paced: Sequence[Speaker]) -> Callable[[int], None]:
        def note(size: int) -> None:
            recording.add(bytes(self._view[:size]), time.monotonic_ns())
            if self._flowing:
                for speaker in paced:
                    arrived = self._buffer.count(speaker.mark, 0, size)
                    if arrived:
                        speaker.say(arrived)

        return note

    def turn(self, timeout: float) -> bool:
        """Read all that is ready, waiting up to `timeout` seconds; whether anything came."""
        buffer, counts, receive, note = self._buffer, self._counts, self._receive, self._note
        events = self._epoll.poll(timeout, _EVENTS)
        for fd, _ in events:
            try:
                size = receive[fd](buffer)  # type: ignore[misc]  # every registered one has it
            except OSError:
                size = 0
            if not size:
                self._lose(fd)
                continue
            counts[fd] += buffer.count(COUNTED, 0, size)
            if (keep := note[fd]) is not None:
                keep(size)
        return bool(events)

    def _lose(self, fd: int) -> None:
        self._epoll.unregister(fd)
        self.faults.append("a connection closed by the server")

    def ignore_bystanders(self) -> None:
        """Stop reading from them for good."""
        for guest in self.bystanders:
            self._epoll.unregister(guest.fd)

    def delivered(self) -> int:
        """Lines received so far by all members."""
        return sum(self._counts)

    def flood(self, window: int) -> None:
        """Let every speaker open a window of lines; each line that arrives lets out another."""
        self._flowing = True
        for room in self.rooms:
            for speaker in room.speakers:
                speaker.say(window)

    def stop(self) -> None:
        """No more new lines; those on their way still arrive."""
        self._flowing = False

    def run(self, seconds: float) -> None:
        """Read for a while."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self.turn(min(left, 0.1))

    def pace(self, speakers: Iterator[Speaker], rate: float, seconds: float) -> None:
        """Send `rate` lines a second, one speaker after another, for a while."""
        now = time.monotonic()
        due, deadline = now, now + seconds
        while now < deadline:
            if now >= due:
                next(speakers).say(1)
                due += 1 / rate
            self.turn(max(0.0, min(due, deadline) - now))
            now = time.monotonic()

    def drain(self, patience: float = _DRAIN_SECONDS) -> None:
        """Read until every member has all its lines, or nothing came for `patience` seconds."""
        expected = self._expected()
        heard = time.monotonic()
        while self._behind(expected) and time.monotonic() - heard < patience:
            if self.turn(0.1):
                heard = time.monotonic()
        while self.turn(_QUIET_SECONDS):
            pass

    def _expected(self) -> dict[int, int]:
        return {fd: n for room in self.rooms for fd, n in room.expected(self.echo).items()}

    def _behind(self, expected: dict[int, int]) -> bool:
        return any(self._counts[fd] < count for fd, count in expected.items())

    def check(self) -> list[str]:
        """All faults: every member's count, and every sampled member's lines one by one."""
        faults = self.check_counts()
        for room in self.rooms:
            faults += check_room(room.sampled.values(), room.sent)
        return faults

    def check_counts(self) -> list[str]:
        """Whether every member got as many lines as were sent, and is still connected."""
        wrong = [
            self._counts[fd] - count
            for fd, count in self._expected().items()
            if self._counts[fd] != count
        ]
        faults = list(self.faults)
        if wrong:
            faults.append(
                f"members with a wrong count: {len(wrong)} (by {min(wrong):+} to {max(wrong):+})"
            )
        return faults

    def close(self) -> None:
        """Close the epoll; the guests' sockets are their own."""
        self._epoll.close()
