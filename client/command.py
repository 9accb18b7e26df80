"""Command: one entry of the slash table."""

from collections.abc import Callable
from enum import Enum, auto

from msgspec import Struct

from client.buffers import Buffer
from client.model import Model
from client.orders import Order


class UsageError(Exception):
    """What was typed cannot be done as it stands; the message is for the person."""


class Takes(Enum):
    """What the first word after a command is, for completion."""

    NOTHING = auto()
    NICK = auto()
    ROOM = auto()
    COMMAND = auto()
    CHOICE = auto()
    EMOJI = auto()


Run = Callable[[Model, Buffer, str], Order | None]


class Command(Struct, frozen=True):
    """One command. `parameters` in capitals are the person's; [ ] may be left out.

    Attributes:
        help: sentences; the first one stands by itself in a list.
        needs: words without which it makes no sense.
        online: whether it needs a connection.
    """

    name: str
    parameters: str
    help: str
    run: Run
    takes: Takes = Takes.NOTHING
    choices: tuple[str, ...] = ()
    needs: int = 0
    online: bool = False

    @property
    def usage(self) -> str:
        """How it is typed."""
        return f"/{self.name} {self.parameters}".rstrip()

    @property
    def summary(self) -> str:
        """The first sentence of its help."""
        return self.help.partition(". ")[0].rstrip(".")
