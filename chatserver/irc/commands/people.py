"""People: WHO WHOIS WHOWAS USERHOST ISON AWAY SETNAME (modern IRC, "User-Based Queries").

AWAY and USERHOST stand there under "Optional Messages", ISON in RFC 2812 section 4.9.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Final

from chatserver.chat import answers, events, modes, requests
from chatserver.chat.errors import NoSuchNick
from chatserver.chat.names import host_of
from chatserver.formatting import sanitize
from chatserver.irc.capabilities import Cap
from chatserver.irc.client import Client, Talk
from chatserver.irc.commands.command import Command, When
from chatserver.irc.commands.here import is_here
from chatserver.irc.features import REALNAME_LIMIT, USERHOST_NICKS
from chatserver.irc.line import Line, line
from chatserver.irc.message import Message
from chatserver.irc.numerics import Numeric
from chatserver.irc.refusals import refuse
from chatserver.irc.render import prefix, source, tags
from chatserver.irc.rows import rows

# WHO.


def _who(client: Client, message: Message) -> Talk:
    """`o` before the percent sign: operators of the server alone (RFC 2812 section 3.6.1)."""
    mask, option, *_ = (*message.params, "", "")
    flags, percent, fields = option.partition("%")
    answer = yield requests.FindPeople(mask or "*", "o" in flags)
    if isinstance(answer, answers.PeopleAre):
        line_of = _chosen_line(client, fields) if percent else _who_line
        client.pages(_who_lines(client, mask or "*", answer.people, line_of))


_LineOf = Callable[[Client, events.Profile], Line]


def _who_lines(
    client: Client, mask: str, people: tuple[events.Profile, ...], line_of: _LineOf
) -> Iterator[Line]:
    for person in people:
        yield line_of(client, person)
    yield client.numeric_line(Numeric.RPL_ENDOFWHO, mask)


def _who_line(client: Client, person: events.Profile) -> Line:
    return client.numeric_line(
        *(Numeric.RPL_WHOREPLY, person.room or "*", person.user, person.host),
        *(client.house.name, person.nick, _flags(client, person)),
        text=f"0 {person.realname}",
    )


def _flags(client: Client, person: events.Profile) -> str:
    """Here or gone, then what one is: on the server, in the room, a bot (IRCv3 bot-mode).

    In the order of modern IRC, "RPL_WHOREPLY".
    """
    return "".join(
        (
            "H" if person.away is None else "G",
            "*" if person.operator else "",
            prefix(person.rank, client.caps),
            modes.BOT if person.bot else "",
        )
    )


# IRCv3 WHOX: the fields of 354, in the order in which they are sent.
_FIELDS: Final[dict[str, Callable[[Client, events.Profile], str]]] = {
    "c": lambda client, person: person.room or "*",
    "u": lambda client, person: person.user,
    "i": lambda client, person: person.host,  # hosts are addresses here
    "h": lambda client, person: person.host,
    "s": lambda client, person: client.house.name,
    "n": lambda client, person: person.nick,
    "f": _flags,
    "d": lambda client, person: "0",
    "l": lambda client, person: str(int(person.idle)),
    "a": lambda client, person: "0",  # nobody is logged in
    "o": lambda client, person: "n/a",
    "r": lambda client, person: person.realname,
}
_TOKEN_DIGITS: Final = 3


def _chosen_line(client: Client, asked: str) -> _LineOf:
    letters, _, token = asked.partition(",")
    sound = token.isascii() and token.isdigit() and len(token) <= _TOKEN_DIGITS
    first = [token if sound else "0"] if "t" in letters else []
    chosen = [field for letter, field in _FIELDS.items() if letter in letters]

    def line_of(client: Client, person: events.Profile) -> Line:
        values = (field(client, person) for field in chosen)
        return client.numeric_line(Numeric.RPL_WHOSPCRPL, *first, *values)

    return line_of


# WHOIS and WHOWAS.


def _whois(client: Client, message: Message) -> Talk:
    """The first of two parameters is a server, or somebody on it; there is but this one."""
    *servers, asked = message.params[:2] or ("",)
    nick = asked.partition(",")[0]
    if not nick:
        client.numeric(Numeric.ERR_NONICKNAMEGIVEN)
        return
    for server in servers:
        if not (yield from is_here(client, server)):
            return
    request = requests.Whois(nick)
    try:
        person = yield request
    except NoSuchNick as error:
        refuse(client, request, error)
    else:
        if isinstance(person, answers.PersonIs) and person.profile:
            client.pages(_person_lines(client, person, person.profile))
    # Just what was sent, also where some of it was left out (modern IRC, "RPL_ENDOFWHOIS").
    client.pages(iter([client.numeric_line(Numeric.RPL_ENDOFWHOIS, asked)]))


def _person_lines(
    client: Client, person: answers.PersonIs, profile: events.Profile
) -> Iterator[Line]:
    """Where somebody really comes from, and their flags, only some may know (see PersonIs)."""
    server, nick, of = client.house, person.nick, client.numeric_line
    user, host = profile.user, profile.host
    yield of(Numeric.RPL_WHOISUSER, nick, user, host, "*", profile.realname)
    rooms = zip(person.rooms, person.ranks, strict=True)
    words = (prefix(rank, client.caps) + room for room, rank in rooms)
    for row in rows(words, of(Numeric.RPL_WHOISCHANNELS, nick, "")):
        yield of(Numeric.RPL_WHOISCHANNELS, nick, row)
    yield of(Numeric.RPL_WHOISSERVER, nick, server.name, server.config.server.network)
    if person.away is not None:
        yield of(Numeric.RPL_AWAY, nick, person.away or "away")
    if profile.operator:
        yield of(Numeric.RPL_WHOISOPERATOR, nick)
    if profile.bot:
        yield of(Numeric.RPL_WHOISBOT, nick)
    if person.flags:
        yield of(Numeric.RPL_WHOISMODES, nick, f"is using modes +{person.flags}")
    if person.address:
        yield of(Numeric.RPL_WHOISACTUALLY, nick, f"{user}@{host}", host_of(person.address))
    yield of(Numeric.RPL_WHOISIDLE, nick, str(int(person.idle)), str(int(person.since)))


def _whowas(client: Client, message: Message) -> Talk:
    nick, count, *_ = (*message.params, "", "")
    if not nick:
        client.numeric(Numeric.ERR_NONICKNAMEGIVEN)
        return
    most = int(count) if count.isascii() and count.isdigit() and len(count) < _DIGITS else 0
    answer = yield requests.AskFormer(nick, most)
    if isinstance(answer, answers.FormerAre):
        client.pages(_former_lines(client, nick, answer.former))


_DIGITS: Final = 10  # nobody has been ten digits of people


def _former_lines(client: Client, nick: str, people: tuple[answers.Former, ...]) -> Iterator[Line]:
    of = client.numeric_line
    for person in people:
        yield of(
            *(Numeric.RPL_WHOWASUSER, person.nick, person.user, person.host, "*"),
            person.realname,
        )
        left = f"{datetime.fromtimestamp(person.at, UTC):%Y-%m-%d %H:%M:%S} UTC"
        yield of(Numeric.RPL_WHOISSERVER, person.nick, client.house.name, left)
    if not people:
        yield of(Numeric.ERR_WASNOSUCHNICK, nick)
    yield of(Numeric.RPL_ENDOFWHOWAS, nick)


# USERHOST and ISON.


def _userhost(client: Client, message: Message) -> Talk:
    present = yield requests.FindPresent(message.params[:USERHOST_NICKS])
    if isinstance(present, answers.PeopleAre):
        client.numeric(Numeric.RPL_USERHOST, " ".join(map(_userhost_word, present.people)))


def _userhost_word(person: events.Profile) -> str:
    star = "*" if person.operator else ""
    sign = "+" if person.away is None else "-"
    return f"{person.nick}{star}={sign}{person.user}@{person.host}"


def _ison(client: Client, message: Message) -> Talk:
    """One reply, with as many as fit into it."""
    present = yield requests.FindPresent(tuple(" ".join(message.params).split()))
    if isinstance(present, answers.PeopleAre):
        head = client.numeric_line(Numeric.RPL_ISON, "")
        row = next(rows((person.nick for person in present.people), head), "")
        client.numeric(Numeric.RPL_ISON, row)


# What one says of oneself.


def _away(client: Client, message: Message) -> Talk | None:
    """With IRCv3 draft/pre-away also before registration, and `*` is a reason left out."""
    text = sanitize(message.params[0]) if message.params else ""
    why = text[: client.house.limits.reason] or None
    if client.has(Cap.PRE_AWAY) and why == "*":
        why = ""
    if client.registered:
        return _set_away(client, why)
    if client.has(Cap.PRE_AWAY):
        client.away = why
        _confirm_away(client, why)
    else:
        client.numeric(Numeric.ERR_NOTREGISTERED)
    return None


def _set_away(client: Client, why: str | None) -> Talk:
    yield requests.SetAway(why)
    _confirm_away(client, why)


def _confirm_away(client: Client, why: str | None) -> None:
    client.numeric(Numeric.RPL_UNAWAY if why is None else Numeric.RPL_NOWAWAY)


def _setname(client: Client, message: Message) -> Talk | None:
    """IRCv3 setname: who has not asked for the capability gets no confirmation."""
    if not message.params:
        client.numeric(Numeric.ERR_NEEDMOREPARAMS, message.command)
        return None
    realname = sanitize(message.params[0])
    if not realname or len(realname) > REALNAME_LIMIT:
        text = f"A real name has 1 to {REALNAME_LIMIT} characters."
        client.fail("SETNAME", "INVALID_REALNAME", text=text)
        return None
    return _set_realname(client, realname)


def _set_realname(client: Client, realname: str) -> Talk:
    answer = yield requests.SetRealname(realname)
    client.realname = realname
    if isinstance(answer, answers.RealnameIs) and client.has(Cap.SETNAME):
        who = source(client.nick, client.mask, client.manner)
        client.emit_own(line(who, "SETNAME", realname, tags=tags(client.manner, answer.at)))


COMMANDS: Final = (
    Command("WHO", _who, 0, help="[MASK [o] [%FIELDS[,TOKEN]]]: who is there?"),
    Command("WHOIS", _whois, 0, help="[SERVER] NICK: who is that?"),
    Command("WHOWAS", _whowas, 0, help="NICK [COUNT]: who was that?"),
    Command("USERHOST", _userhost, 1, help="NICK [NICK ...]: where do they come from?"),
    Command("ISON", _ison, 1, help="NICK [NICK ...]: which of them are here?"),
    Command("AWAY", _away, 0, When.ALWAYS, "[REASON]: be away, or back"),
    Command("SETNAME", _setname, 0, help="REALNAME: have another real name"),
)
