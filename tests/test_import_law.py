"""The law of the house: who may import whom, and who may touch sockets, threads and clocks.

The table is that of docs/architecture.md. A file that is not in it fails, and so does an arrow that
it does not allow.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

PACKAGE = "chatserver"
ROOT = Path(__file__).parent.parent / PACKAGE

IO_MODULES = frozenset({"socket", "selectors", "select", "threading", "ssl", "sqlite3"})
CLOCK_MODULES = frozenset({"time"})
CLOCK_CALLS = frozenset({"now", "utcnow", "today"})  # of datetime and date
# What anyone may import: they import nothing but each other, and say nothing of their own.
LEAVES = frozenset(
    {
        *(
            "config",
            "limits",
            "encoded",
            "endings",
            "rate",
            "turn",
            "pulse",
            "inbox",
            "text",
            "signatures",
            "faults",
        ),
        *("passwords", "masks", "mode_words", "formatting", "recent", "latest"),
    }
)


@dataclass(frozen=True, slots=True)
class Row:
    """Whom some files may import: modules, or whole packages. `sans_io`: bytes and times go in."""

    allowed: frozenset[str]
    sans_io: bool


Law = Mapping[str, Row]


def row(*allowed: str, sans_io: bool = True) -> Row:
    return Row(frozenset(allowed), sans_io)


def shell(*allowed: str) -> Row:
    """Return the row of a file with sockets, threads, files or a clock."""
    return row(*allowed, sans_io=False)


def folder(name: str, files: str, rule: Row) -> dict[str, Row]:
    return {f"{name}.{file}": rule for file in files.split()}


_TELNET = (
    "answering answers chatting clock colors command commands completion editor ink keys layout "
    "line moderating modes naming negotiation parser past pasting person plain recall render row "
    "session shown style suggestions terminal view window words"
)
_NET = ("net", "config", "encoded", "endings", "faults", "inbox", "rate")

_HISTORY = ("history", "chat", "config", "faults", "latest")
_RULES = "moderation people questions redaction rooms speech"
_IRC = (
    "capabilities capture changes client dialect engine features line multiline names news "
    "output past refusals render rows session commands.batches commands.command commands.history "
    "commands.listing commands.moderation commands.modes commands.reading commands.redaction "
    "commands.registration commands.rooms commands.searching commands.speech commands.table "
    "commands.welcome commands.help commands.here commands.operators commands.people "
    "commands.server commands.targets commands.watching"
)
_STORE = (
    "chores connections copying departures failures files holders indexing journal librarian "
    "library marks memory memory_library migrations opening reading receipts recorder removal "
    "searching stays storing survey"
)

LAW: Law = {
    # leaves
    "limits": row(),
    "addresses": row(),
    "config": row("limits"),
    "passwords": row(),
    "encoded": row(),
    "endings": row(),
    "faults": row(),
    "garbage": row(),
    "rate": row("limits"),
    "turn": row("rate"),
    "pulse": row("limits"),
    "text": row(),
    "signatures": row(),
    "masks": row(),
    "mode_words": row(),
    "formatting": row("text"),
    "recent": row(),
    "latest": row(),
    "inbox": shell(),
    # settings
    "schema": row("config"),
    "toml": row("config", "schema", "passwords"),
    "checks": row("config", "schema", "toml", "passwords"),
    "settings": row("config", "schema", "toml", "checks"),
    "instance": shell(),
    "daemonize": shell(),
    # the chat itself
    "chat.modes": row(),
    "chat.errors": row("chat.modes"),
    "chat.tags": row("chat.requests"),
    "chat.requests": row("chat.modes", "limits"),
    "chat.lookups": row("chat.requests"),
    "chat.names": row("chat.errors"),
    "chat.events": row("chat.errors", "chat.modes", "chat.requests", "limits"),
    "chat.answers": row("chat.errors", "chat.events", "chat.modes", "chat.requests"),
    "chat.room": row("chat.events", "chat.modes", "masks"),
    "chat.deliveries": row("chat.events", "chat.requests", "chat.room"),
    "chat.roster": row("chat", "config", "limits"),
    **folder("chat", _RULES, row("chat", "masks")),
    "chat.bots": row("chat.deliveries", "chat.events", "chat.modes", "chat.requests", "chat.room"),
    "chat.registry": row("chat", "config", "limits"),
    "chat.recorder": row("chat"),
    "chat.reports": shell("chat.answers", "chat.deliveries", "chat.events", "chat.requests"),
    "chat.hub": shell("chat", "faults", "inbox"),
    # what was said
    **folder("history", _STORE, shell(*_HISTORY)),
    **folder("history", "entries errors moments", row()),
    **folder("history", "query words rows store", row("history", "chat.names")),
    **folder("history", "happenings replay selecting", row("history", "chat")),
    # conversations
    "house": row("config", "limits", "recent"),
    **folder("telnet", _TELNET, row("telnet", "chat", "house", *(LEAVES - {"inbox", "faults"}))),
    "telnet.parser": row(),
    "telnet.kinds": row(),
    "telnet.negotiation": row("telnet.parser"),
    **folder("irc", _IRC, row("irc", "chat", "house", *(LEAVES - {"inbox", "faults"}))),
    "irc.message": row("text"),
    "irc.framing": row("irc.message"),
    "irc.numerics": row(),
    "irc.isupport": row("irc.message", "irc.numerics"),
    "control.session": row("chat", "endings"),
    "sniff": row("telnet", "irc", "chat", "house", "signatures", "config", "endings"),
    # sockets
    **folder(
        "net", "connection departure doors intake listener pool watchdog worker", shell(*_NET)
    ),
    "net.admission": row("addresses", "config"),
    "net.session": row("encoded", "endings"),
    "net.keeper": row("config", "net.connection"),
    "net.outbox": row("config"),
    "net.surge": row(),
    "net.fanout": row("encoded", "faults", "net"),
    # composition
    "guesses": shell("addresses", "chat.errors", "chat.names", "latest", "limits", "rate"),
    "gatekeeper": shell("chat", "faults", "guesses", "house", "passwords"),
    "reloading": shell("chat", "checks", "config", "faults", "settings"),
    "server": shell(
        *("chat", "history", "telnet", "irc", "control", "net", "sniff", "gatekeeper", "house"),
        *("reloading", "settings", "garbage"),
        *LEAVES,
    ),
    "exporting": row("history", "text"),
    "forgetting": shell("history", "instance"),
    "options": shell("config", "schema", "settings"),
    "history_cli": shell(
        "chat", "exporting", "forgetting", "history", "instance", "options", "settings", "text"
    ),
    "cli": shell(
        *("checks", "config", "settings", "toml", "options", "instance", "daemonize", "net.doors"),
        "passwords",
        *("history", "history_cli", "server"),
    ),
    "__main__": shell("cli"),
}


def breaches(root: Path, law: Law) -> list[str]:
    """Return everything in a package's tree that the law does not allow."""
    found: list[str] = []
    for path in sorted(root.rglob("*.py")):
        name = ".".join(path.relative_to(root).with_suffix("").parts)
        if path.name == "__init__.py":
            if path.read_bytes():
                found.append(f"{name} is not empty")
        elif name not in law:
            found.append(f"{name} is not in the table")
        else:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            found += (f"{name}: {fault}" for fault in _faults(name, tree, law[name], root.name))
    return found


