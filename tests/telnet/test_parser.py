"""Bytes of telnet to pieces: any bytes, in any split, give the same."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatserver.telnet.parser import (
    SUBNEGOTIATION_BYTES,
    Command,
    Negotiation,
    Option,
    Parser,
    Piece,
    Subnegotiation,
    escape,
)

# Mostly bytes that mean something here: random ones hardly ever make a subnegotiation.
MEANINGFUL = st.sampled_from([0xFF, 0xFF, 0xFA, 0xF0, 0xFB, 0xFD, 0xF6, 0, 1, 24, 31, 65, 10, 13])
STREAMS = st.lists(MEANINGFUL | st.integers(0, 255), max_size=60).map(bytes)


def joined(pieces: list[Piece]) -> list[Piece]:
    """Join neighbours that are data: where data is cut is all that a split may change."""
    whole: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, bytes) and whole and isinstance(whole[-1], bytes):
            whole[-1] += piece
        else:
            whole.append(piece)
    return whole


def parse(*chunks: bytes) -> list[Piece]:
    parser = Parser()
    return joined([piece for chunk in chunks for piece in parser.feed(chunk)])


@settings(deadline=None)
@given(STREAMS, st.lists(st.integers(0, 60), max_size=8))
def test_any_split_gives_the_same_pieces(stream: bytes, cuts: list[int]) -> None:
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    chunks = [stream[start:end] for start, end in itertools.pairwise(edges)]
    assert parse(*chunks) == parse(stream)


@settings(deadline=None)
@given(STREAMS)
def test_byte_by_byte_gives_the_same_pieces(stream: bytes) -> None:
    assert parse(*(bytes((byte,)) for byte in stream)) == parse(stream)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_what_is_escaped_comes_back(data: bytes) -> None:
    assert parse(escape(data)) == ([data] if data else [])


@settings(deadline=None)
@given(STREAMS)
def test_no_piece_is_empty_and_no_more_comes_out_than_went_in(stream: bytes) -> None:
    sizes = [len(piece) for piece in Parser().feed(stream) if isinstance(piece, bytes)]
    assert all(sizes)
    assert sum(sizes) <= len(stream)


@pytest.mark.parametrize(
    ("stream", "pieces"),
    [
        (b"", []),
        (b"hello", [b"hello"]),
        (b"a\xff\xffb", [b"a\xffb"]),
        (b"a\xff\xf1b", [b"a", Command.NOP, b"b"]),
        (b"\xff\xf6", [Command.ARE_YOU_THERE]),
        (b"\xff\xfd\x01x", [Negotiation(Command.DO, Option.ECHO), b"x"]),
        (b"\xff\xfb\xff", [Negotiation(Command.WILL, 0xFF)]),
        (b"\xff\x05x", [b"x"]),  # an unknown command is skipped
        (b"\xff\xfa\x1f\x00\x50\x00\x18\xff\xf0", [Subnegotiation(Option.NAWS, b"\0\x50\0\x18")]),
        (b"\xff\xfa\x1f\x00\xff\xff\x00\x18\xff\xf0", [Subnegotiation(31, b"\0\xff\0\x18")]),
        (b"\xff\xfa\xff\xf0x", [b"x"]),  # no option, no subnegotiation
        (b"\xff\xfa\x18", []),
        # The end is missing: the next command counts, and so does what comes after it.
        (b"\xff\xfa\x18\0vt\xff\xfd\x03hi", [Negotiation(Command.DO, Option.SGA), b"hi"]),
        (b"\xff\xfa\x18\0\xff\xfa\x18\0x\xff\xf0", [Subnegotiation(24, b"\0x")]),
    ],
)
def test_pieces(stream: bytes, pieces: list[Piece]) -> None:
    assert parse(stream) == pieces


def test_of_an_overlong_subnegotiation_only_the_start_is_kept() -> None:
    """FAULTS row 23."""
    parser = Parser()
    assert parser.feed(b"\xff\xfa\x18") == []
    for _ in range(10_000):
        assert parser.feed(b"x" * 1000) == []
        assert len(parser._parameters or b"") <= SUBNEGOTIATION_BYTES
    [piece] = parser.feed(b"\xff\xf0")
    assert isinstance(piece, Subnegotiation)
    assert len(piece.payload) == SUBNEGOTIATION_BYTES - 1
    assert parser.feed(b"hi") == [b"hi"]


@pytest.mark.parametrize(
    "stream",
    [b"\xff" * 4096, b"\xff\xfa" * 2048, b"\xff\xfa\x18" + b"\xff\xff" * 2046, b"\xff\xfb" * 2048],
)
def test_a_worst_case_takes_one_step_a_byte(stream: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """FAULTS row 26, counted in steps."""
    steps = 0
    step = Parser._step

    def counted(self: Parser, data: bytes, position: int, pieces: list[Piece]) -> int:
        nonlocal steps
        steps += 1
        after = step(self, data, position, pieces)
        assert after > position
        return after

    monkeypatch.setattr(Parser, "_step", counted)
    Parser().feed(stream)
    assert 0 < steps <= len(stream)
