"""Render: what happened, as the lines that a client with certain capabilities gets."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, Final

from msgspec import Struct

from chatserver.chat import events
from chatserver.chat.modes import Change, Rank
from chatserver.chat.names import fold
from chatserver.chat.requests import Tags
from chatserver.chat.tags import message_id
from chatserver.irc.capabilities import Cap
from chatserver.irc.line import Line, end_of_batch, line, time_tag
from chatserver.irc.message import MESSAGE_LIMIT, split_text
from chatserver.irc.multiline import CONCAT, KIND
from chatserver.irc.numerics import Numeric

PREFIXES: Final = {Rank.OPERATOR: "@", Rank.VOICE: "+"}  # the highest first
_NO_CAPS: Final = Cap.NONE  # looked up once: every line is compared with it
_SHORT = 200  # characters: fewer never need more than one line, whatever stands around them
_LINE_END = 2
OF_BOT: Final = {"bot": ""}

_Render = Callable[[Any, "Manner"], Iterable["Line"]]


class Manner(Struct, frozen=True):
    """All that decides how lines look: what is enabled, and the name of the server."""

    caps: Cap
    server: str


def render(event: events.Event, manner: Manner) -> Iterable[Line]:
    """Return the lines of an event; none where such a client is not told."""
    lines_of = _LINES.get(type(event))
    return lines_of(event, manner) if lines_of else ()


def source(nick: str, mask: str, manner: Manner) -> str:
    """Return NICK!USER@HOST; of somebody who is long gone only the nick is known."""
    return f"{nick}!{mask or f'{fold(nick)}@{manner.server}'}"


def prefix(rank: Rank, caps: Cap) -> str:
    """Return the signs of a member's rank: the highest, or all (IRCv3 multi-prefix)."""
    signs = "".join(sign for held, sign in PREFIXES.items() if held & rank)
    return signs if Cap.MULTI_PREFIX in caps else signs[:1]


def tags(manner: Manner, at: float, id: int = 0, client: Tags = ()) -> dict[str, str]:
    """Return the tags of a message, as far as they are enabled; `id` 0 is a message without."""
    found: dict[str, str] = {}
    if manner.caps is _NO_CAPS:
        return found
    if Cap.SERVER_TIME in manner.caps:
        found["time"] = time_tag(at)
    if Cap.MESSAGE_TAGS in manner.caps:
        if id:
            found["msgid"] = message_id(id)
        found.update(client)
    return found


def write_changes(changes: Iterable[Change]) -> tuple[str, ...]:
    """Return changes as MODE's parameters: `+o-v bob cy`."""
    letters, values, sign = "", [], ""
    for change in changes:
        now = "+" if change.on else "-"
        letters += change.letter if now == sign else now + change.letter
        sign = now
        if change.value:
            values.append(change.value)
    return (letters, *values)


# What is said.


def plain_said(event: events.Said, manner: Manner) -> bytes:
    """Return the line that most clients get most often, without the detour, where it is that plain.

    Anything else is left to `render`, and nothing is returned.
    """
    text = event.text
    special = event.action or event.notice or event.cuts or event.rank or not event.mask
    if special or manner.caps is not _NO_CAPS:
        return b""
    if len(text) >= _SHORT or not text.isascii() or "\n" in text:
        return b""
    return f":{event.nick}!{event.mask} PRIVMSG {event.room} :{text}\r\n".encode()


def speech(
    event: events.Said | events.Told, target: str, manner: Manner, before: str = ""
) -> list[Line]:
    """Return the lines of a message; `before` stands before its text.

    A text that does not fit into one message becomes several, the first of which has the tags that
    are about the whole.
    """
    who = source(event.nick, event.mask, manner)
    verb = "NOTICE" if event.notice else "PRIVMSG"
    start = f":{who} {verb} {target} :"
    own_tags = tags(manner, event.at, event.id, event.tags)
    head, tail = ("\x01ACTION ", "\x01") if event.action else ("", "")
    text = before + event.text
    if len(text) < _SHORT and not event.cuts and "\n" not in text and text.isascii():
        return [Line(f"{start}{head}{text}{tail}", own_tags)]
    room = MESSAGE_LIMIT - _LINE_END - len(f"{start}{head}{tail}".encode())
    cuts = [cut + len(before) for cut in event.cuts]
    pieces = list(_pieces(text, cuts, room))
    if len(pieces) > 1 and Cap.MULTILINE | Cap.BATCH in manner.caps:
        pieces[0] = (head + pieces[0][0], False)
        pieces[-1] = (pieces[-1][0] + tail, pieces[-1][1])
        opening = f":{who} BATCH +m{event.id} {KIND} {target}"
        return _in_batch(Line(opening, own_tags), start, pieces, manner)
    later = {name: value for name, value in own_tags.items() if name != "msgid"}
    shown = [piece for piece, _ in pieces if piece] or [""]
    return [
        Line(f"{start}{head}{piece}{tail}", later if number else own_tags)
        for number, piece in enumerate(shown)
    ]


