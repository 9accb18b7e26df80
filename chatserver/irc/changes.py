"""Changes: what a client is told when other limits hold, since the settings were read again."""

from collections.abc import Iterator

from chatserver.chat.events import Governed
from chatserver.irc.capabilities import OFFERED, Cap
from chatserver.irc.client import Client
from chatserver.irc.commands.welcome import feature_lines
from chatserver.irc.features import changed_features
from chatserver.irc.line import Line, line


def change_lines(client: Client, event: Governed) -> list[Line]:
    """Return the features that have changed, and the capabilities that have other values."""
    return [*_features(client, event), *_capabilities(client, event)]


def _features(client: Client, event: Governed) -> list[Line]:
    """Modern IRC, "RPL_ISUPPORT": a reply later on changes a parameter, or takes it back.

    As a batch to who knows it as one (IRCv3 draft/extended-isupport).
    """
    lines = feature_lines(client, changed_features(event.before, event.after))
    if lines and Cap.EXTENDED_ISUPPORT | Cap.BATCH in client.caps:
        return list(client.batched("draft/isupport", lines=lines))
    return lines


def _capabilities(client: Client, event: Governed) -> Iterator[Line]:
    """IRCv3 capability-negotiation, "The CAP NEW subcommand": it can update a value, which only
    clients of version 302 know of.
    """
    before, after = event.before, event.after
    words = [
        f"{capability.name}={capability.value(after)}"
        for capability in OFFERED
        if capability.value(before) != capability.value(after)
    ]
    if words and client.speaks_302:
        yield line(client.house.name, "CAP", client.nick, "NEW", " ".join(words))
