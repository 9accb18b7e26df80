"""What the documents say that the program says too."""

import re

import pytest

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
