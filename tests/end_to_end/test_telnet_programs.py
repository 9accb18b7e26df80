"""Other telnet programs than the one of test_telnet.py, at real terminals."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.person import Person
from tests.helpers import Client, ServerProcess, require_program


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    limits = {"rate": False, "sniff_seconds": 0.1, "history_on_join": 0}
    with ServerProcess(tmp_path_factory.mktemp("programs"), limits) as server:
        yield server


@pytest.mark.parametrize(
    ("program", "package", "command"),
    [
        ("busybox", "busybox", "busybox telnet 127.0.0.1 {port}"),
        ("plink", "putty-tools", "plink -telnet -P {port} 127.0.0.1"),
    ],
)
def test_one_that_types_each_key(
    server: ServerProcess, program: str, package: str, command: str, tmp_path: Path
) -> None:
    require_program(program, package)
    home = {"HOME": str(tmp_path)}
    words = command.format(port=server.port).split()
    with Person(words, environment=home) as ada, Client(server.port) as bob:
        ada.sees_row("  Your name?")
        ada.enter("ada").sees_row("[#lobby]")
        bob.send("bob")
        ada.sees("bob has joined")
        ada.type("helo wörld\x1b[H\x1b[C\x1b[C\x1b[Cl")  # Home, Right x 3
        ada.sees_row("[#lobby] hello wörld")
        bob.send("hi ada")
        ada.sees("<bob> hi ada").sees_row("[#lobby] hello wörld")
        ada.type("\r")
        assert bob.expect("<ada>")[-1].endswith("<ada> hello wörld")
        ada.enter("/quit")
        ada.leaves()
        assert ada.modes[:4] == ada.modes_before[:4]
        bob.send("/quit")
        bob.rest()


def test_one_that_types_in_a_row_of_its_own(server: ServerProcess, tmp_path: Path) -> None:
    """TinyFugue hides what is typed while the server echoes, and shows no question without GA."""
    require_program("tf5", "tf5")
    command = ["tf5", "-n", "127.0.0.1", str(server.port)]
    home = {"HOME": str(tmp_path)}
    with Person(command, environment=home) as ada, Client(server.port) as bob:
        ada.sees_row("  Your name?")
        ada.type("ada")
        ada.sees_row("  Your name? ada")
        ada.type("\r")
        ada.sees("You are in #lobby")
        bob.send("bob")
        ada.sees("bob has joined")
        ada.type("half a line")
        bob.send("hi ada")
        ada.sees("<bob> hi ada")
        ada.sees("half a line")
        ada.type("\r")
        assert bob.expect("<ada>")[-1].endswith("<ada> half a line")
        ada.enter("/quit")  # tf's own
        assert ada.leaves() == 0
        bob.expect("<- ada left")
        bob.send("/quit")
        bob.rest()
