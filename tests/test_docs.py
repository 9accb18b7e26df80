"""What the documents say that the program says too."""

import re

import pytest

from chatserver.chat import modes
from chatserver.config import Config
from chatserver.house import House
from chatserver.irc.capabilities import OFFERED
from chatserver.irc.commands.table import COMMANDS
from chatserver.irc.features import features
from chatserver.irc.numerics import Numeric
from chatserver.telnet.commands import TABLE
from tests.helpers import ROOT

PROMISE = (
    "A message that anyone has seen is in the history. It stays there if the server is killed at "
    'any moment; and, with the default durability "full", if the machine loses power, as far as '
    "the disk keeps what it has confirmed. Not promised: presence and join or leave lines; the "
    "last message you typed if it has not yet appeared on your own screen; a broken disk."
)


def test_the_table_of_commands_is_that_of_the_program() -> None:
    text = (ROOT / "docs/commands.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| `/")]
    assert rows == [
        f"| `{command.usage.replace('|', chr(92) + '|')}` | {command.help} |"
        for command in TABLE.values()
    ]


@pytest.mark.parametrize("name", ["README.md", "docs/history.md"])
def test_the_promise_is_the_same_everywhere(name: str) -> None:
    words = re.sub(r"[\s>]+", " ", (ROOT / name).read_text(encoding="utf-8"))
    assert PROMISE in words


def rows(title: str) -> list[list[str]]:
    """Return the rows of the tables in a chapter of docs/irc.md, without their heads."""
    text = (ROOT / "docs/irc.md").read_text(encoding="utf-8")
    _, chapter = text.split(f"\n## {title}\n")
    chapter = chapter.partition("\n## ")[0]
    lines = [line for line in chapter.splitlines() if line.startswith(("| `", "| 0", "| "))]
    cells = [re.split(r" ?(?<!\\)\| ?", line)[1:-1] for line in lines]
    return [[cell.replace("\\|", "|") for cell in row] for row in cells if row[0].strip("` ")]


def first_words(title: str) -> list[str]:
    return [row[0].strip("`") for row in rows(title) if row[0].startswith("`")]


def test_the_commands_of_irc_are_those_of_the_program() -> None:
    expected = []
    for command in COMMANDS.values():
        usage, colon, text = command.help.partition(": ")
        said = f"{command.verb} {usage}" if colon else command.verb
        expected.append([f"`{said}`", text or usage])
    assert rows("Commands")[1:] == expected


def test_the_modes_are_those_of_the_program() -> None:
    of_rooms = modes.LISTS + modes.KEY + modes.LIMIT + modes.FLAGS + "".join(modes.RANKS)
    letters = [f"+{letter}" for letter in (*of_rooms, *modes.USER_FLAGS)]
    assert first_words("Modes") == letters


def test_the_capabilities_and_tokens_are_those_of_the_program() -> None:
    assert first_words("Capabilities") == [capability.name for capability in OFFERED]
    assert first_words("ISUPPORT") == list(features(House(Config(), "")))


def test_the_numerics_are_all_that_the_program_sends() -> None:
    sources = (ROOT / "chatserver/irc").rglob("*.py")
    text = "".join(file.read_text(encoding="utf-8") for file in sources)
    used = set(re.findall(r"Numeric\.([A-Z]+_[A-Z0-9]+)", text))
    told = re.findall(r"(\d{3}) ([A-Z]+_[A-Z0-9]+)", " ".join(row[1] for row in rows("Numerics")))
    assert told == sorted((str(Numeric[name].value), name) for name in used)
