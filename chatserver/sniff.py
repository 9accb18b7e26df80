"""Undecided: the session until the first bytes tell who is there."""

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from chatserver.chat.requests import Request
from chatserver.endings import Ending
from chatserver.house import House
from chatserver.irc.session import IrcSession
from chatserver.signatures import Foreign, foreigner, is_irc, undecided
from chatserver.telnet.answers import RESTARTING, farewell
from chatserver.telnet.parser import IAC
from chatserver.telnet.session import TelnetSession

_log = logging.getLogger("chatserver")


class Undecided:
    """Waits for the first bytes, but not for long, and lets the right session go on.

    Who speaks first is a pipe and gets no telnet negotiation, unless it is telnet itself that
    speaks. Who is silent is a person, who waits for a greeting.
    """

    __slots__ = (
        "_address",
        "_become",
        "_born",
        "_confirm",
        "_data",
        "_established",
        "_house",
        "_output",
        "_submit",
        "cost",
        "dialect",
        "finished",
        "has_more",
        "key",
        "wake_at",
        "wants_input",
    )

    def __init__(
        self,
        house: House,
        address: str,
        submit: Callable[[Request], None],
        confirm: Callable[[Request], None],
        established: Callable[[], None],
        become: Callable[[TelnetSession | IrcSession], None],
        now: float,
    ) -> None:
        """`become` lets another session go on in place of this one."""
        self._house = house
        self._address = address
        self._submit = submit
        self._confirm = confirm
        self._established = established
        self._become = become
        self._born = now
        self._data = b""
        self._output = b""
        self.dialect = None
        self.key = ""
        self.wants_input = True
        self.has_more = False
        self.finished = False
        self.cost = 1.0
        self.wake_at: float | None = now + house.limits.sniff_seconds

    def receive_data(self, data: bytes, now: float) -> bool:
        """Look at what came first."""
        self._data += data
        if not undecided(self._data):
            self._decide(now)
        return True

    def receive_eof(self, now: float) -> None:
        """All is said; a name without its newline may be among it."""
        session = self._decide(now) if self._data else None
        if session:
            session.receive_eof(now)
        else:
            self.finished = True

    def tick(self, now: float) -> None:
        """Time is up: what has no newline yet is a program's if its first word is."""
        self._decide(now)

    def deliver(self, news: Sequence[Any], now: float) -> None:
        """Nobody knows this client yet, so there is nothing to deliver."""

    def govern(self, now: float) -> None:
        """The session that goes on finds them."""

    def warn(self, ending: Ending) -> None:
        """Say it in the plainest form; who has just come needs to know it most."""
        self._output += f"{RESTARTING}\r\n".encode()

    def end(self, ending: Ending, waiting: int) -> None:
        """Say why in the plainest form; every program shows a line that it does not expect."""
        self._output += f"{farewell(ending, waiting)}\r\n".encode()
        self.finished = True

    def data_to_send(self) -> bytes:
        """Return what is to be sent, and forget it."""
        output, self._output = self._output, b""
        return output

    def _decide(self, now: float) -> TelnetSession | IrcSession | None:
        """Return the session that goes on, if this is nobody to be sent away."""
        if is_irc(self._data):
            return self._turn_to_irc(self._data, now)
        if foreign := foreigner(self._data):
            self._send_away(foreign)
            return None
        return self._go_on(now)

    def _send_away(self, foreign: Foreign) -> None:
        _log.info("%s spoke %s and was sent away", self._address, foreign.what)
        self._output = foreign.reply
        self.wake_at = None
        self.finished = True

    def _go_on(self, now: float) -> TelnetSession:
        limits = self._house.limits
        session = TelnetSession(
            self._house,
            self._address,
            self._submit,
            self._confirm,
            self._established,
            now,
            eager=bool(self._data) and self._data[0] != IAC,
            name_by=self._born + limits.name_seconds,
            turn_to_irc=partial(self._turn_to_irc, greeted=True),
        )
        self._become(session)
        if self._data:
            session.receive_data(self._data, now)
        return session

    def _turn_to_irc(self, data: bytes, now: float, *, greeted: bool = False) -> IrcSession:
        """It is an IRC client, which has sent this so far."""
        session = IrcSession(
            self._house,
            self._address,
            self._submit,
            self._confirm,
            self._established,
            now,
            name_by=self._born + self._house.limits.name_seconds,
            greeted=greeted,
        )
        self._become(session)
        session.receive_data(data, now)
        return session
