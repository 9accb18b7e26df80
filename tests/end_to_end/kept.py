"""A history on a disk that is made to fail, and what is in it."""

import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from chatserver.history.files import history_file
from tests.helpers import PATIENCE, ROOT

MIB = 1 << 20
PAGE = 4096
FULL = "Not sent: the server cannot save messages now (disk full)."
LOCKED = "Not sent: the server cannot save messages now (the history is in use by another program)."
BROKEN = "Not sent: the server cannot save messages now (the disk has failed)."
SHIM = Path(__file__).with_name("broken_fsync.c")


def texts(data: Path) -> list[str]:
    """Return everything that is stored, in its order."""
    with closing(sqlite3.connect(f"{history_file(data).as_uri()}?mode=ro", uri=True)) as base:
        return [text for (text,) in base.execute("select text from line order by id")]


def heard(lines: list[str]) -> list[str]:
    """Return who said what among some lines of a screen."""
    return [line[6:] for line in lines if re.match(r"\d\d:\d\d <\w+> ", line)]


def serve(data: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    """Start a server that is expected to give up at once."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("CHATSERVER_")}
    command = [sys.executable, "-m", "chatserver", "serve", "--port", "0", "--data", str(data)]
    return subprocess.run(
        [*command, *flags],
        cwd=ROOT,
        env=clean,
        check=False,
        capture_output=True,
        text=True,
        timeout=2 * PATIENCE,
    )
