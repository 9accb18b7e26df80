"""A person with the real telnet program, at a real terminal."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.person import Person
from tests.helpers import Client, ServerProcess, require_program, wait_for

HINT = "Type to talk; /help shows what else there is."


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    require_program("telnet", "telnet")
    limits = {"rate": False, "sniff_seconds": 0.1, "history_on_join": 0}
    with ServerProcess(tmp_path_factory.mktemp("telnet"), limits) as server:
        yield server


def telnet(server: ServerProcess, kind: str = "xterm-256color", columns: int = 80) -> Person:
    return Person(["telnet", "127.0.0.1", str(server.port)], kind=kind, columns=columns)


@pytest.fixture
def ada(server: ServerProcess) -> Iterator[Person]:
    with telnet(server) as person:
        person.sees_row("  Your name?")
        person.enter("ada").sees_row("[#lobby]")
        yield person
        if person.process.poll() is None:
            person.type("\x03\x04")
            person.leaves()


@pytest.fixture
def bob(server: ServerProcess, ada: Person) -> Iterator[Client]:
    with Client(server.port, "bob") as client:
        ada.sees("bob has joined")
        yield client
        client.send("/quit")
        client.rest()


def without_times(rows: list[str]) -> list[str]:
    return [row[6:] if row[2:3] == ":" and row[5:6] == " " else row for row in rows]


def test_the_screen_of_the_promise(server: ServerProcess) -> None:
    """Section 3 of the plan, with nothing left out."""
    with Client(server.port, "bob") as bob, Client(server.port, "cy") as cy:
        cy.send("/join games")
        cy.expect("You are in #games")
        with telnet(server, columns=100) as ada:
            ada.sees_row("  Your name?")
            ada.enter("ada").sees_row("[#lobby]")
            ada.type("hello ev_")
            ada.sees_row("[#lobby] hello ev_")
            bob.send("hi ada")
            ada.sees("hi ada")
            with Client(server.port, "dan") as dan:
                ada.sees("dan has joined")
                promised = [
                    "  chatserver 0.1.0 · 2 people in 2 rooms",
                    "  Your name? ada",
                    f"  You are in #lobby with bob and cy. {HINT}",
                    "<bob> hi ada",
                    "-> dan has joined #lobby",
                    "[#lobby] hello ev_",
                ]
                ada.until(lambda: without_times(ada.look())[3:] == promised, "the screen")
                assert ada.column == len("[#lobby] hello ev_")
                ada.type("\x03\x04")
                assert ada.leaves() == 0
                for client in (bob, cy, dan):
                    client.send("/quit")
                    client.rest()


def test_the_editor_under_incoming_lines(ada: Person, bob: Client) -> None:
    ada.type("helo wörld")
    ada.sees_row("[#lobby] helo wörld")
    ada.type("\x1b[H\x1b[C\x1b[C\x1b[Cl")  # Home, Right x 3
    ada.sees_row("[#lobby] hello wörld")
    for number in range(30):
        bob.send(f"line {number}")
    ada.sees("line 29")
    ada.sees_row("[#lobby] hello wörld")
    ada.until(lambda: ada.column == len("[#lobby] hell"), "the cursor stands where it was")
    ada.type(
        "\x1b[F\x7f\x7f\x7f\x7f\x7f日本\x1b[D\x7f語"
    )  # End, Backspace 5 times, Left, Backspace
    ada.type("\r")
    assert bob.expect("<ada>")[-1].endswith("<ada> hello 語本")


def test_completion_recall_and_interrupt(ada: Person, bob: Client) -> None:
    ada.type("bo\t")
    ada.sees_row("[#lobby] bob:")
    ada.type("hi\r")
    assert bob.expect("<ada>")[-1].endswith("<ada> bob: hi")
    ada.sees_row("[#lobby]")
    ada.type("half\x1b[A")  # Up: the line before; Down: the half-typed one
    ada.sees_row("[#lobby] bob: hi")
    ada.type("\x1bOB")
    ada.sees_row("[#lobby] half")
    ada.type("\x03")
    ada.sees_row("[#lobby]")
    ada.type("/jo\t")
    ada.sees_row("[#lobby] /join")
    ada.type("\x15")
    ada.sees_row("[#lobby]")


def test_a_paste_of_several_lines_asks(ada: Person, bob: Client) -> None:
    wait_for(lambda: (ada.look(), b"\x1b[?2004h" in ada.raw)[1], "pastes are asked for")
    paste = "".join(f"pasted {number}\n" for number in range(14))
    ada.type(f"\x1b[200~{paste}\x1b[201~")
    ada.sees_row("Send 14 lines? (y/n)")
    ada.type("n")
    ada.sees_row("[#lobby]")
    ada.type(f"\x1b[200~{paste}\x1b[201~")
    ada.sees_row("Send 14 lines? (y/n)")
    ada.type("y")
    said = [line for line in bob.expect("pasted 13") if "<ada>" in line]
    assert [line.partition("> ")[2] for line in said] == paste.splitlines()


def test_a_long_line_scrolls_and_never_wraps(ada: Person, bob: Client) -> None:
    ada.sees_row("[#lobby]")
    rows = len(ada.look())
    ada.type("".join(f"{number:03} " for number in range(60)))
    ada.until(lambda: ada.row.endswith("059"), "the end of the line")
    assert ada.row.startswith("[#lobby] <")
    assert len(ada.look()) == rows
    bob.send("a line between")
    ada.sees("a line between")
    ada.until(lambda: ada.row.startswith("[#lobby] <"), "the line stands under it")
    ada.type("\x01")  # ^A
    ada.until(
        lambda: ada.row.startswith("[#lobby] 000 001") and ada.row.endswith(">"),
        "the start of the line",
    )
    ada.resize(40)
    ada.until(lambda: len(ada.row) == 39 and ada.row.endswith(">"), "the smaller window")
    ada.type("\x15\x0b")
    ada.sees_row("[#lobby]")
    bob.send("one two three four five six seven eight")
    wrapped = ["<bob> one two three four five six", "            seven eight", "[#lobby]"]
    ada.until(lambda: without_times(ada.look())[-3:] == wrapped, "the wrapped line")


def test_quit_leaves_the_terminal_as_it_was(ada: Person) -> None:
    ada.enter("/quit see you")
    assert ada.leaves() == 0
    assert ada.look()[-2:] == ["  Good-bye.", "Connection closed by foreign host."]
    assert ada.raw.count(b"\x1b[?2004h") == ada.raw.count(b"\x1b[?2004l") == 1
    assert ada.modes[:4] == ada.modes_before[:4]


def test_an_end_of_input_on_an_empty_line_leaves(ada: Person) -> None:
    ada.type("x\x04")  # deletes nothing, since the cursor is at the end
    ada.sees_row("[#lobby] x")
    ada.type("\x7f\x04")
    assert ada.leaves() == 0


def test_telnet_answers_the_ping(tmp_path: Path) -> None:
    """One who is quiet stays; one whose client does not answer either is given up later."""
    require_program("telnet", "telnet")
    limits = {"sniff_seconds": 0.1, "ping": 0.5, "dead": 4.5}
    with ServerProcess(tmp_path, limits) as server, telnet(server) as ada:
        ada.sees_row("  Your name?")
        ada.enter("ada").sees_row("[#lobby]")
        with Client(server.port) as deaf:
            deaf.until(b"Your name? ")
            deaf.send_bytes(b"\xff\xfd\x01\xff\xfd\x03\xff\xfc\x18deaf\r\x00")
            deaf.rest()  # until the server closes
        ada.sees("<- deaf left (no answer)")
        ada.sees_row("[#lobby]")
        ada.enter("/quit")
        assert ada.leaves() == 0


def test_a_dumb_terminal_is_in_line_mode(server: ServerProcess) -> None:
    with telnet(server, kind="dumb") as cy, Client(server.port, "bob") as bob:
        cy.sees_row("  Your name?")
        cy.enter("cy").sees(f"You are in #lobby with bob. {HINT}")
        bob.send("hi cy")
        cy.sees("<bob> hi cy")
        cy.enter("hello")
        assert bob.expect("<cy>")[-1].endswith("<cy> hello")
        cy.sees("<cy> hello")
        # In line mode ^C is a command of telnet's, which then shows nothing of what we send until
        # our mark has come; so what is said in between is lost on it, but no more than that.
        cy.type("\x03")
        cy.sees("^C")

        def hears_again() -> bool:
            bob.send("still there?")
            return any("still there?" in row for row in cy.look())

        cy.until(hears_again, "the mark")
        cy.enter("/quit")
        assert cy.leaves() == 0
        assert b"\x1b" not in cy.raw
        bob.send("/quit")
        bob.rest()


def test_the_server_stops_under_a_half_typed_line(tmp_path: Path) -> None:
    require_program("telnet", "telnet")
    with ServerProcess(tmp_path, {"sniff_seconds": 0.1}) as server, telnet(server) as ada:
        ada.sees_row("  Your name?")
        ada.enter("ada").sees_row("[#lobby]")
        ada.type("half a li")
        ada.sees_row("[#lobby] half a li")
        os.kill(server.pid, signal.SIGTERM)
        assert ada.leaves() == 0
        assert ada.look()[-3:] == [
            "  The server is restarting. Please connect again in a moment.",
            "  Good-bye.",
            "Connection closed by foreign host.",
        ]
        assert ada.modes[:4] == ada.modes_before[:4]
