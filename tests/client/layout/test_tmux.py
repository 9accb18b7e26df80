"""The whole: three clients in tmux, a person on telnet, a server that is killed and comes back."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scripts.processes.server import OurServer
from scripts.talking.tmux import Tmux
from tests.helpers import Client, ServerProcess, require_program, wait_for


class Desks:
    """The client in windows of tmux, one for each person."""

    def __init__(self, folder: Path) -> None:
        require_program("tmux", "tmux")
        self._tmux = Tmux()
        self._folder = folder

    def start(self, name: str, port: int, columns: int, rows: int) -> None:
        """Open a window with a client in it."""
        environment = dict.fromkeys(("XDG_CONFIG_HOME", "XDG_DATA_HOME"), str(self._folder))
        client = [sys.executable, "-m", "client", f"{name}@127.0.0.1:{port}"]
        self._tmux.open(name, client, environment, columns, rows)

    def type(self, name: str, *keys: str) -> None:
        """Press keys; tmux's names of keys, or text."""
        self._tmux.press(name, *keys)

    def screen(self, name: str) -> str:
        """What is on a screen."""
        return "\n".join(self._tmux.screen(name))

    def resize(self, name: str, columns: int, rows: int) -> None:
        self._tmux.resize(name, columns, rows)

    def sees(self, name: str, text: str) -> None:
        """Wait until a text is on a screen."""
        self._until(name, lambda screen: text in screen, text)

    def loses(self, name: str, text: str) -> None:
        """Wait until it is not."""
        self._until(name, lambda screen: text not in screen, f"no {text}")

    def _until(self, name: str, holds: Callable[[str], bool], what: str) -> None:
        try:
            wait_for(lambda: holds(self.screen(name)), f"{name} sees {what}")
        except BaseException as error:
            error.add_note(self.screen(name))
            raise

    def close(self) -> None:
        self._tmux.close()


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Desks]:
    made = Desks(tmp_path)
    try:
        yield made
    finally:
        made.close()


def test_people_talk_through_a_kill(tmux: Desks, tmp_path: Path) -> None:
    with ServerProcess(tmp_path) as server:
        for name, columns, rows in (("ada", 80, 24), ("bob", 120, 40), ("cy", 40, 15)):
            tmux.start(name, server.port, columns, rows)
            tmux.sees(name, "You are in the room.")
        with Client(server.port, "dan") as dan:
            tmux.sees("ada", "● dan")
            dan.send("hello from telnet")
            for name in ("ada", "bob", "cy"):
                tmux.sees(name, "hello from telnet")
            tmux.type("bob", "hi dan, hi ada", "Enter")
            dan.expect("hi dan, hi ada")
            tmux.sees("ada", "hi dan, hi ada")
            tmux.type("ada", "M-r")
            tmux.sees("ada", "↳ to bob")
            tmux.type("ada", "hi bob", "Enter")
            tmux.sees("cy", "┌ bob")
            tmux.resize("ada", 40, 15)
            tmux.loses("ada", "● dan")
            tmux.resize("ada", 80, 24)
            tmux.sees("ada", "● dan")
            tmux.type("cy", "/query ada psst", "Enter")
            tmux.sees("ada", "cy        !1")
            tmux.type("ada", "M-a")
            tmux.sees("ada", "psst")
            tmux.type("ada", "M-1")
            tmux.loses("ada", "psst")
        port = server.port
        try:
            server.kill()
            typed_meanwhile(tmux, server, port, "typed after a kill")
            server.process.terminate()
            server.process.wait(20)
            typed_meanwhile(tmux, server, port, "typed in a restart")
            tmux.resize("ada", 80, 40)
            tmux.sees("ada", "hello from telnet")
            screen = tmux.screen("ada")
            for text in ("hello from telnet", "typed after a kill", "typed in a restart"):
                assert screen.count(text) == 1, screen
            assert screen.count("hi dan, hi ada") == 2, screen  # said, and quoted
            tmux.type("ada", "C-c", "C-c")
        finally:
            server.process.terminate()
            server.process.wait(20)


def typed_meanwhile(tmux: Desks, server: ServerProcess, port: int, text: str) -> None:
    """The server has gone: somebody types; it comes back, and all is there once."""
    tmux.sees("ada", "trying again")
    tmux.type("ada", text, "Enter")
    tmux.sees("ada", "1 not sent yet")
    back(server, port)
    missed = text.replace("typed", "missed")
    with Client(port, "eve") as eve:
        eve.send(missed)
        eve.expect(missed)
    for name in ("ada", "bob"):
        tmux.type(name, "Enter")
    tmux.loses("ada", "not sent yet")
    tmux.sees("ada", missed)
    tmux.sees("bob", text)


def back(server: ServerProcess, port: int) -> None:
    """The same server, on the same port, from the same data; it serves."""
    server.process = OurServer(server.data.parent, port=port).process
