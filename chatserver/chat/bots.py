"""Bots: what they say and do is marked as a program's (IRCv3 bot-mode, "The `bot` tag")."""

from msgspec import structs

from chatserver.chat import events, modes
from chatserver.chat.deliveries import Broadcast, Deliveries, Delivery, Direct
from chatserver.chat.requests import Tags
from chatserver.chat.room import User

_IS_BOT = ("bot", "")


def tags(user: User, tags: Tags) -> Tags:
    """Return what a message of that person carries. It is kept with the message."""
    return (_IS_BOT, *tags) if modes.BOT in user.flags else tags


def marked(nick: str, deliveries: Deliveries) -> Deliveries:
    """Return what follows from a wish of the bot that had this nick, its own deeds marked."""
    return [_marked(nick, delivery) for delivery in deliveries]


def _marked(nick: str, delivery: Delivery) -> Delivery:
    match delivery:
        case Broadcast(event=events.Deed() as deed) | Direct(event=events.Deed() as deed):
            if events.doer(deed) == nick:
                return structs.replace(delivery, event=structs.replace(deed, bot=True))
    return delivery
