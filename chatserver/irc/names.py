"""Names: what a room is about and who is in it, as a client that has come there is told."""

from collections.abc import Iterator, Sequence
from typing import Final

from chatserver.chat import events
from chatserver.irc.capabilities import Cap
from chatserver.irc.client import Client
from chatserver.irc.line import Line
from chatserver.irc.message import MESSAGE_LIMIT
from chatserver.irc.numerics import Numeric
from chatserver.irc.render import prefix

_PRESENCE: Final = {False: "=", True: "@"}  # RPL_NAMREPLY: a public or a secret channel
_LINE_END: Final = 2


def topic_lines(client: Client, room: str, topic: events.Topic) -> list[Line]:
    """Say what a room is about, and who has set it when."""
    return [
        client.numeric_line(Numeric.RPL_TOPIC, room, topic.text),
        client.numeric_line(Numeric.RPL_TOPICWHOTIME, room, topic.nick, str(int(topic.at))),
    ]


def name_lines(
    client: Client, room: str, members: Sequence[events.Profile], *, secret: bool
) -> Iterator[Line]:
    """Say who is in a room; made as the client reads, since there may be many."""
    sign = _PRESENCE[secret]
    head = client.numeric_line(Numeric.RPL_NAMREPLY, sign, room, "")
    words = (_member(client, member) for member in members)
    for row in _rows(words, MESSAGE_LIMIT - _LINE_END - len(head.text.encode())):
        yield client.numeric_line(Numeric.RPL_NAMREPLY, sign, room, row)
    yield client.numeric_line(Numeric.RPL_ENDOFNAMES, room)


def _member(client: Client, member: events.Profile) -> str:
    name = prefix(member.rank, client.caps) + member.nick
    if client.has(Cap.USERHOST_IN_NAMES):
        return f"{name}!{member.user}@{member.host}"
    return name


def _rows(words: Iterator[str], width: int) -> Iterator[str]:
    """Yield words in rows of at most so many characters; they are all ASCII."""
    row = ""
    for word in words:
        if row and len(row) + 1 + len(word) > width:
            yield row
            row = ""
        row += f" {word}" if row else word
    if row:
        yield row
