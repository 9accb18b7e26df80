"""Draw the screens of docs/client.md anew: a server, people, and the client in a terminal.

Each screen in the document stands between `<!-- screen NAME -->` and `<!-- end -->`; what is
between them is replaced. With --print the screens are printed, and the document stays as it is.
"""

from __future__ import annotations

import argparse
import re
import socket
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Self

from client.layout.keys import help_rows
from scripts.processes.process import ROOT
from scripts.processes.screen import Screen
from scripts.processes.server import OurServer

DOCUMENTS: Final = (ROOT / "docs" / "client.md", ROOT / "README.md")

_PLACE: Final = re.compile(r"(<!-- screen (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_KEYS: Final = re.compile(r"(<!-- keys -->\n).*?(<!-- end keys -->)", re.DOTALL)


class Seat(Screen):
    """The client in a terminal of its own."""

    def __init__(self, *arguments: str, folder: Path) -> None:
        """`folder` is where it keeps its settings."""
        super().__init__(
            [sys.executable, "-m", "client", *arguments],
            environment={"XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)},
            folder=ROOT,
            silence=0.05,
        )

    def shows_prompt(self, nick: str) -> Self:
        """Wait until the line to type in stands at the bottom: all of the screen is drawn.

        Raises:
            NotSeenError: it does not.
        """
        return self.until(lambda: self.rows()[-1].startswith(f" {nick} ▸"), "the prompt")


class Guest:
    """Somebody else in the room, by the plain lines of a pipe."""

    def __init__(self, port: int, nick: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self.say(nick)

    def say(self, line: str) -> None:
        """Send a line."""
        self._socket.sendall(f"{line}\n".encode())

    def close(self) -> None:
        """Go away."""
        self._socket.close()


def draw() -> dict[str, list[str]]:
    """Return the screens by their names.

    Raises:
        NotSeenError: something that belongs on one did not appear.
    """
    screens: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Seat(folder=folder) as seat:
            screens["first_run"] = _trimmed(seat.sees("Your name").sees("mono").rows())
        with OurServer(folder) as server:
            _talk(server.port, folder, screens)
    return screens


def _talk(port: int, folder: Path, screens: dict[str, list[str]]) -> None:
    at, rooms = f"@127.0.0.1:{port}", ("--room", "lobby", "--room", "games")
    bob = Guest(port, "bob")
    with (
        Seat(f"ada{at}", *rooms, folder=folder) as ada,
        Seat(f"cy{at}", *rooms, folder=folder) as cy,
    ):
        ada.sees("#games").type("\x1b1").sees("● bob")
        cy.sees("#games").type("\x1b1").sees("● bob")
        bob.say("hi ada, look at https://example.org")
        ada.sees("example.org")
        cy.sees("example.org").type("it works *here* too\r").sees("it works here")
        ada.sees("it works here too").type("\x1br").sees("↳ to cy").type(
            "great, `make test` too?\r"
        )
        cy.sees("make test").type("\x1be").sees("React to ada").type("1").sees("└ 👍")
        for nick in ("dan", "eve", "fay"):
            Guest(port, nick).close()
        ada.sees("└ 👍").sees("joined, 3 left")
        cy.type("\x1b2").sees("▸").type("anyone for chess?\r").sees("anyone for chess?")
        ada.sees("#games     1")
        screens["talk"] = ada.rows()
        screens["opening"] = _low(ada)
        screens["narrow"] = _narrow(ada)
        ada.type("/th").sees("Change the colours")
        screens["menu"] = ada.rows()[-8:]
        ada.type("\x03").loses("/th").type("\x1bOP").sees("Alt-Enter")
        screens["help"] = ada.rows()
        ada.type("\x1b").loses("Alt-Enter").type("/search chess\r").sees("1 line found")
        screens["search"] = ada.rows()
        bob.close()


def _low(seat: Seat) -> list[str]:
    seat.resize(80, 14)
    return seat.shows_prompt("ada").rows()


def _narrow(seat: Seat) -> list[str]:
    seat.resize(40, 15)
    rows = seat.loses("● bob").rows()
    seat.resize(80, 24)
    seat.sees("● bob")
    return rows


def _trimmed(rows: list[str]) -> list[str]:
    while rows and not rows[-1]:
        rows.pop()
    return rows


def put(document: str, screens: Mapping[str, Sequence[str]]) -> str:
    """Return a document with its screens replaced.

    Raises:
        KeyError: it wants one that is not drawn.
    """

    def screen(found: re.Match[str]) -> str:
        rows = "\n".join(row.rstrip() for row in screens[found[2]])
        return f"{found[1]}```text\n{rows}\n```\n{found[3]}"

    return _PLACE.sub(screen, document)


def put_keys(document: str) -> str:
    """Return a document with the table of keys replaced."""
    rows = ["| key | what it does |", "|---|---|"]
    for title, pairs in help_rows():
        rows.append(f"| **{title}** | |")
        rows += (f"| {key} | {does} |" for key, does in pairs)
    table = "\n".join(rows)
    return _KEYS.sub(lambda found: f"{found[1]}\n{table}\n\n{found[2]}", document)


def main(argv: Sequence[str] | None = None) -> int:
    """Draw, and write or print."""
    parser = argparse.ArgumentParser(prog="scripts/screens", description=__doc__)
    parser.add_argument("--print", action="store_true", dest="is_print", help="do not write")
    options = parser.parse_args(argv)
    screens = draw()
    if options.is_print:
        for name, rows in screens.items():
            print(f"--- {name}", *rows, sep="\n")
    else:
        for path in DOCUMENTS:
            document = path.read_text(encoding="utf-8")
            path.write_text(put_keys(put(document, screens)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
