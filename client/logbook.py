"""Logbook: a log of one's own, one file a room and day."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Final

from chatserver.formatting import strip
from client.buffers import Buffer
from client.messages import Entry, Kind
from client.model import Model
from client.sentences import sentence
from client.unseen import Unseen

_UNSAFE: Final = re.compile(r"[^\w#&+@.\-]")


class Logbook:
    """Writes what has come in since the last time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._unseen = Unseen()
        self._there: dict[Path, frozenset[str]] = {}  # lines of files that were there before

    def write(self, model: Model) -> None:
        """Write what is new in each buffer; one's own lines once they are confirmed.

        What an earlier run has written is told again by the server, and written once.

        Raises:
            OSError: a file cannot be written.
        """
        for buffer, entry in self._unseen.take(model):
            if entry.kind not in {Kind.NOTE, Kind.FAULT}:
                self._append(buffer, entry)

    def _append(self, buffer: Buffer, entry: Entry) -> None:
        moment = datetime.fromtimestamp(entry.at).astimezone()
        name = _UNSAFE.sub("_", buffer.name).lstrip(".") or "server"
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{name}.{moment:%Y-%m-%d}.log"
        rows = f"{moment:%H:%M:%S} {strip(sentence(entry))}".split("\n")
        if path not in self._there:
            self._there[path] = _lines(path)
        if not self._there[path].issuperset(rows):
            with path.open("a", encoding="utf-8") as file:
                file.writelines(f"{row}\n" for row in rows)


def _lines(path: Path) -> frozenset[str]:
    try:
        return frozenset(path.read_text(encoding="utf-8", errors="replace").split("\n"))
    except FileNotFoundError:
        return frozenset()
