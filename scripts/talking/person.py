"""Person: somebody who does one thing after the other, and comes back when cut off."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from itertools import cycle
from typing import Final

from scripts.talking.ledger import LOBBY, Saying
from scripts.talking.seat import Seat
from scripts.talking.stage import REST, Stage

Deed = Callable[[], Awaitable[None]]

BEGUN: Final = 10
"""Columns of a line that is half typed: so much is looked for while others speak."""


class Person(Seat, ABC):
    """One of those who talk."""

    def __init__(self, stage: Stage, name: str) -> None:
        super().__init__(stage.tmux, name, stage.chance, stage.tempo.keys)
        self.stage = stage
        self.is_here = asyncio.Event()
        """Whether they have come in."""

    @abstractmethod
    async def arrive(self) -> None:
        """Start the program, and go into both rooms; the lobby is what is shown then."""

    @abstractmethod
    async def come_back(self) -> None:
        """The server has gone: do what people do until they can be heard again."""

    @abstractmethod
    async def leave(self) -> None:
        """Say good-bye."""

    @property
    @abstractmethod
    def is_cut_off(self) -> bool:
        """Whether the screen says that there is no connection."""

    async def returned(self, patience: float) -> None:
        """Wait until they have seen the end of the last outage.

        Raises:
            NotSeenError: they have not, in so many seconds.
        """
        stage, name = self.stage, self.name
        await self.until(lambda: stage.is_back(name), "the server again", patience)

    @property
    @abstractmethod
    def prompt(self) -> str:
        """What stands in front of what is typed in the lobby."""

    @property
    @abstractmethod
    def deeds(self) -> Sequence[Deed]:
        """What they do, over and over."""

    async def live(self) -> None:
        """Talk until the talk is over, and be there at its end."""
        await self.arrive()
        self.is_here.set()
        for deed in cycle(self.deeds):
            if self.is_cut_off:
                await self._return()
            if self.stage.is_over:
                return
            await deed()
            await self.pause(*REST)

    async def _return(self) -> None:
        await self.come_back()
        self.stage.came_back(self.name)

    def take(self, moment: str, rows: Sequence[str] = ()) -> None:
        """Keep the screen for the album."""
        self.stage.album.take(moment, self.name, rows or self.screen())

    # What everybody does.

    def compose(self, place: str = LOBBY, *, is_action: bool = False, lines: int = 1) -> Saying:
        """Think of something to say."""
        return self.stage.ledger.compose(self.name, place, is_action=is_action, lines=lines)

    async def say(self) -> None:
        """Say something in the lobby."""
        await self.utter(self.compose())

    async def utter(self, saying: Saying, command: str = "") -> None:
        """Type one line, behind a command, and press Enter."""
        await self.type(f"{command}{saying.text}")
        self.stage.ledger.enter(saying)
        await self.press("Enter")

    async def halt(self) -> None:
        """Stop in the middle of a line, and listen: what is begun has to stay."""
        saying = self.compose()
        await self.type(saying.text[:BEGUN])
        await self.pause(2.0, 4.0)
        begun = f"{self.prompt}{saying.text[:BEGUN]}".rstrip()
        rows = self.screen()
        if not self.is_cut_off and not any(row.startswith(begun) for row in rows):
            self.take("what was begun is gone", rows)
            self.stage.verdict.fault(f"{self.name}: « {begun} » did not stay while others spoke")
        await self.type(saying.text[BEGUN:])
        self.stage.ledger.enter(saying)
        await self.press("Enter")

    async def act(self) -> None:
        """/me."""
        await self.utter(self.compose(is_action=True), "/me ")
