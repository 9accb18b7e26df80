"""Coming and going: CAP PASS NICK USER PING PONG QUIT (modern IRC, "Connection Registration")."""

from collections.abc import Generator, Iterable
from typing import Final

from chatserver.chat import answers, requests
from chatserver.chat.errors import BadNick, NickInUse, TooBusy, TooManyTries
from chatserver.chat.names import check_nick
from chatserver.chat.requests import Request
from chatserver.formatting import sanitize
from chatserver.irc.capabilities import BY_NAME, OFFERED
from chatserver.irc.client import Client, Talk
from chatserver.irc.commands.command import Command, When
from chatserver.irc.commands.welcome import welcome
from chatserver.irc.features import REALNAME_LIMIT, USER_LIMIT
from chatserver.irc.line import line
from chatserver.irc.message import Message
from chatserver.irc.numerics import Numeric
from chatserver.irc.refusals import refuse
from chatserver.irc.render import source, tags

_CAP_BYTES = 400  # of a line's list of capabilities
_VERSION_WITH_VALUES = 302
_TILDE = "~"  # nobody has asked an ident server (modern IRC, "USER")


def _pass(client: Client, message: Message) -> None:
    client.password = message.params[0]


def _nick(client: Client, message: Message) -> Talk | None:
    nick = message.params[0] if message.params else ""
    if not nick:
        client.numeric(Numeric.ERR_NONICKNAMEGIVEN)
        return None
    if client.registered:
        return _rename(client, nick)
    return _choose(client, nick)


def _rename(client: Client, nick: str) -> Talk:
    answer = yield requests.Rename(nick)
    if isinstance(answer, answers.YouRenamed) and answer.old != answer.new:
        client.take_nick(answer.new)
        who = source(answer.old, client.mask, client.manner)
        own = tags(client.manner, answer.at, answer.id)
        client.emit_own(line(who, "NICK", answer.new, tags=own))


def _choose(client: Client, nick: str) -> Talk:
    """Take a nick before registration: it is claimed only in the end, but looked at now."""
    request = requests.Enter(nick, client.address)
    try:
        check_nick(nick, client.house.limits.nick)
    except BadNick as error:
        refuse(client, request, error)
        return
    present = yield requests.FindPresent((nick,))
    if isinstance(present, answers.PeopleAre) and present.people:
        refuse(client, request, NickInUse())
        return
    client.wanted = nick
    yield from _complete(client)


def _user(client: Client, message: Message) -> Talk | None:
    """The second and third parameter meant something to servers once (modern IRC, "USER")."""
    name, realname = message.params[0], message.params[3]
    if not name or not realname:
        client.numeric(Numeric.ERR_NEEDMOREPARAMS, "USER")
        return None
    # The tilde is the server's. Some come back under the name it has given them, with one more each
    # time if theirs were kept.
    word = "".join(letter for letter in name if letter.isascii() and letter.isprintable())
    user = word.translate({ord(c): None for c in "@! :~"})
    client.user = user[: USER_LIMIT - len(_TILDE)] or "user"
    client.realname = sanitize(realname)[:REALNAME_LIMIT]
    return _complete(client)


def _complete(client: Client) -> Talk:
    """Register, once everything is there that it takes."""
    if client.registered or client.negotiating or not (client.wanted and client.user):
        return
    if client.house.config.server.password and not (yield from _is_admitted(client)):
        return
    request = requests.Enter(
        client.wanted,
        client.address,
        follows_crowds=True,
        user=f"{_TILDE}{client.user}",
        host=client.host,
        realname=client.realname,
        away=client.away,
    )
    try:
        entered = yield request
    except (BadNick, NickInUse) as error:
        client.wanted = ""
        refuse(client, request, error)
        return
    if isinstance(entered, answers.Entered):
        client.withhold()  # nothing stands within the welcome, what has waited for one neither
        client.enter(entered)
        yield from welcome(client)


def _is_admitted(client: Client) -> Generator[Request, answers.Answer, bool]:
    """Whether the client has given the server's password; one that has not is sent away."""
    request = requests.Authenticate(client.password, address=client.address)
    try:
        answer = yield request
    except (TooBusy, TooManyTries) as error:
        refuse(client, request, error)
        client.close(str(error))
        return False
    if isinstance(answer, answers.Authenticated) and answer.right:
        return True
    client.numeric(Numeric.ERR_PASSWDMISMATCH)
    client.close("Password incorrect")
    return False


