"""Speech: PRIVMSG NOTICE TAGMSG (modern IRC, "Sending Messages"; IRCv3 message-tags)."""

from typing import Final

from chatserver.chat import requests
from chatserver.chat.errors import ChatError
from chatserver.chat.modes import Rank
from chatserver.chat.names import fold
from chatserver.chat.requests import Request, Tags
from chatserver.formatting import sanitize
from chatserver.irc.capabilities import Cap
from chatserver.irc.client import Client, Talk
from chatserver.irc.commands.command import Command
from chatserver.irc.message import Message
from chatserver.irc.numerics import Numeric
from chatserver.irc.refusals import refuse

_CTCP: Final = "\x01"
_ACTION: Final = "ACTION "
_STATUS: Final = {"@": Rank.OPERATOR, "+": Rank.VOICE}  # STATUSMSG of ISUPPORT


def _speak(client: Client, message: Message) -> None:
    notice = message.command == "NOTICE"
    match message.params:
        case ():
            text = Numeric.ERR_NORECIPIENT.text.format(command=message.command)
            client.numeric(Numeric.ERR_NORECIPIENT, text=text)
        case (_,) | (_, "", *_):
            client.numeric(Numeric.ERR_NOTEXTTOSEND)
        case (target, text, *_):
            for one in targets_of(client, target):
                client.send(wish(one, text, notice, client_tags(client, message)))


def targets_of(client: Client, words: str) -> list[str]:
    """Return the targets that a parameter names, each once, as many as are allowed (TARGMAX)."""
    names = {fold(word): word for word in words.split(",") if word}
    targets = list(names.values())
    limit = client.house.limits.targets
    for word in targets[limit:]:
        client.numeric(Numeric.ERR_TOOMANYTARGETS, word)
    return targets[:limit]


def wish(target: str, text: str, notice: bool, tags: Tags) -> Request:
    """Return the request to say a text, as it came from the wire, to a room or a person."""
    action, text = _unwrap(text)
    rank, target = split_status(target)
    if target.startswith("#"):
        return requests.Say(target, text, action, notice, tags, rank)
    return requests.Tell((target,), text, action, notice, tags, waits=False)


def split_status(target: str) -> tuple[Rank, str]:
    """Take the sign of a rank off a room's name: `@#room` is its operators."""
    if target[1:2] == "#" and (rank := _STATUS.get(target[0])):
        return rank, target[1:]
    return Rank.NONE, target


def _unwrap(text: str) -> tuple[bool, str]:
    """Take a text out of its CTCP wrapping, if it is an ACTION; clean it in any case."""
    if text[:1] != _CTCP:
        return False, sanitize(text)
    inner = text[1:].removesuffix(_CTCP)
    if inner.startswith(_ACTION):
        return True, sanitize(inner.removeprefix(_ACTION))
    return False, f"{_CTCP}{sanitize(inner)}{_CTCP}"


def client_tags(client: Client, message: Message) -> Tags:
    """Return the tags that are meant for other clients: those with a plus (message-tags)."""
    if not client.has(Cap.MESSAGE_TAGS):
        return ()
    return tuple((name, value) for name, value in message.tags.items() if name[:1] == "+")


def _tag(client: Client, message: Message) -> Talk | None:
    if not message.params or not message.params[0]:
        text = Numeric.ERR_NORECIPIENT.text.format(command="TAGMSG")
        client.numeric(Numeric.ERR_NORECIPIENT, text=text)
        return None
    return _tell_tags(client, message)


def _tell_tags(client: Client, message: Message) -> Talk:
    own = client_tags(client, message)
    for target in targets_of(client, message.params[0]):
        rank, name = split_status(target)
        request = requests.Tag(name, own, rank)
        try:
            yield request
        except ChatError as error:
            refuse(client, request, error)


COMMANDS: Final = (
    Command("PRIVMSG", _speak, help="TARGET[,TARGET] TEXT: say something"),
    Command("NOTICE", _speak, help="TARGET[,TARGET] TEXT: say something that nobody answers"),
    Command("TAGMSG", _tag, help="TARGET: send tags alone"),
)