def _faults(name: str, tree: ast.Module, rule: Row, package: str) -> Iterator[str]:
    for target in _imports(name, tree, package):
        inner = target.removeprefix(f"{package}.")
        if target == package or inner != target:
            if not _allows(rule.allowed, inner):
                yield f"imports {inner}"
        elif rule.sans_io and target.partition(".")[0] in IO_MODULES:
            yield f"does I/O with {target}"
        elif rule.sans_io and target.partition(".")[0] in CLOCK_MODULES:
            yield f"has a clock of its own: {target}"
    if rule.sans_io:
        yield from (f"has a clock of its own: {call}" for call in _clock_calls(tree))


def _imports(name: str, tree: ast.Module, package: str) -> Iterator[str]:
    """Yield the full name of each imported module, in functions and under conditions too."""
    here = f"{package}.{name}".split(".")
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=module, level=level, names=names):
                base = [*here[: len(here) - level]] if level else []
                whole = ".".join((*base, *((module,) if module else ())))
                # `from chatserver.chat import events` imports chatserver.chat.events.
                yield from _members(whole, [alias.name for alias in names], package)


def _members(module: str, names: list[str], package: str) -> Iterator[str]:
    for name in names:
        if name.islower() and _may_be_package(module, package):
            yield f"{module}.{name}"
        else:
            yield module


