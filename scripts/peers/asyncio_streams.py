"""The chat server of the asyncio tutorials: streams, `write` and `drain` for each member.

It is here to be measured beside ours. It speaks our plain lines and announces nobody's coming
and going, which leaves it less to do than ours has.
"""

import asyncio
import contextlib
import sys
import time
from collections import defaultdict

LOBBY = "#lobby"

# A dict keeps the members in the order they came.
Room = dict[asyncio.StreamWriter, None]


class House:
    """All rooms, and one client's talk with them."""

    def __init__(self) -> None:
        self.rooms: defaultdict[str, Room] = defaultdict(dict)

    async def serve_client(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Read one client's lines until it goes."""
        joined: list[str] = []
        try:
            nick = (await reader.readline()).decode().strip()
            await self.join(writer, joined, LOBBY)
            while line := await reader.readline():
                await self.obey(writer, joined, nick, line.decode().rstrip("\r\n"))
        except OSError:
            pass  # a client that resets has gone like any other
        finally:
            for name in joined:
                self.rooms[name].pop(writer, None)
            writer.close()

    async def obey(
        self, writer: asyncio.StreamWriter, joined: list[str], nick: str, line: str
    ) -> None:
        """Do what one line asks; the room joined last is the current one."""
        match line.split():
            case ["/join", name]:
                await self.join(writer, joined, name)
            case ["/leave", name] if name in joined:
                joined.remove(name)
                self.rooms[name].pop(writer, None)
                await send(writer, f"You have left {name}.\n".encode())
            case _ if joined:
                await self.say(joined[-1], nick, line)

    async def join(self, writer: asyncio.StreamWriter, joined: list[str], name: str) -> None:
        """Enter a room and say so."""
        self.rooms[name][writer] = None
        joined.append(name)
        await send(writer, f"You are in {name}.\n".encode())

    async def say(self, name: str, nick: str, text: str) -> None:
        """Give a line to every member of a room."""
        line = f"{time.strftime('%H:%M')} <{nick}> {text}\n".encode()
        for member in list(self.rooms[name]):
            with contextlib.suppress(OSError):
                await send(member, line)


async def send(writer: asyncio.StreamWriter, line: bytes) -> None:
    """Write, and wait while that member's buffer is full: what the documentation teaches."""
    writer.write(line)
    await writer.drain()


async def main() -> None:
    """Listen on a free port of loopback, print it, serve until killed."""
    server = await asyncio.start_server(House().serve_client, "127.0.0.1", 0, backlog=4096)
    port = server.sockets[0].getsockname()[1]
    print(f"Listening on 127.0.0.1:{port}", file=sys.stderr, flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
