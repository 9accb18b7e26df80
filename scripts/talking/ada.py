"""Ada: on scripts/chat, in the full screen. She does all that it can do."""

import re
import time
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

from scripts.talking.ledger import GAMES, LOBBY, Mark, Saying, between, first_mark
from scripts.talking.person import Deed, Person
from scripts.talking.seat import NotSeenError
from scripts.talking.stage import Stage
from scripts.talking.views import View, chat_marks, joined, reacted_marks, refused_marks

COLUMNS: Final = 100
ROWS: Final = 30
_LONG: Final = 120.0
_SURE: Final = (
    0.5  # seconds from bob's Enter key to the server, and from her look to the one before
)
_PAGES: Final = 400  # at most, in each place
_NEW: Final = re.compile(r"── new ──")
_WAIT: Final = re.compile(r"trying again in (\d+) s")
_AWAY: Final = ("trying again", "connecting …", "introducing ourselves")


class Ada(Person):
    """The client, 100×30.

    Attributes:
        has_typed: whether she has, in this outage, said something that has to wait.
        refused: what her screen shows as not sent, when she has read all of it.
    """

    def __init__(self, stage: Stage, name: str) -> None:
        super().__init__(stage, name)
        self.has_typed = False
        self.refused: list[Mark] = []

    async def arrive(self) -> None:
        """Start the client with both rooms."""
        folder = str(self.stage.folder / "chat")
        address = f"{self.name}@127.0.0.1:{self.stage.house.port}"
        rooms = ("--room", LOBBY, "--room", GAMES, "--log", str(self.logs))
        places = {"XDG_CONFIG_HOME": folder, "XDG_DATA_HOME": folder}
        self._tmux.open(self.name, (*self.stage.chat, address, *rooms), places, COLUMNS, ROWS)
        await self.sees("You are in the room.")
        await self._go_to_lobby()

    @property
    def logs(self) -> Path:
        """The folder of her client's own log."""
        return self.stage.folder / "chat-logs"

    async def leave(self) -> None:
        """Ctrl-C twice, as the help says."""
        await self.press("C-c", "C-c")

    @property
    def is_cut_off(self) -> bool:
        """Whether the status line says so."""
        return any(word in row for row in self.screen() for word in _AWAY)

    @property
    def prompt(self) -> str:
        """Her name and an arrow."""
        return " ada ▸ "

    @property
    def deeds(self) -> Sequence[Deed]:
        """Everything that the client can do."""
        return (
            *(self.say, self.reply, self.react, self.tell_bob, self.scroll, self.say_lines),
            *(self.halt, self.act, self.play, self.resize, self.drop, self.tell_cy),
        )

    # What she does.

    async def say_lines(self) -> None:
        """Say a message of two lines."""
        saying = self.compose(lines=2)
        await self.type(saying.lines[0])
        await self.press("M-Enter")
        await self.type(saying.lines[1])
        self.stage.ledger.enter(saying)
        await self.press("Enter")

    async def reply(self) -> None:
        """Answer the last line of somebody else."""
        await self.press("M-r")
        rows = await self.until(lambda: self.shows("↳ to") or self.shows("nothing to"), "↳ to")
        answered = next((row for row in rows if "↳ to" in row), "")
        if not answered:
            return
        saying = self.compose()
        await self.type(saying.text)
        self.stage.ledger.enter(saying, reply_to=first_mark(answered).partition(".")[0])
        await self.press("Enter")

    async def react(self) -> None:
        """React to the last line of somebody else, where she has not done so yet."""
        await self.press("M-e")
        rows = await self.until(
            lambda: self.shows("React to") or self.shows("nothing to"), "a list"
        )
        mark = first_mark(next((row for row in rows if "React to" in row), "")).partition(".")[0]
        if not mark or mark in self.stage.ledger.reactions:
            await self.press("Escape")
            return
        await self.pause(0.5, 1.5)
        await self.press("1")
        await self.loses("React to")
        try:
            await self.until(lambda: self.is_cut_off or self._has_reacted(mark), "her reaction")
        except NotSeenError as error:
            self.stage.verdict.fault(str(error))
        if self._has_reacted(mark):
            self.stage.ledger.reactions.append(mark)

    def _has_reacted(self, mark: str) -> bool:
        return mark in reacted_marks(self.screen(), self.name)

    async def tell_bob(self) -> None:
        """Write to bob alone."""
        await self._tell("bob")

    async def tell_cy(self) -> None:
        """Write to cy alone."""
        await self._tell("cy")

    async def _tell(self, friend: str) -> None:
        await self.utter(self.compose(between("ada", friend)), f"/msg {friend} ")
        await self.pause(1.0, 2.0)
        await self._go_to_lobby()

    async def play(self) -> None:
        """Say something in the other room."""
        await self.press("M-2")
        await self.until(lambda: self._title.startswith(GAMES), GAMES)
        await self.utter(self.compose(GAMES))
        await self.pause(1.0, 2.0)
        await self._go_to_lobby()

    async def scroll(self) -> None:
        """Read what was said before, while others go on; and come back."""
        await self.press("PageUp", "PageUp")
        before = self.screen()
        await self.pause(3.0, 5.0)
        after = self.screen()
        if any("(End)" in row for row in before):
            self.take("scrolled up", after)
            if chat_marks(before[:-4]) != chat_marks(after[:-4]) and not self.is_cut_off:
                self.take("before it jumped", before)
                self.stage.verdict.fault("ada: what she read moved while others spoke")
        await self.press("End")
        await self.loses("(End)")

    async def resize(self) -> None:
        """Make the window small, and large again."""
        for columns, rows in ((50, 16), (COLUMNS, ROWS)):
            self._tmux.resize(self.name, columns, rows)
            await self.until(lambda: self.screen()[-1].startswith(self.prompt.rstrip()), "a prompt")
            self.take(f"at {columns}x{rows}")
            await self.pause(0.5, 1.5)

    async def drop(self) -> None:
        """Think better of it, and say something else."""
        saying = self.compose()
        await self.type(saying.text)
        await self.press("C-c")
        self.stage.ledger.drop(saying)
        await self.loses(saying.text[:20])
        await self.say()

    # The server goes, and comes back.

    async def come_back(self) -> None:
        """Type a line meanwhile, wait, and look at what was missed."""
        again = bool(self.stage.outages.get(self.name))
        self._check_words("the server is away")
        await self._go_to_lobby()
        await self.pause(1.0, 2.0)
        saying = self.compose()
        await self.utter(saying)
        rows = await self.until(lambda: _is_pending(self) or not self.is_cut_off, "what happens")
        self.take("typed meanwhile", rows)
        if again:
            await self.press("Enter")  # as the status line says: now
            await self.pause(0.3, 0.6)
            self.take("Enter tries now")
        self.has_typed = True
        await self.until(lambda: not self.is_cut_off, "the server", _LONG)
        back_at = time.time()
        await self.until(lambda: not _is_pending(self), "that all is sent")
        await self.pause(1.0, 1.5)
        self._check_missed(back_at - _SURE)
        self.has_typed = False

    @property
    def waits(self) -> int:
        """For how many seconds the client says that it waits until its next try."""
        found = [_WAIT.search(row) for row in self.screen()]
        return max((int(one[1]) for one in found if one), default=0)

    def _check_words(self, moment: str) -> None:
        """It has to be said what is wrong, what is done about it, and what to press."""
        rows = self.screen()
        self.take(moment, rows)
        status = next((row for row in rows if "trying again" in row), "")
        if status and "(Enter: now)" not in status:
            self.stage.verdict.fault(f"ada is not told what to press: {status.strip()!r}")

    def _check_missed(self, until: float) -> None:
        """What was said while she was away stands there, below « new »."""
        missed = self.stage.said_early("bob", LOBBY, until)  # irssi holds lines back
        rows = self.screen()
        self.take("back", rows)
        if missed:
            self._check_new_line(missed, rows)

    def _check_new_line(self, missed: Sequence[Saying], rows: Sequence[str]) -> None:
        new = next((number for number, row in enumerate(rows) if _NEW.search(row)), None)
        above = chat_marks(rows[:new]) if new is not None else []
        for saying in missed:
            if not any(_says(row, saying.mark) for row in rows):
                self.stage.verdict.fault(f"ada does not see what she missed: {saying.mark}")
        if new is None or any(saying.mark in above for saying in missed):
            self.stage.verdict.fault(f"no « new » above what ada missed ({missed[0].mark})")

    # Reading all of it.

    async def read_all(self, places: Collection[str]) -> View:
        """Scroll through these places from their ends to their starts; return what stands there."""
        self._tmux.resize(self.name, COLUMNS, 2 * ROWS)
        await self.press("M-l", "M-m")
        view: View = {}
        reacted: set[Mark] = set()
        for place in places:
            name = place.replace("ada", "").strip("+")
            await self._go_to(name)
            rows = await self._read_up(place)
            view[place] = chat_marks(rows)
            self.refused += refused_marks(rows)
            reacted |= reacted_marks(rows, self.name)
        gone = [mark for mark in self.stage.ledger.reactions if mark not in reacted]
        if gone:
            self.stage.verdict.fault(f"ada's reactions are gone: {', '.join(gone)}")
        if _is_pending(self):
            self.stage.verdict.fault("ada is told at the end that something is not sent yet")
        return view

    async def _read_up(self, place: str) -> list[str]:
        await self.press("End")
        await self.pause(0.5, 0.8)
        whole = self._messages()
        self.take(f"the end of {place}")
        for _ in range(_PAGES):
            await self.press("PageUp")
            await self.pause(0.3, 0.4)
            page = self._messages()
            if page[:2] == whole[:2]:
                break
            more = joined(whole, page)
            if more is None:
                self.take("a page that does not join")
                self.stage.verdict.fault(f"ada, {place}: two pages have no row in common")
                more = [*page, *whole]
            whole = more
        self.take(f"the start of {place}")
        await self.press("End")
        await self.loses("(End)")
        return whole

    def _messages(self) -> list[str]:
        """The rows of messages, without the one that says that more is below."""
        rows = self.screen()
        end = max(
            (number for number, row in enumerate(rows) if row and not row.strip("─┴")), default=0
        )
        return [row for row in rows[1:end] if row.strip() and "(End)" not in row]

    async def _go_to_lobby(self) -> None:
        await self.press("M-1")
        await self.until(lambda: self._title.startswith(LOBBY), LOBBY)

    async def _go_to(self, name: str) -> None:
        """Jump, as one does to a place with many others on the list."""
        if self._title.startswith(name):
            return
        await self.press("C-k")
        await self.sees("Enter")
        await self.enter(name.strip("#"))
        await self.until(lambda: self._title.startswith(name), name)

    @property
    def _title(self) -> str:
        """What stands above the messages."""
        row = self.screen()[0]
        return (row.split("│")[1] if "│" in row else row).strip()


def _says(row: str, mark: str) -> bool:
    return mark in chat_marks([row])


def _is_pending(ada: Ada) -> bool:
    return ada.shows("not sent yet")
