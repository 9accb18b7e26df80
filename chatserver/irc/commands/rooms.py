"""Rooms: JOIN PART TOPIC NAMES (modern IRC, "Channel Operations")."""

from collections.abc import Iterator, Sequence
from typing import Final

from chatserver.chat import events, requests
from chatserver.chat.errors import AlreadyInRoom, ChatError
from chatserver.formatting import sanitize
from chatserver.irc.capabilities import Cap
from chatserver.irc.client import Client, Talk
from chatserver.irc.commands.command import Command
from chatserver.irc.line import Line
from chatserver.irc.message import MESSAGE_LIMIT, Message
from chatserver.irc.numerics import Numeric
from chatserver.irc.past import show_past
from chatserver.irc.refusals import refuse
from chatserver.irc.render import joined, parted, prefix, tags

_PRESENCE: Final = {False: "=", True: "@"}  # RPL_NAMREPLY: a public or a secret channel


def rooms_of(client: Client, words: str) -> list[str]:
    """Return the rooms that a parameter names, each once; what is no room's name is refused."""
    names: list[str] = []
    for word in dict.fromkeys(words.split(",")):
        if word.startswith("#"):
            names.append(word)
        elif word:
            client.numeric(Numeric.ERR_NOSUCHCHANNEL, word)
    return names


def _join(client: Client, message: Message) -> Talk:
    """`JOIN 0` leaves every room (RFC 2812 section 3.2.1)."""
    if message.params[0] == "0":
        yield from _leave_all(client)
        return
    keys = message.params[1].split(",") if len(message.params) > 1 else []
    opened = dict(zip(message.params[0].split(","), keys, strict=False))
    for name in rooms_of(client, message.params[0]):
        yield from enter(client, requests.Join(name, opened.get(name, "")))


def enter(client: Client, request: requests.Join) -> Talk:
    """Join a room, and tell what the client needs to know of it; a refusal is told too."""
    try:
        answer = yield request
    except AlreadyInRoom:
        return  # modern IRC, "JOIN": servers ignore it
    except ChatError as error:
        refuse(client, request, error)
        return
    if not isinstance(answer, events.YouJoined):
        return
    client.withhold()  # until the list and the past are shown, which belong to this very moment
    own = tags(client.manner, answer.at, answer.id)
    client.emit(joined(client.nick, client.mask, answer.room, client.realname, client.manner, own))
    if answer.topic:
        show_topic(client, answer.room, answer.topic)
    if not client.has(Cap.NO_IMPLICIT_NAMES):
        yield from list_names(client, answer.room)
    yield from show_past(client, answer)


def _leave_all(client: Client) -> Talk:
    person = yield requests.Whois(client.nick)
    if isinstance(person, events.PersonIs):
        for room in person.rooms:
            yield from _leave(client, room, "")


def _part(client: Client, message: Message) -> Talk:
    why = sanitize(message.params[1]) if len(message.params) > 1 else ""
    for name in rooms_of(client, message.params[0]):
        yield from _leave(client, name, why[: client.house.limits.reason])


def _leave(client: Client, room: str, why: str) -> Talk:
    request = requests.Leave(room, why)
    try:
        answer = yield request
    except ChatError as error:
        refuse(client, request, error)
        return
    if isinstance(answer, events.YouLeft):
        client.emit(
            parted(
                *(client.nick, client.mask, answer.room, answer.why, answer.id, answer.at),
                client.manner,
            )
        )


# Topics.


def _topic(client: Client, message: Message) -> Talk:
    """An empty topic takes it away; no topic at all asks for it (modern IRC, "TOPIC")."""
    room, *rest = message.params
    if rest:
        topic = sanitize(rest[0])[: client.house.limits.topic]
        yield requests.SetTopic(room, topic)
        return
    answer = yield requests.AskTopic(room)
    if isinstance(answer, events.TopicIs):
        if answer.topic:
            show_topic(client, answer.room, answer.topic)
        else:
            client.numeric(Numeric.RPL_NOTOPIC, answer.room)


def show_topic(client: Client, room: str, topic: events.Topic) -> None:
    """Say what a room is about, and who has set it when."""
    client.numeric(Numeric.RPL_TOPIC, room, topic.text)
    client.numeric(Numeric.RPL_TOPICWHOTIME, room, topic.nick, str(int(topic.at)))


# Names.


def _names(client: Client, message: Message) -> Talk:
    """Without a room there is no list to give (modern IRC lets the server choose)."""
    names = rooms_of(client, message.params[0]) if message.params else []
    if not names:
        client.numeric(Numeric.RPL_ENDOFNAMES, "*")
    for name in names[: client.house.limits.targets]:
        yield from list_names(client, name)


def list_names(client: Client, room: str) -> Talk:
    """Say who is in a room; one that is not there has nobody in it."""
    try:
        answer = yield requests.ListMembers(room)
    except ChatError:
        client.numeric(Numeric.RPL_ENDOFNAMES, room)
        return
    if isinstance(answer, events.MembersAre):
        client.pages(_name_lines(client, answer))


def _name_lines(client: Client, answer: events.MembersAre) -> Iterator[Line]:
    words = [_member(client, member) for member in answer.members]
    sign = _PRESENCE[answer.secret]
    head = client.numeric_line(Numeric.RPL_NAMREPLY, sign, answer.room, "")
    for row in _rows(words, MESSAGE_LIMIT - 2 - len(head.text.encode())):
        yield client.numeric_line(Numeric.RPL_NAMREPLY, sign, answer.room, row)
    yield client.numeric_line(Numeric.RPL_ENDOFNAMES, answer.room)


def _member(client: Client, member: events.Profile) -> str:
    name = prefix(member.rank, client.caps) + member.nick
    if client.has(Cap.USERHOST_IN_NAMES):
        return f"{name}!{member.user}@{member.host}"
    return name


def _rows(words: Sequence[str], width: int) -> Iterator[str]:
    """Yield words in rows of at most so many characters; they are all ASCII."""
    row = ""
    for word in words:
        if row and len(row) + 1 + len(word) > width:
            yield row
            row = ""
        row += f" {word}" if row else word
    if row:
        yield row


COMMANDS: Final = (
    Command("JOIN", _join, 1, help="ROOM[,ROOM] [KEY[,KEY]]: go into rooms; 0 leaves them all"),
    Command("PART", _part, 1, help="ROOM[,ROOM] [REASON]: leave rooms"),
    Command("TOPIC", _topic, 1, help="ROOM [TEXT]: show or set what a room is about"),
    Command("NAMES", _names, 0, help="ROOM[,ROOM]: who is there?"),
)
