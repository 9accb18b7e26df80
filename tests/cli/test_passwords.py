"""Passwords on the command line: given, asked for, and warned of."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from chatserver import cli, passwords
from chatserver.passwords import matches
from tests.cli.program import Start
from tests.helpers import ROOT


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