# Capabilities (IRCv3 capability-negotiation).


def _cap(client: Client, message: Message) -> Talk | None:
    match message.params:
        case (word, *rest) if handler := _SUBCOMMANDS.get(word.upper()):
            return handler(client, rest)
        case (word, *_):
            client.numeric(Numeric.ERR_INVALIDCAPCMD, word)
    return None


def _cap_ls(client: Client, params: list[str]) -> None:
    version = int(params[0]) if params and params[0].isascii() and params[0].isdigit() else 0
    if not client.registered:
        client.negotiating = True
    values = version >= _VERSION_WITH_VALUES
    if values:
        client.speaks_302 = True
    words = []
    for capability in OFFERED:
        value = capability.value(client.house.limits) if values else ""
        words.append(f"{capability.name}={value}" if value else capability.name)
    _list(client, "LS", words, several=values)


def _cap_list(client: Client, params: list[str]) -> None:
    words = [capability.name for capability in OFFERED if client.has(capability.cap)]
    _list(client, "LIST", words, several=client.speaks_302)


def _list(client: Client, verb: str, words: list[str], *, several: bool) -> None:
    """Send a list, in several lines if it is long and the client knows how to read them."""
    rows = _rows(words) if several else [" ".join(words)]
    for row in rows[:-1]:
        client.reply("CAP", client.nick, verb, "*", row)
    client.reply("CAP", client.nick, verb, rows[-1])


def _rows(words: Iterable[str]) -> list[str]:
    """Return words in rows, each of which fits into a message."""
    rows = [""]
    for word in words:
        if len(rows[-1]) + len(word) >= _CAP_BYTES:
            rows.append("")
        rows[-1] += f" {word}" if rows[-1] else word
    return rows


def _cap_req(client: Client, params: list[str]) -> None:
    """All or nothing is changed."""
    if not client.registered:
        client.negotiating = True
    asked = params[0] if params else ""
    caps = client.caps
    for word in asked.split():
        capability = BY_NAME.get(word.removeprefix("-"))
        if capability is None or (word == "-cap-notify" and client.speaks_302):
            client.reply("CAP", client.nick, "NAK", asked)
            return
        caps = caps & ~capability.cap if word.startswith("-") else caps | capability.cap
    client.enable(caps)
    # It may take several (IRCv3 capability-negotiation, "The CAP ACK subcommand").
    rows = _rows(asked.split()) if len(asked) > _CAP_BYTES else [asked]
    for row in rows:
        client.reply("CAP", client.nick, "ACK", row)


def _cap_end(client: Client, params: list[str]) -> Talk | None:
    if client.registered:
        return None
    client.negotiating = False
    return _complete(client)


_SUBCOMMANDS: Final = {"LS": _cap_ls, "LIST": _cap_list, "REQ": _cap_req, "END": _cap_end}


# Signs of life, and the end.


def _ping(client: Client, message: Message) -> None:
    if not message.params or not message.params[0]:
        client.numeric(Numeric.ERR_NOORIGIN)
        return
    client.reply("PONG", client.house.name, message.params[0])


def _pong(client: Client, message: Message) -> None:
    """That something came is all that counts."""


def _quit(client: Client, message: Message) -> Talk:
    words = sanitize(message.params[0]) if message.params else ""
    words = words[: client.house.limits.reason]
    yield from client.depart("quit", f"Quit: {words}" if words else "Quit")
    client.close(f"Quit: {words}" if words else "Quit")


COMMANDS: Final = (
    Command("CAP", _cap, 1, When.ALWAYS, "LS|LIST|REQ|END: agree on capabilities"),
    Command("PASS", _pass, 1, When.BEFORE, "PASSWORD: the server's password"),
    Command("NICK", _nick, 0, When.ALWAYS, "NICK: take a name"),
    Command("USER", _user, 4, When.BEFORE, "USER 0 * REALNAME: say who you are"),
    Command("PING", _ping, 0, When.ALWAYS, "TOKEN: are you there?"),
    Command("PONG", _pong, 0, When.ALWAYS, "TOKEN: yes"),
    Command("QUIT", _quit, 0, When.ALWAYS, "[REASON]: leave the chat"),
)
