"""The people who talk while the server is killed: one thread, one epoll."""

import select
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import Final

from scripts.crashing.ledger import Mark, View, line_text
from scripts.crashing.server import connect

ROOMS: Final = 3
_WINDOW: Final = 4  # lines that a speaker keeps on their way
_READ: Final = 1 << 16
_LAST_SECONDS: Final = 10.0  # for the kernel to hand over what had arrived


@dataclass(frozen=True)
class Role:
    """Who somebody is in every life. A reader waits for the prompt, so the past is shown."""

    nick: str
    room: str
    reads: bool
    speaks: bool


def cast() -> list[Role]:
    """Return everybody: in each room three who speak and one who only reads."""
    roles = []
    for number in range(4 * ROOMS):
        place = number // ROOMS
        role = Role(f"p{number}", f"#r{number % ROOMS}", reads=place % 2 == 1, speaks=place < 3)
        roles.append(role)
    return roles


class Tongues:
    """What everybody says: numbered over all lives of the server."""

    def __init__(self, roles: list[Role]) -> None:
        self._numbers: dict[str, Iterator[int]] = {role.nick: count() for role in roles}
        self._nicks = [role.nick for role in roles]

    def next_line(self, nick: str) -> str:
        """Return what they type next: mostly speech, sometimes a command that is stored too."""
        number = next(self._numbers[nick])
        text = line_text(nick, number)
        if number % 7 == 3:
            return f"/me {text}"
        if number % 11 == 7:
            friend = self._nicks[(self._nicks.index(nick) + number) % len(self._nicks)]
            return f"/msg {friend} {text}" if friend != nick else text
        if number % 13 == 5:
            return f"/topic {text}"
        return text


class Probe:
    """One connection: its way in, what it says, and what it sees."""

    def __init__(self, port: int, role: Role, tongues: Tongues) -> None:
        self.role = role
        self.view = View(role.nick, role.room)
        self._tongues = tongues
        self._rest = b""
        self.sock = connect(port)
        self._steps = self._walk_in()
        self._awaited = next(self._steps)

    def _walk_in(self) -> Iterator[str]:
        if self.role.reads:
            yield "Your name?"
        self._type(self.role.nick)
        yield "You are in #lobby"
        self._type(f"/join {self.role.room}", "/leave #lobby")
        yield "You have left #lobby"
        if self.role.speaks:
            self._say(_WINDOW)
        while True:  # there is nothing more to wait for
            yield "\n"

    def hear(self) -> bool:
        """Read what is there; return whether the connection still stands."""
        try:
            data = self.sock.recv(_READ)
        except BlockingIOError:
            return True
        except ConnectionError:
            return False
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._see(line.decode("utf-8", "replace").rstrip("\r"))
        if self._awaited in self._rest.decode("utf-8", "replace"):  # a prompt has no line end
            self._awaited = next(self._steps)
        return bool(data)

    def _see(self, line: str) -> None:
        mark = self.view.see(line)
        if mark and self._is_own(mark):
            self.view.settle()
            self._say(1)
        if self._awaited in line:
            self._awaited = next(self._steps)

    def _is_own(self, mark: Mark) -> bool:
        """Whether it is a line of one's own of this life; the past has others too."""
        return mark[0] == self.role.nick and self._awaited == "\n"

    def _say(self, lines: int) -> None:
        self._type(*(self._tongues.next_line(self.role.nick) for _ in range(lines)))

    def _type(self, *lines: str) -> None:
        with suppress(OSError):  # the server has just been killed
            self.sock.send("".join(f"{line}\n" for line in lines).encode())


class Crowd:
    """Everybody in one life of the server."""

    def __init__(self, port: int, tongues: Tongues) -> None:
        self._port = port
        self._tongues = tongues
        self._epoll = select.epoll()
        self._inside: dict[int, Probe] = {}
        self.probes: list[Probe] = []

    def live(self, arrivals: list[tuple[float, Role]], end: float) -> None:
        """Let people come, each at a moment of theirs, and talk; return at the end."""
        waiting = sorted(arrivals, key=lambda arrival: arrival[0])
        while (now := time.monotonic()) < end:
            while waiting and waiting[0][0] <= now:
                self._admit(Probe(self._port, waiting.pop(0)[1], self._tongues))
            self._turn(min(end - now, 0.02))
        for _, role in waiting:  # who was late for this life comes at its very end
            self._admit(Probe(self._port, role, self._tongues))

    def live_on(self, sights: int, patience: float) -> None:
        """Let those who are here talk until they have seen so many lines, or patience ends."""
        deadline = time.monotonic() + patience
        while self._sights() < sights and time.monotonic() < deadline:
            self._turn(0.02)

    def _sights(self) -> int:
        return sum(len(probe.view.lines) for probe in self.probes)

    def await_news(self, patience: float) -> None:
        """Return the moment that something new comes to anybody, before it is read.

        What has been sent a moment ago is what a server that stores late has not stored.
        """
        deadline = time.monotonic() + patience
        while self._turn(0) and time.monotonic() < deadline:
            pass
        self._epoll.poll(max(deadline - time.monotonic(), 0))

    def _admit(self, probe: Probe) -> None:
        self.probes.append(probe)
        self._inside[probe.sock.fileno()] = probe
        self._epoll.register(probe.sock, select.EPOLLIN)

    def _turn(self, timeout: float) -> bool:
        """Read what is there; return whether anything was."""
        events = self._epoll.poll(max(timeout, 0))
        for fd, _ in events:
            if not self._inside[fd].hear():
                self._epoll.unregister(fd)
                self._inside.pop(fd).sock.close()
        return bool(events)

    def read_to_the_end(self) -> list[View]:
        """The server is dead: what had reached a person's machine they see all the same."""
        deadline = time.monotonic() + _LAST_SECONDS
        while self._inside and time.monotonic() < deadline:
            self._turn(0.1)
        self.close()
        return [probe.view for probe in self.probes]

    def close(self) -> None:
        """Give everything back."""
        for probe in self._inside.values():
            probe.sock.close()
        self._inside.clear()
        self._epoll.close()
