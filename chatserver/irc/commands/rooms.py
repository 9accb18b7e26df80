"""Rooms: JOIN PART TOPIC NAMES (modern IRC, "Channel Operations")."""

from typing import Final

from chatserver.chat import answers, events, lookups, requests
from chatserver.chat.errors import AlreadyInRoom, ChatError
from chatserver.formatting import sanitize
from chatserver.irc.capabilities import Cap
from chatserver.irc.client import Client, Talk
from chatserver.irc.commands.command import Command
from chatserver.irc.commands.reading import tell_mark
from chatserver.irc.commands.targets import targets_of
from chatserver.irc.message import Message
from chatserver.irc.names import name_lines, topic_lines
from chatserver.irc.numerics import Numeric
from chatserver.irc.past import show_past
from chatserver.irc.refusals import refuse
from chatserver.irc.render import joined, parted, tags


def is_room(client: Client, word: str, otherwise: Numeric = Numeric.ERR_NOSUCHCHANNEL) -> bool:
    """Whether a parameter may be a room's name (CHANTYPES); say so if not."""
    if word.startswith("#"):
        return True
    client.numeric(otherwise, word)
    return False


def rooms_of(
    client: Client, words: str, otherwise: Numeric = Numeric.ERR_NOSUCHCHANNEL
) -> list[str]:
    """Return the rooms that a parameter names, each once; what is no room's name is refused."""
    names = [word for word in dict.fromkeys(words.split(",")) if word]
    return [word for word in names if is_room(client, word, otherwise)]


def _join(client: Client, message: Message) -> Talk:
    """`JOIN 0` leaves every room (RFC 2812 section 3.2.1)."""
    if message.params[0] == "0":
        yield from _leave_all(client)
        return
    keys = message.params[1].split(",") if len(message.params) > 1 else []
    opened = dict(zip(message.params[0].split(","), keys, strict=False))
    for name in rooms_of(client, message.params[0], Numeric.ERR_BADCHANMASK):
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
    if not isinstance(answer, answers.YouJoined):
        return
    client.withhold()  # until the list and the past are shown, which belong to this very moment
    own = tags(client.manner, answer.at, answer.id)
    who = client.nick, client.mask
    client.emit_own(joined(*who, answer.room, client.realname, client.manner, own))
    if answer.topic:
        _show_topic(client, answer.room, answer.topic)
    if client.has(Cap.READ_MARKER):
        yield from tell_mark(client, lookups.MarkRead(answer.room))
    if not client.has(Cap.NO_IMPLICIT_NAMES):
        yield from list_names(client, answer.room)
    yield from show_past(client, answer)


def _leave_all(client: Client) -> Talk:
    person = yield requests.Whois(client.nick)
    if isinstance(person, answers.PersonIs):
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
    if isinstance(answer, answers.YouLeft):
        client.emit_own(
            parted(
                *(client.nick, client.mask, answer.room, answer.why, answer.id, answer.at),
                client.manner,
            )
        )


# Topics.


def _topic(client: Client, message: Message) -> Talk:
    """An empty topic takes it away; no topic at all asks for it (modern IRC, "TOPIC")."""
    room, *rest = message.params
    if not is_room(client, room):
        return
    if rest:
        topic = sanitize(rest[0])[: client.house.limits.topic]
        yield requests.SetTopic(room, topic)
        return
    answer = yield requests.AskTopic(room)
    if isinstance(answer, answers.TopicIs):
        if answer.topic:
            _show_topic(client, answer.room, answer.topic)
        else:
            client.numeric(Numeric.RPL_NOTOPIC, answer.room)


def _show_topic(client: Client, room: str, topic: events.Topic) -> None:
    for one in topic_lines(client, room, topic):
        client.emit(one)


# Names.


def _names(client: Client, message: Message) -> Talk:
    """Without a room there is no list to give (modern IRC lets the server choose)."""
    if not message.params or not message.params[0].strip(","):
        client.numeric(Numeric.RPL_ENDOFNAMES, "*")
        return
    for name in targets_of(client, message.params[0]):
        yield from list_names(client, name)


def list_names(client: Client, room: str) -> Talk:
    """Say who is in a room; one that is not there, or cannot be, has nobody in it."""
    if not room.startswith("#"):
        client.numeric(Numeric.RPL_ENDOFNAMES, room)
        return
    try:
        answer = yield requests.ListMembers(room)
    except ChatError:
        client.numeric(Numeric.RPL_ENDOFNAMES, room)
        return
    if isinstance(answer, answers.MembersAre):
        members = answer.members
        client.pages(name_lines(client, answer.room, members, secret=answer.secret))


COMMANDS: Final = (
    Command("JOIN", _join, 1, help="ROOM[,ROOM] [KEY[,KEY]]: go into rooms; 0 leaves them all"),
    Command("PART", _part, 1, help="ROOM[,ROOM] [REASON]: leave rooms"),
    Command("TOPIC", _topic, 1, help="ROOM [TEXT]: show or set what a room is about"),
    Command("NAMES", _names, 0, help="ROOM[,ROOM]: who is there?"),
)
