"""The numerics: three digits that stand as a command, and the texts."""

import re
from string import Formatter

import pytest

from chatserver.irc.message import Message
from chatserver.irc.numerics import Numeric


def test_a_numeric_is_three_digits() -> None:
    assert [numeric.name for numeric in Numeric if not re.fullmatch(r"[0-9]{3}", numeric)] == []
    assert f"{Numeric.RPL_WELCOME}" == str(Numeric.RPL_WELCOME) == "001"


def test_no_two_names_share_a_number() -> None:
    assert len(Numeric) == len(Numeric.__members__)


def test_refusals_have_their_own_ranges() -> None:
    """RFC 2812 section 5.2 has errors in 400 to 599; the others came later, one by one."""
    later = {"696", "723", "734", "902", "904", "905", "906", "907"}
    refusals = {numeric.value for numeric in Numeric if numeric.name.startswith("ERR_")}
    assert refusals == later | {numeric.value for numeric in Numeric if "400" <= numeric < "600"}


def test_the_fields_of_a_text_have_names() -> None:
    fields = {name for numeric in Numeric for _, name, _, _ in Formatter().parse(numeric.text)}
    assert {name for name in fields if name is not None and not name.isidentifier()} == set()


@pytest.mark.parametrize(
    ("code", "name", "text"),
    [
        ("001", "RPL_WELCOME", "Welcome to the Chat Network, bob"),
        ("005", "RPL_ISUPPORT", "are supported by this server"),
        ("335", "RPL_WHOISBOT", "is a bot"),
        ("354", "RPL_WHOSPCRPL", ""),
        ("396", "RPL_VISIBLEHOST", "is now your displayed host"),
        ("417", "ERR_INPUTTOOLONG", "Input line was too long"),
        ("433", "ERR_NICKNAMEINUSE", "Nickname is already in use"),
        ("462", "ERR_ALREADYREGISTERED", "You may not reregister"),
        ("734", "ERR_MONLISTFULL", "Monitor list is full."),
    ],
)
def test_names_and_texts_are_those_of_the_specifications(code: str, name: str, text: str) -> None:
    assert Numeric(code) is Numeric[name]
    assert Numeric(code).text.format(network="Chat", nick="bob") == text


def test_the_command_of_a_message_can_be_compared() -> None:
    assert Message.parse(":irc.example 433 * bob :in use").command == Numeric.ERR_NICKNAMEINUSE
    assert Message(Numeric.RPL_MOTD, ("bob", "- hi")).encode() == "372 bob :- hi"
