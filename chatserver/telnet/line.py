"""The half-typed line: its text, the cursor, the killed text. It knows no terminal.

Positions are indices of code points; the cursor moves by grapheme (UAX #29). It stands inside one
while what was typed joins what follows: an emoji family may come one character at a time, and the
next one belongs there.

What a key does is a function from a text and a position to another position: moves go there,
deletes and kills take what lies between (readline(3) is the model).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from chatserver.telnet.keys import Key
from chatserver.text import CLUSTER_LIMIT, MARKS_PER_BASE, clean, graphemes, is_mark

# A position is found by looking at so many code points at most, so that no key costs more on a
# long line than on a short one. A word that is longer takes more than one key press.
_REACH: Final = 128
_SEAM: Final = 2 * MARKS_PER_BASE

_Target: TypeAlias = Callable[[str, int], int]


def _back(text: str, at: int) -> int:
    if text[at - 1 : at].isascii():
        return max(at - 1, 0)
    return at - len(graphemes(text[max(0, at - 2 * CLUSTER_LIMIT) : at])[-1])


def _forth(text: str, at: int) -> int:
    following = graphemes(text[at : at + CLUSTER_LIMIT])
    return at + len(following[0]) if following else at


def _start(_text: str, _at: int) -> int:
    return 0


def _end(text: str, _at: int) -> int:
    return len(text)


def _word_end(text: str, at: int) -> int:
    return at + _to_word_end(graphemes(text[at : at + _REACH]))


def _word_start(text: str, at: int) -> int:
    return at - _to_word_end(graphemes(text[max(0, at - _REACH) : at])[::-1])


def _to_word_end(clusters: list[str]) -> int:
    """Return how many code points lie before the far end of the next word."""
    length, in_word = 0, False
    for cluster in clusters:
        if cluster[0].isalnum():
            in_word = True
        elif in_word:
            break
        length += len(cluster)
    return length


def _space_before(text: str, at: int) -> int:
    """Return where the word between spaces begins (the terminal driver's WERASE)."""
    words = text[:at].rsplit(maxsplit=1)
    if not words:
        return 0
    return len(text[:at].rstrip()) - len(words[-1])


def snap(text: str, at: int) -> int:
    """Return the first boundary between graphemes that is not before a position."""
    if at >= len(text) or text[at].isascii():
        return min(at, len(text))
    start = max(0, at - CLUSTER_LIMIT)
    for cluster in graphemes(text[start : at + CLUSTER_LIMIT]):
        if start >= at:
            break
        start += len(cluster)
    return start


_MOVES: Final[Mapping[Key, _Target]] = MappingProxyType(
    {
        Key.LEFT: _back,
        Key.RIGHT: _forth,
        Key.HOME: _start,
        Key.END: _end,
        Key.WORD_LEFT: _word_start,
        Key.WORD_RIGHT: _word_end,
    }
)
_DELETES: Final[Mapping[Key, _Target]] = MappingProxyType(
    {Key.BACKSPACE: _back, Key.DELETE: _forth}
)
_KILLS: Final[Mapping[Key, _Target]] = MappingProxyType(
    {
        Key.KILL_TO_START: _start,
        Key.KILL_TO_END: _end,
        Key.KILL_WORD: _word_end,
        Key.KILL_WORD_BACK: _space_before,
    }
)


class InputLine:
    """One line being typed, of at most `limit` bytes of UTF-8."""

    __slots__ = ("_killed", "_killing", "_limit", "at", "text")

    def __init__(self, limit: int) -> None:
        self.text = ""
        self.at = 0
        self._limit = limit
        self._killed = ""
        self._killing = False  # the last key was a kill: the next one adds to it

    @property
    def before(self) -> str:
        """The text before the cursor."""
        return self.text[: self.at]

    @property
    def after(self) -> str:
        """The text behind the cursor."""
        return self.text[self.at :]

    def fits(self, text: str) -> bool:
        """Tell whether the line stays within its limit with this text in it."""
        return _size(self.text) + _size(text) <= self._limit

    def set(self, text: str) -> None:
        """Replace the whole line; the cursor goes to its end."""
        self.text = _from_first_base(text)
        self.at = len(self.text)
        self._killing = False

    def replace(self, start: int, text: str) -> bool:
        """Put a text in place of what is between `start` and the cursor, or tell it is too long."""
        old = self.text, self.at
        self.text, self.at = self.text[:start] + self.after, start
        if self.insert(text):
            return True
        self.text, self.at = old
        return False

    def insert(self, text: str) -> bool:
        """Insert a text at the cursor as if typed, and tell whether all of it was taken.

        The text is cleaned first. What is then over the limit, or one mark too many for its base,
        is left out character by character.
        """
        self._killing = False
        text = clean(text)
        if self._insert_whole(text):
            return True
        refused = [char for char in text if not self._insert_whole(char)]
        return not refused

    def _insert_whole(self, text: str) -> bool:
        if not self.fits(text) or not self._joins(text):
            return False
        self.text = self.before + text + self.after
        self.at += len(text)
        return True

    def _joins(self, text: str) -> bool:
        """Tell whether the line is still clean with this clean text at the cursor."""
        if text.isascii():
            return True
        if not self.at and is_mark(text[0]):
            return False  # it would be drawn over the prompt
        left = self.text[max(0, self.at - _SEAM) : self.at]
        right = self.text[self.at : self.at + _SEAM]
        if len(text) <= _SEAM:
            return _is_clean(left + text + right)
        return _is_clean(left + text[:_SEAM]) and _is_clean(text[-_SEAM:] + right)

    def press(self, key: Key) -> bool:
        """Act on a key that concerns the line alone; tell whether this was one."""
        killing, self._killing = self._killing, key in _KILLS
        if move := _MOVES.get(key):
            self.at = move(self.text, self.at)
        elif delete := _DELETES.get(key):
            self._remove(delete(self.text, self.at))
        elif kill := _KILLS.get(key):
            self._kill(kill(self.text, self.at), killing)
        elif key is Key.TRANSPOSE:
            self._transpose()
        else:
            return False
        return True

    def yank(self) -> bool:
        """Insert what was killed last; tell whether it fitted."""
        return self._insert_whole(self._killed if self.at else _from_first_base(self._killed))

    def _remove(self, target: int) -> str:
        start, end = sorted((self.at, target))
        removed = self.text[start:end]
        self.text = self.text[:start] + self.text[end:]
        if not start:
            self.text = _from_first_base(self.text)
        self.at = min(start, len(self.text))
        return removed

    def _kill(self, target: int, killing: bool) -> None:
        older = self._killed if killing else ""
        backwards = target < self.at
        removed = self._remove(target)
        if removed or killing:
            self._killed = removed + older if backwards else older + removed

    def _transpose(self) -> None:
        """Swap the graphemes around the cursor and go past them; at the end, the last two."""
        middle = self.at if self.at < len(self.text) else _back(self.text, self.at)
        start, end = _back(self.text, middle), _forth(self.text, middle)
        if start < middle < end:
            swapped = self.text[middle:end] + self.text[start:middle]
            self.text = self.text[:start] + swapped + self.text[end:]
            self.at = end


def _from_first_base(text: str) -> str:
    """Return a line without marks at its very start: a terminal draws them over the prompt."""
    if not text or text[0].isascii():
        return text
    marks = 0
    while marks < len(text) and is_mark(text[marks]):
        marks += 1
    return text[marks:]


def _is_clean(text: str) -> bool:
    return clean(text) == text


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())
