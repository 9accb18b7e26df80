"""A model that is told lines, and what it says to them."""

from __future__ import annotations

from client.buffers import Buffer
from client.model import Model, Wishes

ALL = (
    "batch echo-message labeled-response message-tags server-time draft/multiline="
    "max-bytes=200,max-lines=4 draft/message-redaction draft/read-marker soju.im/search"
)


class Script:
    """What a server might say, line by line; `said` is what the model has answered."""

    def __init__(self, nick: str = "ada", *rooms: str) -> None:
        self.now = 1_700_000_000.0
        self.model = Model(Wishes(nick=nick, rooms=rooms), lambda: self.now)
        self.model.connecting()
        self.model.connected()

    def hear(self, *lines: str) -> list[str]:
        """Tell lines; return what the model says to them and has said before, unread."""
        self.model.receive_data("".join(f"{line}\r\n" for line in lines).encode())
        return self.said()

    def said(self) -> list[str]:
        return self.model.data_to_send().decode().splitlines()

    def welcome(self, caps: str = "", *features: str) -> Script:
        """Be let in, in the room #ops, with these capabilities."""
        self.hear(f":s CAP * LS :{caps}")
        names = " ".join(cap.partition("=")[0] for cap in caps.split())
        if names:
            self.hear(f":s CAP * ACK :{names}")
        nick = self.model.nick
        if features:
            self.hear(f":s 005 {nick} {' '.join(features)} :are supported by this server")
        self.hear(f":s 001 {nick} :Welcome", f":s 422 {nick} :no motd")
        self.hear(f":{nick}!u@h JOIN #ops", f":s 353 {nick} = #ops :@{nick} bob")
        self.hear(f":s 366 {nick} #ops :End")
        self.model.show(self.room)
        return self

    @property
    def room(self) -> Buffer:
        return self.buffer("#ops")

    def buffer(self, name: str) -> Buffer:
        found = self.model.find(name)
        assert found, name
        return found

    def notes(self) -> list[str]:
        """What stands in the current buffer."""
        return [entry.text for entry in self.model.current.entries]
