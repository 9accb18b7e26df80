"""Operators: OPER KILL WALLOPS REHASH (modern IRC, "Operator Messages")."""

from typing import Final

from chatserver.chat import answers, requests
from chatserver.formatting import sanitize
from chatserver.irc.client import Client, Talk
from chatserver.irc.commands.command import Command
from chatserver.irc.commands.modes import show_changes
from chatserver.irc.message import Message
from chatserver.irc.numerics import Numeric

_TOO_MANY: Final = "Too many wrong passwords"


def _oper(client: Client, message: Message) -> Talk:
    """An unknown name and a wrong password look the same."""
    name, password = message.params[:2]
    answer = yield requests.Authenticate(password, name, client.address)
    if isinstance(answer, answers.Authenticated) and answer.right:
        yield from _rise(client, name)
        return
    client.numeric(Numeric.ERR_PASSWDMISMATCH)
    client.wrong_passwords += 1
    if client.wrong_passwords >= client.house.limits.passwords_per_connection:
        yield from client.depart(_TOO_MANY)
        client.close(_TOO_MANY)


def _rise(client: Client, name: str) -> Talk:
    answer = yield requests.BecomeOperator(name)
    if not isinstance(answer, answers.FlagsAre):
        return
    client.take_flags(answer.flags)
    client.numeric(Numeric.RPL_YOUREOPER)
    show_changes(client, answer.changes)


def _kill(client: Client, message: Message) -> Talk | None:
    """Of two parameters, the second says why."""
    nick, why = message.params[:2]
    if nick == client.house.name:
        client.numeric(Numeric.ERR_CANTKILLSERVER)
        return None
    return _ask(requests.Kill(nick, sanitize(why)))


def _wallops(client: Client, message: Message) -> Talk:
    return _ask(requests.Wallop(sanitize(message.params[0])))


def _ask(request: requests.Request) -> Talk:
    yield request


def _rehash(client: Client, message: Message) -> Talk:
    """What does not hold yet is said, setting by setting."""
    answer = yield requests.Reload()
    if not isinstance(answer, answers.Reloaded):
        return
    client.numeric(Numeric.RPL_REHASHING, "settings")
    for setting in answer.waiting:
        client.reply("NOTICE", client.nick, f"{setting} takes effect after a restart.")


COMMANDS: Final = (
    Command("OPER", _oper, 2, help="NAME PASSWORD: become an operator of the server"),
    Command("KILL", _kill, 2, help="NICK REASON: end somebody's connection"),
    Command("WALLOPS", _wallops, 1, help="TEXT: tell all who want to hear it (mode w)"),
    Command("REHASH", _rehash, help="read the settings again"),
)
