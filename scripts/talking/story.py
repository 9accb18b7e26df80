"""Story: three people come, talk through a restart and a kill, read, and go."""

import asyncio
import random
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Final

from scripts.processes.process import StartError
from scripts.talking.ada import Ada
from scripts.talking.bob import Bob
from scripts.talking.cy import Cy
from scripts.talking.history import Stored, export
from scripts.talking.house import House
from scripts.talking.ledger import GAMES, LOBBY, Ledger
from scripts.talking.person import Person
from scripts.talking.stage import Album, Stage, Tempo, close
from scripts.talking.tmux import Tmux, WindowError
from scripts.talking.views import View, chat_log_view, irssi_views, telnet_views

_QUEUED: Final = 4  # lines that irssi may hold back when the talk is over
_AWAY_AT_MOST: Final = 90.0  # seconds
_EXTRA: Final = 600.0  # seconds for coming, reading and going


class End(Enum):
    """How a life of the server ends."""

    RESTART = "restarted"  # SIGTERM
    KILL = "killed"  # SIGKILL


@dataclass(frozen=True)
class Plan:
    """What is to be done; `chat` is the command that starts the client."""

    minutes: float
    seed: int
    chat: Sequence[str]
    ends: Sequence[End] = tuple(End)
    tempo: Tempo = field(default_factory=Tempo)


@dataclass
class Outcome:
    """What has come of it."""

    stage: Stage
    stored: list[Stored] = field(default_factory=list)
    seconds_away: list[float] = field(default_factory=list)
    sights: int = 0

    @property
    def faults(self) -> list[str]:
        """Everything that was wrong."""
        return self.stage.verdict.faults


class _Story:
    def __init__(self, plan: Plan, stage: Stage, tell: Callable[[str], None]) -> None:
        self._plan = plan
        self._stage = stage
        self._tell = tell
        self._outcome = Outcome(stage)
        self._ada = Ada(stage, "ada")
        self._bob = Bob(stage, "bob")
        self._cy = Cy(stage, "cy")
        self._people: tuple[Person, ...] = (self._ada, self._bob, self._cy)

    async def play(self) -> Outcome:
        stage, verdict = self._stage, self._stage.verdict
        await asyncio.to_thread(stage.house.start)
        view: View = {}
        try:
            async with asyncio.timeout(60.0 * self._plan.minutes + _EXTRA):
                async with asyncio.TaskGroup() as group:
                    for person in self._people:
                        group.create_task(person.live())
                    group.create_task(self._direct())
                self._tell("the talk is over; ada reads all of it")
                await asyncio.sleep(_QUEUED * self._plan.tempo.irssi)
                view = await self._ada.read_all(await self._places_of_ada())
        except* (WindowError, StartError, TimeoutError) as errors:
            for error in errors.exceptions:
                verdict.fault(str(error) or "it took too long")
        for person in self._people:
            with suppress(WindowError):
                person.take("at the end")
        self._judge(view)
        for person in self._people:
            with suppress(WindowError):  # who is stuck is ended with the window
                await person.leave()
        code = await asyncio.to_thread(stage.house.stop)
        if code or "Traceback" in stage.house.log_file.read_text(encoding="utf-8"):
            verdict.fault(f"the server ended with {code}; see server.log")
        return self._outcome

    async def _places_of_ada(self) -> Collection[str]:
        """The rooms, and with whom she has talked: what irssi still held is lost with the server,
        so there may be nothing where somebody has written to her.
        """
        stored = await asyncio.to_thread(export, self._stage.house.data)
        places = {message.place for message in stored if "ada" in message.place.split("+")}
        places |= {said.place for said in self._stage.ledger.said if said.speaker == "ada"}
        return (LOBBY, GAMES, *sorted(places - {LOBBY, GAMES}))

    async def _direct(self) -> None:
        """Take the server away and bring it back, at even distances, and end the talk."""
        stage, plan = self._stage, self._plan
        for person in self._people:
            await person.is_here.wait()
        started, length = self._now(), 60.0 * plan.minutes
        for number, end in enumerate(plan.ends, 1):
            moment = started + length * number / (len(plan.ends) + 1)
            await asyncio.sleep(max(moment - self._now(), plan.tempo.talk))
            await self._interrupt(end)
        stage.until = max(started + length, self._now() + plan.tempo.talk)

    async def _interrupt(self, end: End) -> None:
        stage = self._stage
        self._tell(f"the server is {end.value}")
        stage.down_at = time.time()
        await asyncio.to_thread(stage.house.stop if end is End.RESTART else stage.house.kill)
        await self._away()
        await asyncio.to_thread(stage.house.start)
        stage.up_at = time.time()
        self._outcome.seconds_away.append(stage.up_at - stage.down_at)
        self._tell(f"it is back after {self._outcome.seconds_away[-1]:.0f} s")
        for person in self._people:
            await person.returned(_AWAY_AT_MOST)

    async def _away(self) -> None:
        """Wait until ada has typed, and until her client's next try is some time away."""
        tempo, latest = self._plan.tempo, self._now() + _AWAY_AT_MOST
        await asyncio.sleep(tempo.away)
        while not (self._ada.has_typed and self._ada.waits >= tempo.waits):
            if self._now() > latest:
                return
            await asyncio.sleep(0.2)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    def _judge(self, view: View) -> None:
        stage = self._stage
        verdict, outcome = stage.verdict, self._outcome
        stored = outcome.stored = export(stage.house.data)
        others = {name: away for name, away in stage.outages.items() if name != "ada"}
        verdict.judge_history(stage.ledger, stored, others, self._ada.refused)
        adas = [m for m in stored if m.place.startswith("#") or "ada" in m.place.split("+")]
        verdict.judge_whole("ada's screen", view, adas)
        log = chat_log_view(self._ada.logs, "ada")
        verdict.judge_whole("the log of ada's client", log, adas)
        rooms = {mark: m.place for m in stored for mark in m.marks if m.place.startswith("#")}
        telnet = telnet_views(self._rows_of("bob"), rooms)
        irssi = irssi_views(self._cy.logs, "cy")
        for seen in telnet:
            verdict.judge_view("bob's telnet", seen, stored)
        for seen in irssi:
            # It shows its own lines before the server has them, so their places are its own.
            verdict.judge_view("cy's irssi", seen, stored, but="cy")
        outcome.sights = sum(len(m) for v in (view, log, *telnet, *irssi) for m in v.values())

    def _rows_of(self, name: str) -> list[str]:
        try:
            return self._stage.tmux.scrolled(name)
        except WindowError as error:
            self._stage.verdict.fault(str(error))
            return []


def run(plan: Plan, folder: Path, tell: Callable[[str], None] = lambda _: None) -> Outcome:
    """Let three people talk for so long; hold what was said against what was stored and seen.

    Raises:
        StartError: the server did not start.
    """
    chance = random.Random(plan.seed)
    screens = folder / "screens"
    screens.mkdir()
    tmux, house = Tmux(), House(folder)
    stage = Stage(
        folder=folder,
        chat=plan.chat,
        tmux=tmux,
        house=house,
        chance=chance,
        tempo=plan.tempo,
        ledger=Ledger(chance),
        album=Album(screens),
    )
    try:
        return asyncio.run(_play(plan, stage, tell))
    finally:
        close(tmux, house)


async def _play(plan: Plan, stage: Stage, tell: Callable[[str], None]) -> Outcome:
    return await _Story(plan, stage, tell).play()
