"""Every form of a key, and the promise that no split of the bytes matters."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatserver.telnet.keys import PASTE_LIMIT, SEQUENCE_LIMIT, Key, Keys, Paste, Stroke

PASTE_START, PASTE_END = b"\x1b[200~", b"\x1b[201~"


def decoded(*pieces: bytes) -> list[Stroke]:
    keys = Keys()
    return [stroke for piece in pieces for stroke in keys.feed(piece)]


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"\x01", Key.HOME),
        (b"\x02", Key.LEFT),
        (b"\x03", Key.INTERRUPT),
        (b"\x04", Key.END_OF_INPUT),
        (b"\x05", Key.END),
        (b"\x06", Key.RIGHT),
        (b"\x08", Key.BACKSPACE),
        (b"\x7f", Key.BACKSPACE),
        (b"\t", Key.TAB),
        (b"\x0b", Key.KILL_TO_END),
        (b"\x0c", Key.REDRAW),
        (b"\x0e", Key.DOWN),
        (b"\x10", Key.UP),
        (b"\x14", Key.TRANSPOSE),
        (b"\x15", Key.KILL_TO_START),
        (b"\x17", Key.KILL_WORD_BACK),
        (b"\x19", Key.YANK),
        (b"\x1bb", Key.WORD_LEFT),
        (b"\x1bf", Key.WORD_RIGHT),
        (b"\x1bd", Key.KILL_WORD),
        (b"\x1b\x7f", Key.KILL_WORD_BACK),
        (b"\x1b[A", Key.UP),
        (b"\x1bOB", Key.DOWN),
        (b"\x1b[C", Key.RIGHT),
        (b"\x1bOD", Key.LEFT),
        (b"\x1b[H", Key.HOME),
        (b"\x1bOH", Key.HOME),
        (b"\x1b[1~", Key.HOME),
        (b"\x1b[7~", Key.HOME),
        (b"\x1b[F", Key.END),
        (b"\x1bOF", Key.END),
        (b"\x1b[4~", Key.END),
        (b"\x1b[8~", Key.END),
        (b"\x1b[3~", Key.DELETE),
        (b"\x1b[1;5C", Key.WORD_RIGHT),
        (b"\x1b[1;3D", Key.WORD_LEFT),
        (b"\x1b[1;9D", Key.WORD_LEFT),
        (b"\x1bO1;5D", Key.WORD_LEFT),
        (b"\x1bOc", Key.WORD_RIGHT),
        (b"\x1b[1;2C", Key.RIGHT),  # shift alone
        (b"\x1b[1;0C", Key.RIGHT),
        (b"\x1b[3;5~", Key.KILL_WORD),
        (b"\x1b[1;5H", Key.HOME),
        (b"\x1bOM", Key.ENTER),
    ],
)
def test_a_key_is_known_by_each_of_its_forms(data: bytes, key: Key) -> None:
    assert decoded(data) == [key]
    assert decoded(data, b"x") == [key, "x"]
    assert decoded(*(data[i : i + 1] for i in range(len(data)))) == [key]


@pytest.mark.parametrize(
    ("arrows", "keys"),
    [
        (b"\x1b[D\x1bOD", [Key.LEFT, Key.WORD_LEFT]),
        (b"\x1b[A\x1bOC", [Key.UP, Key.WORD_RIGHT]),
        (b"\x1b[A\x1bOA\x1bOH", [Key.UP, Key.UP, Key.HOME]),
        (b"\x1b[1;2D\x1bOD", [Key.LEFT, Key.LEFT]),  # with a modifier both modes send CSI
        (b"\x1bOD\x1bOC", [Key.LEFT, Key.RIGHT]),
    ],
)
def test_an_arrow_in_the_other_mode_is_one_with_control(arrows: bytes, keys: list[Key]) -> None:
    """PuTTY: control changes between the two forms that a terminal keeps to otherwise."""
    assert decoded(arrows) == keys


@pytest.mark.parametrize(
    ("data", "enters"),
    [
        (b"\r\n", 1),
        (b"\r\x00", 1),
        (b"\n", 1),
        (b"\r", 1),
        (b"\r\r\n\n", 3),
        (b"\n\r", 2),
        (b"\r\n\n", 2),
        (b"\r\x00\n", 2),
        (b"\x00", 0),
    ],
)
def test_line_ends(data: bytes, enters: int) -> None:
    assert decoded(data) == [Key.ENTER] * enters
    assert decoded(*(bytes((byte,)) for byte in data)) == [Key.ENTER] * enters


def test_enter_does_not_wait_for_what_follows_the_carriage_return() -> None:
    keys = Keys()
    assert keys.feed(b"\r") == [Key.ENTER]
    assert not keys.waiting
    assert keys.feed(b"\n") == []
    assert keys.feed(b"\n") == [Key.ENTER]


def test_a_character_split_between_reads_is_whole() -> None:
    family = "👨\u200d👩\u200d👧"
    assert decoded(*(bytes((byte,)) for byte in family.encode())) == list(family)


@pytest.mark.parametrize(
    ("data", "strokes"),
    [
        (b"\xff", ["\ufffd"]),
        (b"\xc3x", ["\ufffd", "x"]),
        (b"\xe4\xb8\r", ["\ufffd", Key.ENTER]),
        (b"\xe4\xb8\x1b[A", ["\ufffd", Key.UP]),
        (b"\xed\xa0\x80", ["\ufffd"] * 3),  # a surrogate
        (b"\xc0\x80", ["\ufffd"] * 2),  # an overlong NUL
    ],
)
def test_what_is_not_utf_8(data: bytes, strokes: list[Stroke]) -> None:
    assert decoded(data) == strokes


def test_a_lone_escape_is_the_escape_key_after_a_while() -> None:
    keys = Keys()
    assert keys.feed(b"\x1b") == []
    assert keys.waiting
    assert keys.flush() == [Key.ESCAPE]
    assert not keys.waiting
    assert keys.feed(b"[A") == ["[", "A"]


@pytest.mark.parametrize("data", [b"\x1b[", b"\x1b[1;", b"\x1bO", b"\x1b]0;x", b"\x1bP", b"\x1b[["])
def test_a_broken_off_sequence_is_dropped_after_a_while(data: bytes) -> None:
    keys = Keys()
    assert keys.feed(data) == []
    assert keys.waiting
    assert keys.flush() == []
    assert not keys.waiting
    assert keys.feed(b"a") == ["a"]


@pytest.mark.parametrize(
    "data",
    [
        b"\x1b[5~",  # page up
        b"\x1b[15~",
        b"\x1bOP",
        b"\x1b[[A",  # F1 on the Linux console
        b"\x1b[I",
        b"\x1b[?62;1;6c",
        b"\x1b[>0;276;0c",
        b"\x1b[24;80R",
        b"\x1b[97;5u",
        b"\x1b[27;5;9~",
        b"\x1b[201~",  # an end without a paste
        b"\x1bx",
        b"\x1b(",
        b"\x1b]11;rgb:0000/0000/0000\x07",
        b"\x1b]11;rgb:0000/0000/0000\x1b\\",
        b"\x1bP1$r0m\x1b\\",
        b"\x1b_anything\r\n goes\x1b\\",
        b"\x1b[" + b"1;" * 40 + b"C",
        b"\x1b[" + b"9" * 100_000 + b"~",
        b"\x1b]" + b"x" * 1_000_000 + b"\x07",
    ],
    ids=lambda data: ascii(data[:12]),
)
def test_what_is_not_known_is_swallowed_whole(data: bytes) -> None:
    assert decoded(b"a", data, b"b") == ["a", "b"]


@pytest.mark.parametrize(
    ("data", "strokes"),
    [
        (b"\x1b\x1b[A", [Key.ESCAPE, Key.UP]),
        (b"\x1b\r", [Key.ESCAPE, Key.ENTER]),
        (b"\x1b\xc3\xa9", [Key.ESCAPE, "é"]),
        (b"\x1b[1\r", [Key.ENTER]),
        (b"\x1b[1\x1b[A", [Key.UP]),
        (b"\x1bO\x03", [Key.INTERRUPT]),
        (b"\x1b[1[A", ["A"]),
        (b"\rx\n", [Key.ENTER, "x", Key.ENTER]),
        (b"\x1b[\xc3\xa9", ["é"]),
        (b"\x1b]0;x\x1b[A", [Key.UP]),
        (b"\x1b]0;x\x18y", ["y"]),  # CAN
    ],
)
def test_a_sequence_that_is_broken_off(data: bytes, strokes: list[Stroke]) -> None:
    assert decoded(data) == strokes


def test_a_swallowed_sequence_keeps_little() -> None:
    keys = Keys()
    for _ in range(100):
        keys.feed(b"\x1b[" if not keys.waiting else b"7" * 1000)
    assert len(keys._sequence) <= SEQUENCE_LIMIT + 1


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        (b"one line", "one line"),
        (b"a\rb\r\nc\nd\r\x00e", "a\nb\nc\nd\ne"),
        (b"a\r\r\nb", "a\n\nb"),
        (b"", ""),
        (b"\x1b[200~ \x1b[A \x03\x04", "\x1b[200~ \x1b[A \x03\x04"),  # the editor cleans it
        (b"\x1b[201", "\x1b[201"),
        (b"\x1b\x1b[20\x1b[2011~", "\x1b\x1b[20\x1b[2011~"),
        ("世界\xe9".encode(), "世界\xe9"),
        (b"\xff", "\ufffd"),
    ],
)
def test_a_paste_is_one_stroke(inside: bytes, text: str) -> None:
    data = PASTE_START + inside + PASTE_END
    assert decoded(data + b"x") == [Paste(text), "x"]
    assert decoded(*(bytes((byte,)) for byte in data)) == [Paste(text)]


def test_an_unfinished_paste_waits_and_sends_nothing() -> None:
    keys = Keys()
    assert keys.feed(PASTE_START + b"rm -rf\r") == []
    assert not keys.waiting
    assert keys.unfinished
    assert keys.flush() == []
    assert keys.feed(b"/\r" + PASTE_END) == [Paste("rm -rf\n/\n")]
    assert not keys.unfinished


def test_a_paste_has_a_bound() -> None:
    keys = Keys()
    keys.feed(PASTE_START)
    for _ in range(1000):
        assert keys.feed(b"x" * 1000) == []
        assert len(keys._paste) <= PASTE_LIMIT
    assert keys.feed(PASTE_END) == [Paste("x" * PASTE_LIMIT, cut=True)]
    assert keys.feed(PASTE_START + b"y" + PASTE_END) == [Paste("y")]


def test_a_paste_of_just_the_limit_is_not_cut() -> None:
    assert decoded(PASTE_START + b"x" * PASTE_LIMIT + PASTE_END) == [Paste("x" * PASTE_LIMIT)]


# What streams are made of, so that a random one has sequences in it and not just noise.
pieces = st.one_of(
    st.binary(max_size=4),
    st.sampled_from(
        [
            b"\r",
            b"\n",
            b"\x00",
            b"\x1b",
            b"\x1b[",
            b"\x1bO",
            b"\x1b]",
            b"\x1bP",
            b"\x1b\\",
            b"~",
            b"A",
        ]
    ),
    st.sampled_from(
        [PASTE_START, PASTE_END, PASTE_END[:3], b"\x1b[1;5C", b"\x1b[[", b"1;", b"7" * 70]
    ),
    st.sampled_from(["é".encode(), "世".encode(), "👩".encode()]),
)
streams = st.lists(pieces, max_size=20).map(b"".join)


@given(streams, st.data())
@settings(max_examples=400, deadline=None)
def test_no_split_changes_the_strokes(stream: bytes, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    edges = zip([0, *cuts], [*cuts, len(stream)], strict=True)
    assert decoded(*(stream[a:b] for a, b in edges)) == decoded(stream)


@given(streams)
@settings(max_examples=200, deadline=None)
def test_one_byte_at_a_time_gives_the_same_strokes(stream: bytes) -> None:
    assert decoded(*(bytes((byte,)) for byte in stream)) == decoded(stream)


@given(streams)
@settings(max_examples=200, deadline=None)
def test_there_are_never_more_strokes_than_bytes(stream: bytes) -> None:
    keys = Keys()
    assert len(keys.feed(stream)) + len(keys.flush()) <= len(stream)
    assert not keys.waiting


class _Counted(bytes):
    """Bytes that count how many of them are copied out."""

    copied = 0

    def __getitem__(self, index: object) -> object:  # type: ignore[override]
        piece = super().__getitem__(index)  # type: ignore[call-overload]
        if isinstance(piece, bytes):
            _Counted.copied += len(piece)
        return piece


@pytest.mark.parametrize(
    "unit",
    [PASTE_START + PASTE_END, PASTE_START + b"\x1b[20" + PASTE_END, b"\x1b[A", b"\x1b]\x07a"],
)
def test_time_is_linear(unit: bytes) -> None:
    """Many short pastes in one read must not each copy the rest of it."""
    stream = _Counted(unit * 2000)
    _Counted.copied = 0
    Keys().feed(stream)
    assert _Counted.copied <= 2 * len(stream)
