"""Cy: on irssi, which connects again by itself, or when it is told to."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from scripts.talking.ledger import GAMES, LOBBY, between
from scripts.talking.person import Deed, Person

# It would wait for five minutes before it connects again.
_CONFIG: Final = """\
settings = {{
  core = {{ real_name = "cy"; user_name = "cy"; nick = "cy"; server_reconnect_time = "10s"; }};
  "irc/core" = {{ cmd_queue_speed = "{queue}msec"; }};
  "fe-common/core" = {{ autolog = "yes"; autolog_path = "{logs}/$0.log"; }};
}};
"""
_LONG: Final = 120.0


class Cy(Person):
    """irssi, 100×30; its first window is its own, then come #lobby and #games."""

    async def arrive(self) -> None:
        """Start irssi, and join."""
        home = self.stage.folder / "irssi"
        home.mkdir()
        queue = round(1000 * self.stage.tempo.irssi)
        settings = _CONFIG.format(logs=self.logs, queue=queue)
        (home / "config").write_text(settings, encoding="utf-8")
        port = str(self.stage.house.port)
        program = ("irssi", f"--home={home}", "-c", "127.0.0.1", "-p", port, "-n", self.name)
        self._tmux.open(self.name, program, {}, 100, 30)
        await self.sees("MOTD File is missing")
        for room in (GAMES, LOBBY):
            await self.enter(f"/join {room}")
            await self.sees(f"/{room}(")

    async def come_back(self) -> None:
        """Let it connect again by itself, the second time by /reconnect."""
        self.take("cut off")
        if len(self.stage.outages.get(self.name, ())) % 2:  # the first time it is left alone
            await self.pause(2.0, 4.0)
            await self.enter("/reconnect")
        await self.until(lambda: not self.is_cut_off, "the lobby again", _LONG)
        await self.pause(1.0, 2.0)
        self.take("back")

    async def leave(self) -> None:
        """Quit."""
        await self.enter("/quit good night")

    @property
    def logs(self) -> Path:
        """The folder of what it has shown."""
        return self.stage.folder / "irssi-logs"

    @property
    def is_cut_off(self) -> bool:
        """Whether the status row has lost the room."""
        return f"/{LOBBY}(" not in self._status

    @property
    def prompt(self) -> str:
        """The room in brackets."""
        return "[#lobby] "

    @property
    def deeds(self) -> Sequence[Deed]:
        """What irssi lets people do."""
        return (self.say, self.act, self.tell_ada, self.halt, self.play, self.say, self.tell_bob)

    async def tell_ada(self) -> None:
        """Write to ada alone."""
        await self.utter(self.compose(between("ada", "cy")), "/msg ada ")

    async def tell_bob(self) -> None:
        """Write to bob alone."""
        await self.utter(self.compose(between("bob", "cy")), "/msg bob ")

    async def play(self) -> None:
        """Go to the window of the other room, say something, and come back."""
        await self.press("M-2")
        await self.until(lambda: GAMES in self._prompt_row or self.is_adrift, GAMES)
        if not self.is_adrift:
            await self.utter(self.compose(GAMES))
        await self.press("M-3")

    @property
    def is_adrift(self) -> bool:
        """Whether there is no connection, whichever window is shown."""
        return "/#" not in self._status

    @property
    def _prompt_row(self) -> str:
        return self.screen()[-1]

    @property
    def _status(self) -> str:
        return self.screen()[-2]
