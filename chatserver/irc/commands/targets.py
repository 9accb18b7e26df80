"""Targets: of a command that takes several, parted by commas."""

from chatserver.chat.names import fold
from chatserver.irc.client import Client
from chatserver.irc.numerics import Numeric


def targets_of(client: Client, words: str) -> list[str]:
    """Return the targets that a parameter names, each once, as many as are allowed (TARGMAX).

    Of each that is one too many the client is told.
    """
    targets = each_once(words)
    limit = client.house.limits.targets
    for word in targets[limit:]:
        client.numeric(Numeric.ERR_TOOMANYTARGETS, word)
    return targets[:limit]


def each_once(words: str) -> list[str]:
    """Return the targets that a parameter names, each once, however it is spelled."""
    if "," not in words:
        return [words]
    return list({fold(word): word for word in words.split(",") if word}.values())
