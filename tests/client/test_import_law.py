"""The law of the client's house: what it takes from the server's, and who touches what.

The rows are kept as in tests/test_import_law.py. A file that is in no row fails.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.test_import_law import CLOCK_MODULES, IO_MODULES, ROOT, _imports

CLIENT = ROOT.parent / "client"

# What of the server the client may use: what is said of a line, and what may reach a terminal.
BORROWED = frozenset(
    f"chatserver.{name}"
    for name in ("irc.message", "irc.numerics", "text", "formatting", "mode_words")
)
SCREEN = frozenset({"prompt_toolkit"})
LOOP = frozenset({"asyncio"})
FILES = frozenset({"os", "tempfile", "getpass", "platformdirs", "shutil", "subprocess"})
OUTSIDE = IO_MODULES | CLOCK_MODULES | SCREEN | LOOP | FILES | {"click"}

# Which of these a file may import; the first row that fits counts.
LAW: dict[str, frozenset[str]] = {
    "app": LOOP | {"time"},
    "connection": LOOP | {"ssl"},
    "pipe": LOOP | {"threading"},
    "plain": LOOP | SCREEN | {"shutil"},
    "cli": LOOP | {"os", "click"},
    "first_run": frozenset({"click"}),
    "settings": FILES,
    "pins": FILES,
    "logbook": FILES,
    "keyboard": SCREEN,
    "__main__": frozenset(),
    "layout": SCREEN | LOOP | FILES | CLOCK_MODULES,
}

# What knows nothing of the world: bytes, words and times go in.
SANS_IO = frozenset(
    {
        *("answering", "batches", "buffers", "catching_up", "command", "commands", "completion"),
        *("choosing", "dumb", "emoji", "moderating", "modes", "questions"),
        *("excerpts", "features", "handlers", "log", "marking", "marks", "members"),
        *("messages", "model", "names", "orders", "outbox", "placing", "queries", "reading"),
        *("searching", "sending", "sentences", "state", "unseen"),
    }
)
# They may use what they are made of, and nothing that shows it or carries it.
SHELLS = frozenset(
    {*("app", "connection", "pipe", "plain", "cli", "first_run", "keyboard", "logbook", "layout")}
)


def rule(name: str) -> frozenset[str] | None:
    """Return what of the outside a file may import; None for one that is in no row."""
    first = name.partition(".")[0]
    return frozenset() if first in SANS_IO else LAW.get(first)


def breaches(root: Path) -> Iterator[str]:
    for path in sorted(root.rglob("*.py")):
        name = ".".join(path.relative_to(root).with_suffix("").parts)
        if path.name == "__init__.py":
            if path.read_bytes():
                yield f"{name} is not empty"
            continue
        allowed = rule(name)
        if allowed is None:
            yield f"{name} is in no row"
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        # As seen from the server's package: `from chatserver import text` is chatserver.text.
        for target in _imports(name, tree, "chatserver"):
            yield from _faults(name, target, allowed)


def _faults(name: str, target: str, allowed: frozenset[str]) -> Iterator[str]:
    first = target.partition(".")[0]
    if first == "chatserver" and target not in BORROWED:
        yield f"{name} takes {target} from the server"
    if first in OUTSIDE - allowed:
        yield f"{name} imports {first}"
    inner = target.removeprefix("client.").partition(".")[0]
    if first == "client" and inner in SHELLS and name.partition(".")[0] in SANS_IO:
        yield f"{name} imports {inner}"


def test_the_client_keeps_its_law() -> None:
    assert list(breaches(CLIENT)) == []


def test_the_table_has_no_row_without_a_file() -> None:
    there = {path.stem for path in CLIENT.iterdir()}
    assert {*SANS_IO, *LAW} - there == set()


@pytest.mark.parametrize(
    ("file", "source", "breach"),
    [
        ("model", "import asyncio", "model imports asyncio"),
        ("model", "def f():\n    import socket", "model imports socket"),
        ("handlers/x", "from time import time", "handlers.x imports time"),
        ("log", "from client.app import App", "log imports app"),
        ("log", "from client.layout.x import y", "log imports layout"),
        ("commands", "import prompt_toolkit.keys", "commands imports prompt_toolkit"),
        ("app", "import prompt_toolkit", "app imports prompt_toolkit"),
        ("model", "from chatserver.irc.session import IrcSession", None),
        ("layout/x", "import ssl", "layout.x imports ssl"),
        ("new", "", "new is in no row"),
        ("handlers/__init__", "x = 1", "handlers.__init__ is not empty"),
    ],
)
def test_each_kind_of_breach_is_found(
    tmp_path: Path, file: str, source: str, breach: str | None
) -> None:
    path = tmp_path / "client" / f"{file}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source)
    words = breach or "model takes chatserver.irc.session from the server"
    assert list(breaches(tmp_path / "client")) == [words]
