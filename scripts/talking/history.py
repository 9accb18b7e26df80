"""History: what the server has stored, as `chatserver history export` writes it."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from scripts.processes.process import ROOT
from scripts.talking.ledger import Mark, between, first_mark

_SECONDS: Final = 60.0
_REPLY: Final = "+draft/reply"


@dataclass(frozen=True)
class Stored:
    """One message of the history; `at` is as the export has it, `reply_to` an id."""

    id: int
    at: str
    place: str
    nick: str
    text: str
    is_action: bool
    reply_to: str

    @property
    def marks(self) -> list[Mark]:
        """Those of its lines."""
        return [first_mark(line) for line in self.text.split("\n")]


def export(data: Path) -> list[Stored]:
    """Return all that was said, oldest first.

    Raises:
        subprocess.CalledProcessError: the command has failed.
    """
    words = ("history", "export", "--format", "jsonl", "--private", "--data", str(data))
    done = subprocess.run(
        [sys.executable, "-m", "chatserver", *words],
        cwd=ROOT,
        capture_output=True,
        check=True,
        timeout=_SECONDS,
    )
    rows = [json.loads(line) for line in done.stdout.decode().split("\n") if line]
    return [
        Stored(
            id=row["id"],
            at=row["at"],
            place=row["room"] or between(row["nick"], row["to"][0]),
            nick=row["nick"],
            text=row["text"],
            is_action="action" in row["kind"],
            reply_to=row.get("tags", {}).get(_REPLY, ""),
        )
        for row in rows
    ]


def marks_by_place(stored: list[Stored]) -> dict[str, list[Mark]]:
    """Return the marks of each place in their order."""
    places: dict[str, list[Mark]] = {}
    for message in stored:
        places.setdefault(message.place, []).extend(message.marks)
    return places
