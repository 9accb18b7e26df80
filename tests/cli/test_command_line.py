"""The command line itself: what it knows, shows and refuses."""

import subprocess
import sys
from pathlib import Path

import pytest

from chatserver import __main__ as program
from chatserver import cli
from chatserver.config import Config
from chatserver.settings import load
from tests.cli.program import run
from tests.helpers import ROOT


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


def test_no_server_is_loaded_to_ask_for_its_status() -> None:
    code = (
        "import sys; import chatserver.cli; "
        "sys.exit(any(name.startswith(('chatserver.net', 'chatserver.chat', 'chatserver.server'))"
        " for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT).returncode == 0
