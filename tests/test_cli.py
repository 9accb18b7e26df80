import os
import pty
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from chatserver import __main__ as program
from chatserver import cli, passwords
from chatserver.config import Config
from chatserver.instance import Instance, Status, running_pid, wait_until_gone
from chatserver.passwords import matches
from chatserver.settings import load

FAKE = Path(__file__).with_name("fake_server.py")
ROOT = FAKE.parent.parent


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home directory of its own, and no setting from outside."""
    for name in list(os.environ):
        if name.startswith(("CHATSERVER_", "XDG_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*args: str) -> Result:
    """A command that needs no server in this process."""
    return CliRunner().invoke(cli.cli, args, prog_name="chatserver")


def fake(*args: str) -> subprocess.CompletedProcess[str]:
    """A command with the fake server, to its end."""
    return subprocess.run(
        [sys.executable, str(FAKE), *args],
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )


Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(home: Path) -> Iterator[Start]:
    """Start the fake server in the foreground; returns once it serves."""
    started: list[subprocess.Popen[str]] = []

    def one(*args: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, str(FAKE), "--data", str(home), "--port", "0", *args],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "printed by the server\n"
        return process

    yield one
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def background(home: Path) -> Iterator[Path]:
    """The data directory of a server that a test starts in the background; it is ended after it."""
    directory = home / "data"
    yield directory
    pid = running_pid(directory)
    if pid is not None:
        os.kill(pid, signal.SIGKILL)
        assert wait_until_gone(directory, 30)


# --- the command line itself ---


def test_help_shows_commands_options_of_serve_and_examples() -> None:
    result = run("--help")
    assert result.exit_code == 0
    for text in (
        *("--host", "--port", "--listen HOST:PORT", "--workers N", "--config FILE"),
        *("--data DIR", "--motd FILE", "--log-level", "--log-file", "--daemon", "--version"),
        *("--history on|off", "--durability LEVEL", "--recover", "history", "backup"),
        *("config", "hash-password", "serve", "status", "stop", "[default 8000]", "Examples:"),
        "chatserver --port 0 ",
    ):
        assert text in result.output
    assert "chatserver --port 0 " in run("serve", "--help").output


def test_the_version() -> None:
    assert run("--version").output == "chatserver 0.1.0\n"


@pytest.mark.parametrize(
    "args",
    [(), ("--port", "9"), ("serve", "--port", "9"), ("--daemon",), ("--listen=:1",)],
    ids=" ".join,
)
def test_serve_is_the_command_without_a_name(
    args: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[object] = []
    monkeypatch.setattr(cli.serve, "callback", lambda **given: seen.append(given))
    assert run(*args).exit_code == 0
    (given,) = seen
    assert isinstance(given, dict)
    assert given["port"] == ("9" if "9" in args else None)
    assert given["in_background"] == ("--daemon" in args)
    assert given["listen"] == ((":1",) if "--listen=:1" in args else ())


def test_an_unknown_command_and_an_unknown_option() -> None:
    result = run("sttaus")
    assert result.exit_code == 2
    assert "Did you mean 'status'?" in result.output
    result = run("--prot", "1")
    assert result.exit_code == 2
    assert "--port" in result.output


def test_main_calls_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["x", "--version"])
    with pytest.raises(SystemExit) as caught:
        program.main()
    assert caught.value.code == 0


@pytest.mark.parametrize("command", ["serve", "config", "status", "stop"])
def test_a_wrong_value_exits_2_with_one_sentence(
    command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHATSERVER_PORT", "x")
    result = run(command)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr == (
        'environment variable CHATSERVER_PORT: port is "x"; '
        "it must be a whole number from 0 to 65535.\n"
    )


def test_config_prints_what_can_be_loaded_again(home: Path) -> None:
    result = run("config", "--port", "9", "--listen", ":1", "--listen", ":2", "--data", "d")
    assert result.exit_code == 0
    saved = home / "saved.toml"
    saved.write_text(result.stdout, encoding="utf-8")
    config = load({}, {}, saved)
    assert config == Config(port=9, listen=(":1", ":2"), data=str(home / "d"))
    assert run("config", "--config", str(saved)).stdout == result.stdout


def test_config_shows_a_missing_file() -> None:
    result = run("config", "--config", "none.toml")
    assert result.exit_code == 2
    assert "none.toml: no such file" in result.stderr


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (59.9, "59 s"),
        (60, "1 min 0 s"),
        (3725, "1 h 2 min"),
        (90000, "1 d 1 h"),
        (86400, "1 d 0 h"),
    ],
)
def test_a_duration(seconds: float, words: str) -> None:
    assert cli.duration(seconds) == words


# --- passwords ---


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b"\nanother line\n"])
def test_a_password_from_a_pipe(end: bytes) -> None:
    result = CliRunner().invoke(cli.cli, ["hash-password"], input="ünï password".encode() + end)
    assert result.exit_code == 0
    assert matches(result.stdout.removesuffix("\n"), "ünï password")
    assert "password" not in result.output


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (b"", "A password has 8 to 512 bytes.\n"),
        (b"secrets\n", "A password has 8 to 512 bytes.\n"),
        (b"x" * 513 + b"\r\n", "A password has 8 to 512 bytes.\n"),
        (b"x" * 100_000, "A password has 8 to 512 bytes.\n"),
        (b"secrets\xff\n", "A password must be UTF-8 text.\n"),
    ],
)
def test_a_wrong_password_from_a_pipe(given: bytes, words: str) -> None:
    result = CliRunner().invoke(cli.cli, ["hash-password"], input=given)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", words)


def test_the_longest_password_from_a_pipe() -> None:
    longest = "x" * passwords.LONGEST
    result = CliRunner().invoke(cli.cli, ["hash-password"], input=f"{longest}\r\n")
    assert matches(result.stdout.removesuffix("\n"), longest)


def test_a_password_that_is_typed_is_asked_for_twice_and_not_shown() -> None:
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "r+b", buffering=0) as terminal:
        asking = subprocess.Popen(
            [sys.executable, "-m", "chatserver", "hash-password"],
            stdin=theirs,
            stderr=theirs,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # else it would ask at the terminal of the tests
            cwd=ROOT,
        )
        os.close(theirs)
        shown = b""
        for prompt, answer in (
            (b"Password: ", b"a password\n"),
            (b"Once more: ", b"a passwort\n"),
            (b"Password: ", b"a password\n"),
            (b"Once more: ", b"a password\n"),
        ):
            _, found, rest = shown.partition(prompt)
            while not found:
                shown += os.read(ours, 1000)
                _, found, rest = shown.partition(prompt)
            shown = rest
            assert b"passwor" not in shown
            terminal.write(answer)
        printed, _ = asking.communicate(timeout=50)
    assert asking.returncode == 0
    assert matches(printed.removesuffix("\n"), "a password")


def test_an_operators_password_that_is_no_hash_is_warned_of_without_it(
    start: Start, home: Path
) -> None:
    rows = "[[operators]]\nname = 'ada'\npassword = 'the engine'\n[server]\nname = 'a.b'\n"
    (home / "chat.toml").write_text(rows, encoding="utf-8")
    server = start("--config", str(home / "chat.toml"))
    server.terminate()
    _, log = server.communicate(timeout=50)
    assert " WARNING The password of the operator ada is not a hash. " in log
    assert "the engine" not in log


# --- status and stop ---


@pytest.mark.parametrize("command", ["status", "stop"])
def test_not_running(command: str, home: Path) -> None:
    result = run(command, "--data", "d")
    assert result.exit_code == 3
    assert result.stdout == f"chatserver is not running (nothing uses {home / 'd'}).\n"
    assert not (home / "d").exists()


def test_what_status_says(home: Path) -> None:
    answer = Status(
        pid=7, uptime=3725, addresses=("[::1]:1", "127.0.0.1:1"), people=3, rooms=2, version="0.1.0"
    )
    assert cli.describe(answer, home).splitlines() == [
        "chatserver 0.1.0 is running",
        "  pid        7",
        "  uptime     1 h 2 min",
        "  addresses  [::1]:1, 127.0.0.1:1",
        "  people     3",
        "  rooms      2",
        f"  data       {home}",
    ]


def test_a_server_in_the_foreground(start: Start, home: Path) -> None:
    server = start()
    said = run("status", "--data", str(home))
    assert said.exit_code == 0
    assert f"  pid        {server.pid}\n" in said.stdout
    assert re.search(r"addresses  127\.0\.0\.1:[1-9]", said.stdout)

    second = fake("--data", str(home), "--port", "0")
    assert second.returncode == 1
    assert second.stderr == f"Another server is using {home}.\n"
    assert run("status", "--data", str(home)).exit_code == 0  # its socket is still there

    (home / "chat.toml").write_text(f"data = '{home}'\nmotd = 'gone'")
    stopped = run("stop", "--config", "chat.toml")
    assert stopped.exit_code == 0
    assert stopped.stdout == f"Stopping chatserver (pid {server.pid}) ...\nStopped.\n"
    _, log = server.communicate()
    assert server.returncode == 7  # what the server's run() gave
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d INFO serving\n", log)
    assert run("status", "--data", str(home)).exit_code == 3
    assert not (home / "control").exists()


def test_a_server_that_does_not_stop(
    start: Start, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHATSERVER_TEST_FAKE", "deaf")
    server = start()
    monkeypatch.setattr(cli, "_STOP_GRACE", 0.1)
    monkeypatch.setenv("CHATSERVER_LIMITS_STOP_SECONDS", "0.1")
    result = run("stop", "--data", str(home))
    assert result.exit_code == 1
    assert result.stderr == (
        f"chatserver (pid {server.pid}) has not ended in 0.2 seconds. "
        f"Look at its log, or end it with: kill -KILL {server.pid}\n"
    )


def test_a_server_that_does_not_answer(home: Path) -> None:
    with Instance(home) as instance:
        result = run("status", "--data", str(home))
        assert result.exit_code == 1
        assert result.stderr == (
            f"chatserver is running as pid {os.getpid()}, but does not answer: "
            "no such file or directory.\n"
        )
        with instance.bind_control() as listening:
            closing = threading.Thread(target=close_one, args=(listening,))
            closing.start()
            result = run("status", "--data", str(home))
            closing.join()
        assert result.exit_code == 1
        assert result.stderr == (
            f"chatserver is running as pid {os.getpid()}, but does not answer: "
            "it closed the connection.\n"
        )


def close_one(listening: socket.socket) -> None:
    """Take what is asked and give no answer."""
    connection, _ = listening.accept()
    with connection:
        connection.recv(100)


def test_the_server_of_another_user_is_not_stopped(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_pid: int, _signal: int) -> None:
        raise PermissionError

    with Instance(home):
        monkeypatch.setattr(os, "kill", refuse)
        result = run("stop", "--data", str(home))
    assert result.exit_code == 1
    assert result.stderr == f"Cannot stop pid {os.getpid()}: it belongs to another user.\n"


# --- starting ---


@pytest.mark.parametrize("more", [(), ("--daemon",)], ids=["foreground", "background"])
def test_a_port_in_use(home: Path, more: tuple[str, ...]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = fake("--data", "d", "--port", str(port), *more)
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr == (
        f"Cannot listen on localhost:{port}: address already in use. Try --port 0 or --port 8001.\n"
    )
    assert running_pid(home / "d") is None


@pytest.mark.parametrize("more", [(), ("--daemon",)], ids=["foreground", "background"])
def test_a_log_that_cannot_be_written(home: Path, more: tuple[str, ...]) -> None:
    result = fake("--data", "d", "--port", "0", "--log-file", "none/log", *more)
    assert result.returncode == 2
    assert result.stderr == (
        f"Cannot write the log file {home}/none/log: no such file or directory. "
        "Choose another with --log-file.\n"
    )


def test_the_log_level_and_the_log_file(start: Start, home: Path) -> None:
    server = start("--log-file", "log", "--log-level", "warning")
    server.terminate()
    _, errors = server.communicate()
    assert errors == ""
    assert (home / "log").read_text() == ""


def test_the_background(background: Path, home: Path) -> None:
    launched = fake("--data", str(background), "--port", "0", "--daemon")
    assert launched.stderr == ""
    said = re.fullmatch(
        r"Running in the background as pid (\d+); stop it with: chatserver stop --data (\S+)\n",
        launched.stdout,
    )
    assert said
    assert said[2] == str(background)
    assert launched.returncode == 0
    pid = int(said[1])
    assert running_pid(background) == pid
    assert f"  pid        {pid}\n" in run("status", "--data", str(background)).stdout
    assert os.getsid(pid) not in (0, os.getsid(0))

    second = fake("--data", str(background), "--port", "0", "--daemon")
    assert second.returncode == 1
    assert second.stderr == f"Another server is using {background}.\n"

    assert run("stop", "--data", str(background)).exit_code == 0
    log = (background / "chatserver.log").read_text()
    assert "INFO serving\n" in log
    assert "printed by the server\n" in log
    assert "INFO ended in /\n" in log
    assert not (background / "control").exists()


def test_the_background_with_relative_paths_and_the_default_data(home: Path) -> None:
    (home / "chat.toml").write_text("port = 0\nlog_file = 'log'")
    launched = fake("--config", "chat.toml", "--daemon")
    try:
        assert launched.stdout.endswith("; stop it with: chatserver stop\n")
        assert "INFO serving\n" in (home / "log").read_text()
    finally:
        assert run("stop").exit_code == 0


def test_a_start_in_the_background_that_fails(
    background: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHATSERVER_TEST_FAKE", "dies")
    launched = fake("--data", str(background), "--port", "0", "--daemon")
    assert launched.returncode == 1
    assert launched.stdout == ""
    log = background / "chatserver.log"
    assert launched.stderr.startswith("The server was started in the background as pid ")
    assert launched.stderr.endswith(f". Look at its log: {log}\n")
    assert wait_until_gone(background, 30)
    assert "RuntimeError: it dies" in log.read_text()


def test_no_server_is_loaded_to_ask_for_its_status() -> None:
    code = (
        "import sys; import chatserver.cli; "
        "sys.exit(any(name.startswith(('chatserver.net', 'chatserver.chat', 'chatserver.server'))"
        " for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT).returncode == 0
