"""The editor on a real screen: pyte draws what it sends, and a simple model says what is right."""

from __future__ import annotations

import re
from typing import Final

import pyte
from hypothesis import given, settings
from hypothesis import strategies as st

from chatserver.telnet.editor import Action, Complete, Line, LineEditor
from chatserver.text import clean, width
from tests.telnet.drawing import (
    PRINTED,
    PROMPTS,
    UNITS,
    ZWJ,
    Model,
    Screen,
    Terminal,
    check,
    screens,
)

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
