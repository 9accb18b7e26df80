"""Ledger: what everybody has said, each line with a mark by which it is found again."""

import random
import re
import time
from dataclasses import dataclass, field, replace
from typing import Final

Mark = str
"""`a12` is the twelfth saying of ada; `a12.2` its second line."""

MARK: Final = re.compile(r"\b[abc]\d+(?:\.\d)?\b")
LOBBY: Final = "#lobby"
GAMES: Final = "#games"

# Nothing that a shell would act upon: who is cut off types the rest of a line into one.
_WORDS: Final = (
    *("I think", "we could", "the kettle", "has been", "on for a while", "and", "grüße aus Köln"),
    *("漢字", "🍵 👍", "tomorrow", "at half past nine", "the old server", "perhaps", "rain again"),
    *("naïve question", "who has the key", "by the river", "no hurry", "x y z", "nobody knows"),
)


@dataclass(frozen=True)
class Saying:
    """What somebody says at once.

    Attributes:
        place: the room, or of a private talk both names: `ada+bob`.
        lines: each begins with its mark.
        at: when Enter was pressed, seconds since the epoch.
        reply_to: the mark of what it answers, or empty.
    """

    speaker: str
    place: str
    lines: tuple[str, ...]
    is_action: bool = False
    at: float = 0.0
    reply_to: Mark = ""

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(self.lines)

    @property
    def mark(self) -> Mark:
        """Its name."""
        return first_mark(self.lines[0])


@dataclass
class Ledger:
    """Who has said what, in the order of their Enter keys; and what they have thought better of."""

    chance: random.Random
    said: list[Saying] = field(default_factory=list)
    dropped: list[Saying] = field(default_factory=list)
    reactions: list[Mark] = field(default_factory=list)
    _numbers: dict[str, int] = field(default_factory=dict)

    def compose(
        self, speaker: str, place: str, *, lines: int = 1, is_action: bool = False
    ) -> Saying:
        """Return something to say that was never said before."""
        number = self._numbers[speaker] = self._numbers.get(speaker, 0) + 1
        mark = f"{speaker[0]}{number}"
        marks = [mark, *(f"{mark}.{line}" for line in range(2, lines + 1))]
        rows = tuple(f"{mark} {self._words()}" for mark in marks)
        return Saying(speaker, place, rows, is_action)

    def enter(self, saying: Saying, reply_to: Mark = "") -> None:
        """Somebody has said it."""
        self.said.append(replace(saying, at=time.time(), reply_to=reply_to))

    def drop(self, saying: Saying) -> None:
        """Somebody has typed it and taken it back: nobody may ever see it."""
        self.dropped.append(saying)

    def _words(self) -> str:
        return " ".join(self.chance.sample(_WORDS, self.chance.randint(2, 5)))


def first_mark(text: str) -> Mark:
    """Return the first mark in a text, or nothing."""
    found = MARK.search(text)
    return found[0] if found else ""


def between(one: str, other: str) -> str:
    """Return the place of a private talk."""
    return "+".join(sorted((one, other)))
