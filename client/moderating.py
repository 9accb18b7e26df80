"""The commands for those who keep a room in order."""

from collections.abc import Iterator, Sequence
from typing import Final

from client.buffers import Buffer
from client.command import Command, Run, Takes, current_room, first_room, named_room, room_name
from client.model import Model

_AT_ONCE: Final = 3  # changes in one MODE: what every server takes (RFC 1459 section 4.2.3)


def _kick(model: Model, buffer: Buffer, text: str) -> None:
    room, rest = first_room(model, buffer, text)
    nick, _, why = rest.partition(" ")
    model.send("KICK", room.name, nick, *([why.strip()] if why.strip() else []))


def _invite(model: Model, buffer: Buffer, text: str) -> None:
    nick, _, room = text.partition(" ")
    name = room_name(model, room.strip()) if room.strip() else current_room(buffer).name
    model.send("INVITE", nick, name)


def _bans(model: Model, buffer: Buffer, text: str) -> None:
    room = named_room(model, buffer, text.partition(" ")[0])
    model.bans = []
    model.send("MODE", room.name, "b")


def _mode(model: Model, buffer: Buffer, text: str) -> None:
    room, changes = first_room(model, buffer, text)
    model.send("MODE", room.name, *changes.split())


def _change(letter: str, *, on: bool) -> Run:
    """Return what sets a letter of a room for each of the words, or takes it away."""

    def run(model: Model, buffer: Buffer, text: str) -> None:
        room, words = first_room(model, buffer, text)
        for some in _portions(words.split()):
            model.send("MODE", room.name, f"{'+' if on else '-'}{letter * len(some)}", *some)

    return run


def _portions(words: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(words), _AT_ONCE):
        yield words[start : start + _AT_ONCE]


def _rank(name: str, help_: str, letter: str, *, on: bool) -> Command:
    run = _change(letter, on=on)
    return Command(name, "NICK", help_, run, Takes.NICK, needs=1, online=True)


COMMANDS: Final = (
    Command(
        "invite",
        "NICK [ROOM]",
        "Ask somebody into a room. An operator's word lets them in, whatever the room is set to.",
        _invite,
        Takes.NICK,
        needs=1,
        online=True,
    ),
    Command(
        *("kick", "NICK [WHY]", "Put somebody out of the room.", _kick, Takes.NICK),
        needs=1,
        online=True,
    ),
    Command(
        "ban",
        "NICK|MASK",
        "Let somebody neither come nor speak. A mask such as *!*@192.0.2.1 names all who come from "
        "there; who is in the room stays until you /kick them.",
        _change("b", on=True),
        Takes.NICK,
        needs=1,
        online=True,
    ),
    Command("unban", "MASK", "Lift a ban.", _change("b", on=False), needs=1, online=True),
    Command("bans", "[ROOM]", "Show who is banned from the room.", _bans, Takes.ROOM, online=True),
    _rank("op", "Make somebody an operator: one who may do all of this.", "o", on=True),
    _rank("deop", "Take the rank of operator from somebody.", "o", on=False),
    _rank("voice", "Let somebody speak while the room is moderated.", "v", on=True),
    _rank("devoice", "Take the voice from somebody.", "v", on=False),
    Command(
        "mode",
        "[CHANGES]",
        "Show what the room is set to, or change it. « /mode +m » moderates it, « /mode -m » ends "
        "that; i only for the invited, k KEY locked, l N so many people, n no words from outside, "
        "s secret, t topic by operators.",
        _mode,
        online=True,
    ),
)
