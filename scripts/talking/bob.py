"""Bob: on telnet, in a shell; when the connection ends he types the command again."""

from collections.abc import Sequence
from typing import Final

from scripts.talking.ledger import GAMES, between
from scripts.talking.person import Deed, Person
from scripts.talking.seat import NotSeenError

_SHELL: Final = "$ "
_TRIES: Final = 40


class Bob(Person):
    """Debian's telnet, 90×30."""

    async def arrive(self) -> None:
        """Start telnet in a shell."""
        shell = ("bash", "--norc", "--noprofile")
        self._tmux.open(self.name, shell, {"PS1": _SHELL}, 90, 30)
        await self.until(lambda: self._row == _SHELL.strip(), "the shell")
        await self._connect()
        await self.enter(f"/join {GAMES}")
        await self.sees(f"[{GAMES}]")
        await self.enter("/join #lobby")
        await self.until(lambda: self._row == self.prompt.strip(), "the lobby")

    async def come_back(self) -> None:
        """Type the command again, until somebody answers."""
        self.take("cut off")
        await self.press("C-c")
        await self._connect()
        await self.say()
        self.take("back")

    async def leave(self) -> None:
        """Quit, and close the shell."""
        await self.enter("/quit good night")
        await self.until(lambda: self.is_cut_off, "the shell")
        await self.enter("exit")

    @property
    def is_cut_off(self) -> bool:
        """Whether the shell is back."""
        return self._row.startswith(_SHELL.strip())

    @property
    def prompt(self) -> str:
        """The room in brackets."""
        return "[#lobby] "

    @property
    def deeds(self) -> Sequence[Deed]:
        """What telnet lets people do."""
        return (self.say, self.halt, self.tell_ada, self.play, self.act, self.say, self.tell_cy)

    async def tell_ada(self) -> None:
        """Write to ada alone."""
        await self.utter(self.compose(between("ada", "bob")), "/msg ada ")

    async def tell_cy(self) -> None:
        """Write to cy alone."""
        await self.utter(self.compose(between("bob", "cy")), "/msg cy ")

    async def play(self) -> None:
        """Go into the other room, say something, and come back."""
        await self.enter(f"/join {GAMES}")
        await self.until(lambda: self.is_cut_off or self._row.startswith(f"[{GAMES}]"), GAMES)
        if not self.is_cut_off:
            await self.utter(self.compose(GAMES))
            await self.enter("/join #lobby")

    @property
    def _row(self) -> str:
        """The last row with anything on it."""
        return next((row for row in reversed(self.screen()) if row.strip()), "")

    async def _connect(self) -> None:
        await self.enter(f"telnet 127.0.0.1 {self.stage.house.port}")
        for _ in range(_TRIES):
            await self.pause(0.5, 1.0)
            await self.until(lambda: self._is_asked or self._row == _SHELL.strip(), "an answer")
            if self._is_asked:
                await self.enter(self.name)
                await self.until(lambda: self._row == self.prompt.strip(), "the lobby")
                return
            await self.pause(1.0, 2.0)
            await self.press("Up", "Enter")
        raise NotSeenError("bob cannot connect any more")

    @property
    def _is_asked(self) -> bool:
        return self._row.endswith("Your name?")
