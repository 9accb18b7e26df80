"""What a Tab may complete: commands, their words, names of people and of rooms."""

from collections.abc import Sequence
from dataclasses import dataclass

from chatserver.chat import answers, requests
from chatserver.chat.names import fold
from chatserver.telnet.command import Kind
from chatserver.telnet.commands import TABLE
from chatserver.telnet.person import Person


@dataclass(frozen=True, slots=True)
class Found:
    """Candidates that may stand in place of what begins at `start`."""

    start: int
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sought:
    """Candidates that the hub knows; `found` makes them of its answer."""

    start: int
    prefix: str
    suffix: str
    request: requests.FindNames | requests.ListRooms

    def found(self, answer: answers.Answer) -> Found:
        """Return the candidates that an answer holds; none if it is a refusal."""
        names: Sequence[str] = ()
        match answer:
            case answers.NamesFound(names=names):
                pass
            case answers.RoomsAre(rooms=rooms):
                names = [line.room for line in rooms]
        prefix = fold(self.prefix)
        return Found(
            self.start, tuple(name + self.suffix for name in names if fold(name).startswith(prefix))
        )


def suggest(before: str, person: Person) -> Found | Sought:
    """Return what may complete the text before the cursor."""
    start = before.rfind(" ") + 1
    word = before[start:]
    if before.startswith("/") and not before.startswith("//"):
        return _in_command(before, start, word, person)
    if word.startswith("#"):
        return Sought(start, word, " ", requests.ListRooms())
    return Sought(start, word, " " if start else ": ", _names(word, person.room or None))


def _in_command(before: str, start: int, word: str, person: Person) -> Found | Sought:
    if not start:
        return _choices(0, word, [f"/{name}" for name in TABLE])
    words = before[:start].split()
    command = TABLE.get(words[0][1:].lower())
    first = len(words) == 1
    match command.kind if command and first else Kind.MEMBER if command else Kind.NOTHING:
        case Kind.COMMAND:
            return _choices(start, word, list(TABLE))
        case Kind.CHOICE:
            return _choices(start, word, command.choices if command else ())
        case Kind.ROOM:
            prefix = word if word.startswith("#") else f"#{word}"
            return Sought(start, prefix, " ", requests.ListRooms())
        case Kind.NICK | Kind.MEMBER as kind:
            last = word.rpartition(",")[2].removeprefix("@")
            here = kind is Kind.MEMBER or word.startswith("@")
            room = person.room if here and person.room else None
            return Sought(start + len(word) - len(last), last, " ", _names(last, room))
        case _:
            return Found(start, ())


def _names(prefix: str, room: str | None) -> requests.FindNames:
    return requests.FindNames(prefix, room)


def _choices(start: int, word: str, choices: Sequence[str]) -> Found:
    fits = (f"{choice} " for choice in choices if choice.startswith(word.lower()))
    return Found(start, tuple(fits))
