"""Row 33: passwords are guessed from an address, for many names and over many connections."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers import Client, ServerProcess

PASSWORD = "open sesame"
EVE, ROOT = "127.0.0.2", "127.0.0.3"


def serve(directory: Path, password: str = "") -> ServerProcess:
    return ServerProcess(
        directory,
        {"rate": False, "exempt_loopback": False},
        settings={
            "server": {"name": "chat.test", "password": password},
            "operators": [{"name": "root", "password": PASSWORD}],
        },
    )


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    with serve(tmp_path) as running:
        yield running
        assert "Traceback" not in running.log


def opers(server: ServerProcess, nick: str, source: str, *tries: str) -> list[str]:
    """Register and try to become an operator; return the numerics of the answers."""
    with Client(server.port, source=source) as client:
        client.send(f"NICK {nick}", f"USER {nick} 0 * :{nick}")
        client.expect(" 422 ")
        answers = []
        for one in tries:
            client.send(f"OPER {one}")
            answers.append(client.line().split()[1])
        client.send("QUIT")
        client.rest()
        return answers


def test_an_address_has_ten_guesses_over_all_its_connections(server: ServerProcess) -> None:
    answers: Counter[str] = Counter()
    for number in range(20):
        tries = [f"name{number}{letter} :{PASSWORD}" for letter in "abcde"]
        answers.update(opers(server, f"eve{number}", EVE, *tries))
    assert 10 <= answers["464"] <= 14  # as many more as the test lasts delays
    assert answers.total() == 100
    assert answers["263"] == 100 - answers["464"]


def test_others_do_not_keep_the_owner_of_a_name_out(server: ServerProcess) -> None:
    assert opers(server, "eve", EVE, *["root :guess"] * 5) == ["464"] * 3 + ["263"] * 2
    assert opers(server, "ada", ROOT, f"root :{PASSWORD}") == ["381"]
    assert opers(server, "eve", EVE, f"root :{PASSWORD}") == ["263"]


def test_the_password_of_the_server_is_not_guessed_faster(tmp_path: Path) -> None:
    def enter(source: str, password: str) -> str:
        with Client(running.port, source=source) as client:
            client.send(f"PASS :{password}", "NICK ada", "USER ada 0 * :ada")
            first = client.line()
            client.send("QUIT")
            rest = client.rest()
        assert " 001 " in first or rest.startswith("ERROR ")
        return first.split(" ", 1)[1]

    with serve(tmp_path, PASSWORD) as running:
        found = Counter(enter(EVE, f"guess{number}") for number in range(30))
        assert 10 <= found.pop("464 * :Password incorrect") <= 14
        assert list(found) == ["263 * PASS :Please wait a while and try again."]
        for _ in range(12):
            assert enter(ROOT, PASSWORD).startswith("001 ")
