"""The database's shape: one step per version, each applied whole or not at all."""

import sqlite3
from pathlib import Path
from typing import Final

from chatserver.history.errors import HistoryError

APPLICATION_ID: Final = 0x63486174  # « cHat », at byte 68 of the file

# A line is written once, at the end of its table, and that is all a commit writes: what is found by
# room or by word (room_line, line_words) is filled later, in bites, up to state.indexed_to. With a
# hundred rooms a batch would otherwise touch a hundred pages of an index.
# Private lines have room 0 and are in neither.
_FIRST = (
    """
    create table state (
        one integer primary key check (one = 1),
        indexed_to integer not null default 0,
        high_id integer not null default 0,
        high_at integer not null default 0
    ) strict
    """,
    "insert into state (one) values (1)",
    """
    create table room (
        key integer primary key,
        folded text not null unique,
        name text not null,
        lines integer not null default 0
    ) strict
    """,
    "create index room_without_lines on room (key) where lines = 0",
    """
    create table line (
        id integer primary key,
        at integer not null,
        kind integer not null,
        room integer not null,
        nick text not null,
        addressees text not null,
        text text not null
    ) strict
    """,
    """
    create table room_line (
        room integer not null,
        id integer not null,
        primary key (room, id)
    ) strict, without rowid
    """,
    """
    create virtual table line_words using fts5 (
        text, nick, room, content = '', columnsize = 0, tokenize = 'ascii'
    )
    """,
    # Merging is a chore of its own in small steps, and never part of a write.
    "insert into line_words (line_words, rank) values ('automerge', 0)",
    "insert into line_words (line_words, rank) values ('crisismerge', 1000)",
    """
    create table topic (
        room integer primary key,
        nick text not null,
        at integer not null,
        text text not null
    ) strict
    """,
    """
    create table stay (
        nick text not null,
        room text not null,
        left_id integer,
        left_at integer,
        primary key (nick, room)
    ) strict, without rowid
    """,
    "create index stay_left on stay (left_id)",
    """
    create table waiting (
        nick text not null,
        id integer not null,
        primary key (nick, id)
    ) strict, without rowid
    """,
    "create index waiting_line on waiting (id)",
    """
    create table erasure (
        key integer primary key,
        nick text,
        room integer,
        before integer,
        through integer not null,
        done_to integer not null
    ) strict
    """,
)

# What happened besides what was said is rare, and is found by room at once (`other`, see
# entries.Happening). Who talks with whom in private is indexed later, as rooms are, each line
# twice: for either of the two. `tag` holds what programs hang on messages, and where they have cut
# long lines (see rows.Extras), which is rare too.
_SECOND = (
    "create table tag (id integer primary key, tags text not null) strict",
    """
    create table happening (
        room integer not null,
        id integer not null,
        at integer not null,
        what integer not null,
        nick text not null,
        other text not null,
        text text not null,
        primary key (room, id)
    ) strict, without rowid
    """,
    "create index happening_order on happening (id, at)",
    """
    create table private_line (
        nick text not null,
        other text not null,
        id integer not null,
        primary key (nick, other, id)
    ) strict, without rowid
    """,
    """
    insert into private_line
    with recursive pair (id, nick, other, rest) as (
        select id, lower(nick), '', lower(addressees) || ',' from line
        where room = 0 and id <= (select indexed_to from state)
        union all
        select id, nick, substr(rest, 1, instr(rest, ',') - 1), substr(rest, instr(rest, ',') + 1)
        from pair where rest <> ''
    )
    select nick, other, id from pair where other <> ''
    union
    select other, nick, id from pair where other <> ''
    """,
    """
    create table read_mark (
        nick text not null,
        target text not null,
        at integer not null,
        primary key (nick, target)
    ) strict, without rowid
    """,
    "create index read_mark_age on read_mark (at)",
    """
    create table holder (
        nick text primary key,
        mask text not null,
        since integer not null,
        at integer not null
    ) strict, without rowid
    """,
    "create index holder_age on holder (at)",
)

# Among what happened there are other names of people now (entries.What), which who knows only the
# versions before could not read.
_THIRD = ()

MIGRATIONS: Final[tuple[tuple[str, ...], ...]] = (_FIRST, _SECOND, _THIRD)


def check_shape(connection: sqlite3.Connection, path: Path, known: int = len(MIGRATIONS)) -> int:
    """Return the version of a database of ours; 0 is an empty file.

    Raises:
        HistoryError: it belongs to another program, or to a newer version of this one.
    """
    owner = connection.execute("pragma application_id").fetchone()[0]
    version: int = connection.execute("pragma user_version").fetchone()[0]
    if owner != APPLICATION_ID:
        tables = connection.execute("select count(*) from sqlite_schema").fetchone()[0]
        if owner or tables:
            raise HistoryError(f"{path} is a database of another program; it is left as it is.")
        return 0
    if version > known:
        raise HistoryError(
            f"{path} was written by a newer chatserver (format {version}; this one knows {known}). "
            "Use the newer one, or another data directory."
        )
    return version


def migrate(
    connection: sqlite3.Connection,
    path: Path,
    steps: tuple[tuple[str, ...], ...] = MIGRATIONS,
) -> None:
    """Bring a database to the newest version.

    Raises:
        HistoryError: it is not ours to write.
    """
    for version in range(check_shape(connection, path, len(steps)), len(steps)):
        connection.execute("begin immediate")
        try:
            for statement in steps[version]:
                connection.execute(statement)
            connection.execute(f"pragma application_id = {APPLICATION_ID}")
            connection.execute(f"pragma user_version = {version + 1}")
            connection.execute("commit")
        except BaseException:
            if connection.in_transaction:
                connection.execute("rollback")
            raise
