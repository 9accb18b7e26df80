"""Stage: what the people of a talk share, and the album of what they saw."""

import asyncio
import math
import random
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from scripts.talking.house import House
from scripts.talking.ledger import Ledger, Saying
from scripts.talking.tmux import Tmux
from scripts.talking.verdict import Outage, Verdict

REST: Final = (1.0, 4.0)
"""Seconds between two things that somebody does."""


class Album:
    """Screens at the moments that matter, a text file each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.taken: list[str] = []
        self._started = time.monotonic()

    def take(self, moment: str, who: str, rows: Sequence[str]) -> None:
        """Keep a screen."""
        name = f"{len(self.taken) + 1:03}-{who}-{moment.replace(' ', '-')}.txt"
        self.taken.append(name)
        seconds = time.monotonic() - self._started
        frame = "─" * max(map(len, rows), default=0)
        text = "\n".join((f"{who}, {seconds:.0f} s: {moment}", frame, *rows, frame, ""))
        (self.folder / name).write_text(text, encoding="utf-8")


@dataclass(frozen=True)
class Tempo:
    """How quickly all of it goes.

    Attributes:
        keys: what the seconds between two keys are multiplied by.
        talk, away: seconds of talk before the server goes, and without it, at least.
        waits: seconds to the next try of ada's client when the server comes back: time for bob to
            say something that she misses.
        irssi: seconds that irssi leaves between two lines, after the first five.
    """

    keys: float = 1.0
    talk: float = 12.0
    away: float = 10.0
    waits: int = 9
    irssi: float = 2.2


@dataclass
class Stage:
    """What everybody needs.

    Attributes:
        chat: the command that starts the client.
        until: when the talk is over, by the loop's clock.
        down_at: when the server went the last time, up_at when it came back; since the epoch.
    """

    folder: Path
    chat: Sequence[str]
    tmux: Tmux
    house: House
    chance: random.Random
    tempo: Tempo
    ledger: Ledger
    album: Album
    verdict: Verdict = field(default_factory=Verdict)
    outages: dict[str, list[Outage]] = field(default_factory=dict)
    until: float = math.inf
    down_at: float = 0.0
    up_at: float = 0.0

    @property
    def is_over(self) -> bool:
        """Whether nobody begins to say anything any more."""
        return asyncio.get_running_loop().time() >= self.until

    def came_back(self, name: str) -> None:
        """Somebody can be heard again."""
        self.outages.setdefault(name, []).append(Outage(self.down_at, time.time()))

    def is_back(self, name: str) -> bool:
        """Whether somebody has seen the end of the last outage."""
        return any(outage.end > self.up_at for outage in self.outages.get(name, ()))

    def was_away(self, name: str, at: float) -> bool:
        """Whether the server was away for somebody at a time, since the epoch."""
        return any(one.start <= at <= one.end for one in self.outages.get(name, ()))

    def said_early(self, name: str, place: str, until: float) -> list[Saying]:
        """Return what somebody has said in a room since the server is back, up to a time."""
        return [
            saying
            for saying in self.ledger.said
            if (saying.speaker, saying.place) == (name, place) and self.up_at < saying.at < until
        ]


def close(tmux: Tmux, house: House) -> None:
    """End everything that was started."""
    with suppress(OSError):
        tmux.close()
    house.kill()
