"""Pins: which certificate each server has shown first; a changed one is refused.

Trust on first use: the fingerprint is the SHA-256 of the certificate, as openssl writes it. Of a
server for which the system's own authorities vouch, that is what is remembered: it may change its
certificate, but not to one for which nobody vouches.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Final

_PAIR: Final = 2
_VOUCHED: Final = "vouched"


class PinMismatchError(Exception):
    """A server shows another certificate than before."""

    def __init__(self, server: str, known: str, shown: str, path: Path) -> None:
        super().__init__(f"{server} shows another certificate than before")
        self.server = server
        self.known = known
        self.shown = shown
        self.path = path

    @property
    def page(self) -> list[str]:
        """What a person should read before they do anything."""
        return [
            f"{self.server} shows another certificate than before.",
            "",
            "Somebody may be listening in between; or it has a new one, as servers do now and "
            "then. Nothing was sent. Ask who runs it, by another way than this chat.",
            "",
            *_labelled("  known  ", self.known),
            *_labelled("  shown  ", self.shown),
            "",
            "If the new one is right, take this server's line out of",
            f"  {self.path}",
            "and try again (Enter).",
        ]


def _labelled(label: str, value: str) -> list[str]:
    rows = ["one that an authority vouches for"] if value == _VOUCHED else rows_of(value)
    return [f"{' ' * len(label) if number else label}{row}" for number, row in enumerate(rows)]


def rows_of(fingerprint: str, count: int = 16) -> list[str]:
    """Return a fingerprint in rows of so many bytes each."""
    width = 3 * count  # two digits and a colon
    return [fingerprint[at : at + width] for at in range(0, len(fingerprint), width)]


def fingerprint(certificate: bytes) -> str:
    """Return the fingerprint of a certificate in DER form: `AB:CD:…`."""
    digits = hashlib.sha256(certificate).hexdigest().upper()
    return ":".join(digits[start : start + _PAIR] for start in range(0, len(digits), _PAIR))


class Pins:
    """What is known of servers: `HOST:PORT FINGERPRINT`, or `HOST:PORT vouched`, a line each."""

    __slots__ = ("_path",)

    def __init__(self, path: Path) -> None:
        self._path = path

    def check(self, server: str, shown: str) -> bool:
        """Compare what a server shows with what is known; say whether nothing is known yet.

        What it shows is remembered then.

        Raises:
            PinMismatchError: it is another one.
            OSError: the file cannot be read or written.
        """
        known = self._load()
        if server not in known:
            self._save(known | {server: shown})
            return True
        if known[server] != shown:
            raise PinMismatchError(server, known[server], shown, self._path)
        return False

    def vouch(self, server: str) -> None:
        """Remember that authorities vouch for a server.

        Raises:
            OSError: the file cannot be read or written.
        """
        known = self._load()
        if known.get(server) != _VOUCHED:
            self._save(known | {server: _VOUCHED})

    def _load(self) -> dict[str, str]:
        try:
            text = self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        rows = (line.split() for line in text.splitlines())
        return {row[0]: row[1] for row in rows if len(row) == _PAIR}

    def _save(self, known: dict[str, str]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=self._path.parent, prefix=f".{self._path.name}.")
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.writelines(f"{server} {value}\n" for server, value in sorted(known.items()))
        Path(name).replace(self._path)