def _pieces(text: str, cuts: Sequence[int], room: int) -> Iterator[tuple[str, bool]]:
    """Yield what fits into one message each, and whether it goes on in the same line of the text.

    Lines of a text stay apart, and are cut where its author has cut them.
    """
    at = 0
    for row in text.split("\n"):
        within = [cut - at for cut in cuts if at < cut < at + len(row)]
        for start, end in pairwise((0, *within, len(row))):
            for number, piece in enumerate(split_text(row[start:end], room)):
                yield piece, bool(start or number)
        at += len(row) + 1


def _in_batch(
    opening: Line, start: str, pieces: Iterable[tuple[str, bool]], manner: Manner
) -> list[Line]:
    """Return pieces as one message (IRCv3 draft/multiline): its tags are on the batch alone."""
    reference = opening.batch[1:]
    own = {False: {"batch": reference}, True: {"batch": reference, CONCAT: ""}}
    lines = [Line(f"{start}{piece}", own[goes_on]) for piece, goes_on in pieces]
    return [opening, *lines, end_of_batch(manner.server, reference)]


def _said(event: events.Said, manner: Manner) -> list[Line]:
    if not event.rank:
        return speech(event, event.room, manner)
    return speech(event, PREFIXES[event.rank] + event.room, manner)


def _told(event: events.Told, manner: Manner) -> list[Line]:
    return speech(event, event.to, manner)


def _tagged(event: events.Tagged, manner: Manner) -> list[Line]:
    if Cap.MESSAGE_TAGS not in manner.caps:
        return []
    target = PREFIXES.get(event.rank, "") + event.target
    who = source(event.nick, event.mask, manner)
    own = tags(manner, event.at, event.id, event.tags)
    return [Line(f":{who} TAGMSG {target}", own)]


# Who comes and goes.


def joined(
    nick: str, mask: str, room: str, realname: str, manner: Manner, own: dict[str, str]
) -> Line:
    """Return the line about somebody who came; `*` is nobody's account (IRCv3 extended-join).

    Whose real name is not known, or is none, goes by their nick.
    """
    who = source(nick, mask, manner)
    if Cap.EXTENDED_JOIN in manner.caps:
        return line(who, "JOIN", room, "*", realname or nick, tags=own)
    return Line(f":{who} JOIN {room}", own)


def _joined(event: events.Joined, manner: Manner) -> list[Line]:
    own = tags(manner, event.at, event.id)
    lines = [joined(event.nick, event.mask, event.room, event.realname, manner, own)]
    if event.away is not None and Cap.AWAY_NOTIFY in manner.caps:
        who = source(event.nick, event.mask, manner)
        lines.append(line(who, "AWAY", event.away or "away", tags=tags(manner, event.at)))
    return lines


def _left(event: events.Left, manner: Manner) -> list[Line]:
    return [parted(event.nick, event.mask, event.room, event.why, event.id, event.at, manner)]


def parted(nick: str, mask: str, room: str, why: str, id: int, at: float, manner: Manner) -> Line:
    """Return the line about somebody who left a room."""
    who = source(nick, mask, manner)
    return line(who, "PART", room, *([why] if why else []), tags=tags(manner, at, id))


def _gone(event: events.Gone, manner: Manner) -> list[Line]:
    who = source(event.nick, event.mask, manner)
    return [line(who, "QUIT", event.why, tags=tags(manner, event.at, event.id))]


def _renamed(event: events.Renamed, manner: Manner) -> list[Line]:
    who = source(event.old, event.mask, manner)
    return [line(who, "NICK", event.new, tags=tags(manner, event.at, event.id))]


def _kicked(event: events.Kicked, manner: Manner) -> list[Line]:
    who = source(event.nick, event.mask, manner)
    own = tags(manner, event.at, event.id)
    return [line(who, "KICK", event.room, event.victim, event.why or event.nick, tags=own)]


# What rooms and people are set to.


def _topic_set(event: events.TopicSet, manner: Manner) -> list[Line]:
    who = source(event.nick, event.mask, manner)
    own = tags(manner, event.at, event.id)
    return [line(who, "TOPIC", event.room, event.topic, tags=own)]


