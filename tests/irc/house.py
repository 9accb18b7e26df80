"""A house with IRC clients, and people on telnet, without sockets, threads or clocks."""

from __future__ import annotations

from collections.abc import Sequence

from chatserver.chat import answers, requests
from chatserver.chat.deliveries import Lookup
from chatserver.chat.recorder import Librarian
from chatserver.chat.requests import Request
from chatserver.config import Config, Limits, Operator, Server
from chatserver.irc.message import Message
from chatserver.irc.session import IrcSession
from chatserver.passwords import is_one_of, matches
from tests.histories import FaultyJournal
from tests.telnet.house import AT, FREE, Guest, TestHouse

SERVER = "chat.test"

__all__ = ["AT", "FREE", "SERVER", "Client", "IrcHouse"]


class Client(Guest):
    """An IRC client: what it has been sent is read as lines or as messages."""

    session: IrcSession  # type: ignore[assignment]

    def __init__(self, home: IrcHouse) -> None:
        self.home = home
        self.pages: list[bytes] = []
        self.established = False
        self.gone = False
        self.unconfirmed: list[Request] = []  # what is said when all of its output was taken
        self.slow = False  # it does not read: its output stays where it is
        self.session = IrcSession(
            home.house,
            "192.0.2.1:5000",
            lambda request: home.submit(self, request),
            self.unconfirmed.append,
            self._establish,
            home.now,
            name_by=home.now + home.limits.name_seconds,
        )

    def lines(self, *sent: str) -> list[str]:
        """Send lines; return all that has come since the last look, without line ends."""
        self.send("".join(f"{one}\r\n" for one in sent)) if sent else None
        data = self.read().decode()
        assert not data or data.endswith("\r\n"), data
        return data.removesuffix("\r\n").split("\r\n") if data else []

    def messages(self, *sent: str) -> list[Message]:
        """As `lines`, parsed."""
        return [Message.parse(line) for line in self.lines(*sent)]

    def numerics(self, *sent: str) -> list[str]:
        """As `messages`, the commands alone."""
        return [message.command for message in self.messages(*sent)]


class _Doorman:
    """Compares passwords at once, and passes other questions on."""

    def __init__(self, house: IrcHouse, librarian: Librarian) -> None:
        self._house = house
        self._librarian = librarian
        self._asked: list[Lookup] = []

    def look_up(self, lookup: Lookup) -> None:
        if isinstance(lookup.request, requests.Authenticate):
            self._asked.append(lookup)
        else:
            self._librarian.look_up(lookup)

    def answer(self) -> bool:
        asked, self._asked = self._asked, []
        for lookup in asked:
            request = lookup.request
            assert isinstance(request, requests.Authenticate)
            answer = answers.Authenticated(request, self._is_right(request))
            lookup.peer.home.post([(lookup.peer, answer)])
        return bool(asked)

    def _is_right(self, request: requests.Authenticate) -> bool:
        config = self._house.house.config
        if not request.name:
            return matches(config.server.password, request.password)
        people = {operator.name: operator.password for operator in config.operators}
        return is_one_of(people, request.name, request.password)


class IrcHouse(TestHouse):
    """Clients, people, and the hub between them."""

    def __init__(
        self,
        limits: Limits = FREE,
        motd: tuple[str, ...] = (),
        journal: FaultyJournal | None = None,
        *,
        password: str = "",
        operators: Sequence[tuple[str, str]] = (("root", "swordfish"),),
    ) -> None:
        """`operators` are names with passwords."""
        self._password = password
        self._operators = operators
        super().__init__(limits, motd, journal)
        self._doorman = _Doorman(self, self._librarian)
        self._hub._librarian = self._doorman

    def configure(self, limits: Limits) -> Config:
        return Config(
            limits=limits,
            server=Server(name=SERVER, network="TestNet", password=self._password),
            operators=tuple(Operator(name=n, password=p) for n, p in self._operators),
        )

    def stranger(self) -> Client:
        """A client that has said nothing yet."""
        client = Client(self)
        self.guests.append(client)
        self.settle(client)
        return client

    def client(self, nick: str, *caps: str, joins: str = "") -> Client:
        """A registered client with capabilities, in some rooms; what it was sent is read."""
        client = self.stranger()
        if caps:
            client.send(f"CAP LS 302\r\nCAP REQ :{' '.join(caps)}\r\n")
        client.send(f"NICK {nick}\r\nUSER {nick} 0 * :Real {nick}\r\n")
        if caps:
            client.send("CAP END\r\n")
        assert client.established, client.read()
        if joins:
            client.send(f"JOIN {joins}\r\n")
        client.read()
        return client

    def settle(self, guest: Guest | None = None) -> None:
        super().settle(guest)
        while self._has_doorman and self._doorman.answer():
            super().settle()

    @property
    def _has_doorman(self) -> bool:
        return hasattr(self, "_doorman")

    def read_all(self) -> None:
        """Let everyone have read what they were sent."""
        for guest in self.guests:
            guest.read()
