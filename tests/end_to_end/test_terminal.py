"""What different terminals show of the same conversation."""

from collections.abc import Iterator

import pytest

from tests.end_to_end.person import Person
from tests.helpers import Client, ServerProcess, require_program


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    require_program("telnet", "telnet")
    limits = {"rate": False, "sniff_seconds": 0.1, "history_on_join": 0}
    with ServerProcess(tmp_path_factory.mktemp("terminal"), limits) as server:
        yield server


def telnet(server: ServerProcess, kind: str, name: str, columns: int = 80) -> Person:
    person = Person(["telnet", "127.0.0.1", str(server.port)], kind=kind, columns=columns)
    person.sees_row("  Your name?")
    person.enter(name).sees("You are in")
    return person


@pytest.mark.parametrize(
    ("kind", "color"),
    [
        ("xterm-256color", b"\x1b[38;5;"),
        ("screen-256color", b"\x1b[38;5;"),
        ("linux", b"\x1b[3"),
        ("vt100", b"\x1b[3"),
        ("xterm-mono", b"\x1b[38;5;"),  # of no kind that we know: taken for a modern one
        ("vt100-m", None),
        ("dumb", None),
    ],
)
def test_colors_by_kind(server: ServerProcess, kind: str, color: bytes | None) -> None:
    with telnet(server, kind, "ada") as ada, Client(server.port, "bob") as bob:
        bob.send("hi everyone")
        ada.sees("<bob> hi everyone")
        assert (b"m12:" in ada.raw or b"\x1b[2m" in ada.raw) is (color is not None)
        if color is not None:
            assert color in ada.raw
        ada.enter("/quit")
        assert ada.leaves() == 0
        bob.send("/quit")
        bob.rest()


def test_a_name_is_marked_and_rings(server: ServerProcess) -> None:
    with telnet(server, "xterm", "ada") as ada, Client(server.port, "bob") as bob:
        bob.send("hi Ada!")
        ada.sees("<bob> hi Ada!")
        assert b"\x1b[1m\x1b[7mAda\x1b[0m!" in ada.raw
        ada.until(lambda: (ada.look(), b"\a" in ada.raw)[1], "the bell")
        row = next(y for y, text in enumerate(ada.screen.display) if "hi Ada!" in text)
        cells = ada.screen.buffer[row]
        column = ada.screen.display[row].index("Ada!")
        assert [cells[column + i].reverse for i in range(4)] == [True, True, True, False]
        ada.enter("/quit")
        ada.leaves()
        bob.send("/quit")
        bob.rest()


def test_hostile_text_moves_nothing(server: ServerProcess) -> None:
    """FAULTS rows 17 to 20, on a real screen."""
    with telnet(server, "xterm-256color", "ada") as ada, Client(server.port, "bob") as bob:
        ada.sees("bob has joined")
        ada.sees_row("[#lobby]")
        before = ada.look()[:-1]
        ada.type("half a line")
        ada.sees_row("[#lobby] half a line")
        for text in (
            b"\x1b[2J\x1b[H",
            b"\x1b]0;owned\x07",
            b"\x9b2J",
            b"x\rroot: bye",
            b"a\xe2\x80\xa8b",
        ):
            bob.send_bytes(text + b"\n")
        bob.send("z" + "\u0301" * 300, "\u202eevil", "the end")
        ada.sees("the end")
        ada.sees_row("[#lobby] half a line")
        rows = ada.look()
        assert rows[: len(before)] == before
        assert [row[6:] for row in rows[len(before) : -1]] == [
            "<bob> [2J[H",
            "<bob> ]0;owned",
            "<bob> \ufffd2J",
            "<bob> xroot: bye",
            "<bob> a b",
            rows[len(before) + 5][6:],
            "<bob> evil",
            "<bob> the end",
        ]
        assert rows[len(before) + 5][6:].startswith("<bob> ź")
        assert ada.screen.title == ""
        assert ada.row == "[#lobby] half a line"
        ada.type("\x03\x04")
        ada.leaves()
        bob.send("/quit")
        bob.rest()


def test_the_help_fits_a_small_window(server: ServerProcess) -> None:
    with telnet(server, "xterm", "ada", columns=50) as ada:
        ada.enter("/help")
        ada.sees("/quit [WHY]")
        ada.sees_row("[#lobby]")
        # A row that is cut in two goes on in the first column.
        assert all(row.startswith("  ") for row in ada.look()[:-1])
        ada.enter("/quit")
        ada.leaves()
