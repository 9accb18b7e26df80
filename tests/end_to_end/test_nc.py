"""The real nc: by hand, and as the end of a pipe."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.person import Person
from tests.helpers import Client, ServerProcess, require_program

HINT = "Type to talk; /help shows what else there is."


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    require_program("nc", "netcat-openbsd")
    with ServerProcess(tmp_path_factory.mktemp("nc"), {"history_on_join": 0}) as server:
        yield server


def pipe(server: ServerProcess, said: bytes, *options: str) -> bytes:
    """Send into nc what a shell's pipe would, and return what it prints."""
    done = subprocess.run(
        ["nc", *options, "127.0.0.1", str(server.port)],
        input=said,
        capture_output=True,
        check=True,
        timeout=40,
    )
    return done.stdout


def test_a_pipe_says_hello_and_leaves(server: ServerProcess) -> None:
    with Client(server.port, "ada") as ada:
        sent = pipe(server, b"bot\nhello\n", "-N")
        assert [line[6:] for line in ada.expect("bot left")] == [
            "-> bot has joined #lobby",
            "<bot> hello",
            "<- bot left (connection closed)",
        ]
    assert not set(b"\xff\x1b\r\x00\a") & set(sent)
    lines = sent.decode().splitlines()
    assert lines[0].startswith("  chatserver 0.1.0 · 1 person in 1 room")
    assert lines[1] == f"  You are in #lobby with ada. {HINT}"
    assert re.fullmatch(r"\d\d:\d\d <bot> hello", lines[2])
    assert len(lines) == 3
    assert sent.endswith(b"hello\n")


def test_nothing_is_lost_though_the_pipe_closes_at_once(server: ServerProcess) -> None:
    """FAULTS row 10."""
    with Client(server.port, "eve") as eve:
        for number in range(10):
            sent = pipe(server, b"bot%d\nhi\n/me waves\nlast" % number, "-N")
            assert sent.decode().splitlines()[-1].endswith(f"<bot{number}> last")
            heard = eve.expect(f"bot{number} left")
            assert [line[6:] for line in heard] == [
                f"-> bot{number} has joined #lobby",
                f"<bot{number}> hi",
                f"* bot{number} waves",
                f"<bot{number}> last",
                f"<- bot{number} left (connection closed)",
            ]


def test_a_pipe_with_a_taken_name_says_nothing(server: ServerProcess) -> None:
    with Client(server.port, "zed") as zed:
        sent = pipe(server, b"zed\nsecret\nnotaname\n", "-N").decode()
        assert sent.splitlines()[1:] == ["  That name is in use."]
        assert zed.sync() == []


def test_a_person_with_nc(tmp_path: Path) -> None:
    require_program("nc", "netcat-openbsd")
    with (
        ServerProcess(tmp_path, {"sniff_seconds": 0.3, "history_on_join": 0}) as server,
        Person(["nc", "127.0.0.1", str(server.port)]) as cy,
        Client(server.port) as silent,
    ):
        cy.sees_row("  Your name?")
        # Our offer of an editor is written over: no stray signs are left of it.
        assert cy.look() == ["  chatserver 0.1.0 · nobody is here yet", "  Your name?"]
        assert b"\x1b" not in cy.raw
        cy.enter("cy").sees("alone so far")
        cy.enter("hello").sees("<cy> hello")
        with Client(server.port, "dan") as dan:
            cy.sees("-> dan has joined #lobby")
            dan.send("hi cy")
            cy.sees("<dan> hi cy")
            words = f"  You are in #lobby, alone so far. {HINT}"[:80]
            cy.until(lambda: cy.look()[2:4] == [words, "hello"], "what was typed stands there")
            dan.send("/quit")
            dan.rest()
        cy.enter("/quit")
        cy.sees("Good-bye.")
        assert b"\x1b" not in cy.raw
        assert not silent.ended


def test_all_kinds_of_people_share_a_room(tmp_path: Path) -> None:
    require_program("nc", "netcat-openbsd")
    require_program("telnet", "telnet")
    with (
        ServerProcess(tmp_path, {"rate": False, "sniff_seconds": 0.1}) as server,
        Person(["telnet", "127.0.0.1", str(server.port)]) as ada,
        Person(["telnet", "127.0.0.1", str(server.port)], kind="dumb") as bob,
        Person(["nc", "127.0.0.1", str(server.port)]) as cy,
        Client(server.port, "dan") as dan,
    ):
        for person, name in ((ada, "ada"), (bob, "bob"), (cy, "cy")):
            person.sees_row("  Your name?")
            person.enter(name).sees("You are in #lobby")
            dan.expect(f"{name} has joined")
        ada.type("half ")
        ada.sees_row("[#lobby] half")
        for number in range(10):
            dan.send(f"dan says {number}")
            bob.enter(f"bob says {number}")
            cy.enter(f"cy says {number}")
        order = said(dan, 30)
        for person in (ada, bob, cy):
            person.sees(order[-1])
        ada.sees_row("[#lobby] half")
        shown = [row[6:] for row in ada.look() if re.match(r"\d\d:\d\d <", row)]
        assert shown == order[-len(shown) :]
        assert len(shown) >= 15


def said(client: Client, count: int) -> list[str]:
    """Return the next so many lines that anybody says."""
    lines: list[str] = []
    while len(lines) < count:
        line = client.line()
        if " says " in line:
            lines.append(line[6:])
    return lines
