"""The commands for what was said last: /reply, /react, /undo."""

from typing import Final

from chatserver.chat import requests
from chatserver.chat.events import Said
from chatserver.chat.names import fold
from chatserver.chat.tags import REACT, reply_to
from chatserver.telnet.command import Command, Kind, UsageError, current_room
from chatserver.telnet.person import Person

_LONGEST_REACTION: Final = 32  # characters; the longest emoji has 10


def _reply(person: Person, text: str) -> None:
    if text.startswith("@"):
        _answer(person, *text[1:].partition(" ")[::2])
        return
    if not person.partner:
        raise UsageError("Nobody has written to you alone yet; /msg NICK TEXT writes to somebody.")
    person.ask(requests.Tell((person.partner,), text))


def _answer(person: Person, nick: str, text: str) -> None:
    """Answer somebody's last line in the room, as people do and as programs do."""
    if not (nick and text.strip()):
        raise UsageError("Something is missing; type it so: /reply @NICK TEXT")
    line = _last_line(person, nick)
    words = f"{line.nick}: {text.strip()}"
    person.send(requests.Say(line.room, words, tags=reply_to(line.id)))


def _last_line(person: Person, nick: str) -> Said:
    """Return the last line of that person, or of anybody else, in the current room.

    Raises:
        UsageError: there is none.
    """
    room = current_room(person)
    if line := person.last_line(nick):
        return line
    if not nick:
        raise UsageError(f"Nobody else has said anything in {room} lately.")
    who = "You have" if fold(nick) == fold(person.nick) else f"{nick} has"
    raise UsageError(f"{who} not said anything in {room} lately.")


def _react(person: Person, text: str) -> None:
    reaction, _, nick = text.partition(" ")
    if len(reaction) > _LONGEST_REACTION:
        raise UsageError("That is too long; react with an emoji or a short word.")
    line = _last_line(person, nick.strip())
    person.ask(requests.Tag(line.room, ((REACT, reaction), *reply_to(line.id))))


def _undo(person: Person, text: str) -> None:
    line = _last_line(person, person.nick)
    person.ask(requests.Redact(line.room, line.id, text))


COMMANDS: Final = (
    Command(
        "reply",
        "[@NICK] TEXT",
        "Write to who wrote to you alone last. « /reply @bob yes » answers what bob said last in "
        "the room, for all to see.",
        _reply,
        Kind.NICK,
        needs=1,
    ),
    Command(
        "react",
        "EMOJI [NICK]",
        "React to what was said last in the room, or to what somebody said last.",
        _react,
        needs=1,
    ),
    Command("undo", "[WHY]", "Take back what you said last in the room.", _undo),
)
