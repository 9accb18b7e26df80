"""What the load generator says to a server, and what it waits to hear."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Dialect:
    """A line protocol; the templates take `nick`, `room` and `text`."""

    hello: str
    welcome: bytes  # in what the server answers to a hello
    join: str
    joined: bytes  # in what the server answers to the last command of a join
    say: str
    echo: bool  # whether a sender gets its own line back


PLAIN = Dialect(
    hello="{nick}\n",
    welcome=b"You are in #lobby",
    join="/join {room}\n/leave #lobby\n",
    joined=b"You have left #lobby",
    say="{text}\n",
    echo=True,
)

IRC = Dialect(
    hello="NICK {nick}\r\nUSER {nick} 0 * :load\r\n",
    welcome=b" 376 ",  # the end of the message of the day
    join="JOIN {room}\r\n",
    joined=b" 366 ",  # the end of the list of names
    say="PRIVMSG {room} :{text}\r\n",
    echo=False,
)

# It reads three commands a round from a client, ten from one with its mode F.
NGIRCD = replace(IRC, join="OPER load load\r\nMODE {nick} +F\r\nJOIN {room}\r\n")
