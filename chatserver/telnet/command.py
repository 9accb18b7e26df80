"""Command: one slash command, and what the commands have in common."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from chatserver.chat.errors import ChatError
from chatserver.chat.names import LOBBY, fold
from chatserver.telnet.person import Person


class UsageError(ChatError):
    """The words after a command do not fit it."""


class Kind(Enum):
    """What the first word after a command is, for completion."""

    NOTHING = auto()
    NICK = auto()
    MEMBER = auto()  # of the current room
    ROOM = auto()
    COMMAND = auto()
    CHOICE = auto()


@dataclass(frozen=True, slots=True)
class Command:
    """One command. `parameters` in capitals are the person's; [ ] may be left out."""

    name: str
    parameters: str
    help: str
    run: Callable[[Person, str], None]
    kind: Kind = Kind.NOTHING
    choices: tuple[str, ...] = ()
    needs: int = 0  # words without which it makes no sense

    @property
    def usage(self) -> str:
        """How it is typed."""
        return f"/{self.name} {self.parameters}".rstrip()


def room_name(text: str) -> str:
    """Return the name of a room, whose # may be left out."""
    return text if text.startswith("#") else f"#{text}"


def current_room(person: Person) -> str:
    """Return the room that is spoken to.

    Raises:
        UsageError: there is none: the person is in none, or was put out of it.
    """
    if person.room:
        return person.room
    if person.rooms:
        raise UsageError(
            f"You speak to no room now; /join {person.rooms[-1]} lets you go on there."
        )
    raise UsageError(f"You are in no room; /join {LOBBY} takes you to one.")


def first_room(person: Person, text: str) -> tuple[str, str]:
    """Split off a room at the start, else take the current one; return it and the rest."""
    word, _, rest = text.partition(" ")
    if word.startswith("#") or fold(room_name(word)) in map(fold, person.rooms):
        return room_name(word), rest.strip()
    return current_room(person), text
