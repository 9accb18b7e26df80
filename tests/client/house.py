"""A model and a server without sockets: what one says the other hears, as far as the line holds."""

from __future__ import annotations

from chatserver.endings import Ending
from client.buffers import Buffer
from client.messages import SPEECH, Kind
from client.model import Model, Status, Wishes
from tests.irc.house import Client, IrcHouse


class Cut(Exception):
    """The connection has ended."""


class Link:
    """A model in a house: `turn` carries bytes until both have said all."""

    def __init__(self, home: IrcHouse, nick: str, *rooms: str, kept: int = 20_000) -> None:
        self.home = home
        self.model = Model(Wishes(nick=nick, rooms=rooms), lambda: self.home.at, kept)
        self.client: Client | None = None
        self.sent: list[str] = []
        self.connect()

    def connect(self, *, lives: int | None = None) -> None:
        """Connect; after `lives` bytes, both ways together, the line is cut."""
        self.client = self.home.stranger()
        self.lives = lives
        self.model.connecting()
        self.model.connected()
        self.turn()

    def turn(self) -> None:
        """Carry what there is to carry."""
        try:
            while self.client:
                out = self._allow(self.model.data_to_send())
                if out:
                    self.sent += out.decode(errors="replace").splitlines()
                    self.client.send(out)
                heard = self.client.read()
                if heard:
                    self._hear(heard)
                elif not out:
                    return
        except Cut:
            self.drop()

    def drop(self) -> None:
        """The connection ends, without a word."""
        client, self.client = self.client, None
        assert client
        client.end(Ending.LOST)  # not its end of file: that would end a line that was cut in two
        self.model.lost("cut")

    def say(self, room: str, text: str) -> None:
        self.model.send_text(self.buffer(room), text)
        self.turn()

    def buffer(self, name: str) -> Buffer:
        found = self.model.find(name)
        assert found, name
        return found

    def texts(self, name: str) -> list[str]:
        """What people have said there, as it stands in the buffer."""
        return [e.text for e in self.buffer(name).entries if e.kind in SPEECH]

    def kinds(self, name: str) -> list[Kind]:
        return [entry.kind for entry in self.buffer(name).entries]

    @property
    def online(self) -> bool:
        return self.client is not None and self.model.status is Status.ONLINE

    def _allow(self, data: bytes) -> bytes:
        if self.lives is None:
            return data
        if len(data) > self.lives:
            assert self.client
            self.client.send(data[: self.lives])
            raise Cut
        self.lives -= len(data)
        return data

    def _hear(self, data: bytes) -> None:
        if self.lives is not None and len(data) > self.lives:
            self.model.receive_data(data[: self.lives])
            raise Cut
        if self.lives is not None:
            self.lives -= len(data)
        self.model.receive_data(data)
