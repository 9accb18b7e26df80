"""Reports: what the log says of people."""

import logging
from collections.abc import Sequence

from chatserver.chat import answers, events, requests
from chatserver.chat.deliveries import Delivery, Lookup

_log = logging.getLogger("chatserver")


def report(request: requests.Request, deliveries: Sequence[Delivery]) -> None:
    """Log who came, who left and why; never what was said, so not a person's last words either."""
    for delivery in deliveries:
        if isinstance(delivery, Lookup):
            continue
        match request, delivery.event:
            case requests.Enter(address=address), answers.Entered(nick=nick):
                _log.info("%s came from %s", nick, address)
            case requests.Rename(), answers.YouRenamed(old=old, new=new):
                _log.info("%s is now %s", old, new)
            case requests.Quit(why=why), events.Gone(nick=nick):
                _log.info("%s left (%s)", nick, why)
            case requests.Kill(), events.Killed(nick=nick, victim=victim):
                _log.info("%s was sent away by %s", victim, nick)
            case requests.BecomeOperator(name=name), answers.FlagsAre():
                _log.info("The operator %s has given their password", name)
