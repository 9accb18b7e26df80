"""The chat server of the textbooks: a thread for each client, `sendall` under one lock.

It is here to be measured beside ours. It speaks our plain lines and announces nobody's coming
and going, which leaves it less to do than ours has.
"""

import contextlib
import socket
import sys
import threading
import time

LOBBY = "#lobby"


class Room:
    """Who is in it, and the lock under which a line goes to all of them."""

    def __init__(self) -> None:
        self.members: set[socket.socket] = set()
        self.lock = threading.Lock()

    def say(self, nick: str, text: str) -> None:
        """Give a line to every member; one who does not read makes all others wait."""
        line = f"{time.strftime('%H:%M')} <{nick}> {text}\n".encode()
        with self.lock:
            for member in self.members:
                with contextlib.suppress(OSError):
                    member.sendall(line)

    def add(self, member: socket.socket) -> None:
        """Let a member hear from now on."""
        with self.lock:
            self.members.add(member)

    def remove(self, member: socket.socket) -> None:
        """Let a member hear no more."""
        with self.lock:
            self.members.discard(member)


class House:
    """All rooms by name."""

    def __init__(self) -> None:
        self._rooms: dict[str, Room] = {}
        self._lock = threading.Lock()

    def room(self, name: str) -> Room:
        """A room, made when it is first asked for."""
        with self._lock:
            return self._rooms.setdefault(name, Room())


def serve_client(client: socket.socket, house: House) -> None:
    """Read one client's lines until it goes."""
    joined: list[str] = []
    try:
        with client, client.makefile("r", encoding="utf-8", newline="\n") as lines:
            nick = lines.readline().strip()
            join(client, house, joined, LOBBY)
            for line in lines:
                obey(client, house, joined, nick, line.rstrip("\r\n"))
    except OSError:
        pass  # a client that resets has gone like any other
    finally:
        for name in joined:
            house.room(name).remove(client)


def obey(client: socket.socket, house: House, joined: list[str], nick: str, line: str) -> None:
    """Do what one line asks; the room joined last is the current one."""
    match line.split():
        case ["/join", name]:
            join(client, house, joined, name)
        case ["/leave", name] if name in joined:
            joined.remove(name)
            house.room(name).remove(client)
            client.sendall(f"You have left {name}.\n".encode())
        case _ if joined:
            house.room(joined[-1]).say(nick, line)


def join(client: socket.socket, house: House, joined: list[str], name: str) -> None:
    """Enter a room and say so."""
    house.room(name).add(client)
    joined.append(name)
    client.sendall(f"You are in {name}.\n".encode())


def main() -> None:
    """Listen on a free port of loopback, print it, serve until killed."""
    house = House()
    with socket.create_server(("127.0.0.1", 0), backlog=4096) as listener:
        print(f"Listening on 127.0.0.1:{listener.getsockname()[1]}", file=sys.stderr, flush=True)
        while True:
            client, _ = listener.accept()
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=serve_client, args=(client, house), daemon=True).start()


if __name__ == "__main__":
    main()
