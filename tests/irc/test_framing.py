"""Bytes to lines: any bytes, in any split, give the same; too much and no UTF-8 are told."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatserver.chat.requests import Say
from chatserver.irc.framing import (
    UNFINISHED_LIMIT,
    Endless,
    Framer,
    Item,
    NotUtf8,
    TooLong,
)

# Small limits, so that random streams reach them.
SMALL = {"message": 12, "tag_data": 8, "unfinished": 40}

MEANINGFUL = st.sampled_from([*b"\n\n\n\r\0@ :;=ab", 0xC3, 0xA9, 0xFF])
STREAMS = st.lists(MEANINGFUL | st.integers(0, 255), max_size=150).map(bytes)


def items(framer: Framer[Say]) -> list[Item | Say]:
    return list(iter(framer.next, None))


def frame(*chunks: bytes) -> list[Item | Say]:
    framer: Framer[Say] = Framer()
    for chunk in chunks:
        framer.feed(chunk)
    return items(framer)


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"NICK a\r\nUSER b\r\n", ["NICK a", "USER b"]),
        (b"NICK a\nUSER b\n", ["NICK a", "USER b"]),
        (b"NICK a\r\nUSE", ["NICK a"]),
        (b"\r\n\n\0\n\r\r\nA\n", ["A"]),  # empty lines are ignored
        (b"A b\rQUIT\n", ["A bQUIT"]),  # a bare CR ends no line
        (b"A b\0c\n", ["A bc"]),
        ("A \u2028 \x85 \x0b \x1e b\n".encode(), ["A \u2028 \x85 \x0b \x1e b"]),
        ("A é👍\n".encode(), ["A é👍"]),
        (b" \n", [" "]),
    ],
)
def test_lines_end_with_the_newline_alone(data: bytes, lines: list[str]) -> None:
    assert frame(data) == lines


def test_what_has_no_newline_may_be_half_a_line_and_is_none() -> None:
    assert frame(b"A\nB") == ["A"]
    assert frame(b"A\nB\r") == ["A"]


def test_lines_come_one_by_one() -> None:
    framer: Framer[Say] = Framer()
    framer.feed(b"A\nB\nC")
    assert framer.next() == "A"
    framer.feed(b"D\nE\n")
    assert items(framer) == ["B", "CD", "E"]


def test_what_was_not_asked_for_can_be_thrown_away() -> None:
    framer: Framer[Say] = Framer()
    framer.feed(b"A\nB\nC")
    assert framer.next() == "A"
    framer.discard()
    framer.feed(b"D\n")
    assert items(framer) == ["D"]


def test_lines_that_are_seen_together_stand_as_what_was_seen() -> None:
    framer: Framer[Say] = Framer()
    one, two = Say("#a", "1"), Say("#a", "2")
    shown: list[str] = []

    def see(text: str) -> list[Say]:
        shown.append(text)
        return [one, two]

    framer.feed(b"A\r\n", see)  # one line alone is not shown
    framer.feed(b"B\r\nC\nD", see)
    assert shown == ["B\r\nC\n"]
    framer.feed("é\nE\n".encode(), see)  # nor what is not ASCII
    framer.feed(b"F\nG\n", lambda text: ())
    assert items(framer) == ["A", one, two, "Dé", "E", "F", "G"]


# Limits.


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_a_message_has_512_bytes_with_its_end(end: bytes) -> None:
    longest = b"PRIVMSG a :" + b"x" * (510 - 11)
    assert frame(longest + end) == [longest.decode()]
    assert frame(longest + b"x" + end) == [TooLong("PRIVMSG", {})]


def test_bytes_are_counted_and_not_characters() -> None:
    line = "A " + "é" * 254
    assert frame(f"{line}\r\n".encode()) == [line]
    assert frame(f"{line}x\r\n".encode()) == [TooLong("A", {})]


def test_tags_have_4094_bytes_of_their_own() -> None:
    data, message = "+a=" + "x" * 4091, "TAGMSG " + "y" * 503
    assert frame(f"@{data} {message}\r\n".encode()) == [f"@{data} {message}"]
    assert frame(f"@{data} {message}y\r\n".encode()) == [TooLong("TAGMSG", {"+a": "x" * 4091})]
    assert frame(f"@{data}x A\r\n".encode()) == [TooLong("A", {"+a": "x" * 4092})]


def test_a_line_that_is_too_long_does_not_harm_the_next_one() -> None:
    assert frame(b"A " + b"x" * 600 + b"\nB\n") == [TooLong("A", {}), "B"]


def test_the_answer_to_a_long_line_can_have_its_label() -> None:
    refused = frame(b"@label=12;a=b\\sc :x privmsg y " + b"z" * 600 + b"\n")
    assert refused == [TooLong("PRIVMSG", {"label": "12", "a": "b c"})]


@pytest.mark.parametrize(
    ("data", "command", "tags"),
    [
        (b"PRIVMSG #a :\xff\n", "PRIVMSG", {}),
        (b"@label=1 privmsg #a :\xc3\n", "PRIVMSG", {"label": "1"}),
        (b"@label=\xff;+a=1 A\n", "A", {"+a": "1"}),  # no value is made up
        (b"@label\xff=1;+a=1 A\n", "A", {"+a": "1"}),
        (b"PRIV\xffMSG #a\n", "*", {}),
        ("pré ".encode() + b"\xff\n", "*", {}),
        (b"A-B \xff\n", "*", {}),
        (b":\xff\n", "*", {}),
        (b"A \xed\xa0\x80\n", "A", {}),  # a surrogate is no UTF-8
    ],
)
def test_what_is_no_utf8_is_told_with_what_can_be_known(
    data: bytes, command: str, tags: dict[str, str]
) -> None:
    assert frame(data) == [NotUtf8(command, tags)]


def test_a_character_that_comes_in_two_parts_is_whole() -> None:
    assert frame(b"A \xc3", b"\xa9\n") == ["A é"]


@pytest.mark.parametrize("end", [b"", b"\nB\n"])
def test_more_than_16_kib_without_a_newline_is_the_end(end: bytes) -> None:
    most = b"x" * UNFINISHED_LIMIT
    assert frame(most + b"\nB\n") == [TooLong("X" * UNFINISHED_LIMIT, {}), "B"]
    assert frame(b"A\n" + most) == ["A"]
    assert frame(b"A\n" + most + b"x" + end) == ["A", Endless()]


def test_nothing_is_kept_or_read_after_the_end() -> None:
    framer: Framer[Say] = Framer(**SMALL)
    framer.feed(b"x" * 41)
    assert framer.next() == Endless()
    framer.feed(b"A\nB\n" + b"x" * 100)
    assert framer.next() is None


@given(STREAMS, st.lists(st.integers(0, 150), max_size=12), st.data())
def test_any_bytes_in_any_split_give_the_same(
    stream: bytes, cuts: list[int], data: st.DataObject
) -> None:
    whole: Framer[Say] = Framer(**SMALL)
    split: Framer[Say] = Framer(**SMALL)
    whole.feed(stream)
    found: list[Item | Say] = []
    places = sorted({0, *(cut for cut in cuts if cut < len(stream)), len(stream)})
    for start, stop in pairwise(places):
        split.feed(stream[start:stop])
        if data.draw(st.booleans(), label="ask now"):
            found += items(split)
    assert found + items(split) == items(whole)


@given(STREAMS)
def test_byte_by_byte_gives_the_same(stream: bytes) -> None:
    whole: Framer[Say] = Framer(**SMALL)
    split: Framer[Say] = Framer(**SMALL)
    whole.feed(stream)
    found: list[Item | Say] = []
    for byte in stream:
        split.feed(bytes([byte]))
        found += items(split)
    assert found == items(whole)


@given(STREAMS)
def test_no_line_is_empty_or_too_long_or_has_a_line_end(stream: bytes) -> None:
    framer: Framer[Say] = Framer(**SMALL)
    framer.feed(stream)
    for item in items(framer):
        if isinstance(item, str):
            assert item
            assert not set("\r\n\0") & set(item)
            assert len(item.encode()) <= 10 + (1 + 8 + 1 if item[0] == "@" else 0)
