"""A history to ask about, and the command that asks."""

import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from click.testing import CliRunner, Result

from chatserver.cli import cli
from chatserver.history.connections import Durability
from chatserver.history.entries import Entry, Kind, Message
from chatserver.history.journal import Journal
from chatserver.history.removal import Retention
from tests.helpers import ROOT, Client, ServerProcess

KEEP_ALL = Retention(days=None, lines=None)
STAMP = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
SAID = [
    "#lobby <bob> hello there",
    "#lobby * bob waves",
    "#lobby -- bob set the topic: Release notes",
    "#games <bob> the release is a game",
    "#lobby <cy> grüße an alle",
]
PRIVATE = "<bob -> ada> between the two of us"


def run(data: Path, *args: str, typed: str | None = None, code: int = 0) -> Result:
    """A command about that directory, to its end."""
    result = CliRunner().invoke(
        cli, [*args, "--data", str(data)], input=typed, prog_name="chatserver"
    )
    assert result.exit_code == code, result.output
    return result


def shown(data: Path, *args: str) -> list[str]:
    """The lines that an export or a search shows, without their times."""
    lines = run(data, "history", *args).stdout.splitlines()
    assert all(re.match(STAMP, line) for line in lines)
    return [re.sub(f"^{STAMP} ", "", line) for line in lines]


def talk(server: ServerProcess) -> None:
    """Say what is in SAID, and PRIVATE."""
    with Client(server.port, "bob") as bob, Client(server.port, "cy") as cy:
        bob.send("hello there", "/me waves", "/topic Release notes", "/join games")
        bob.send("the release is a game", "/msg ada between the two of us")
        bob.sync()
        cy.send("grüße an alle")
        cy.sync()


def store(data: Path, *entries: Entry) -> None:
    """Put lines into a history of which there is no server."""
    data.mkdir(exist_ok=True)
    with closing(Journal(data, Durability.PROCESS, KEEP_ALL)) as journal:
        journal.commit(entries)


def line(id: int, nick: str = "bob", text: str = "text", at: float | None = None) -> Message:
    return Message(id, float(id) if at is None else at, Kind.SAID, "#lobby", nick, text)


def serve(data: Path, *options: str) -> "subprocess.Popen[str]":
    args = ["serve", "--host", "127.0.0.1", "--port", "0", "--data", str(data), *options]
    return subprocess.Popen(
        [sys.executable, "-m", "chatserver", *args],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
