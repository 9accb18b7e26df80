"""Server: what it is, how it is, who is on it (modern IRC, "Server Queries and Commands")."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from chatserver.chat import answers, requests
from chatserver.irc.capabilities import Cap
from chatserver.irc.client import Client, Talk
from chatserver.irc.commands.command import Command, When
from chatserver.irc.commands.here import is_here
from chatserver.irc.commands.welcome import count_people, tell_features, tell_motd, version_of
from chatserver.irc.message import Message
from chatserver.irc.numerics import Numeric
from chatserver.masks import matches

_Handler = Callable[[Client, Message], Talk | None]
_ABOUT: Final = "A chat server for telnet, nc and IRC, all in the same rooms."


def _asked_of_us(answer: _Handler, place: int = 0) -> _Handler:
    """Return a handler that answers unless the parameter at that place names another server."""

    def handler(client: Client, message: Message) -> Talk:
        server = message.params[place : place + 1]
        if server and not (yield from is_here(client, server[0])):
            return
        yield from answer(client, message) or ()

    return handler


def _version(client: Client, message: Message) -> None:
    """The features follow (modern IRC, "VERSION message")."""
    house = client.house
    text = house.config.server.network
    client.numeric(Numeric.RPL_VERSION, version_of(house), house.name, text=text)
    tell_features(client)


def _time(client: Client, message: Message) -> Talk:
    answer = yield requests.AskTime()
    if isinstance(answer, answers.TimeIs):
        now = datetime.fromtimestamp(answer.at).astimezone()
        text = f"{now:%A %Y-%m-%d %H:%M:%S %z}"
        client.numeric(Numeric.RPL_TIME, client.house.name, str(int(answer.at)), text=text)


def _info(client: Client, message: Message) -> None:
    since = datetime.fromtimestamp(client.house.started, UTC)
    for text in (
        version_of(client.house),
        _ABOUT,
        f"Running since {since:%Y-%m-%d %H:%M:%S} UTC",
    ):
        client.numeric(Numeric.RPL_INFO, text=text)
    client.numeric(Numeric.RPL_ENDOFINFO)


def _admin(client: Client, message: Message) -> None:
    """Where the server is, who runs it, and how to write to them: three lines as set."""
    house = client.house
    lines = house.config.server.admin
    if not any(lines):
        client.numeric(Numeric.ERR_NOADMININFO, house.name)
        return
    client.numeric(Numeric.RPL_ADMINME, house.name)
    for numeric, text in zip(_ADMIN_LINES, lines, strict=False):
        client.numeric(numeric, text)


_ADMIN_LINES: Final = (Numeric.RPL_ADMINLOC1, Numeric.RPL_ADMINLOC2, Numeric.RPL_ADMINEMAIL)


def _stats(client: Client, message: Message) -> Talk:
    """`u` is how long the server runs; nothing is told of the other letters."""
    letter = message.params[0]
    if letter == "u":
        answer = yield requests.AskTime()
        if isinstance(answer, answers.TimeIs):
            seconds = max(0, int(answer.at - client.house.started))
            minutes, seconds = divmod(seconds, 60)
            hours, minutes = divmod(minutes, 60)
            days, hours = divmod(hours, 24)
            text = Numeric.RPL_STATSUPTIME.text.format(
                days=days, hours=hours, minutes=minutes, seconds=seconds
            )
            client.numeric(Numeric.RPL_STATSUPTIME, text=text)
    client.numeric(Numeric.RPL_ENDOFSTATS, letter)


def _links(client: Client, message: Message) -> Talk:
    """The last parameter is a mask, one before it the server that is asked (RFC 2812 section
    3.4.5). There are no others; a server that has nothing to say of itself is left out.
    """
    *asked, mask = message.params[:2] or [""]
    if asked and not (yield from is_here(client, asked[0])):
        return
    name, description = client.house.name, client.house.config.server.description
    if description and matches(mask or "*", name):
        client.numeric(Numeric.RPL_LINKS, name, name, text=f"0 {description}")
    client.numeric(Numeric.RPL_ENDOFLINKS, mask or "*")


def _motd(client: Client, message: Message) -> None:
    tell_motd(client)


def _lusers(client: Client, message: Message) -> Talk:
    return count_people(client)


def _isupport(client: Client, message: Message) -> None:
    """Before registration only with its capability (IRCv3 draft/extended-isupport)."""
    if client.registered or client.has(Cap.EXTENDED_ISUPPORT):
        tell_features(client)
    else:
        client.numeric(Numeric.ERR_NOTREGISTERED)


COMMANDS: Final = (
    Command("VERSION", _asked_of_us(_version), help="[SERVER]: which program is this?"),
    Command("TIME", _asked_of_us(_time), help="[SERVER]: what time is it there?"),
    Command("INFO", _asked_of_us(_info), help="[SERVER]: what is this?"),
    Command("ADMIN", _asked_of_us(_admin), help="[SERVER]: who runs it?"),
    Command("STATS", _asked_of_us(_stats, 1), 1, help="u [SERVER]: how long does it run?"),
    Command("LINKS", _links, help="[[SERVER] MASK]: which servers are there?"),
    Command("MOTD", _asked_of_us(_motd), help="[SERVER]: the message of the day"),
    Command("LUSERS", _asked_of_us(_lusers, 1), help="how many people are here?"),
    Command("ISUPPORT", _isupport, 0, When.ALWAYS, "what does this server know?"),
)
