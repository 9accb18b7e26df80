"""A real screen for the editor, drawn by pyte, and a simple model of what is right.

Two terminals are tried, since terminals disagree about clusters: one that gives every code point
its own cells (pyte as it is), and one that joins what U+200D joins into the cells of the first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

import pyte
from hypothesis import strategies as st
from wcwidth import wcwidth

from chatserver.telnet.editor import LineEditor, over_idle
from chatserver.text import width

ZWJ: Final = "\u200d"
FAMILY: Final = f"👨{ZWJ}👩{ZWJ}👧"
ZALGO: Final = "z" + "".join(map(chr, range(0x300, 0x308)))

# No two of these join each other, so the model can keep them apart as they are.
UNITS: Final = [
    "a",
    "b",
    "7",
    " ",
    "é",
    "世",
    "e\u0301",
    "世\u0301",
    ZALGO,
    FAMILY,
    "👧🏽",
    "🇩🇪",
    "❤\ufe0f",
]
PROMPTS: Final = ["> ", "", "#lobby> ", "世界> ", "#a-room-with-a-long-name> "]
PRINTED: Final = ["", "hello", "\x1b[31mbob\x1b[0m: 世界", FAMILY, "e\u0301" * 5]


class Screen(pyte.Screen):
    """A screen that draws one code point at a time.

    pyte drops the rest of a run at the first character that has no cell and is not combining, as
    U+200D. Terminals just go on.
    """

    joins = False

    def __init__(self, columns: int, lines: int) -> None:
        super().__init__(columns, lines)
        self.last = ""

    def draw(self, data: str) -> None:
        for char in data:
            if not (self.joins and (self.last == ZWJ or "🏻" <= char <= "🏿")):
                super().draw(char)
            self.last = char

    def carriage_return(self) -> None:
        super().carriage_return()
        self.last = ""

    def cells(self, y: int) -> list[str]:
        """Return the cells of a row, a wide character's second one empty, up to the last used."""
        found = [self.buffer[y][x].data for x in range(self.columns)]
        while found and found[-1] == " ":
            found.pop()
        return found


class JoiningScreen(Screen):
    joins = True


screens = st.sampled_from([Screen, JoiningScreen])


def cells(text: str, joins: bool) -> list[str]:
    """Return the cells that a text fills: what `Screen` does, in a few lines."""
    found: list[str] = []
    last = ""
    for char in text:
        joined = joins and (last == ZWJ or "🏻" <= char <= "🏿")
        last = char
        if joined:
            continue
        columns = wcwidth(char)
        if columns > 0:
            found += [char, ""][:columns]
        elif unicodedata.combining(char) and found:
            found[-1] = unicodedata.normalize("NFC", found[-1] + char)
    return found


def stripped(found: list[str]) -> list[str]:
    while found and found[-1] == " ":
        found = found[:-1]
    return found


class Terminal:
    """A screen with an editor behind it, and what the lines above the row should be."""

    def __init__(self, kind: type[Screen], columns: int) -> None:
        self.editor = LineEditor(columns)
        self.screen = kind(columns, 200)
        self.stream = pyte.Stream(self.screen)
        self.above: list[list[str]] = []
        self.editor.show()

    @property
    def joins(self) -> bool:
        return self.screen.joins

    def send(self, data: bytes) -> None:
        self.stream.feed(data.decode())

    def draw(self) -> None:
        self.send(self.editor.take_output())

    def print(self, lines: Sequence[str]) -> None:
        self.editor.print(lines)
        self.expect(lines)

    def print_shared(self, lines: Sequence[str]) -> None:
        assert self.editor.idle
        self.send(over_idle(self.editor.prompt, lines))
        self.expect(lines)

    def expect(self, lines: Sequence[str]) -> None:
        for line in lines:
            plain = re.sub(r"\x1b\[\d*m", "", line)
            self.above.append(cells(plain, self.joins)[: self.screen.columns])

    def resize(self, columns: int) -> None:
        self.screen.resize(columns=columns)
        self.editor.resize(columns)
        self.above = [row[:columns] for row in self.above]

    def check_above(self) -> None:
        assert self.screen.cursor.y == len(self.above)
        for y, row in enumerate(self.above):
            assert self.screen.cells(y) == stripped(row)
        for y in range(len(self.above) + 1, self.screen.lines):
            assert y not in self.screen.buffer or self.screen.cells(y) == []


class Model:
    """The line as a list of units: the simplest thing that can be right."""

    def __init__(self) -> None:
        self.before: list[str] = []
        self.after: list[str] = []
        self.question: list[str] = []

    def key(self, key: bytes) -> None:
        match key:
            case b"\x1b[D" if self.before:
                self.after.insert(0, self.before.pop())
            case b"\x1b[C" if self.after:
                self.before.append(self.after.pop(0))
            case b"\x01":
                self.before, self.after = [], self.before + self.after
            case b"\x05":
                self.before, self.after = self.before + self.after, []
            case b"\x7f" if self.before:
                self.before.pop()
            case b"\x1b[3~" if self.after:
                self.after.pop(0)
            case b"\x0b":
                self.after = []
            case b"\x15":
                self.before = []
            case b"\x03" | b"\r":
                self.before, self.after = [], []

    def paste(self, lines: list[list[str]]) -> None:
        if len(lines) == 1:
            self.before += lines[0]
            return
        whole = [self.before + lines[0], *lines[1:-1], lines[-1] + self.after]
        kept = [units for units in whole if "".join(units).strip()]
        if len(kept) > 1:
            self.question = ["".join(units) for units in kept]
        elif kept:
            self.before, self.after = kept[0], []

    def rows(self, prompt: str, columns: int) -> Iterator[tuple[str, str]]:
        """Yield what the row may read, and of it what is before the cursor."""
        if self.question:
            row = f"Send {len(self.question)} lines? (y/n) "
            row = row if len(row) < columns else row[: columns - 2] + "…"
            yield row, row
            return
        if width(prompt) > columns // 2:
            prompt = _cut(prompt, columns // 2)
        room = columns - 1 - width(prompt)
        units = [u if width(u) <= room - 2 else "?" for u in self.before + self.after]
        cursor = len(self.before)
        if width("".join(units)) <= room:
            yield prompt + "".join(units), prompt + "".join(units[:cursor])
            return
        for first in range(cursor + 1):
            for last in range(cursor + (cursor < len(units)), len(units) + 1):
                start = prompt + "<" * (first > 0)
                row = start + "".join(units[first:last]) + ">" * (last < len(units))
                if width(row) < columns:
                    yield row, start + "".join(units[first:cursor])


def _cut(text: str, columns: int) -> str:
    while width(text) > columns - 1:
        text = text[:-1]
    return text + "…"


def check(terminal: Terminal, model: Model) -> None:
    """Compare the screen with the model: lines above, row, cursor, and nothing below."""
    terminal.check_above()
    screen, joins = terminal.screen, terminal.joins
    seen = screen.cells(screen.cursor.y), screen.cursor.x
    assert len(seen[0]) < screen.columns
    assert any(
        seen == (stripped(cells(row, joins)), len(cells(start, joins)))
        for row, start in model.rows(terminal.editor.prompt, screen.columns)
    ), seen
