"""Questions: what the server was asked and has not answered; none outlives a connection."""

from __future__ import annotations

from msgspec import Struct, field


class Questions(Struct):
    """What is still open, by folded names.

    Attributes:
        nicks: by which one has asked to be called.
        members: rooms of which one wants to know who is there.
        described: of whom it is just told who they are (WHOIS), or empty.
    """

    nicks: set[str] = field(default_factory=set)
    members: set[str] = field(default_factory=set)
    described: str = ""
