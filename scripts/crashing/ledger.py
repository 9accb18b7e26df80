"""The ledger: what people saw, and its comparison with what is stored.

Every speaker numbers its lines, over all lives of the server, and the text follows from speaker
and number: so a line that is lost, doubled, moved or altered shows, wherever it stands.
"""

import hashlib
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Final

Mark = tuple[str, int]  # speaker and number

_WORDS: Final = ("tea", "Grüße", "漢字", "👩‍🚀", "naïve", "x<y>", "don't;--", "a  b", "'%s'", "…")
_SEEN: Final = re.compile(
    r"^\d\d:\d\d (?:<(?P<said>p\d+)>|\* (?P<did>p\d+)|<(?P<told>p\d+) -> p\d+>"
    r"|-- (?P<set>p\d+) set the topic of #\w+:) (?P<number>\d+) (?P<text>.*)$"
)
_NUMBERED: Final = re.compile(r"^(\d+) (.*)$")
_NEW: Final = (
    "select line.id, at, coalesce(room.name, ''), nick, text"
    " from line left join room on room.key = line.room where line.id > ? order by line.id"
)


def line_text(speaker: str, number: int) -> str:
    """Return what a speaker says as that line."""
    seed = hashlib.blake2b(f"{speaker} {number}".encode(), digest_size=16).digest()
    words = [_WORDS[byte % len(_WORDS)] for byte in seed[1 : 2 + seed[0] % 14]]
    return f"{number} {seed.hex()} {' '.join(words)}"


@dataclass
class View:
    """What one person saw in one life of the server, in the order of their screen."""

    person: str
    room: str
    lines: list[Mark] = field(default_factory=list)  # of the room
    private: list[Mark] = field(default_factory=list)
    settled: set[Mark] = field(default_factory=set)  # what of it the server knows was shown
    altered: list[str] = field(default_factory=list)

    def see(self, line: str) -> Mark | None:
        """Note a line of the screen; return whose it is, if it is a line of the ledger."""
        found = _SEEN.match(line)
        if not found:
            return None
        speaker = found["said"] or found["did"] or found["told"] or found["set"]
        mark = speaker, int(found["number"])
        if f"{mark[1]} {found['text']}" != line_text(*mark):
            self.altered.append(line)
        (self.private if found["told"] else self.lines).append(mark)
        return mark

    def settle(self) -> None:
        """Note that a line is stored that was said after all this had been shown.

        What has waited is shown once, but for a kill just then: that it was shown is stored with
        whatever is stored next.
        """
        self.settled.update(self.private)


@dataclass
class Book:
    """What is stored, read as it grows; and everything that is wrong."""

    path: Path
    faults: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    seen: int = 0
    last_id: int = 0
    _last_at: int = 0
    _ids: dict[Mark, int] = field(default_factory=dict)
    _rooms: dict[str, list[Mark]] = field(default_factory=dict)
    _places: dict[Mark, int] = field(default_factory=dict)  # in the list of its room
    _handed: set[tuple[str, Mark]] = field(default_factory=set)  # settled private lines, to whom

    def __post_init__(self) -> None:
        self._digest = hashlib.blake2b()

    def __len__(self) -> int:
        return len(self._ids)

    def fault(self, kind: str, example: object) -> None:
        """Count something wrong; one example of each kind is kept."""
        self.faults[kind] += 1
        self.examples.setdefault(kind, str(example))

    # The store.

    def read_on(self) -> None:
        """Read what was stored since the last time."""
        for row in stored(self.path, self.last_id):
            self._digest.update(repr(row).encode())
            self._enter(*row)

    def _enter(self, id: int, at: int, room: str, speaker: str, text: str) -> None:
        if at < self._last_at:
            self.fault("stamps that go back", id)
        self.last_id, self._last_at = id, at
        numbered = _NUMBERED.match(text)
        mark = speaker, int(numbered[1]) if numbered else -1
        if text != line_text(*mark):
            self.fault("altered in the store", f"{speaker}: {text!r}")
        if mark in self._ids:
            self.fault("stored twice", f"{mark}: {self._ids[mark]} and {id}")
        self._ids[mark] = id
        own = self._rooms.setdefault(room, [])
        self._places[mark] = len(own)
        own.append(mark)

    def read_again(self) -> None:
        """Read all of it once more: what was stored before must be as it was."""
        digest = hashlib.blake2b()
        for row in stored(self.path, 0):
            digest.update(repr(row).encode())
        if digest.digest() != self._digest.digest():
            self.fault("changed since it was stored", self.path)
        with closing(_open(self.path)) as connection:
            (verdict,) = connection.execute("pragma integrity_check(1)").fetchone()
        if verdict != "ok":
            self.fault("not a whole database", verdict)

    # The comparison.

    def compare(self, views: Iterable[View]) -> None:
        """Hold what was seen against what is stored."""
        for view in views:
            self.seen += len(view.lines) + len(view.private)
            for line in view.altered:
                self.fault("altered on a screen", line)
            for mark in (*view.lines, *view.private):
                if mark not in self._ids:
                    self.fault("seen but not stored", f"{view.person} saw {mark}")
            for mark in view.private:
                if (view.person, mark) in self._handed:
                    self.fault("handed over twice", f"{view.person}: {mark}")
            self._handed |= {(view.person, mark) for mark in view.settled}
            self._compare_order(view.private, view)
            self._compare_order(view.lines, view)
            self._compare_span(view)

    def _compare_order(self, marks: Sequence[Mark], view: View) -> None:
        ids = [self._ids[mark] for mark in marks if mark in self._ids]
        for before, after in pairwise(ids):
            if before == after:
                self.fault("doubled on a screen", f"{view.person}: id {before}")
            elif before > after:
                self.fault("seen in another order", f"{view.person}: {before} before {after}")

    def _compare_span(self, view: View) -> None:
        """From the first line on, a screen holds everything of its room: no gap at a join."""
        known = [mark for mark in view.lines if mark in self._ids]
        if not known:
            return
        of_room = self._rooms.get(view.room, [])
        first, last = self._places[known[0]], self._places[known[-1]]
        if missed := set(of_room[first : last + 1]) - set(known):
            self.fault("missing between two lines on a screen", f"{view.person}: {min(missed)}")
        if strangers := set(known) - set(of_room):
            self.fault("seen in another room", f"{view.person}: {min(strangers)}")


def stored(path: Path, after: int) -> list[tuple[int, int, str, str, str]]:
    """Return the rows behind an id, read as any other program would."""
    with closing(_open(path)) as connection:
        return connection.execute(_NEW, (after,)).fetchall()


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=10)
