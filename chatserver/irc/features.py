"""Features: the facts of ISUPPORT, true to the settings."""

from typing import Final

from chatserver.chat import modes
from chatserver.house import House
from chatserver.irc.isupport import ChannelModes, Facts, tokens

USER_LIMIT: Final = 18
REALNAME_LIMIT: Final = 150
HOST_LIMIT: Final = 63
USERHOST_NICKS: Final = 5  # modern IRC, "USERHOST message"
MODES_AT_ONCE: Final = 12  # changes with a value in one MODE
PAGE_LINES: Final = 500  # of history that one command may ask for


def features(house: House) -> tuple[str, ...]:
    """Return the tokens of a server as it is set now."""
    limits = house.limits
    targets = limits.targets
    return tokens(
        Facts(
            network=house.config.server.network,
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
