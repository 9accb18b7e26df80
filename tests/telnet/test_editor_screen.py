"""The editor on a real screen: pyte draws what it sends, and a simple model says what is right.

Two terminals are tried, since terminals disagree about clusters: one that gives every code point
its own cells (pyte as it is), and one that joins what U+200D joins into the cells of the first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

import pyte
from hypothesis import given, settings
from hypothesis import strategies as st
from wcwidth import wcwidth

from chatserver.telnet.editor import Action, Complete, Line, LineEditor, over_idle
from chatserver.text import clean, width

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


KEYS: Final = [
    b"\x1b[D",
    b"\x1b[C",
    b"\x01",
    b"\x05",
    b"\x7f",
    b"\x1b[3~",
    b"\x0b",
    b"\x15",
    b"\x03",
]

typing = st.lists(st.sampled_from(UNITS), min_size=1, max_size=12)
steps = st.one_of(
    st.tuples(st.just("type"), typing),
    st.tuples(st.just("type"), typing),
    st.tuples(st.just("keys"), st.lists(st.sampled_from(KEYS), min_size=1, max_size=4)),
    st.tuples(st.just("keys"), st.lists(st.sampled_from(KEYS[:2]), min_size=1, max_size=20)),
    st.tuples(st.just("paste"), st.lists(typing, min_size=1, max_size=3)),
    st.tuples(st.just("enter"), st.none()),
    st.tuples(st.just("print"), st.lists(st.sampled_from(PRINTED), max_size=3)),
    st.tuples(st.just("prompt"), st.sampled_from(PROMPTS)),
    st.tuples(st.just("resize"), st.integers(10, 40)),
    st.tuples(st.just("clear"), st.none()),
)
plans = st.lists(st.tuples(steps, st.booleans()), max_size=25)


class Pair:
    """A terminal and its model, which are done the same to. Each step returns the actions due."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self.editor = terminal.editor
        self.model = Model()

    def type(self, units: list[str]) -> list[Action]:
        self.editor.feed("".join(units).encode())
        if not self.model.question:
            self.model.before += units
        return []

    def keys(self, keys: list[bytes]) -> list[Action]:
        for key in keys:
            self.editor.feed(key)
            if not self.model.question:
                self.model.key(key)
            elif key == b"\x03":
                self.model.question = []
        return []

    def paste(self, lines: list[list[str]]) -> list[Action]:
        text = "\r\n".join("".join(units) for units in lines)
        self.editor.feed(b"\x1b[200~" + text.encode() + b"\x1b[201~")
        if not self.model.question:
            self.model.paste(lines)
        return []

    def enter(self, _: None) -> list[Action]:
        if self.model.question:
            self.editor.feed(b"y")
            sent, self.model.question = self.model.question, []
        else:
            self.editor.feed(b"\r")
            sent = ["".join(self.model.before + self.model.after)]
        self.model.key(b"\r")
        return [Line(text) for text in sent]

    def print(self, lines: list[str]) -> list[Action]:
        if self.editor.idle and lines:
            self.terminal.print_shared(lines)
        else:
            self.terminal.print(lines)
        return []

    def prompt(self, prompt: str) -> list[Action]:
        self.editor.prompt = prompt
        return []

    def resize(self, columns: int) -> list[Action]:
        self.terminal.draw()  # else what was meant for the old width would reach the new one
        self.terminal.resize(columns)
        return []

    def clear(self, _: None) -> list[Action]:
        self.editor.feed(b"\x0c")
        self.terminal.above.clear()
        return []


@given(screens, st.integers(10, 40), plans)
@settings(max_examples=250, deadline=None)
def test_the_screen_is_what_the_model_says_at_every_step(
    kind: type[Screen], columns: int, plan: list[tuple[tuple[str, object], bool]]
) -> None:
    pair = Pair(Terminal(kind, columns))
    terminal, model = pair.terminal, pair.model
    for (name, value), drawn in plan:
        due = getattr(pair, name)(value)
        assert list(iter(terminal.editor.next, None)) == due
        if drawn:
            terminal.draw()
            check(terminal, model)
    fits = width(terminal.editor.prompt) <= terminal.screen.columns // 2
    terminal.draw()
    assert terminal.editor.idle == (fits and not (model.before or model.after or model.question))


