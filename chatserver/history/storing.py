"""Storing: the rows that a batch makes, inside the journal's transaction."""

import sqlite3
from collections.abc import Sequence
from typing import Final

from chatserver.chat.names import fold
from chatserver.history.entries import (
    Arrival,
    Departure,
    Entry,
    Given,
    Happening,
    Kind,
    Message,
    Moved,
    Redaction,
    Tags,
    What,
)
from chatserver.history.indexing import private_rows
from chatserver.history.marks import ReadMarks
from chatserver.history.removal import advance, redact
from chatserver.history.rows import happening_text, milliseconds, write_extras

_SAID: Final = Kind.SAID  # looked up once: every line is compared with them
_TOPIC: Final = Kind.TOPIC
_ROOMS_REMEMBERED: Final = 10_000
_HAS_LINES: Final = """
    select exists (
        select 1 from room where folded = ?
        and (key in (select room from line where id > (select indexed_to from state))
            or exists (select 1 from room_line where room = room.key))
    )
"""
_COLUMNS: Final = 7
_OWN: Final = 4  # columns of a line that is plainly said in a room; the others are alike for all
_INSERT: Final = "insert into line (id, at, kind, room, nick, addressees, text) values "
# A statement for so many lines at a time. Each one lets other threads run, and getting back into
# Python may take as long as what they do.
_SIZES: Final = (128, 64, 32, 16, 8, 4, 2, 1)
_AT_ONCE: Final = tuple(
    (lines, _INSERT + ", ".join(["(?, ?, ?, ?, ?, ?, ?)"] * lines)) for lines in _SIZES
)
# The same for lines that are said at one time: ?1 is when.
_SAID_AT_ONCE: Final = tuple(
    (
        lines,
        _INSERT
        + ", ".join(
            f"(?{at + 2}, ?1, {int(Kind.SAID)}, ?{at + 3}, ?{at + 4}, '', ?{at + 5})"
            for at in range(0, lines * _OWN, _OWN)
        ),
    )
    for lines in _SIZES
)


