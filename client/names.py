"""Names: how a server compares nicks and rooms (modern IRC, "CASEMAPPING Parameter")."""

from enum import StrEnum
from string import ascii_lowercase, ascii_uppercase
from typing import Final


class Casemap(StrEnum):
    """The ways of folding that servers tell of; what is not known is taken for ASCII."""

    ASCII = "ascii"
    RFC1459 = "rfc1459"
    STRICT = "rfc1459-strict"
    RFC7613 = "rfc7613"


_TABLES: Final = {
    Casemap.ASCII: str.maketrans(ascii_uppercase, ascii_lowercase),
    Casemap.RFC1459: str.maketrans(ascii_uppercase + "[]\\~", ascii_lowercase + "{}|^"),
    Casemap.STRICT: str.maketrans(ascii_uppercase + "[]\\", ascii_lowercase + "{}|"),
}


def fold(name: str, casemap: Casemap) -> str:
    """Return a name so that names which are the same to the server are equal."""
    table = _TABLES.get(casemap)
    return name.casefold() if table is None else name.translate(table)


def casemap_of(token: str) -> Casemap:
    """Read the value of CASEMAPPING."""
    try:
        return Casemap(token.lower())
    except ValueError:
        return Casemap.ASCII