# -- any bytes at all

noise = st.one_of(
    st.binary(max_size=3),
    st.sampled_from([unit.encode() for unit in UNITS]),
    st.sampled_from(
        [f"{ZWJ}", "\u0301", "🇩", "ᄀ", "\u1161", "क", "\u094d", "\u093f", "\u202e", "\x9b"]
    ).map(str.encode),
    st.sampled_from(KEYS),
    st.sampled_from(
        [b"\x1bb", b"\x1bf", b"\x1bd", b"\x17", b"\x19", b"\x14", b"\x1b[A", b"\x1b[B"]
    ),
    st.sampled_from([b"\r", b"\n", b"\t", b"\x04", b"\x1b", b"y", b"n"]),
    st.sampled_from(
        [b"\x1b[200~", b"\x1b[201~", b"\x1b[200~one\rtwo\x1b[201~", b"\x1b[200~x\ty\x1b[201~"]
    ),
    st.just("\u0301".encode() * 12),
)
# Without ^L, which clears the lines above too: the model's test has it.
streams = st.lists(noise.map(lambda data: data.replace(b"\x0c", b"")), max_size=25)

OUR_OWN: Final = re.compile(r"\x1b\[K|\x1b\[H\x1b\[2J|\x1b\[\?2004[hl]|\r\n|\r|\a")


def respond(terminal: Terminal, action: Action) -> None:
    match action:
        case Line(text, secret=False):
            terminal.print([text[:4]])
            if text.endswith("7"):
                terminal.editor.ask_secret("Password: ")
        case Line():
            pass
        case Complete(before):
            terminal.editor.complete(["abc "], before.rfind(" ") + 1)
        case _:
            terminal.print(["?"])


@given(screens, streams, st.integers(12, 30))
@settings(max_examples=250, deadline=None)
def test_no_bytes_can_spoil_the_screen(
    kind: type[Screen], stream: list[bytes], columns: int
) -> None:
    """What was drawn step by step is what drawing all anew gives; the lines above stay."""
    terminal = Terminal(kind, columns)
    editor, screen = terminal.editor, terminal.screen
    editor.prompt = "> "
    terminal.draw()
    for data in stream:
        editor.feed(data)
        while action := editor.next():
            respond(terminal, action)
        output = editor.take_output()
        assert all(clean(char) == char for char in OUR_OWN.sub("", output.decode()))
        terminal.send(output)
        terminal.check_above()
        row = screen.cells(screen.cursor.y), screen.cursor.x
        assert len(row[0]) < columns
        editor.resize(columns)
        terminal.draw()
        assert (screen.cells(screen.cursor.y), screen.cursor.x) == row


@given(streams, st.data())
@settings(max_examples=150, deadline=None)
def test_no_split_of_the_bytes_changes_actions_or_screen(
    stream: list[bytes], data: st.DataObject
) -> None:
    whole = b"".join(stream)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=8)))
    edges = list(zip([0, *cuts], [*cuts, len(whole)], strict=True))
    ends = []
    for pieces in ([whole], [whole[a:b] for a, b in edges]):
        terminal = Terminal(Screen, 20)
        terminal.editor.prompt = "> "
        done: list[Action] = []
        for piece in pieces:
            terminal.editor.feed(piece)
            done += iter(terminal.editor.next, None)
        terminal.editor.resize(20)
        terminal.draw()
        ends.append((done, terminal.screen.display, terminal.screen.cursor.x))
    assert ends[0] == ends[1]


# -- a small window that scrolls


def test_lines_scroll_off_in_order_above_a_half_typed_line() -> None:
    screen = pyte.HistoryScreen(20, 4, history=1000, ratio=1)
    stream = pyte.Stream(screen)
    editor = LineEditor(20)
    editor.prompt = "> "
    editor.show()
    editor.feed(b"half")
    assert editor.next() is None
    for number in range(50):
        editor.print([f"line {number}"])
        stream.feed(editor.take_output().decode())
        assert screen.display[screen.cursor.y].rstrip() == "> half"
        assert screen.cursor.x == len("> half")
    gone = ["".join(row[x].data for x in range(20)).rstrip() for row in screen.history.top]
    assert gone + [row.rstrip() for row in screen.display[:-1]] == [f"line {n}" for n in range(50)]
