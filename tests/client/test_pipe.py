"""The program as a shell sees it: pipes, --tail, exit codes, the log; a real server behind it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Thread

import pytest

from tests.helpers import ROOT, ServerProcess, wait_for

LIMIT = 40.0  # seconds; what takes longer hangs


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path, {"rate": False}) as running:
        yield running


class Relay:
    """A port that stays the same, in front of a server that comes and goes."""

    def __init__(self, target: int) -> None:
        self.target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                try:
                    far = socket.create_connection(("127.0.0.1", self.target))
                except OSError:
                    near.close()
                    continue
                for one, other in ((near, far), (far, near)):
                    Thread(target=self._carry, args=(one, other), daemon=True).start()

    @staticmethod
    def _carry(one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


class Chat:
    """`chat` with settings of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_DATA_HOME": str(home / "data"),
            "TERM": "dumb",
        }

    def start(self, *arguments: str, stdin: int = subprocess.PIPE) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "client", *arguments],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.environment,
            cwd=self.home,
        )

    def run(self, *arguments: str, stdin: str = "") -> tuple[int, str, str]:
        process = self.start(*arguments)
        out, err = process.communicate(stdin, timeout=LIMIT)
        return process.returncode, out, err


@pytest.fixture
def chat(tmp_path: Path) -> Chat:
    return Chat(tmp_path)


def at(server: ServerProcess) -> str:
    return f"127.0.0.1:{server.port}"


def log_lines(folder: Path) -> list[str]:
    return [line for path in folder.glob("*.log") for line in path.read_text().splitlines()]


def test_bytes_that_are_no_text_stop_nothing(server: ServerProcess, chat: Chat) -> None:
    process = chat.start("-r", "ops", "-n", "bot", at(server))
    assert process.stdin
    os.write(process.stdin.fileno(), b"one\ncaf\xe9\nthree\n")
    _, err = process.communicate(timeout=LIMIT)
    assert (process.returncode, err) == (0, "")
    chat.run("-r", "ops", "--log", "log", at(server), stdin="read\n")
    said = [line.partition("> ")[2] for line in log_lines(chat.home / "log")]
    assert [text for text in said if text][:3] == ["one", "caf\N{REPLACEMENT CHARACTER}", "three"]


def test_a_pipe_is_said_and_its_end_is_success(server: ServerProcess, chat: Chat) -> None:
    words = "deploy done\n\nline two ü\n"
    assert chat.run("-r", "ops", "-n", "bot", at(server), stdin=words) == (0, "", "")
    # Somebody who comes later finds it in the history: the log of one's own has it.
    code, _, _ = chat.run("-r", "ops", "--log", "log", at(server), stdin="read\n")
    said = [line.partition(" ")[2] for line in log_lines(chat.home / "log")]
    assert code == 0
    assert [line for line in said if line.startswith("<bot>")] == [
        "<bot> deploy done",
        "<bot> line two ü",
    ]


def test_many_lines_arrive_in_order_and_once(server: ServerProcess, chat: Chat) -> None:
    words = [f"line {number}" for number in range(300)]
    limits = ("-r", "ops", "-n", "bot", "--timeout", "30", at(server))
    tail = chat.start("--tail", "--json", "-r", "ops", "-n", "ear", at(server))
    wait_for(lambda: "ear" in " ".join(who(server, "#ops")), "the listener is there")
    assert chat.run(*limits, stdin="\n".join(words))[0] == 0
    assert tail.stdout
    heard = [json.loads(tail.stdout.readline())["text"] for _ in words]
    finish(tail)
    assert heard == words


def who(server: ServerProcess, room: str) -> Sequence[str]:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        connection.sendall(f"NICK w\r\nUSER w 0 * w\r\nNAMES {room}\r\nQUIT\r\n".encode())
        data = b""
        while chunk := connection.recv(65536):
            data += chunk
    return data.decode().partition(" 353 ")[2].partition("\r\n")[0].partition(":")[2].split()


def finish(process: subprocess.Popen[str]) -> None:
    process.terminate()
    process.communicate(timeout=LIMIT)


def test_tail_is_made_for_scripts(server: ServerProcess, chat: Chat) -> None:
    assert chat.run("-r", "ops", "-n", "bot", at(server), stdin="before\n")[0] == 0
    tail = chat.start("--tail", "-r", "ops", "-n", "ear", at(server))
    wait_for(lambda: "ear" in " ".join(who(server, "#ops")), "the listener is there")
    assert chat.run("-r", "ops", "-n", "bot", at(server), stdin="a\x1b[2Jb\n")[0] == 0
    assert tail.stdout
    line = tail.stdout.readline()
    finish(tail)
    assert line.endswith(" #ops <bot> a[2Jb\n")


def test_nobody_there_is_one(chat: Chat) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
        code, out, err = chat.run("-r", "ops", "--timeout", "0.5", address, stdin="x\n")
    assert (code, out) == (1, "")
    assert "nobody answers" in err


def test_a_room_that_lets_nobody_in_is_three(server: ServerProcess, chat: Chat) -> None:
    code, _, err = chat.run("-r", "#" + "x" * 300, at(server), stdin="x\n")
    assert code == 3
    assert "x" * 300 in err


@pytest.mark.parametrize(
    "arguments", [["--nothing"], ["--timeout", "0", "host"], ["--timeout", "x"]]
)
def test_a_wrong_command_line_is_two(chat: Chat, arguments: list[str]) -> None:
    assert chat.run(*arguments)[0] == 2


def test_settings_are_printed(chat: Chat) -> None:
    code, out, _ = chat.run("config")
    assert code == 0
    assert 'theme = "dark"' in out
    assert "chat.toml (not there yet)" in out


def test_a_broken_file_of_settings_is_named(chat: Chat, tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text("port = 'no'")
    code, _, err = chat.run("--config", "x.toml", "config")
    assert code == 1
    assert "x.toml" in err


def test_what_is_said_through_a_kill_arrives_once(tmp_path: Path, chat: Chat) -> None:
    early, late = ([f"{when} {n}\n" for n in range(200)] for when in ("early", "late"))
    with ServerProcess(tmp_path, {"rate": False}) as server:
        relay = Relay(server.port)
        address = f"127.0.0.1:{relay.port}"
        process = chat.start("-r", "ops", "-n", "bot", "--log", "log", address)
        assert process.stdin
        process.stdin.writelines(early)
        process.stdin.flush()
        wait_for(lambda: "bot" in " ".join(who(server, "#ops")), "the talker is there")
        server.kill()
    process.stdin.writelines(late)
    process.stdin.flush()
    with ServerProcess(tmp_path, {"rate": False}) as server:
        relay.target = server.port
        process.stdin.close()
        assert process.wait(LIMIT) == 0
    relay.close()
    said = [line.partition("> ")[2] for line in log_lines(chat.home / "log") if "<bot>" in line]
    assert sorted(said) == sorted(line.strip() for line in (*early, *late))
