"""`chat --plain` in a pseudo-terminal, against a real server: what stands above the prompt."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from client.settings import Settings, save
from tests.client.layout.test_tmux import back
from tests.end_to_end.person import Person
from tests.end_to_end.program import Program
from tests.helpers import ROOT, Client, ServerProcess

KINDS = ("xterm-256color", "dumb")
COLOR = re.compile(rb"\x1b\[[0-9;]*(?<![0-9])(?:[349][0-7]|[34]8)[0-9;]*m")
PROMPT = "ada #lobby>"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path, {"rate": False}) as running:
        yield running


def comes(home: Path, server: ServerProcess, kind: str = "xterm-256color", **more: str) -> Person:
    """Somebody who sits at a terminal, and has been asked nothing."""
    environment = {"XDG_CONFIG_HOME": str(home), "XDG_DATA_HOME": str(home), **more}
    command = [sys.executable, "-m", "client", "--plain", f"ada@127.0.0.1:{server.port}"]
    environment["PYTHONPATH"] = str(ROOT)
    return Person(command, kind=kind, environment=environment)


def bottom(person: Person) -> str:
    """The last row with something on it."""
    return (person.look() or [""])[-1]


@pytest.mark.parametrize("kind", KINDS)
def test_lines_come_above_the_prompt_and_what_is_typed_survives(
    server: ServerProcess, tmp_path: Path, kind: str
) -> None:
    with comes(tmp_path, server, kind) as ada, Client(server.port, "bob") as bob:
        ada.sees(PROMPT)
        ada.type("half a li")
        ada.until(lambda: ada.row == f"{PROMPT} half a li", "it is typed")
        bob.send("first", "second")
        ada.sees("<bob> second")
        ada.until(lambda: ada.row == bottom(ada) == f"{PROMPT} half a li", "it is still there")
        rows = ada.look()
        first = next(i for i, row in enumerate(rows) if "<bob> first" in row)
        assert "<bob> second" in rows[first + 1]
        assert rows.count(f"{PROMPT} half a li") == 1
        ada.type("\x7fine\r")
        bob.expect("half a line")
        ada.sees("<ada> half a line")
        ada.until(lambda: ada.row == PROMPT, "the prompt is empty")
        assert sum("half a li" in row for row in ada.look()) == 1  # what was typed is no line


@pytest.mark.parametrize("kind", KINDS)
def test_a_dumb_terminal_and_no_color_get_no_colours(
    server: ServerProcess, tmp_path: Path, kind: str
) -> None:
    with (
        comes(tmp_path, server, kind, NO_COLOR="1") as ada,
        Program(server.port, "bob", "#lobby") as bob,
    ):
        ada.sees(PROMPT)
        bob.say("#lobby", "\x0304red")
        ada.sees("<bob> red")
        ada.enter("/help").sees("//text says /text")
        ada.enter("/xyzzy").sees("There is no /xyzzy")
        ada.type("/whoi\t").sees("/whois")
        assert not COLOR.search(ada.raw)
        if kind == "dumb":
            assert b"\x1b" not in ada.raw


@pytest.mark.parametrize("kind", KINDS)
def test_the_window_may_change_its_size(server: ServerProcess, tmp_path: Path, kind: str) -> None:
    with comes(tmp_path, server, kind) as ada, Client(server.port, "bob") as bob:
        ada.sees(PROMPT)
        ada.type("typed so far")
        ada.until(lambda: ada.row == f"{PROMPT} typed so far", "it is typed")
        ada.resize(40)
        bob.send("a line that is longer than a window of forty columns can show")
        ada.sees("a line that is")
        ada.until(lambda: ada.row == bottom(ada) == f"{PROMPT} typed so far", "it is there")
        ada.resize(100)
        bob.send("back to a wide window")
        ada.sees("back to a wide window")
        ada.enter("!")
        bob.expect("typed so far!")


@pytest.mark.parametrize("kind", KINDS)
def test_a_lost_connection_is_said_in_words_once(
    server: ServerProcess, tmp_path: Path, kind: str
) -> None:
    with comes(tmp_path, server, kind) as ada:
        ada.sees(PROMPT)
        port = server.port
        server.kill()
        ada.sees("The connection is lost")
        ada.sees("trying again in")
        ada.enter("typed meanwhile").sees("sent when there is a connection")
        back(server, port)
        ada.type("\r")
        ada.until(lambda: ada.text.count("You are connected to") == 2, "it says so")
        ada.sees("<ada> typed meanwhile")
        lost = [row for row in ada.look() if "nobody answers" in row]
        assert len(lost) <= 1, lost
        assert ada.text.count("typed meanwhile") == 1


@pytest.mark.parametrize("kind", KINDS)
def test_ctrl_c_drops_the_line_and_twice_leaves(
    server: ServerProcess, tmp_path: Path, kind: str
) -> None:
    with comes(tmp_path, server, kind) as ada, Client(server.port, "bob") as bob:
        ada.sees(PROMPT)
        bob.expect("ada")
        ada.type("never said").sees("never said")
        ada.type("\x03")
        ada.until(lambda: ada.row == PROMPT, "it is dropped")
        ada.type("\x03").sees("Ctrl-C again leaves")
        ada.type("\x03")
        assert ada.leaves() == 0
        assert ada.modes == ada.modes_before
        assert "lost" not in ada.text
        assert not any("never said" in line for line in bob.expect("ada"))


@pytest.mark.parametrize("kind", KINDS)
def test_ctrl_d_leaves(server: ServerProcess, tmp_path: Path, kind: str) -> None:
    with comes(tmp_path, server, kind) as ada:
        ada.sees(PROMPT)
        ada.type("\x04")
        assert ada.leaves() == 0


def test_a_page_of_the_past_stands_under_its_day(server: ServerProcess, tmp_path: Path) -> None:
    with Client(server.port, "bob") as bob, comes(tmp_path, server) as ada:
        ada.sees(PROMPT)
        bob.send(*(f"line {number}" for number in range(6)))
        ada.sees("line 5")
        today = datetime.now().astimezone()
        day = f"-- {today:%A} {today.day} {today:%B %Y} --"
        ada.enter("/history 2")
        ada.until(lambda: rows_under(ada, day) == ["line 4", "line 5"], "the last two")
        ada.enter("/history 2")
        ada.until(lambda: rows_under(ada, day) == ["line 2", "line 3"], "those before")
        ada.enter(f"/history 3 lobby {today:%Y-%m-%d}")
        ada.until(lambda: rows_under(ada, day) == ["line 0", "line 1", "line 2"], "of the day")
        tomorrow = datetime.now(UTC) + timedelta(days=2)
        ada.enter(f"/history {tomorrow:%Y-%m-%d}").sees("Nothing since then")
        ada.enter("/history before").sees("/history before 12:30")


def rows_under(person: Person, day: str) -> list[str]:
    """The texts below the last line of a day."""
    rows = person.look()
    if day not in rows:
        return []
    last = len(rows) - 1 - rows[::-1].index(day)
    return [row.partition("> ")[2] for row in rows[last + 1 :] if "<bob>" in row]


def test_who_comes_in_sees_the_end_of_what_was_said_and_who_is_there(
    server: ServerProcess, tmp_path: Path
) -> None:
    with Program(server.port, "bob", "#lobby") as bob:
        for number in range(40):
            bob.say("#lobby", f"line {number:02}")
        bob.sync()
        with comes(tmp_path, server) as ada:
            ada.sees("* In #lobby: ada, bob.")
            ada.sees(PROMPT)
            rows = ada.look()
            first = next(index for index, row in enumerate(rows) if "line" in row)
            assert "* /history shows what was said before in #lobby." in ada.raw.decode()
            assert rows[first + 1].endswith(f"line {int(rows[first][-2:]) + 1:02}")
            assert "line 39" in ada.text
            assert "line 10" not in ada.raw.decode()


@pytest.mark.parametrize("kind", KINDS)
def test_reactions_and_what_is_taken_back_are_told(
    server: ServerProcess, tmp_path: Path, kind: str
) -> None:
    with comes(tmp_path, server, kind) as ada, Client(server.port, "bob") as bob:
        ada.sees(PROMPT)
        bob.send("tea?")
        ada.sees("<bob> tea?")
        ada.type("/react ok\r")
        ada.sees("[#lobby] * ada reacted to “tea?” with ok")
        bob.send("/undo")
        ada.sees("[#lobby] * bob took back what they said at ")


def test_who_names_one_rings(server: ServerProcess, tmp_path: Path) -> None:
    with comes(tmp_path, server) as ada, Program(server.port, "bob", "#lobby") as bob:
        ada.sees(PROMPT)
        bob.say("#lobby", "to nobody")
        ada.sees("to nobody")
        assert b"\a" not in ada.raw
        bob.say("#lobby", "ada: hi")
        ada.sees("ada: hi")
        ada.until(lambda: (ada.look(), b"\a" in ada.raw)[1], "it rings")


def test_the_first_questions_are_asked_in_lines(server: ServerProcess, tmp_path: Path) -> None:
    save(Settings(host="127.0.0.1", port=server.port, nick="ada"), tmp_path / "chat.toml")
    environment = {"XDG_CONFIG_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    words = [sys.executable, "-m", "client", "--config", str(tmp_path / "chat.toml")]
    with Person(words, kind="dumb", environment=environment | {"PYTHONPATH": str(ROOT)}) as ada:
        ada.sees(PROMPT)  # a dumb terminal is plain without being told
