"""Lines as they go out: whatever a client has sent, what repeats it can be read."""

import pytest

from chatserver.irc.line import line
from chatserver.irc.message import Message


@pytest.mark.parametrize("word", ["a b", ":a", ""])
def test_what_is_no_word_is_a_star_in_the_middle(word: str) -> None:
    assert line("s", "403", "ada", word, "text").text == ":s 403 ada * :text"


@pytest.mark.parametrize("text", ["a b", ":a", "", "#a"])
def test_the_last_parameter_is_anything(text: str) -> None:
    made = line("s", "403", "ada", text).text
    assert Message.parse(made).params == ("ada", text)


@pytest.mark.parametrize("text", ["x" * 600, "ж" * 300, "x " * 300, "\N{SMILE}" * 200])
def test_a_text_that_does_not_fit_is_cut(text: str) -> None:
    made = line("server", "332", "ada", "#a", text).text
    assert 480 < len(made.encode()) <= 510
    assert text.startswith(Message.parse(made).params[-1])


@pytest.mark.parametrize("last", ["", "No such channel"])
@pytest.mark.parametrize("word", ["x" * 600, "ж" * 300])
def test_what_is_long_in_the_middle_is_cut_where_the_text_is_not_enough(
    word: str, last: str
) -> None:
    """A message has 512 bytes at most (RFC 2812 section 2.3)."""
    made = line("s", "403", "ada", word, last).text
    assert 500 < len(made.encode()) <= 510
    nick, cut, text = Message.parse(made).params
    assert nick == "ada"
    assert word.startswith(cut)
    assert last.startswith(text)
