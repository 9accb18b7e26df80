"""Command: one entry of the slash table."""

from collections.abc import Callable
from enum import Enum, auto
from typing import Final

from msgspec import Struct

from client.buffers import Buffer, BufferKind
from client.model import Model
from client.orders import Order
from client.settings import LOBBY

_SIGNS: Final = frozenset("#&")  # of rooms; + and !, which few servers have, begin modes and masks


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


def talking(buffer: Buffer) -> Buffer:
    """Return a buffer where somebody listens.

    Raises:
        UsageError: it is the server's own.
    """
    if buffer.kind is BufferKind.SERVER:
        raise UsageError(f"This is for a room or a person; /join {LOBBY} takes you to a room.")
    return buffer


def room_name(model: Model, text: str) -> str:
    """Return the name of a room, whose # may be left out."""
    return text if model.features.is_room(text) else f"#{text}"


def current_room(buffer: Buffer) -> Buffer:
    """Return a buffer that is a room.

    Raises:
        UsageError: it is none.
    """
    if buffer.kind is not BufferKind.ROOM:
        raise UsageError("This is no room; say which one.")
    return buffer


def not_in(name: str) -> UsageError:
    """Return what is said of a room that one is not in."""
    return UsageError(f"You are not in {name}; /join {name} takes you there.")


def named_room(model: Model, buffer: Buffer, name: str) -> Buffer:
    """Return the room of a name, whose # may be left out; without a name the current one.

    Raises:
        UsageError: that room is not on the list; or none is named, and this is none.
    """
    if not name:
        return current_room(buffer)
    found = model.find(room_name(model, name))
    if found is None:
        raise not_in(room_name(model, name))
    return found


def first_room(model: Model, buffer: Buffer, text: str) -> tuple[Buffer, str]:
    """Split off a room at the start, else take the current one; return it and the rest.

    What begins with the sign of a room is one: taken for a text, it would be done to another room.

    Raises:
        UsageError: no room is named, and this is none; or the one that is named is not on the list.
    """
    word, _, rest = text.partition(" ")
    named = model.find(word) if word else None
    if named and named.kind is BufferKind.ROOM:
        return named, rest.strip()
    if word[:1] in _SIGNS and model.features.is_room(word):
        raise not_in(word)
    return current_room(buffer), text
