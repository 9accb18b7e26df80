"""Watching: MONITOR (IRCv3 monitor)."""

from collections.abc import Iterable
from typing import Final

from chatserver.chat import answers, requests
from chatserver.chat.names import fold
from chatserver.irc.client import Client, Talk
from chatserver.irc.commands.command import Command
from chatserver.irc.message import Message
from chatserver.irc.numerics import Numeric
from chatserver.irc.rows import rows


def _monitor(client: Client, message: Message) -> Talk | None:
    sign, targets, *_ = (*message.params, "")
    names = tuple({fold(name): name for name in targets.split(",") if name}.values())
    match sign.upper():
        case "+" | "-" if not names:
            client.numeric(Numeric.ERR_NEEDMOREPARAMS, message.command)
        case "+":
            return _tell_who_is_here(client, requests.Watch(add=names))
        case "-":
            return _forget(requests.Watch(remove=names))
        case "C":
            return _forget(requests.Watch(clear=True))
        case "L":
            return _list(client)
        case "S":
            return _tell_who_is_here(client, requests.Watch())
        case _:
            text = "The sign is one of + - C L S."
            client.fail("MONITOR", "INVALID_PARAMS", sign, text=text)
    return None


def _forget(request: requests.Watch) -> Talk:
    """Nothing is said about it (monitor, "MONITOR - target" and "MONITOR C")."""
    yield request


def _list(client: Client) -> Talk:
    answer = yield requests.Watch()
    if isinstance(answer, answers.WatchIs):
        _tell(client, Numeric.RPL_MONLIST, answer.names)
        client.numeric(Numeric.RPL_ENDOFMONLIST)


def _tell_who_is_here(client: Client, request: requests.Watch) -> Talk:
    answer = yield request
    if not isinstance(answer, answers.WatchIs):
        return
    _tell(client, Numeric.RPL_MONONLINE, answer.here)
    _tell(client, Numeric.RPL_MONOFFLINE, answer.gone)
    for name in answer.bad:
        client.numeric(Numeric.ERR_ERRONEUSNICKNAME, name)
    if answer.missed:
        limit = str(client.house.limits.monitor)
        client.numeric(Numeric.ERR_MONLISTFULL, limit, ",".join(answer.missed))


def _tell(client: Client, numeric: Numeric, names: Iterable[str]) -> None:
    for row in rows(names, client.numeric_line(numeric, ""), ","):
        client.numeric(numeric, row)


COMMANDS: Final = (
    Command("MONITOR", _monitor, 1, help="+|- NICK[,NICK] | C | L | S: know who comes and goes"),
)
