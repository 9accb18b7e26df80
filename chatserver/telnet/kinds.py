"""Kinds of telnet clients, by the names that they give (TTYPE, RFC 1091)."""

from typing import Final

_DUMB: Final = frozenset({"dumb", "network", "unknown"})
# How MUD clients name themselves, some with their version behind it. They have a row of their own
# to type in, and hide what is typed there while the server echoes, as for a password. TinTin++ is
# none of them: it sends each key where the server echoes.
_MUD_CLIENTS: Final = (
    *("atlantis", "axmud", "beip", "blowtorch", "cmud", "kbtin", "kildclient", "kmuddy", "mudlet"),
    *("mudmaster", "mudrammer", "mushclient", "potato", "simplemu", "tinyfugue", "zmud"),
)


def is_mud_client(name: str | None) -> bool:
    """Whether a client of that name is made for MUDs; None has not told."""
    return name is not None and name.lower().startswith(_MUD_CLIENTS)


def edits_alone(name: str) -> bool:
    """Whether its lines are to be edited by the client itself: it cannot erase a row, or has one
    of its own to type in.
    """
    return name.lower() in _DUMB or is_mud_client(name)
