"""A program that speaks IRC over a socket, for the tests of a running server."""

from tests.helpers import Client

JOINED = " 366 "  # the end of the list of names, which is the end of a join


class Program(Client):
    """One client of IRC. Its lines end with CR LF, as the server's do."""

    def __init__(self, port: int, nick: str, *rooms: str, receive_buffer: int = 0) -> None:
        """Register, and join rooms."""
        super().__init__(port, receive_buffer=receive_buffer)
        self.nick = nick
        self.send(f"NICK {nick}", f"USER {nick} 0 * :{nick}")
        self.expect(" 422 ")  # no message of the day
        for room in rooms:
            self.send(f"JOIN {room}")
            self.expect(JOINED)

    def send(self, *lines: str) -> None:
        """Send lines of text."""
        self.send_bytes("".join(f"{line}\r\n" for line in lines).encode())

    def sync(self) -> list[str]:
        """Wait until all is done that was sent, and return the lines that came meanwhile."""
        self.send("PING sync_sync")
        return self.expect("sync_sync")[:-1]

    def say(self, room: str, text: str) -> None:
        """Say something."""
        self.send(f"PRIVMSG {room} :{text}")
