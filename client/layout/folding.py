"""Folding: many comings and goings in a row become one line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from client.messages import PRESENCE, Entry, Kind

_VERBS: Final = {
    Kind.JOINED: "joined",
    Kind.LEFT: "left",
    Kind.QUIT: "left",
    Kind.RENAMED: "renamed",
}
_MOST_NAMES: Final = 40  # more fit into no line


def run_around(entries: Sequence[Entry], index: int) -> tuple[int, int]:
    """Return from where to before where entries stand that make one line with the one at an index.

    Those of one's own stand alone: that one has come or gone should be seen.
    """
    if not _folds(entries[index]):
        return index, index + 1
    start, end = index, index + 1
    while start > 0 and _folds(entries[start - 1]):
        start -= 1
    while end < len(entries) and _folds(entries[end]):
        end += 1
    return start, end


def summarize(run: Iterable[Entry]) -> str:
    """Return « 4 joined, 2 left » with the names behind it."""
    counts: dict[str, int] = {}
    names: dict[str, None] = {}
    for entry in run:
        verb = _VERBS[entry.kind]
        counts[verb] = counts.get(verb, 0) + 1
        if len(names) < _MOST_NAMES:
            names[entry.text if entry.kind is Kind.RENAMED else entry.nick] = None
    return ", ".join(f"{n} {verb}" for verb, n in counts.items()) + f" ({', '.join(names)})"


def _folds(entry: Entry) -> bool:
    return entry.kind in PRESENCE and not entry.own
