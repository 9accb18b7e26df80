"""Command: one verb that a client may send."""

from collections.abc import Callable
from enum import Enum, auto

from msgspec import Struct

from chatserver.irc.client import Client, Talk
from chatserver.irc.message import Message


class When(Enum):
    """In which part of a conversation a command makes sense."""

    ALWAYS = auto()
    BEFORE = auto()  # only before the client is registered, else 462
    AFTER = auto()  # only after it, else 451


class Command(Struct, frozen=True):
    """A verb, what carries it out, and what it needs.

    The handler answers at once, or returns a Talk. `params`: how many there must be at least, else
    461; empty ones do not count where they come last.
    """

    verb: str
    handler: Callable[[Client, Message], Talk | None]
    params: int = 0
    when: When = When.AFTER
    help: str = ""
