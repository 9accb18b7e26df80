"""Welcome: what a client is told when it is registered (modern IRC, "Connection Registration")."""

from collections.abc import Iterator
from datetime import UTC, datetime

from chatserver.chat import answers, modes, requests
from chatserver.house import House
from chatserver.irc.capabilities import Cap
from chatserver.irc.client import Client, Talk
from chatserver.irc.features import features
from chatserver.irc.isupport import replies
from chatserver.irc.line import Line
from chatserver.irc.numerics import Numeric


def welcome(client: Client) -> Talk:
    """Send 001 to 005, how many are here, and the message of the day."""
    house = client.house
    server, network = house.name, house.config.server.network
    version = version_of(house)
    created = f"{datetime.fromtimestamp(house.started, UTC):%Y-%m-%d %H:%M:%S} UTC"
    texts = {
        Numeric.RPL_WELCOME: {"network": network, "nick": f"{client.nick}!{client.mask}"},
        Numeric.RPL_YOURHOST: {"server": server, "version": version},
        Numeric.RPL_CREATED: {"created": created},
    }
    for numeric, fields in texts.items():
        client.numeric(numeric, text=numeric.text.format(**fields))
    room_modes = "".join(sorted(modes.FLAGS + modes.LISTS + "klov"))
    with_value = "".join(sorted(f"{modes.LISTS}klov"))
    client.numeric(
        Numeric.RPL_MYINFO, server, version, modes.USER_FLAGS, room_modes, with_value, text=""
    )
    tell_features(client)
    yield from count_people(client)
    tell_motd(client)


def version_of(house: House) -> str:
    """Return the name and version of the program."""
    return f"chatserver-{house.version}"


def tell_features(client: Client) -> None:
    """Send ISUPPORT; as a batch to who knows it as one (IRCv3 draft/extended-isupport)."""
    lines = feature_lines(client, features(client.house))
    if client.has(Cap.EXTENDED_ISUPPORT):
        client.batch("draft/isupport", lines=lines)
    else:
        for one in lines:
            client.emit(one)


def feature_lines(client: Client, tokens: tuple[str, ...]) -> list[Line]:
    """Return the lines that tell a client these tokens."""
    told = replies(tokens, client.house.name, client.nick)
    return [Line(reply.encode(colon=True)) for reply in told]


def count_people(client: Client) -> Talk:
    """Say how many are here (LUSERS)."""
    counted = yield requests.Census()
    if not isinstance(counted, answers.Counted):
        return
    people, seen = counted.people, counted.people - counted.invisible
    text = Numeric.RPL_LUSERCLIENT.text
    client.numeric(
        Numeric.RPL_LUSERCLIENT,
        text=text.format(seen=seen, invisible=counted.invisible, servers=1),
    )
    if counted.operators:
        client.numeric(Numeric.RPL_LUSEROP, str(counted.operators))
    if counted.strangers:
        client.numeric(Numeric.RPL_LUSERUNKNOWN, str(counted.strangers))
    if counted.rooms:
        client.numeric(Numeric.RPL_LUSERCHANNELS, str(counted.rooms))
    text = Numeric.RPL_LUSERME.text
    client.numeric(Numeric.RPL_LUSERME, text=text.format(clients=people, servers=0))
    for numeric in (Numeric.RPL_LOCALUSERS, Numeric.RPL_GLOBALUSERS):
        client.numeric(
            *(numeric, str(people), str(counted.most)),
            text=numeric.text.format(users=people, most=counted.most),
        )


def tell_motd(client: Client) -> None:
    """Send the message of the day."""
    if not client.house.motd:
        client.numeric(Numeric.ERR_NOMOTD)
        return
    client.pages(_motd(client))


def _motd(client: Client) -> Iterator[Line]:
    start = Numeric.RPL_MOTDSTART
    yield client.numeric_line(start, text=start.text.format(server=client.house.name))
    for row in client.house.motd:
        yield client.numeric_line(Numeric.RPL_MOTD, text=f"- {row}")
    yield client.numeric_line(Numeric.RPL_ENDOFMOTD)
