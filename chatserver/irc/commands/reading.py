"""Reading: MARKREAD, until when one has read (IRCv3 draft/read-marker)."""

from typing import Final

from chatserver.chat import answers, lookups
from chatserver.chat.errors import ChatError
from chatserver.irc.client import Client, Talk
from chatserver.irc.commands.command import Command
from chatserver.irc.line import marker, parse_time
from chatserver.irc.message import Message


def _mark_read(client: Client, message: Message) -> Talk | None:
    match message.params:
        case () | ("", *_):
            client.fail("MARKREAD", "NEED_MORE_PARAMS", text="Missing parameters")
        case (target,):
            return tell_mark(client, lookups.MarkRead(target))
        case (target, text, *_):
            time = text.removeprefix("timestamp=")
            at = parse_time(time) if time != text else None
            if at is not None:
                return tell_mark(client, lookups.MarkRead(target, at))
            client.fail("MARKREAD", "INVALID_PARAMS", target, text, text="Invalid parameters")
    return None


def tell_mark(client: Client, request: lookups.MarkRead) -> Talk:
    """Say until when the client's user has read, as it is after the request."""
    try:
        answer = yield request
    except ChatError as error:
        client.fail("MARKREAD", "INTERNAL_ERROR", request.target, text=str(error))
        return
    if isinstance(answer, answers.ReadUntil):
        client.emit(marker(client.house.name, answer.target, answer.at))


COMMANDS: Final = (
    Command("MARKREAD", _mark_read, help="TARGET [timestamp=TIME]: until when one has read"),
)
