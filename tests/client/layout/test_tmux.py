"""The whole: three clients in tmux, a person on telnet, a server that is killed and comes back."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.helpers import ROOT, Client, ServerProcess, require_program, wait_for


class Tmux:
    """A tmux server of its own, with a session for each client."""

    def __init__(self, folder: Path) -> None:
        self._program = require_program("tmux", "tmux")
        self._socket = folder / "tmux"
        self._folder = folder

    def _run(self, *words: str) -> str:
        command = [self._program, "-S", str(self._socket), "-f", "/dev/null", *words]
        done = subprocess.run(command, capture_output=True, check=True, timeout=20)
        return done.stdout.decode()

    def start(self, name: str, port: int, columns: int, rows: int) -> None:
        """Open a window with a client in it."""
        environment = {"XDG_CONFIG_HOME": str(self._folder), "XDG_DATA_HOME": str(self._folder)}
        words = [f"{key}={value}" for key, value in environment.items()]
        client = [sys.executable, "-m", "client", f"{name}@127.0.0.1:{port}"]
        size = ("-x", str(columns), "-y", str(rows))
        where = ("-c", str(ROOT), "env", "LC_ALL=C.UTF-8")
        self._run("-u", "new-session", "-d", "-s", name, *size, *where, *words, *client)

    def type(self, name: str, *keys: str) -> None:
        """Press keys; tmux's names of keys, or text."""
        self._run("send-keys", "-t", name, *keys)

    def screen(self, name: str) -> str:
        """What is on a screen."""
        return self._run("capture-pane", "-p", "-t", name)

    def resize(self, name: str, columns: int, rows: int) -> None:
        self._run("resize-window", "-t", name, "-x", str(columns), "-y", str(rows))

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
        subprocess.run([self._program, "-S", str(self._socket), "kill-server"], check=False)


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Tmux]:
    made = Tmux(tmp_path)
    try:
        yield made
    finally:
        made.close()


def test_people_talk_through_a_kill(tmux: Tmux, tmp_path: Path) -> None:
    os.environ.pop("NO_COLOR", None)
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


def typed_meanwhile(tmux: Tmux, server: ServerProcess, port: int, text: str) -> None:
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


def listens(port: int) -> bool:
    """Whether somebody answers there."""
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0


def back(server: ServerProcess, port: int) -> None:
    """The same server, on the same port, from the same data; it listens."""
    words = ["--host", "127.0.0.1", "--port", str(port), "--data", str(server.data)]
    with server.log_file.open("ab") as log:
        server.process = subprocess.Popen(
            [sys.executable, "-m", "chatserver", "serve", *words],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    wait_for(lambda: listens(port), "the server listens")
