"""Storing: the rows that a batch makes, inside the journal's transaction."""

import sqlite3
from collections.abc import Sequence
from typing import Final

from chatserver.chat.names import fold
from chatserver.history.entries import Arrival, Departure, Entry, Kind, Message, Taken
from chatserver.history.rows import milliseconds

_ROOMS_REMEMBERED: Final = 10_000
_COLUMNS: Final = 7
_INSERT: Final = "insert into line (id, at, kind, room, nick, addressees, text) values "
# A statement for so many lines at a time. Each one lets other threads run, and getting back into
# Python may take as long as what they do.
_AT_ONCE: Final = tuple(
    (lines, _INSERT + ", ".join(["(?, ?, ?, ?, ?, ?, ?)"] * lines))
    for lines in (128, 64, 32, 16, 8, 4, 2, 1)
)


class Storing:
    """Writes entries. The keys of rooms it remembers by the spelling that it is given."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._rooms: dict[str, int] = {}
        self._fresh: dict[str, int] = {}  # of the transaction that is not committed yet

    def forget_rooms(self) -> None:
        """Find the keys of rooms anew: some were removed."""
        self._rooms.clear()

    def committed(self) -> None:
        """Rely on what the transaction has found and made."""
        if len(self._rooms) + len(self._fresh) > _ROOMS_REMEMBERED:
            self._rooms.clear()
        self._rooms.update(self._fresh)

    def store(self, entries: Sequence[Entry]) -> tuple[int, int]:
        """Write them; return how many lines, and how many characters of text."""
        fresh: dict[str, int] = {}
        self._fresh = fresh
        known = self._rooms
        values: list[int | str] = []
        characters = 0
        special: list[Entry] = []
        for entry in entries:
            if type(entry) is not Message:
                special.append(entry)
                continue
            room, kind, text = entry.room, entry.kind, entry.text
            key = 0
            if room:
                key = known.get(room) or fresh.get(room) or self._find_or_make(room)
            to = ",".join(entry.to) if entry.to else ""
            values += (entry.id, milliseconds(entry.at), kind, key, entry.nick, to, text)
            characters += len(text)
            if kind is Kind.TOPIC or entry.waits_for:
                special.append(entry)
        self._insert(values)
        for entry in special:
            self._store_special(entry)
        return len(values) // _COLUMNS, characters

    def _insert(self, values: list[int | str]) -> None:
        start = 0
        for lines, statement in _AT_ONCE:
            size = lines * _COLUMNS
            while start + size <= len(values):
                self._connection.execute(statement, values[start : start + size])
                start += size

    def _store_special(self, entry: Entry) -> None:
        run = self._connection.execute
        match entry:
            case Message(kind=Kind.TOPIC, text=""):
                run("delete from topic where room = ?", (self._key(entry.room),))
            case Message(kind=Kind.TOPIC):
                topic = (self._key(entry.room), entry.nick, milliseconds(entry.at), entry.text)
                run("replace into topic values (?, ?, ?, ?)", topic)
            case Message():
                nicks = dict.fromkeys(map(fold, entry.waits_for))
                rows = [(nick, entry.id) for nick in nicks]
                self._connection.executemany("insert into waiting values (?, ?)", rows)
            case Arrival():
                place = (fold(entry.nick), fold(entry.room))
                run("replace into stay values (?, ?, null, null)", place)
            case Departure():
                place = (fold(entry.nick), fold(entry.room))
                run(
                    "replace into stay values (?, ?, ?, ?)",
                    (*place, entry.id, milliseconds(entry.at)),
                )
            case Taken():
                taken = (fold(entry.nick), entry.through)
                run("delete from waiting where nick = ? and id <= ?", taken)

    def _key(self, room: str) -> int:
        return self._rooms.get(room) or self._fresh[room]

    def _find_or_make(self, room: str) -> int:
        folded = fold(room)
        find = "select key from room where folded = ?"
        found = self._connection.execute(find, (folded,)).fetchone()
        if found is None:
            make = "insert into room (folded, name) values (?, ?)"
            self._connection.execute(make, (folded, room))
            found = self._connection.execute(find, (folded,)).fetchone()
        key = self._fresh[room] = int(found[0])
        return key


def encodable(entry: Entry) -> Entry:
    """Return an entry whose texts are Unicode that can be written."""
    if not isinstance(entry, Message):
        return entry
    return Message(
        entry.id,
        entry.at,
        entry.kind,
        _clean(entry.room),
        _clean(entry.nick),
        _clean(entry.text),
        tuple(map(_clean, entry.to)),
        tuple(map(_clean, entry.waits_for)),
    )


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
