"""Seat: a person at a window, who types as people do, and looks."""

import asyncio
import random
from collections.abc import Callable
from typing import Final

from scripts.talking.tmux import Tmux, WindowError

PATIENCE: Final = 30.0  # seconds for what should take one
_LOOK: Final = 0.1  # seconds between two looks
_KEY: Final = (0.03, 0.11)  # seconds between two keys
_WORD: Final = (0.05, 0.3)  # and after a word


class NotSeenError(WindowError):
    """Something did not appear in time; the message shows the screen."""


class Seat:
    """One window, and who sits before it."""

    def __init__(self, tmux: Tmux, name: str, chance: random.Random, keys: float = 1.0) -> None:
        """`keys` is what the seconds between two keys are multiplied by."""
        self.name = name
        self.chance = chance
        self._tmux = tmux
        self._keys = keys

    async def type(self, text: str) -> None:
        """Type, a key at a time, with the pauses that people make."""
        for character in text:
            self._tmux.type(self.name, character)
            await self._breathe(*(_WORD if character == " " else _KEY))

    async def press(self, *keys: str) -> None:
        """Press keys one after the other, by tmux's names of them."""
        for key in keys:
            self._tmux.press(self.name, key)
            await self._breathe(*_WORD)

    async def _breathe(self, shortest: float, longest: float) -> None:
        await asyncio.sleep(self.chance.uniform(shortest, longest) * self._keys)

    async def enter(self, text: str) -> None:
        """Type a line, and press Enter."""
        await self.type(text)
        await self.press("Enter")

    async def pause(self, shortest: float, longest: float) -> None:
        """Think, or listen."""
        await asyncio.sleep(self.chance.uniform(shortest, longest))

    def screen(self) -> list[str]:
        """What is on the screen now."""
        return self._tmux.screen(self.name)

    def shows(self, text: str) -> bool:
        """Whether a text is on the screen now."""
        return any(text in row for row in self.screen())

    async def sees(self, text: str, patience: float = PATIENCE) -> list[str]:
        """Wait until a text is on the screen; return the screen.

        Raises:
            NotSeenError: it is not, in so many seconds.
        """
        return await self.until(lambda: self.shows(text), f"« {text} »", patience)

    async def loses(self, text: str, patience: float = PATIENCE) -> list[str]:
        """Wait until a text is not on the screen; return the screen.

        Raises:
            NotSeenError: it still is.
        """
        return await self.until(lambda: not self.shows(text), f"no « {text} »", patience)

    async def until(
        self, condition: Callable[[], bool], what: str, patience: float = PATIENCE
    ) -> list[str]:
        """Wait for a condition; return the screen.

        Raises:
            NotSeenError: it does not hold in so many seconds.
        """
        clock = asyncio.get_running_loop().time
        deadline = clock() + patience
        while not condition():
            if clock() > deadline:
                rows = "\n".join(f"    |{row}" for row in self.screen())
                raise NotSeenError(f"{self.name} did not see {what} in {patience:g} s:\n{rows}")
            await asyncio.sleep(_LOOK)
        return self.screen()
