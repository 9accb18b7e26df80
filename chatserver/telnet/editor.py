"""A line editor for a terminal at the other end of a wire.

Bytes of keys go in, actions and bytes for the screen come out. The editor owns one row, the last
one: the prompt and as much of the line as fits.

It pulls: `feed` only queues, `next` acts on keys until one of them needs the owner. So an answer
that comes later (a completion) finds the line as it was, and the keys typed meanwhile come after
it. It draws late: the screen is brought up to date once, by `take_output`, however many keys
came, so that a flood of keys costs one row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, TypeAlias

from msgspec import Struct

from chatserver.telnet.completion import common_start, in_columns
from chatserver.telnet.keys import Key, Keys, Paste, Stroke
from chatserver.telnet.line import InputLine
from chatserver.telnet.pasting import PastedLines, joined
from chatserver.telnet.recall import Recall
from chatserver.telnet.row import Row, over
from chatserver.telnet.window import view
from chatserver.text import clean, truncate, width

MIN_COLUMNS: Final = 10
MAX_COLUMNS: Final = 500


class Line(Struct, frozen=True):
    """A finished line, without its end; `secret` if it answers `LineEditor.ask_secret`."""

    text: str
    secret: bool = False


class Complete(Struct, frozen=True):
    """A Tab: the text before the cursor. `again` if it came right after another Tab.

    Answer with `LineEditor.complete` before the next call of `LineEditor.next`.
    """

    before: str
    again: bool


class Leave(Struct, frozen=True):
    """An end of input (^D) on an empty line."""


class TooLong(Struct, frozen=True):
    """A paste that does not fit into a line; the line stays as it was."""


Action: TypeAlias = Line | Complete | Leave | TooLong


def over_idle(prompt: str, lines: Sequence[str]) -> bytes:
    """Return what prints lines above an idle editor's row and restores its prompt.

    The same bytes serve every idle editor with this prompt.

    Parameters:
        prompt: the editor's prompt.
        lines: as for `LineEditor.print`.
    """
    return over(clean(prompt), lines).encode("utf-8", "replace") if lines else b""


class LineEditor:
    """The editor of one terminal.

    Parameters:
        columns: the window's width, taken as `MIN_COLUMNS` to `MAX_COLUMNS`.
        limit: bytes of UTF-8 in a line.
    """

    __slots__ = (
        "_asked",
        "_columns",
        "_first",
        "_fitted",
        "_keys",
        "_limit",
        "_line",
        "_listed",
        "_pasted",
        "_prompt",
        "_queue",
        "_recall",
        "_row",
        "_secret",
        "_secret_prompt",
        "_tabs",
        "_taken",
    )

    def __init__(self, columns: int = 80, limit: int = 4096) -> None:
        self._limit = limit
        self._columns = _clamp(columns)
        self._keys = Keys()
        self._queue: list[Stroke] = []
        self._taken = 0  # strokes of the queue that have acted
        self._line = InputLine(limit)
        self._recall = Recall()
        self._prompt = ""
        self._fitted = ""  # the prompt as this window shows it
        self._first = 0  # where the window over the line begins
        self._secret: InputLine | None = None
        self._secret_prompt = ""
        self._pasted = PastedLines()
        self._asked: Complete | None = None
        self._tabs = 0  # how many came in a row
        self._listed = False  # once for each output, whatever the number of Tabs
        self._row = Row()

    # -- what the owner sees

    @property
    def prompt(self) -> str:
        """The text in front of the line, cleaned; one wider than half the window is cut."""
        return self._prompt

    @prompt.setter
    def prompt(self, prompt: str) -> None:
        self._prompt = clean(prompt)
        self._fitted = truncate(self._prompt, self._columns // 2)

    @property
    def idle(self) -> bool:
        """Whether the row is exactly the prompt, the cursor behind it, and nothing under way.

        While it is so, `over_idle(editor.prompt, lines)` may be sent instead of `print`.
        """
        return (
            not self._line.text
            and self._row.is_exactly(self._prompt)
            and self._fitted == self._prompt
            and not self._queue
            and not self._pasted.question
            and not self._pasted.sending
            and self._secret is None
            and not self._keys.unfinished
        )

    @property
    def escape_waiting(self) -> bool:
        """Whether `flush_escape` is due if no byte comes for 100 ms."""
        return self._keys.waiting

    # -- keys in, actions out

    def feed(self, data: bytes) -> None:
        """Queue the keys of some bytes, free of telnet commands. Nothing acts before `next`."""
        self._queue += self._keys.feed(data)

    def flush_escape(self) -> None:
        """Take an unfinished escape sequence for the Escape key."""
        self._queue += self._keys.flush()

    def next(self) -> Action | None:
        """Act on queued keys until one of them needs the owner; return None when none is left."""
        while True:
            if self._pasted.sending:
                return self._sent(self._pasted.take())
            if not self._queue:
                return None
            if action := self._act(self._take()):
                return action

    def _take(self) -> Stroke:
        stroke = self._queue[self._taken]
        self._taken += 1
        if self._taken == len(self._queue):
            self._queue.clear()
            self._taken = 0
        return stroke

    def _act(self, stroke: Stroke) -> Action | None:
        self._tabs = self._tabs + 1 if stroke is Key.TAB else 0
        self._asked = None
        if self._pasted.question:
            self._answer(stroke)
            return None
        match stroke:
            case Key():
                done = self._current.press(stroke)
                return None if done or stroke not in _HANDLERS else _HANDLERS[stroke](self)
            case Paste():
                return self._paste(stroke)
            case _:
                self._type(stroke)
                return None

    @property
    def _current(self) -> InputLine:
        return self._line if self._secret is None else self._secret

    def _type(self, char: str) -> None:
        """Insert a character, and those queued behind it in one go."""
        run = [char]
        while self._queue and isinstance(following := self._queue[self._taken], str):
            run.append(following)
            self._take()
        self._ring_unless(self._current.insert("".join(run)))

    def _ring_unless(self, done: bool) -> None:
        if not done:
            self._row.ring()

    def _enter(self) -> Line:
        if self._secret is not None:
            answer, self._secret = self._secret.text, None
            return Line(answer, secret=True)
        text = self._line.text
        self._line.set("")
        return self._sent(text)

    def _sent(self, text: str) -> Line:
        text = clean(text)  # its parts are, but where they meet there may be too many marks
        self._recall.add(text)
        return Line(text)

    def _interrupt(self) -> Line | None:
        if self._secret is not None:
            self._secret = None
            return Line("", secret=True)
        self._line.set("")
        self._recall.restart()
        return None

    def _end_of_input(self) -> Leave | None:
        if not self._current.text:
            return Leave()
        self._current.press(Key.DELETE)
        return None

    def _yank(self) -> None:
        self._ring_unless(self._current.yank())

    def _older(self) -> None:
        self._recalled(self._recall.older(self._line.text) if self._secret is None else None)

    def _newer(self) -> None:
        self._recalled(self._recall.newer() if self._secret is None else None)

    def _recalled(self, text: str | None) -> None:
        self._ring_unless(text is not None)
        if text is not None:
            self._line.set(text)

    # -- completion

    def _tab(self) -> Complete | None:
        if self._secret is not None:
            self._row.ring()
            return None
        self._asked = Complete(self._line.before, self._tabs > 1)
        return self._asked

    def complete(self, candidates: Sequence[str], start: int) -> None:
        """Answer the `Complete` that `next` returned last; an answer that is late is ignored.

        Parameters:
            candidates: what may stand in place of `before[start:]`, each with its suffix (`": "`
                or `" "`). One is inserted with it. Of several, what they have in common is, letter
                case aside and without a suffix, and a second Tab lists them. None rings the bell.
            start: an index into `before`.
        """
        asked, self._asked = self._asked, None
        if asked is None:
            return
        start = min(max(start, 0), len(asked.before))
        choices = list(dict.fromkeys(map(clean, candidates)))
        typed = asked.before[start:]
        new = choices[0] if len(choices) == 1 else common_start(choices)
        extends = len(choices) == 1 or new.casefold().startswith(typed.casefold())
        progress = extends and new != typed
        if progress:
            self._ring_unless(self._line.replace(start, new))
        if len(choices) > 1 and asked.again and not self._listed:
            self._listed = True
            self.print(in_columns(choices, self._columns - 1))
        elif not progress:
            self._row.ring()

    # -- pastes

    def _paste(self, paste: Paste) -> TooLong | None:
        text = paste.text.rstrip("\n")
        if self._secret is not None:
            text = text.split("\n", 1)[0]
        elif paste.cut:
            return TooLong()
        if "\n" not in text:
            return self._insert_paste(clean(text))
        lines = joined(text, self._line.before, self._line.after)
        if any(len(line.encode()) > self._limit for line in lines):
            return TooLong()
        if len(lines) > 1:
            self._pasted.ask(lines)
        elif lines:
            self._line.set(lines[0])
        return None

    def _insert_paste(self, text: str) -> TooLong | None:
        if not self._current.fits(text):
            return TooLong()
        self._ring_unless(self._current.insert(text))
        return None

    def _answer(self, stroke: Stroke) -> None:
        if stroke is Key.REDRAW:
            self._redraw()
        else:
            self._ring_unless(self._pasted.answer(stroke))
        if self._pasted.sending:
            self._line.set("")

    # -- the screen

    def show(self) -> None:
        """Draw the prompt and the line on the row where the cursor is, which must be empty."""
        self._row.show()

    def hide(self) -> None:
        """Erase the row and leave it to others. Keys still act, unseen."""
        self._row.hide()

    def print(self, lines: Sequence[str]) -> None:
        """Print lines above the row, which stays as it is, or just print them while hidden.

        Parameters:
            lines: rendered; they may hold SGR sequences, must leave no colour behind, and hold
                no line end.
        """
        self._row.print(lines)

    def forget_lines(self) -> None:
        """Let the arrow keys bring back nothing of what was typed so far."""
        self._recall = Recall()

    def ask_secret(self, prompt: str) -> None:
        """Read one line unseen: no echo, no window, no recall, a kill buffer of its own.

        It comes as `Line(secret=True)`; ^C gives it empty. Then the prompt and the line that was
        being typed return. A question that is open is answered first.
        """
        self._secret = InputLine(self._limit)
        self._secret_prompt = clean(prompt)

    def resize(self, columns: int) -> None:
        """Draw anew in a window of another width, which may have moved or cut what it showed."""
        self._columns = _clamp(columns)
        self._fitted = truncate(self._prompt, self._columns // 2)
        self._row.erase()

    def take_output(self) -> bytes:
        """Bring the screen up to date and return the UTF-8 that does it."""
        self._listed = False
        return self._row.take(*self._wanted())

    def _redraw(self) -> None:
        self._row.clear_screen()

    def _wanted(self) -> tuple[str, str]:
        """Return what the row should show before the cursor and behind it."""
        most = self._columns - 1
        if question := self._pasted.question:
            return truncate(question, most), ""
        if self._secret is not None:
            return truncate(self._secret_prompt, most), ""
        room = most - width(self._fitted)
        shown = view(self._line.text, self._line.at, self._first, room)
        self._first = shown.first
        return self._fitted + shown.before, shown.after


_HANDLERS: Final[Mapping[Key, Callable[[LineEditor], Action | None]]] = MappingProxyType(
    {
        Key.ENTER: LineEditor._enter,
        Key.TAB: LineEditor._tab,
        Key.INTERRUPT: LineEditor._interrupt,
        Key.END_OF_INPUT: LineEditor._end_of_input,
        Key.UP: LineEditor._older,
        Key.DOWN: LineEditor._newer,
        Key.YANK: LineEditor._yank,
        Key.REDRAW: LineEditor._redraw,
    }
)


def _clamp(columns: int) -> int:
    return min(max(columns, MIN_COLUMNS), MAX_COLUMNS)
