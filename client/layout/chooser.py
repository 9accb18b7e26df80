"""Chooser: a list over the messages, narrowed by typing, from which one thing is taken.

Jumping to a room, reacting, what a search has found, help, and the question what to do with a long
paste are all such lists.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from msgspec import Struct

PAGE: Final = 10


class Choice(Struct, frozen=True):
    """One line of a list.

    Attributes:
        label: what stands there.
        about: what stands behind it, dim.
        value: what is handed on when it is taken; None cannot be taken (a heading).
        key: a character that takes it at once, or empty.
    """

    label: str
    about: str = ""
    value: Any = None
    key: str = ""


class Chooser:
    """A list that is open.

    Attributes:
        title: above it; `hint` is below it.
        typed: what narrows it.
        index: which of `shown` is chosen.
    """

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice],
        take: Callable[[Any], None],
        *,
        hint: str = "",
        wide: bool = False,
        preview: str = "",
    ) -> None:
        """`wide` takes as much room as there is.

        With a `preview` of what it is about that stands above it, and typing does not narrow it.
        """
        self.title = title
        self.hint = hint
        self.wide = wide
        self.typed = ""
        self.index = 0
        self._choices = tuple(choices)
        self._take = take
        self._preview = preview
        self.shown = self._choices
        self._settle(1)

    @property
    def head(self) -> str:
        """What stands above the choices: what is typed, or what it is about."""
        return self._preview or f"▸ {self.typed}▏"

    def replace(self, title: str, choices: Sequence[Choice]) -> None:
        """Show other things; what is chosen stays at its place."""
        self.title = title
        self._choices = tuple(choices)
        self._narrow()

    def type(self, text: str) -> bool:
        """Narrow the list, or take what has this key; say whether that was taken."""
        for choice in self._choices:
            if choice.key == text and not self.typed:
                self._take(choice.value)
                return True
        if not self._preview:
            self.typed += text
            self.index = 0
            self._narrow()
        return False

    def erase(self) -> None:
        """Take the last character that was typed away."""
        self.typed = self.typed[:-1]
        self._narrow()

    def move(self, count: int) -> None:
        """Choose another one, so many further down (or up)."""
        if not self.shown:
            return
        self.index = min(max(self.index + count, 0), len(self.shown) - 1)
        self._settle(1 if count > 0 else -1)

    def point(self, index: int) -> bool:
        """Choose and take one that was pointed at; say whether it can be taken."""
        if not 0 <= index < len(self.shown) or self.shown[index].value is None:
            return False
        self.index = index
        return self.take()

    def take(self) -> bool:
        """Hand on what is chosen; say whether there was anything."""
        if not self.shown or self.shown[self.index].value is None:
            return False
        self._take(self.shown[self.index].value)
        return True

    def _narrow(self) -> None:
        if not self.typed:
            self.shown = self._choices
        else:
            words = self.typed.casefold().split()
            found = [c for c in self._choices if c.value is not None and _fits(c, words)]
            begins = [c for c in found if c.label.lstrip("# /").casefold().startswith(tuple(words))]
            self.shown = (*begins, *(c for c in found if c not in begins))
        self.index = min(self.index, max(len(self.shown) - 1, 0))
        self._settle(1)

    def _settle(self, step: int) -> None:
        """Step over headings; back where there is nothing more in that direction."""
        for direction in (step, -step):
            index = self.index
            while 0 <= index < len(self.shown) and self.shown[index].value is None:
                index += direction
            if 0 <= index < len(self.shown):
                self.index = index
                return


def _fits(choice: Choice, words: Sequence[str]) -> bool:
    text = f"{choice.label} {choice.about}".casefold()
    return all(word in text for word in words)