def _modes_set(event: events.ModesSet, manner: Manner) -> list[Line]:
    """One line, or as many as the changes need; only the first has the id of the whole."""
    who = source(event.nick, event.mask, manner) if event.nick else manner.server
    start = f":{who} MODE {event.room} "
    room = MESSAGE_LIMIT - _LINE_END - len(start.encode())
    lines: list[Line] = []
    for changes in _fitting(event.changes, room):
        own = tags(manner, event.at, 0 if lines else event.id)
        lines.append(Line(start + " ".join(write_changes(changes)), own))
    return lines


def _fitting(changes: Sequence[Change], room: int) -> Iterator[list[Change]]:
    """Yield the changes in groups of which each, written out, takes so many bytes at most."""
    group: list[Change] = []
    for change in changes:
        if group and len(" ".join(write_changes([*group, change])).encode()) > room:
            yield group
            group = []
        group.append(change)
    yield group


def _room_renamed(event: events.RoomRenamed, manner: Manner) -> list[Line]:
    """IRCv3 draft/channel-rename; who does not know it is told by the session, as it is its own
    leaving and coming.
    """
    who = source(event.nick, event.mask, manner)
    own = tags(manner, event.at, event.id)
    return [line(who, "RENAME", event.old, event.new, event.why, tags=own)]


def _redacted(event: events.Redacted, manner: Manner) -> list[Line]:
    if Cap.MESSAGE_REDACTION not in manner.caps:
        return []
    who = source(event.nick, event.mask, manner)
    words = [event.target, message_id(event.message), *([event.why] if event.why else [])]
    return [line(who, "REDACT", *words, tags=tags(manner, event.at))]


def _invited(event: events.Invited, manner: Manner) -> list[Line]:
    """To who is invited; members get it by the capability alone, which the session looks at."""
    who = source(event.nick, event.mask, manner)
    return [line(who, "INVITE", event.to, event.room, tags=tags(manner, event.at))]


def _follows(event: events.AwaySet | events.RealnameSet, cap: Cap, manner: Manner) -> bool:
    """Whether one is told of that change; of somebody one only watches: IRCv3 extended-monitor."""
    return cap in manner.caps and (not event.watched or Cap.EXTENDED_MONITOR in manner.caps)


def _away_set(event: events.AwaySet, manner: Manner) -> list[Line]:
    if not _follows(event, Cap.AWAY_NOTIFY, manner):
        return []
    who = source(event.nick, event.mask, manner)
    words = [] if event.why is None else [event.why or "away"]
    return [line(who, "AWAY", *words, tags=tags(manner, event.at))]


def _realname_set(event: events.RealnameSet, manner: Manner) -> list[Line]:
    if not _follows(event, Cap.SETNAME, manner):
        return []
    who = source(event.nick, event.mask, manner)
    return [line(who, "SETNAME", event.realname, tags=tags(manner, event.at))]


def _walloped(event: events.Walloped, manner: Manner) -> list[Line]:
    who = source(event.nick, event.mask, manner)
    return [line(who, "WALLOPS", event.text, tags=tags(manner, event.at))]


def _killed(event: events.Killed, manner: Manner) -> list[Line]:
    who = source(event.nick, event.mask, manner)
    return [line(who, "KILL", event.victim, event.why, tags=tags(manner, event.at))]


def _watched(event: events.Watched, manner: Manner) -> list[Line]:
    """The `*` for the nick lets all who watch share the line (IRCv3 monitor, "730")."""
    if event.here:
        who = source(event.nick, event.mask, manner)
        return [line(manner.server, Numeric.RPL_MONONLINE, "*", who)]
    return [line(manner.server, Numeric.RPL_MONOFFLINE, "*", event.nick)]


def _by_bots_too(lines_of: _Render) -> _Render:
    """Have what a bot does carry the tag that says so (IRCv3 bot-mode, "The `bot` tag")."""

    def of_deed(deed: Any, manner: Manner) -> Iterable[Line]:
        lines = lines_of(deed, manner)
        if deed.bot and Cap.MESSAGE_TAGS in manner.caps:
            return [one.tagged(OF_BOT) for one in lines]
        return lines

    return of_deed


_DEEDS: dict[type[events.Deed], _Render] = {
    events.Joined: _joined,
    events.Left: _left,
    events.Gone: _gone,
    events.Renamed: _renamed,
    events.Kicked: _kicked,
    events.TopicSet: _topic_set,
    events.ModesSet: _modes_set,
    events.RoomRenamed: _room_renamed,
    events.Redacted: _redacted,
    events.Invited: _invited,
    events.AwaySet: _away_set,
    events.RealnameSet: _realname_set,
    events.Killed: _killed,
    events.Walloped: _walloped,
}
_LINES: dict[type[events.Event], _Render] = {
    events.Said: _said,
    events.Told: _told,
    events.Tagged: _tagged,
    events.Watched: _watched,
    **{deed: _by_bots_too(lines_of) for deed, lines_of in _DEEDS.items()},
}
