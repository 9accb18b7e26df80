"""The commands for those who keep a room in order."""

from collections.abc import Callable
from typing import Final

from chatserver.chat import requests
from chatserver.chat.modes import BANS, Change
from chatserver.telnet.command import Command, Kind, current_room, room_name
from chatserver.telnet.modes import read_changes
from chatserver.telnet.person import Person


def _kick(person: Person, text: str) -> None:
    nick, _, why = text.partition(" ")
    person.ask(requests.Kick(current_room(person), nick, why.strip()))


def _invite(person: Person, text: str) -> None:
    nick, _, room = text.partition(" ")
    person.ask(requests.Invite(nick, room_name(room.strip()) if room else current_room(person)))


def _bans(person: Person, text: str) -> None:
    person.ask(requests.AskList(current_room(person), BANS))


def _mode(person: Person, text: str) -> None:
    room = current_room(person)
    if text:
        person.ask(requests.SetModes(room, tuple(read_changes(text))))
    else:
        person.ask(requests.AskModes(room))


def _change(letter: str, *, on: bool) -> Callable[[Person, str], None]:
    """Return what sets a letter of the current room for each of the words, or takes it away."""

    def run(person: Person, text: str) -> None:
        changes = tuple(Change(on, letter, word) for word in text.split())
        person.ask(requests.SetModes(current_room(person), changes))

    return run


COMMANDS: Final = (
    Command(
        "invite",
        "NICK [ROOM]",
        "Ask somebody into a room. An operator's word lets them in, whatever the room is set to.",
        _invite,
        Kind.NICK,
        needs=1,
    ),
    Command("kick", "NICK [WHY]", "Put somebody out of the room.", _kick, Kind.MEMBER, needs=1),
    Command(
        "ban",
        "NICK|MASK",
        "Let somebody neither come nor speak. A mask such as *!*@192.0.2.1 names all who come from "
        "there; who is in the room stays until you /kick them.",
        _change("b", on=True),
        Kind.MEMBER,
        needs=1,
    ),
    Command("unban", "MASK", "Lift a ban.", _change("b", on=False), needs=1),
    Command("bans", "", "Show who is banned from the room.", _bans),
    Command(
        "op",
        "NICK",
        "Make somebody an operator of the room: one who may do all of this.",
        _change("o", on=True),
        Kind.MEMBER,
        needs=1,
    ),
    Command(
        "deop",
        "NICK",
        "Take the rank of operator from somebody.",
        _change("o", on=False),
        Kind.MEMBER,
        needs=1,
    ),
    Command(
        "voice",
        "NICK",
        "Let somebody speak while the room is moderated.",
        _change("v", on=True),
        Kind.MEMBER,
        needs=1,
    ),
    Command(
        "devoice",
        "NICK",
        "Take the voice from somebody.",
        _change("v", on=False),
        Kind.MEMBER,
        needs=1,
    ),
    Command(
        "mode",
        "[CHANGES]",
        "Show what the room is set to, or change it. « /mode +m » moderates it, « /mode -m » ends "
        "that; i only for the invited, k KEY locked, l N so many people, n no words from outside, "
        "s secret, t topic by operators, C no CTCP.",
        _mode,
    ),
)
