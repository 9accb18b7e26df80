"""Completion of commands, nicks by who spoke last, rooms and emoji."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from client.buffers import Buffer, BufferKind
from client.command import Takes
from client.commands import TABLE
from client.emoji import EMOJI
from client.model import Model

_EMOJI: Final = re.compile(r"(?:^|(?<=\s)):([a-z0-9_+\-]+)$")
_MOST: Final = 50  # in one menu


class Candidate(Struct, frozen=True):
    """One way to go on.

    Attributes:
        text: what takes the place of the word in hand.
        start: where that word begins, from the cursor: 0 or negative (prompt_toolkit's manner).
        about: a few words for the menu.
    """

    text: str
    start: int
    about: str = ""


def complete(model: Model, buffer: Buffer, before: str) -> list[Candidate]:
    """Return how what stands before the cursor may go on, the best first."""
    if before.startswith("/") and not before.startswith("//"):
        found = _of_command(model, buffer, before)
    elif emoji := _EMOJI.search(before):
        found = _emoji(emoji[1], len(emoji[0]))
    else:
        found = _of_speech(model, buffer, before)
    return [candidate for candidate, _ in zip(found, range(_MOST), strict=False)]


def _of_command(model: Model, buffer: Buffer, before: str) -> Iterator[Candidate]:
    name, space, rest = before[1:].partition(" ")
    if not space:
        for command in TABLE.values():
            if command.name.startswith(name.lower()):
                text = f"/{command.name}" + (" " if command.parameters else "")
                yield Candidate(text, -len(before), command.summary)
        return
    known = TABLE.get(name.lower())
    takes = known.takes if known else Takes.NOTHING
    word = rest.rpartition(" ")[2]
    if known is None or (rest != word and takes is not Takes.NICK):
        yield from _of_speech(model, buffer, rest)
        return
    match takes:
        case Takes.ROOM:
            yield from _rooms(model, word)
        case Takes.COMMAND:
            yield from _words((command.name for command in TABLE.values()), word)
        case Takes.CHOICE:
            yield from _words(iter(known.choices), word)
        case Takes.EMOJI:
            yield from _emoji(word.removeprefix(":"), len(word))
        case Takes.NICK:
            yield from _nicks(model, buffer, word, " ")
        case _:
            yield from _of_speech(model, buffer, rest)


def _of_speech(model: Model, buffer: Buffer, before: str) -> Iterator[Candidate]:
    word = before.rpartition(" ")[2].rpartition("\n")[2]
    if not word:
        return
    if model.features.is_room(word):
        yield from _rooms(model, word)
    elif word.startswith("@"):
        for found in _nicks(model, buffer, word[1:], " "):
            yield Candidate(f"@{found.text}", found.start - 1, found.about)
    else:
        yield from _nicks(model, buffer, word, ": " if word == before else " ")


def _nicks(model: Model, buffer: Buffer, word: str, after: str) -> Iterator[Candidate]:
    """Who spoke last comes first; then the others of the room by their names."""
    begun = model.fold(word)
    here = {model.fold(member.nick): member.nick for member in buffer.members}
    if buffer.kind is BufferKind.PERSON:
        here[model.fold(buffer.name)] = buffer.name
    spoke = [here[key] for nick in reversed(buffer.spoke) if (key := model.fold(nick)) in here]
    for nick in dict.fromkeys((*spoke, *sorted(here.values(), key=model.fold))):
        if model.fold(nick).startswith(begun) and not model.is_me(nick):
            away = "away" if model.people.get(nick).away else ""
            yield Candidate(f"{nick}{after}", -len(word), away)


def _rooms(model: Model, word: str) -> Iterator[Candidate]:
    begun = model.fold(word).lstrip("#")
    mine = {model.fold(b.name): b.name for b in model.buffers if b.kind is BufferKind.ROOM}
    about = {key: f"{people} in it" for key, (_, people, _) in model.rooms.items()}
    for key, name in (mine | {key: name for key, (name, _, _) in model.rooms.items()}).items():
        if key.lstrip("#").startswith(begun):
            yield Candidate(f"{name} ", -len(word), about.get(key, ""))


def _emoji(word: str, length: int) -> Iterator[Candidate]:
    begun = [name for name in EMOJI if name.startswith(word)]
    within = [name for name in EMOJI if word in name and name not in begun]
    for name in (*begun, *within):
        yield Candidate(EMOJI[name], -length, f":{name}:")


def _words(words: Iterator[str], word: str) -> Iterator[Candidate]:
    for choice in words:
        if choice.startswith(word.lower()):
            yield Candidate(choice, -len(word))
