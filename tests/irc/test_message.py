"""One line of IRC: the public data, any text, and what cannot be written."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatserver.irc.message import NO_TAGS, Message, Source, split_text
from tests.irc.parser_data import cases

# Text that a line may hold, with what has a meaning in it more often than by chance.
MEANINGFUL = st.sampled_from([*" :@;=\\!+,a1é", "\\s", "\\:", " :", "ſ", "\u2028", "\x85", "\x01"])
ANYTHING = st.characters(exclude_categories=["Cs"], exclude_characters="\n")
LINES = st.lists(MEANINGFUL | ANYTHING, max_size=40).map("".join)

PLAIN = st.characters(exclude_categories=["Cs"], exclude_characters="\n\r\0")
WORD_CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\n\r\0 ")
WORDS = st.text(WORD_CHARACTERS, min_size=1, max_size=8)
MIDDLES = WORDS.filter(lambda word: word[0] != ":")
COMMANDS = st.from_regex(r"[A-Z]{1,10}|[0-9]{3}", fullmatch=True)
KEYS = st.text(st.sampled_from("+abz/.-\\09"), min_size=1, max_size=8)
VALUES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
MESSAGES = st.builds(
    lambda command, middle, last, source, tags: Message(command, (*middle, *last), source, tags),
    COMMANDS,
    st.lists(MIDDLES, max_size=4),
    st.lists(st.text(PLAIN, max_size=20), max_size=1),
    WORDS | st.just(""),
    st.dictionaries(KEYS, VALUES, max_size=4),
)


def message_of(atoms: dict[str, Any]) -> Message:
    """Return what the data means. Our commands are in upper case."""
    return Message(
        atoms["verb"].upper(),
        tuple(atoms.get("params", ())),
        atoms.get("source", ""),
        atoms.get("tags", {}),
    )


@pytest.mark.parametrize("case", cases("msg-split"), ids=lambda case: case["input"])
def test_a_line_is_split_as_the_public_data_says(case: dict[str, Any]) -> None:
    assert Message.parse(case["input"]) == message_of(case["atoms"])


@pytest.mark.parametrize("case", cases("msg-join"), ids=lambda case: case["desc"])
@pytest.mark.parametrize("colon", [False, True])
def test_a_message_is_joined_as_the_public_data_says(case: dict[str, Any], colon: bool) -> None:
    verb = case["atoms"]["verb"]
    matches = [match.replace(verb, verb.upper(), 1) for match in case["matches"]]
    assert message_of(case["atoms"]).encode(colon=colon) in {
        *matches,
        *(_with_colon(match) for match in matches if colon),
    }


def _with_colon(line: str) -> str:
    """Return the line with its last parameter behind a colon: the data does not list each."""
    head, space, last = line.rpartition(" ")
    return line if " :" in line else f"{head}{space}:{last}"


@pytest.mark.parametrize("case", cases("userhost-split"), ids=lambda case: case["source"])
def test_a_source_is_split_as_the_public_data_says(case: dict[str, Any]) -> None:
    source = Source.parse(case["source"])
    assert source == Source(**{"nick": "", "user": "", "host": "", **case["atoms"]})
    assert str(source) == case["source"]


@pytest.mark.parametrize(
    "line",
    ["", " ", ":", "@", ":source", ":source ", "@a=b", "@a=b :source", ":source :text", "@a @b"],
)
def test_a_line_without_a_command_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="without a command"):
        Message.parse(line)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("nick bob", Message("NICK", ("bob",))),
        ("  PING  1 ", Message("PING", ("1",))),
        # A letter that is an S in upper case only does not make a command another one.
        ("paſs x", Message("paſs", ("x",))),
        # Of the lines that Unicode knows only ours count, and only the space separates.
        ("A b\u2028c\x85d\te", Message("A", ("b\u2028c\x85d\te",))),
        ("@;=x;a=1=2;b=;+c/d B", Message("B", tags={"a": "1=2", "b": "", "+c/d": ""})),
        ("A b :c :d", Message("A", ("b", "c :d"))),
        ("A b:c :", Message("A", ("b:c", ""))),
        ("A " + "b " * 40, Message("A", ("b",) * 40)),
        (":: A", Message("A", source=":")),
    ],
)
def test_a_line_is_read(line: str, message: Message) -> None:
    assert Message.parse(line) == message


@pytest.mark.parametrize(
    ("message", "line"),
    [
        (Message("A", ("b", "c")), "A b c"),
        (Message("A", ("b", ":-)")), "A b ::-)"),
        (Message("A", ("",)), "A :"),
        (Message("A", ("b", "c d")), "A b :c d"),
        (Message("005", ("*",), "irc.example"), ":irc.example 005 *"),
        (Message("A", tags={"a": ";", "b": ""}), r"@a=\:;b A"),
    ],
)
def test_a_message_is_written_with_a_colon_only_where_it_needs_one(
    message: Message, line: str
) -> None:
    assert message.encode() == line


def test_a_message_is_written_with_a_colon_for_those_who_need_one() -> None:
    assert Message("PRIVMSG", ("#a", "hi")).encode(colon=True) == "PRIVMSG #a :hi"
    assert Message("MOTD").encode(colon=True) == "MOTD"


@pytest.mark.parametrize(
    "message",
    [
        Message(""),
        Message("A B"),
        Message(":A"),
        Message("@A"),
        Message("A", ("", "b")),
        Message("A", ("b c", "d")),
        Message("A", (":b", "c")),
        Message("A", ("b\nQUIT",)),
        Message("A", ("b\rQUIT",)),
        Message("A", ("b\0",)),
        Message("A\n"),
        Message("A", source="b c"),
        Message("A", source="b\n"),
        Message("A", tags={"": "b"}),
        Message("A", tags={"b c": ""}),
        Message("A", tags={"b;c": ""}),
        Message("A", tags={"b=c": ""}),
        Message("A", tags={"b\r": ""}),
        Message("A", tags={"b": "\0"}),
    ],
)
def test_what_would_be_read_as_something_else_is_not_written(message: Message) -> None:
    with pytest.raises(ValueError, match=r"message|tag's name"):
        message.encode()


def test_a_message_without_tags_equals_one_with_none() -> None:
    assert Message("A") == Message("A", tags={})
    assert Message.parse("A").tags is NO_TAGS


@given(MESSAGES, st.booleans())
def test_what_was_written_is_read_as_the_same(message: Message, colon: bool) -> None:
    assert Message.parse(message.encode(colon=colon)) == message


@given(LINES)
def test_any_line_is_read_or_has_no_command(line: str) -> None:
    try:
        message = Message.parse(line)
    except ValueError as error:
        assert str(error) == "a message without a command"
    else:
        assert message.command
        assert not {"\r", "\0"}.isdisjoint(line) or Message.parse(message.encode()) == message


@given(MIDDLES, WORDS | st.just(""), WORDS | st.just(""))
def test_a_source_is_read_as_it_was_written(nick: str, user: str, host: str) -> None:
    source = Source(nick.replace("!", "").replace("@", ""), user.replace("@", ""), host)
    assert Source.parse(str(source)) == source


# Texts in pieces.


@pytest.mark.parametrize(
    ("text", "limit", "pieces"),
    [
        ("", 4, [""]),
        ("abcd", 4, ["abcd"]),
        ("abcde", 4, ["abcd", "e"]),
        ("ab cd", 4, ["ab ", "cd"]),
        ("a b c d", 4, ["a b ", "c d"]),
        ("a bcdefgh", 4, ["a bc", "defg", "h"]),  # a long word starts behind what is there
        ("ééé", 4, ["éé", "é"]),
        ("abc👍", 6, ["abc", "👍"]),
        ("ae\u0301", 4, ["ae\u0301"]),
        ("abe\u0301", 4, ["ab", "e\u0301"]),  # a letter and its accent stay together
        ("e\u0301\u0301\u0301", 5, ["e\u0301\u0301", "\u0301"]),  # unless they are too long
        ("      x", 4, ["    ", "  x"]),
    ],
)
def test_a_text_is_split(text: str, limit: int, pieces: list[str]) -> None:
    assert split_text(text, limit) == pieces


def test_a_limit_that_not_every_character_keeps_is_refused() -> None:
    with pytest.raises(ValueError, match="3 bytes"):
        split_text("a", 3)


SPLIT_CHARACTERS = st.sampled_from([*"ab   é世👍", "\u0301", "\u200d", "\r"]) | PLAIN


@given(st.text(SPLIT_CHARACTERS, max_size=80), st.integers(4, 40))
def test_pieces_are_the_text_and_none_is_longer_or_empty(text: str, limit: int) -> None:
    pieces = split_text(text, limit)
    assert "".join(pieces) == text
    assert all(len(piece.encode()) <= limit for piece in pieces)
    assert all(pieces) or pieces == [""]


@given(st.lists(st.text("abé", min_size=1, max_size=5), min_size=1, max_size=30))
def test_no_word_that_fits_is_broken(words: list[str]) -> None:
    pieces = split_text(" ".join(words), 12)
    assert [word for piece in pieces for word in piece.split()] == words
