"""Help: HELP and HELPOP, out of the table of all commands (modern IRC, "HELP message")."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from chatserver.irc.client import Client
from chatserver.irc.commands.command import Command
from chatserver.irc.line import Line
from chatserver.irc.message import Message
from chatserver.irc.numerics import Numeric

_VERBS: Final = ("HELP", "HELPOP")
_HELP: Final = "[COMMAND]: what can be said, or what one command does"


def commands(table: Mapping[str, Command]) -> tuple[Command, ...]:
    """Return the commands that tell of those in the table, and of each other."""
    return tuple(Command(verb, partial(_help, table), help=_HELP) for verb in _VERBS)


def _help(table: Mapping[str, Command], client: Client, message: Message) -> None:
    """The subject is shown as it was given; `*` is the whole."""
    subject = message.params[0] if message.params and message.params[0] else "*"
    verb = subject.upper() if subject.isascii() else subject
    if subject == "*":
        shown = [f"{known.verb} {known.help}" for known in sorted(table.values(), key=_verb)]
        client.pages(_page(client, subject, "What can be said", shown))
    elif command := table.get(verb):
        client.pages(_page(client, subject, verb, [f"{verb} {command.help}"]))
    else:
        client.numeric(Numeric.ERR_HELPNOTFOUND, subject)


def _verb(command: Command) -> str:
    return command.verb


def _page(client: Client, subject: str, title: str, rows: list[str]) -> Iterator[Line]:
    """The first line is a title, and an empty one follows."""
    *inner, last = ("", *rows)
    yield client.numeric_line(Numeric.RPL_HELPSTART, subject, title)
    for row in inner:
        yield client.numeric_line(Numeric.RPL_HELPTXT, subject, row)
    yield client.numeric_line(Numeric.RPL_ENDOFHELP, subject, last)