def _may_be_package(module: str, package: str) -> bool:
    """Whether what is imported from it is a module: all else is empty __init__.py files."""
    inner = module.removeprefix(package).removeprefix(".")
    return module.startswith(package) and inner in {"", *_PACKAGES}


_PACKAGES = frozenset({"chat", "history", "telnet", "irc", "control", "net"})


def _allows(allowed: frozenset[str], inner: str) -> bool:
    return any(inner == name or inner.startswith(f"{name}.") for name in allowed)


def _clock_calls(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id="datetime" | "date" as owner), attr=attr) | (
                ast.Attribute(value=ast.Attribute(attr="datetime" | "date" as owner), attr=attr)
            ) if attr in CLOCK_CALLS:
                yield f"{owner}.{attr}"


def test_the_house_keeps_its_law() -> None:
    assert breaches(ROOT, LAW) == []


def test_the_table_has_no_row_without_a_file() -> None:
    files = {name for name in LAW if not (ROOT / f"{name.replace('.', '/')}.py").exists()}
    assert files == set()


SMALL: Law = {"a": row(), "b": row("a"), "chat.x": row(), "io": shell(), "c": row("chat")}


@pytest.mark.parametrize(
    ("file", "source", "breach"),
    [
        ("a.py", "import chatserver.b", "a: imports b"),
        ("a.py", "from chatserver.b import B", "a: imports b"),
        ("a.py", "from chatserver import b", "a: imports b"),
        ("a.py", "from . import b", "a: imports b"),
        ("a.py", "from .b import B", "a: imports b"),
        ("chat/x.py", "from ..a import A", "chat.x: imports a"),
        ("a.py", "from chatserver.chat import x", "a: imports chat.x"),
        ("a.py", "import chatserver", "a: imports chatserver"),
        ("a.py", "def f():\n    from chatserver.b import B", "a: imports b"),
        ("a.py", "if True:\n    import chatserver.chat.x as y", "a: imports chat.x"),
        *(("a.py", f"import {io}", f"a: does I/O with {io}") for io in sorted(IO_MODULES)),
        ("a.py", "from socket import AF_INET", "a: does I/O with socket"),
        ("a.py", "import time", "a: has a clock of its own: time"),
        ("a.py", "from time import monotonic", "a: has a clock of its own: time"),
        ("a.py", "datetime.now()", "a: has a clock of its own: datetime.now"),
        ("a.py", "datetime.datetime.utcnow()", "a: has a clock of its own: datetime.utcnow"),
        ("a.py", "later = date.today", "a: has a clock of its own: date.today"),
        ("new.py", "", "new is not in the table"),
        ("chat/new.py", "", "chat.new is not in the table"),
        ("chat/__init__.py", "x = 1", "chat.__init__ is not empty"),
    ],
)
def test_each_kind_of_breach_is_found(tmp_path: Path, file: str, source: str, breach: str) -> None:
    write(tmp_path, {file: source})
    assert breaches(tmp_path / PACKAGE, SMALL) == [breach]


def test_what_the_law_allows_is_no_breach(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "__init__.py": "",
            "chat/__init__.py": "",
            "a.py": "import re\nfrom datetime import datetime\ndatetime.fromtimestamp(0)\n",
            "b.py": "from chatserver.a import A\nfrom .a import B\nfrom chatserver import a\n",
            "c.py": "from chatserver.chat import x\nfrom chatserver.chat.x import X\n",
            "io.py": "import socket, threading, time\ntime.monotonic()\n",
        },
    )
    assert breaches(tmp_path / PACKAGE, SMALL) == []


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, source in files.items():
        path = folder / PACKAGE / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
