"""Features: the facts of ISUPPORT, true to the settings."""

from functools import lru_cache
from typing import Final

from chatserver.chat import modes
from chatserver.house import House
from chatserver.irc.isupport import ChannelModes, Facts, changes, tokens
from chatserver.limits import Limits

USER_LIMIT: Final = 18  # with the tilde in front (modern IRC, "USERLEN")
REALNAME_LIMIT: Final = 150
HOST_LIMIT: Final = 63
USERHOST_NICKS: Final = 5  # modern IRC, "USERHOST message"
MODES_AT_ONCE: Final = 12  # changes with a value in one MODE
PAGE_LINES: Final = 500  # of history that one command may ask for


def features(house: House) -> tuple[str, ...]:
    """Return the tokens of a server as it is set now."""
    return _features(house.limits, house.config.server.network)


@lru_cache(maxsize=1)
def changed_features(before: Limits, after: Limits) -> tuple[str, ...]:
    """Return the tokens that are to be told when limits change: everybody is told the same."""
    return changes(_features(before, ""), _features(after, ""))


def _features(limits: Limits, network: str) -> tuple[str, ...]:
    targets = limits.targets
    return tokens(
        Facts(
            network=network,
            casemapping="ascii",
            prefixes={"o": "@", "v": "+"},
            channel_modes=ChannelModes(modes.LISTS, modes.KEY, modes.LIMIT, modes.FLAGS),
            list_entries=limits.bans,
            modes=MODES_AT_ONCE,
            targets={
                "JOIN": None,
                "KICK": targets,
                "MONITOR": None,
                "NAMES": 1,
                "NOTICE": targets,
                "PART": None,
                "PRIVMSG": targets,
                "TAGMSG": targets,
                "WHOIS": 1,
                "WHOWAS": 1,
            },
            channels=limits.rooms_per_user,
            monitored=limits.monitor,
            history=PAGE_LINES,
            away=limits.reason,
            channel=limits.room,
            host=HOST_LIMIT,
            kick=limits.reason,
            nick=limits.nick,
            realname=REALNAME_LIMIT,
            topic=limits.topic,
            user=USER_LIMIT,
            bot=modes.BOT,
        )
    )
