"""The table of all commands, and the rules that hold for each."""

from typing import Final

from chatserver.irc.client import Client, Talk
from chatserver.irc.commands import (
    batches,
    help,
    history,
    listing,
    moderation,
    modes,
    operators,
    people,
    reading,
    redaction,
    registration,
    rooms,
    searching,
    server,
    speech,
    watching,
)
from chatserver.irc.commands.command import Command, When
from chatserver.irc.framing import NotUtf8, TooLong
from chatserver.irc.message import Message
from chatserver.irc.numerics import Numeric

_FAMILIES: Final = (
    *(registration, rooms, modes, moderation, listing, speech, batches),
    *(history, reading, redaction, searching),
    *(people, watching, server, operators),
)

COMMANDS: Final[dict[str, Command]] = {
    command.verb: command for family in _FAMILIES for command in family.COMMANDS
}
COMMANDS.update({command.verb: command for command in help.commands(COMMANDS)})


def run(client: Client, message: Message) -> Talk | None:
    """Carry out what a client has sent, or say why it cannot be."""
    if message.tags and batches.is_line(client, message):
        batches.collect(client, message)
        return None
    command = COMMANDS.get(message.command)
    if command is None:  # to who has not registered too: it would be unknown later as well
        client.numeric(Numeric.ERR_UNKNOWNCOMMAND, message.command)
    elif command.when is When.AFTER and not client.registered:
        client.numeric(Numeric.ERR_NOTREGISTERED)
    elif command.when is When.BEFORE and client.registered:
        client.numeric(Numeric.ERR_ALREADYREGISTERED)
    elif command.params and _given(message.params) < command.params:
        client.numeric(Numeric.ERR_NEEDMOREPARAMS, message.command)
    else:
        return command.handler(client, message)
    return None


def refuse(client: Client, line: TooLong | NotUtf8) -> None:
    """Say what is wrong with a line that is no message."""
    if isinstance(line, TooLong):
        client.numeric(Numeric.ERR_INPUTTOOLONG)
    else:
        client.fail(line.command, "INVALID_UTF8", text="That is not UTF-8, and was not sent.")


def _given(params: tuple[str, ...]) -> int:
    """Return how many parameters there are, without empty ones at the end."""
    while params and not params[-1]:
        params = params[:-1]
    return len(params)
