"""News: what happened, as one client sees it, beyond what all of its dialect see alike."""

from collections.abc import Iterable, Iterator

from chatserver.chat import answers, events
from chatserver.chat.errors import NotSaved
from chatserver.chat.names import fold
from chatserver.chat.requests import Request
from chatserver.irc.capabilities import Cap
from chatserver.irc.changes import change_lines
from chatserver.irc.client import Client
from chatserver.irc.line import Line, marker
from chatserver.irc.names import name_lines, topic_lines
from chatserver.irc.numerics import Numeric
from chatserver.irc.refusals import refuse
from chatserver.irc.render import joined, parted, render, tags


def is_own(client: Client, event: events.Event) -> bool:
    """Whether this client has done it itself, so that it is part of the answer to its command."""
    if isinstance(event, events.Watched):
        return False
    return fold(getattr(event, "nick", "")) == client.key


def lines(client: Client, event: events.Event) -> Iterable[Line]:
    """Return the lines of an event for this client; an Iterator where they may be many."""
    if not _is_told(client, event):
        return ()
    match event:
        case events.Kept(lines=kept):
            return [one for told in kept for one in render(told, client.manner)]
        case events.MarkedRead(target=target, at=at):
            return [marker(client.house.name, target, at)]
        case events.Governed():
            return change_lines(client, event)
        case events.RoomRenamed() if not client.has(Cap.CHANNEL_RENAME):
            return _moved(client, event)
    return render(event, client.manner)


def _is_told(client: Client, event: events.Event) -> bool:
    """Whether the client has asked for news of that kind, where it takes asking."""
    match event:
        case events.Said() | events.Tagged():
            return client.has(Cap.ECHO_MESSAGE) or not is_own(client, event)
        case events.Invited(to=to):
            return client.has(Cap.INVITE_NOTIFY) or fold(to) == client.key
        case events.MarkedRead():
            return client.has(Cap.READ_MARKER)
        case events.RoomRenamed(old=old, new=new):
            return client.has(Cap.CHANNEL_RENAME) or fold(old) != fold(new)
    return True


def _moved(client: Client, event: events.RoomRenamed) -> Iterator[Line]:
    """To who knows no RENAME, it is leaving one room and joining another (IRCv3 channel-rename,
    "Fallback").
    """
    who, manner = (client.nick, client.mask), client.manner
    yield parted(*who, event.old, event.why, event.id, event.at, manner)
    # Two messages may not have one id (IRCv3 message-ids).
    yield joined(*who, event.new, client.realname, manner, tags(manner, event.at))
    if event.topic:
        yield from topic_lines(client, event.new, event.topic)
    if client.has(Cap.READ_MARKER):
        yield marker(client.house.name, event.new, event.read_until.get(client.key))
    if not client.has(Cap.NO_IMPLICIT_NAMES):
        yield from name_lines(client, event.new, event.members, secret=event.secret)


def to_oneself(client: Client, event: events.Event) -> Iterable[Line]:
    """Return the lines that one gets as the receiver of what one has sent, besides any echo.

    They are no answer: only the echo has the label (IRCv3 labeled-response, "Tags").
    """
    match event:
        case events.Tagged(target=target) if is_own(client, event):
            return render(event, client.manner) if fold(target) == client.key else ()
    return ()


def _is_notice(request: Request) -> bool:
    """Whether nobody is to answer (modern IRC, "NOTICE")."""
    return bool(getattr(request, "notice", False))


def tell(client: Client, answer: answers.Answer) -> None:
    """Tell what has become of a request that was not waited for: a private message."""
    match answer:
        case answers.Refused(to_request=request, error=error):
            if not _is_notice(request) or isinstance(error, NotSaved):
                refuse(client, request, error)
        case answers.TellDone(told=told, away=away):
            for message in told:
                if client.has(Cap.ECHO_MESSAGE):
                    client.show(message)
                if fold(message.to) == client.key:
                    client.show(message, answers=False)
            if not any(message.notice for message in told):
                for nick, why in away:
                    client.numeric(Numeric.RPL_AWAY, nick, text=why or "away")
