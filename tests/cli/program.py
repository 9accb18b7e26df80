"""The program: in this process, or with a server that is none."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner, Result

from chatserver import cli

FAKE = Path(__file__).with_name("fake_server.py")


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
