"""News: what happened, as one client sees it, beyond what all of its dialect see alike."""

from collections.abc import Iterable

from chatserver.chat import events
from chatserver.chat.names import fold
from chatserver.irc.capabilities import Cap
from chatserver.irc.client import Client
from chatserver.irc.line import Line
from chatserver.irc.numerics import Numeric
from chatserver.irc.refusals import refuse
from chatserver.irc.render import render


def is_own(client: Client, event: events.Event) -> bool:
    """Whether this client has done it itself, so that it is part of the answer to its command."""
    if isinstance(event, events.Watched):
        return False
    return fold(getattr(event, "nick", "")) == fold(client.nick)


def lines(client: Client, event: events.Event) -> Iterable[Line]:
    """Return the lines of an event for this client."""
    match event:
        case events.Said() | events.Tagged() if is_own(client, event):
            return render(event, client.manner) if client.has(Cap.ECHO_MESSAGE) else ()
        case events.Kept(lines=kept):
            return [one for told in kept for one in render(told, client.manner)]
        case events.Invited(to=to) if fold(to) != fold(client.nick):
            return render(event, client.manner) if client.has(Cap.INVITE_NOTIFY) else ()
        case events.Watched(here=True, nick=nick, mask=mask):
            return [client.numeric_line(Numeric.RPL_MONONLINE, f"{nick}!{mask}")]
        case events.Watched(nick=nick):
            return [client.numeric_line(Numeric.RPL_MONOFFLINE, nick)]
    return render(event, client.manner)


def tell(client: Client, answer: events.Answer) -> None:
    """Tell what has become of a request that was not waited for: a private message."""
    match answer:
        case events.Refused(to_request=request, error=error):
            refuse(client, request, error)
        case events.TellDone(told=told, away=away):
            for message in told:
                if fold(message.to) == fold(client.nick):
                    client.show(message)
                if client.has(Cap.ECHO_MESSAGE):
                    client.show(message)
            if not any(message.notice for message in told):
                for nick, why in away:
                    client.numeric(Numeric.RPL_AWAY, nick, text=why or "away")