class Storing:
    """Writes entries. The keys of rooms it remembers by the spelling that it is given."""

    def __init__(self, connection: sqlite3.Connection, marks: ReadMarks) -> None:
        self._connection = connection
        self._marks = marks
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
        said: list[int | str] = []  # plainly, in rooms, at one time
        values: list[int | str] = []  # of all other lines
        lines = characters = 0
        at, stamp = 0.0, 0
        special: list[Entry] = []
        for entry in entries:
            if type(entry) is not Message:
                special.append(entry)
                if type(entry) is Moved:  # what comes now is said under the new name
                    lines += self._insert_said(stamp, said) + self._insert(values)
                    self._store_specials(special)
                continue
            room, kind, text = entry.room, entry.kind, entry.text
            key = 0
            if room:
                key = known.get(room) or fresh.get(room) or self._find_or_make(room)
            if entry.at != at:
                lines += self._insert_said(stamp, said)
                at, stamp = entry.at, milliseconds(entry.at)
            if kind is _SAID:
                said += (entry.id, key, entry.nick, text)
            else:
                to = ",".join(entry.to) if entry.to else ""
                # Anything but a plain number sqlite3 looks for an adapter for, each time.
                values += (entry.id, stamp, int(kind), key, entry.nick, to, text)
            characters += len(text)
            if kind is _TOPIC or entry.waits_for or entry.tags or entry.cuts:
                special.append(entry)
        lines += self._insert_said(stamp, said) + self._insert(values)
        self._store_specials(special)
        return lines, characters

    def _store_specials(self, special: list[Entry]) -> None:
        for entry in special:
            self._store_special(entry)
        special.clear()

    def _insert_said(self, stamp: int, values: list[int | str]) -> int:
        """Write what was plainly said in rooms at that time, and return how many lines."""
        return self._insert_all(_SAID_AT_ONCE, _OWN, values, stamp)

    def _insert(self, values: list[int | str]) -> int:
        """Write lines of any kind, and return how many."""
        return self._insert_all(_AT_ONCE, _COLUMNS, values)

    def _insert_all(
        self,
        statements: Sequence[tuple[int, str]],
        columns: int,
        values: list[int | str],
        *shared: int,
    ) -> int:
        """Write lines of so many values each, besides what they share, with as few statements as
        can be; none of them are left.
        """
        start, end = 0, len(values)
        for lines, statement in statements if values else ():
            size = lines * columns
            while start + size <= end:
                self._connection.execute(statement, (*shared, *values[start : start + size]))
                start += size
        values.clear()
        return end // columns

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
                if entry.tags or entry.cuts:
                    run("insert into tag values (?, ?)", (entry.id, write_extras(entry)))
            case Happening():
                self._store_happening(entry)
            case Arrival():
                place = (fold(entry.nick), fold(entry.room))
                run("replace into stay values (?, ?, null, null)", place)
            case Departure():
                place = (fold(entry.nick), fold(entry.room))
                run(
                    "replace into stay values (?, ?, ?, ?)",
                    (*place, entry.id, milliseconds(entry.at)),
                )
            case Moved():
                self._move(fold(entry.old), entry.new)
            case Redaction():
                self._redact(entry)
            case Given():
                advance(self._connection, entry.id, milliseconds(entry.at))

    def _store_happening(self, happening: Happening) -> None:
        if room := happening.room:
            key = self._rooms.get(room) or self._fresh.get(room) or self._find_or_make(room)
            self._insert_happening(key, happening)
        else:
            self._insert_happening(0, happening)
            rows = private_rows(happening.id, happening.nick, happening.other)
            self._connection.executemany("insert into private_line values (?, ?, ?)", rows)

    def _insert_happening(self, key: int, happening: Happening) -> None:
        self._connection.execute(
            "insert into happening (room, id, at, what, nick, other, text)"
            " values (?, ?, ?, ?, ?, ?, ?)",
            (
                *(key, happening.id, milliseconds(happening.at), int(happening.what)),
                *(happening.nick, happening.other, happening_text(happening)),
            ),
        )

    def _redact(self, redaction: Redaction) -> None:
        """Erase a line or a reaction, if it is still there, and leave a mark in its room."""
        room = redact(self._connection, redaction.message)
        if room is None:
            return
        id, at, nick = redaction.id, redaction.at, redaction.nick
        mark = Happening(id, at, What.REDACTED, "", nick, str(redaction.message))
        self._insert_happening(room, mark)

    def _move(self, old: str, name: str) -> None:
        """Give a room's lines, topic and stays another name, unless there are lines under it."""
        run, new = self._connection.execute, fold(name)
        if new != old and not has_lines(self._connection, new):
            self._drop_bare(new)
        moved = run(
            "update room set folded = ?1, name = ?2 where folded = ?3"
            " and (?1 = ?3 or not exists (select 1 from room where folded = ?1))",
            (new, name, old),
        )
        if not moved.rowcount:
            key = "(select key from room where folded = ?)"
            run(f"delete from topic where room = {key}", (new,))
            run(f"update topic set room = {key} where room = {key}", (new, old))
        run(
            "update or replace stay set room = ? where room = ? and left_id is null",
            (new, old),
        )
        self._marks.move(self._connection, old, new)
        self._rooms.clear()
        self._fresh.clear()

    def _drop_bare(self, folded: str) -> None:
        """Forget a room of which no line is left: who came and went, what it was about."""
        key = "(select key from room where folded = ?)"
        for table in ("happening", "topic"):
            self._connection.execute(f"delete from {table} where room = {key}", (folded,))
        self._connection.execute("delete from room where folded = ?", (folded,))

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


def has_lines(connection: sqlite3.Connection, folded: str) -> bool:
    """Return whether there are lines of a room, by its folded name."""
    return bool(connection.execute(_HAS_LINES, (folded,)).fetchone()[0])


def encodable(entry: Entry) -> Entry:
    """Return an entry whose texts are Unicode that can be written."""
    match entry:
        case Message():
            return Message(
                entry.id,
                entry.at,
                entry.kind,
                _clean(entry.room),
                _clean(entry.nick),
                _clean(entry.text),
                tuple(map(_clean, entry.to)),
                tuple(map(_clean, entry.waits_for)),
                _clean_tags(entry.tags),
                entry.cuts,
            )
        case Happening():
            return Happening(
                entry.id,
                entry.at,
                entry.what,
                _clean(entry.room),
                _clean(entry.nick),
                _clean(entry.other),
                _clean(entry.text),
                _clean_tags(entry.tags),
                tuple((on, letter, _clean(value)) for on, letter, value in entry.changes),
            )
    return entry


def _clean_tags(tags: Tags) -> Tags:
    return tuple((_clean(name), _clean(value)) for name, value in tags)


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
