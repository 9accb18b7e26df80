"""Mask: a pattern with wildcards that a name fits, such as the `nick!user@host` of a person.

Modern IRC, "Wildcard Expressions": `?` is one character, `*` any number of them; a backslash in
front of either takes it for itself, and is itself in front of anything else. Letters are compared
without regard to case as CASEMAPPING=ascii has it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from string import ascii_lowercase, ascii_uppercase
from typing import Final, Protocol

_MANY: Final = "*"
_TOKEN: Final = re.compile(r"\\[*?]|.", re.DOTALL)
_LOWER: Final = str.maketrans(ascii_uppercase, ascii_lowercase)


class Mask:
    """A mask, made ready for matching.

    Between its `*`s stand pieces of fixed length: the first must begin the name, the last end it,
    and each other one is taken at its first place behind the one before. There is never a reason
    to go back.
    """

    __slots__ = ("_first", "_inner", "_last", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._first, *others = _pieces(_fold(text))
        self._last = others.pop() if others else None
        self._inner = [piece for piece in others if len(piece)]

    def matches(self, name: str) -> bool:
        """Tell whether a whole name fits."""
        name = _fold(name)
        first, last = self._first, self._last
        if last is None:
            return len(name) == len(first) and first.find(name, 0, len(name)) >= 0
        start, end = len(first), len(name) - len(last)
        if start > end or first.find(name, 0, start) < 0 or last.find(name, end, len(name)) < 0:
            return False
        for piece in self._inner:
            start = piece.find(name, start, end)
            if start < 0:
                return False
        return True


def matches(mask: str, name: str) -> bool:
    """Tell whether a name fits a mask. Masks that were used lately are kept ready."""
    return _ready(mask).matches(name)


def complete_mask(mask: str) -> str:
    """Return a mask for a person in full: what is left out may be anything.

    `bob` is a nick, `bob!b` a nick and a user, `b@host` a user and a host. A single word with a
    dot or a colon is a host, since no nick has either.
    """
    if "!" not in mask and "@" not in mask and ("." in mask or ":" in mask):
        return f"*!*@{mask}"
    name, at, host = mask.partition("@")
    nick, bang, user = name.partition("!")
    if at and not bang:
        nick, user = "", nick
    return f"{nick or _MANY}!{user or _MANY}@{host or _MANY}"


class _Piece(Protocol):
    """Characters that stand one behind the other."""

    def __len__(self) -> int: ...

    def find(self, name: str, start: int, end: int) -> int:
        """Return where its first occurrence between two places ends, -1 if there is none."""


class _Literal:
    """A piece without a `?`."""

    __slots__ = ("_text",)

    def __init__(self, tokens: list[str]) -> None:
        self._text = "".join(map(_character, tokens))

    def __len__(self) -> int:
        return len(self._text)

    def find(self, name: str, start: int, end: int) -> int:
        found = name.find(self._text, start, end)
        return found if found < 0 else found + len(self._text)


class _Gapped:
    """A piece with a `?` in it.

    Bit i of the state says that the i + 1 characters read last fit the start of the piece
    (Baeza-Yates and Gonnet 1992, "A New Approach to Text Searching"): one step per character.
    """

    __slots__ = ("_anywhere", "_length", "_where")

    def __init__(self, tokens: list[str]) -> None:
        self._length = len(tokens)
        self._anywhere = sum(1 << place for place, token in enumerate(tokens) if token == "?")
        self._where = dict.fromkeys(map(_character, tokens), self._anywhere)
        for place, token in enumerate(tokens):
            self._where[_character(token)] |= 1 << place

    def __len__(self) -> int:
        return self._length

    def find(self, name: str, start: int, end: int) -> int:
        state, found = 0, 1 << (self._length - 1)
        for place in range(start, end):
            state = (state << 1 | 1) & self._where.get(name[place], self._anywhere)
            if state & found:
                return place + 1
        return -1


def _pieces(mask: str) -> list[_Piece]:
    pieces: list[list[str]] = [[]]
    for token in _TOKEN.findall(mask):
        if token == _MANY:
            pieces.append([])
        else:
            pieces[-1].append(token)
    return [_Gapped(tokens) if "?" in tokens else _Literal(tokens) for tokens in pieces]


def _character(token: str) -> str:
    """Return the character that a token stands for; it is the last one of an escape."""
    return token[-1]


def _fold(text: str) -> str:
    return text.lower() if text.isascii() else text.translate(_LOWER)


_ready: Final = lru_cache(maxsize=4096)(Mask)
