"""ISUPPORT: what the server tells its clients of its features and limits (005).

Modern IRC, "RPL_ISUPPORT (005)" and "RPL_ISUPPORT Parameters"; the others stand in the IRCv3
specifications that their comments name.
"""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from chatserver.irc.message import MESSAGE_LIMIT, Message
from chatserver.irc.numerics import Numeric

_MOST_TOKENS = 13  # of 15 parameters, one is the client and one the text
_ESCAPES = str.maketrans({" ": r"\x20", "\\": r"\x5C", "=": r"\x3D"})
_BAN_EXCEPTION, _INVITE_EXCEPTION = "e", "I"
_SEARCHES = "CMNTU"  # of LIST


class ChannelModes(Struct, frozen=True):
    """The letters of a channel's modes by what they take (modern IRC, "MODE message").

    Attributes:
        lists: type A, an entry of a list.
        always: type B, a value when set and when taken away.
        when_set: type C, a value when set.
        flags: type D, no value.
    """

    lists: str
    always: str
    when_set: str
    flags: str


class Facts(Struct, frozen=True, kw_only=True):
    """What there is to tell. Lengths are in characters.

    Attributes:
        network: the network's name.
        casemapping: how names are compared.
        prefixes: the sign of each rank by its mode, the highest rank first.
        channel_modes: the other modes of a channel.
        list_entries: entries that each list of a channel may have.
        modes: modes with a value that one MODE may set.
        targets: how many targets a command takes; None is any number.
        channels: channels that one may be in.
        monitored: people that one may MONITOR.
        history: messages that one CHATHISTORY may ask for; 0 is no limit.
        away, channel, host, kick, nick, realname, topic, user: longest of its kind.
        bot: the user mode of bots.
    """

    network: str
    casemapping: str
    prefixes: Mapping[str, str]
    channel_modes: ChannelModes
    list_entries: int
    modes: int
    targets: Mapping[str, int | None]
    channels: int
    monitored: int
    history: int
    away: int
    channel: int
    host: int
    kick: int
    nick: int
    realname: int
    topic: int
    user: int
    bot: str


def tokens(facts: Facts) -> tuple[str, ...]:
    """Return the tokens, `NAME` or `NAME=value`, in alphabetical order."""
    return tuple(
        name if value is None else f"{name}={value.translate(_ESCAPES)}"
        for name, value in sorted(_parameters(facts).items())
    )


def changes(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[str, ...]:
    """Return the tokens that lead from one state to another: `-NAME` takes one back."""
    names = {_name(token) for token in after}
    gone = (f"-{_name(token)}" for token in before if _name(token) not in names)
    return (*(token for token in after if token not in before), *gone)


def replies(tokens: tuple[str, ...], server: str, nick: str) -> Iterator[Message]:
    """Yield the replies that tell these tokens to a client, each within `MESSAGE_LIMIT`.

    Parameters:
        tokens: without one that would not fit into a reply by itself.
        server: the server's name.
        nick: the client's nick, `*` while it has none.
    """
    room = MESSAGE_LIMIT - len(f"{_reply([], server, nick).encode()}\r\n".encode())
    row: list[str] = []
    used = 0
    for token in tokens:
        size = len(f" {token}".encode())
        if row and (len(row) == _MOST_TOKENS or used + size > room):
            yield _reply(row, server, nick)
            row, used = [], 0
        row.append(token)
        used += size
    if row:
        yield _reply(row, server, nick)


def _parameters(facts: Facts) -> dict[str, str | None]:
    modes, signs = facts.channel_modes, "".join(facts.prefixes.values())
    parameters = {
        "AWAYLEN": f"{facts.away}",
        "BOT": facts.bot,  # bot-mode
        "CASEMAPPING": facts.casemapping,
        "CHANLIMIT": f"#:{facts.channels}",
        "CHANMODES": ",".join((modes.lists, modes.always, modes.when_set, modes.flags)),
        "CHANNELLEN": f"{facts.channel}",
        "CHANTYPES": "#",
        "CHATHISTORY": f"{facts.history}",  # chathistory
        "ELIST": _SEARCHES,
        "HOSTLEN": f"{facts.host}",
        "KICKLEN": f"{facts.kick}",
        "MAXLIST": ",".join(f"{letter}:{facts.list_entries}" for letter in modes.lists),
        "MODES": f"{facts.modes}",
        "MONITOR": f"{facts.monitored}",  # monitor
        "MSGREFTYPES": "msgid,timestamp",  # chathistory
        "NAMELEN": f"{facts.realname}",  # setname
        "NETWORK": facts.network,
        "NICKLEN": f"{facts.nick}",
        "PREFIX": f"({''.join(facts.prefixes)}){signs}",
        "SAFELIST": None,
        "STATUSMSG": signs,
        "TARGMAX": ",".join(
            f"{command}:{'' if most is None else most}" for command, most in facts.targets.items()
        ),
        "TOPICLEN": f"{facts.topic}",
        "USERLEN": f"{facts.user}",
        "UTF8ONLY": None,  # utf8-only
        "WHOX": None,  # whox
    }
    if _BAN_EXCEPTION in modes.lists:
        parameters["EXCEPTS"] = _BAN_EXCEPTION
    if _INVITE_EXCEPTION in modes.lists:
        parameters["INVEX"] = _INVITE_EXCEPTION
    return parameters


def _name(token: str) -> str:
    return token.partition("=")[0]


def _reply(row: list[str], server: str, nick: str) -> Message:
    numeric = Numeric.RPL_ISUPPORT
    return Message(numeric, (nick, *row, numeric.text), server)
