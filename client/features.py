"""Features: what a server tells of itself (005, modern IRC "RPL_ISUPPORT Parameters")."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from chatserver.irc.message import MESSAGE_LIMIT
from chatserver.text import clean
from client.names import Casemap, casemap_of

_ESCAPE: Final = re.compile(r"\\x([0-9A-Fa-f]{2})")
_PREFIX: Final = re.compile(r"\(([A-Za-z]*)\)(.*)")
_PAGE: Final = 50  # lines of history to ask for where the server does not tell
_MOST_DIGITS: Final = 9


class Features(Struct, frozen=True, kw_only=True):
    """What holds on a server; the values here are what holds where it does not tell.

    Attributes:
        network: its name, or empty.
        casemap: how names are compared.
        channel_types: what the names of rooms begin with.
        ranks: the sign of each rank by its mode's letter, the highest first.
        list_modes, always_modes, set_modes: letters of modes that take a value: of a list, of
            those that always take one, and of those that take one when they are set.
        history: lines that one CHATHISTORY may ask for.
        line_bytes: the longest message, its CR LF included and its tags not.
        nick_length: of characters; 0 where it does not tell.
        monitored: how many people one may MONITOR; 0 where it cannot.
        whox: whether WHO tells accounts (whox).
        bot: the letter of the mode of programs (bot-mode), or empty.
        utf8: whether all must be UTF-8 (utf8-only).
    """

    network: str = ""
    casemap: Casemap = Casemap.RFC1459
    channel_types: str = "#&"
    ranks: tuple[tuple[str, str], ...] = (("o", "@"), ("v", "+"))
    list_modes: str = "beI"
    always_modes: str = "k"
    set_modes: str = "l"
    history: int = _PAGE
    line_bytes: int = MESSAGE_LIMIT
    nick_length: int = 0
    monitored: int = 0
    whox: bool = False
    bot: str = ""
    utf8: bool = False

    @property
    def signs(self) -> str:
        """The signs of the ranks, the highest first."""
        return "".join(sign for _, sign in self.ranks)

    def page(self, wanted: int) -> int:
        """Return how many lines of history to ask for at once, if one may."""
        return min(self.history, wanted) if self.history else wanted

    def is_room(self, target: str) -> bool:
        """Whether that is the name of a room."""
        return target[:1] != "" and target[0] in self.channel_types

    def takes_value(self, letter: str, *, is_set: bool) -> bool:
        """Whether a mode of a room has a value in a MODE message."""
        always = self.list_modes + self.always_modes + "".join(mode for mode, _ in self.ranks)
        return letter in always or (is_set and letter in self.set_modes)


def learn(features: Features, tokens: Iterable[str]) -> Features:
    """Return what holds after a 005: `NAME`, `NAME=value`, and `-NAME` for what it takes back."""
    for token in tokens:
        name, _, value = token.partition("=")
        value = _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), value)
        if name.startswith("-"):
            features = _forget(features, name[1:])
        else:
            features = _learn(features, name, value)
    return features


_NUMBERS: Final = {
    "CHATHISTORY": "history",
    "LINELEN": "line_bytes",
    "MONITOR": "monitored",
    "NICKLEN": "nick_length",
}


def _chanmodes(value: str) -> dict[str, object]:
    lists, always, when_set, *_ = *value.split(","), "", "", ""
    return {"list_modes": lists, "always_modes": always, "set_modes": when_set}


def _prefix(value: str) -> dict[str, object]:
    found = _PREFIX.fullmatch(value)
    return {"ranks": tuple(zip(found[1], found[2], strict=False)) if found else ()}


_READERS: Final[dict[str, Callable[[str], dict[str, object]]]] = {
    "BOT": lambda value: {"bot": value[:1]},
    "CASEMAPPING": lambda value: {"casemap": casemap_of(value)},
    "CHANMODES": _chanmodes,
    "CHANTYPES": lambda value: {"channel_types": value},
    "NETWORK": lambda value: {"network": clean(value)},
    "PREFIX": _prefix,
    "UTF8ONLY": lambda value: {"utf8": True},
    "WHOX": lambda value: {"whox": True},
}


def _learn(features: Features, name: str, value: str) -> Features:
    if name in _NUMBERS:
        return _with_number(features, name, value)
    reader = _READERS.get(name)
    return replace(features, **reader(value)) if reader else features


def _with_number(features: Features, name: str, value: str) -> Features:
    if not (value.isascii() and value.isdigit() and len(value) <= _MOST_DIGITS):
        return features
    number = max(int(value), MESSAGE_LIMIT) if name == "LINELEN" else int(value)
    return replace(features, **{_NUMBERS[name]: number})


def _forget(features: Features, name: str) -> Features:
    """Take back what was told: what holds where a server does not tell holds again."""
    if name in _NUMBERS:
        fields = [_NUMBERS[name]]
    else:
        fields = list(_READERS[name]("")) if name in _READERS else []
    return replace(features, **{field: getattr(_UNTOLD, field) for field in fields})


_UNTOLD: Final = Features()
