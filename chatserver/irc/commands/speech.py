"""Speech: PRIVMSG NOTICE TAGMSG (modern IRC, "Sending Messages"; IRCv3 message-tags)."""

import re
from collections.abc import Sequence
from itertools import starmap
from typing import Final

from chatserver.chat import requests
from chatserver.chat.errors import ChatError
from chatserver.chat.modes import Rank
from chatserver.chat.requests import Say, Tags, Tell
from chatserver.formatting import sanitize
from chatserver.irc.capabilities import Cap
from chatserver.irc.client import Client, Talk
from chatserver.irc.commands.command import Command
from chatserver.irc.commands.targets import each_once, targets_of
from chatserver.irc.message import MESSAGE_LIMIT, Message
from chatserver.irc.numerics import Numeric
from chatserver.irc.refusals import refuse

_CTCP: Final = "\x01"
_ACTION: Final = "ACTION "
_VERBS: Final = frozenset({"PRIVMSG", "NOTICE"})
_SHORT: Final = 160  # bytes: fewer fit, whatever stands before them
# A short printable text to one room, written as programs write it.
_LINE: Final = rf"PRIVMSG (#[^\0-\x20\x7f,:]{{1,{_SHORT}}}) :([ -~]{{1,{_SHORT - 1}}})"
_PLAIN: Final = re.compile(_LINE)
_PLAIN_LINES: Final = re.compile(rf"^{_LINE}\r?\n", re.MULTILINE)
_STATUS: Final = {"@": Rank.OPERATOR, "+": Rank.VOICE}  # STATUSMSG of ISUPPORT


def _speak(client: Client, message: Message) -> None:
    match message.params:
        case (target, text, *_) if target and text:
            tags = client_tags(client, message) if message.tags else ()
            for one in targets_of(client, target) if "," in target else (target,):
                _say(client, message.command, one, text, tags)
        case () | ("", *_):
            text = Numeric.ERR_NORECIPIENT.text.format(command=message.command)
            client.numeric(Numeric.ERR_NORECIPIENT, text=text)
        case _:
            client.numeric(Numeric.ERR_NOTEXTTOSEND)


def _notice(client: Client, message: Message) -> None:
    """Nothing that is wrong with a notice is told, as it may be an answer itself (modern IRC,
    "NOTICE"), but that it is too long.
    """
    match message.params:
        case (target, text, *_) if text:
            tags = client_tags(client, message)
            names = each_once(target)
            for one in names[: client.house.limits.targets]:
                _say(client, message.command, one, text, tags)


def passed_on(client: Client, message: Message) -> Say | Tell | None:
    """Return the request in a message that is speech, and has no answer but what everybody hears,
    in its turn.

    Any other answer must not overtake what is heard of the speech before it.
    """
    if message.command not in _VERBS or not client.registered:
        return None
    if message.tags and "batch" in message.tags:
        return None
    match message.params:
        case (target, text, *_) if target and text and "," not in target:
            if _fits(client, message.command, target, text):
                tags = client_tags(client, message) if message.tags else ()
                return wish(target, text, message.command == "NOTICE", tags)
    return None


def plain(line: str) -> Say | None:
    """Return what a line says where it is as most are, and so seen at one look: the very same that
    its message would be passed on as.
    """
    said = _PLAIN.fullmatch(line)
    return Say(said[1], said[2]) if said else None


def plain_lines(text: str) -> Sequence[Say]:
    """Return the same of whole lines, with their ends, where all of them are so; else nothing."""
    found = _PLAIN_LINES.findall(text)
    return list(starmap(Say, found)) if len(found) == text.count("\n") else ()


def _say(client: Client, command: str, target: str, text: str, tags: Tags) -> None:
    if _fits(client, command, target, text):
        client.send(wish(target, text, command == "NOTICE", tags))
    else:
        client.numeric(Numeric.ERR_INPUTTOOLONG)


def _fits(client: Client, command: str, target: str, text: str) -> bool:
    """Whether others can have a text in one message, as it was sent in one, when it has a source.

    The alternatives would be to cut it, and somebody would not know, or to send two messages of
    one id (modern IRC, ERR_INPUTTOOLONG).
    """
    if len(text) < _SHORT and text.isascii():
        return True
    whole = f":{client.nick}!{client.mask} {command} {target} :{text}\r\n"
    return len(whole.encode()) <= MESSAGE_LIMIT


def wish(
    target: str, text: str, notice: bool, tags: Tags, cuts: tuple[int, ...] = ()
) -> Say | Tell:
    """Return the request to say a text, as it came from the wire, to a room or a person."""
    action, said = False, text
    if text[:1] == _CTCP:
        action, said = _unwrap(text)
    elif not (text.isascii() and text.isprintable()):
        said = _clean(text)
    if cuts and said != text:
        cuts = ()  # they are not where they were
    rank = Rank.NONE
    if target[:1] != "#":
        rank, target = split_status(target)
    if target[:1] == "#":
        return Say(target, said, action, notice, tags, rank, cuts)
    return Tell((target,), said, action, notice, tags, waits=False, cuts=cuts)


def split_status(target: str) -> tuple[Rank, str]:
    """Take the signs of ranks off a room's name: `@#room` is its operators.

    Of several the lowest counts (modern IRC, "PRIVMSG").
    """
    room = target.lstrip("".join(_STATUS))
    if room[:1] == "#" and room != target:
        return min(_STATUS[sign] for sign in target[: -len(room)]), room
    return Rank.NONE, target


def _unwrap(text: str) -> tuple[bool, str]:
    """Take a text out of its CTCP wrapping, if it is an ACTION; clean it in any case."""
    inner = text[1:].removesuffix(_CTCP)
    if inner.startswith(_ACTION):
        return True, _clean(inner.removeprefix(_ACTION))
    return False, f"{_CTCP}{_clean(inner)}{_CTCP}"


def _clean(text: str) -> str:
    """Clean each line of a text; one of nothing but blank lines is none."""
    if "\n" not in text:
        return sanitize(text)
    cleaned = "\n".join(map(sanitize, text.split("\n")))
    return cleaned if cleaned.strip("\n") else ""


def client_tags(client: Client, message: Message) -> Tags:
    """Return the tags that are meant for other clients: those with a plus (message-tags)."""
    if not client.has(Cap.MESSAGE_TAGS):
        return ()
    return tuple((name, value) for name, value in message.tags.items() if name[:1] == "+")


def _tag(client: Client, message: Message) -> Talk | None:
    """The command is there for who has the capability (IRCv3 message-tags, "TAGMSG").

    What is left of the tags is sent, be it none ("Examples").
    """
    if not client.has(Cap.MESSAGE_TAGS):
        client.numeric(Numeric.ERR_UNKNOWNCOMMAND, message.command)
        return None
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
    Command("NOTICE", _notice, help="TARGET[,TARGET] TEXT: say something that nobody answers"),
    Command("TAGMSG", _tag, help="TARGET: send tags alone"),
)
