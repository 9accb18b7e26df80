"""`chatserver history search` and `stats`, and what is the same for all commands of the history."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from chatserver.history.files import history_file
from tests.cli.stored import SAID, STAMP, line, run, shown, store

# --- search and stats ---


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["release"], [3, 2]),
        (["RELEASE", "game"], [3]),
        (["from:bob", "in:#lobby"], [2, 1, 0]),
        (['"hello there"'], [0]),
        (["grüße"], [4]),
        (["GRUSSE"], [4]),
        (["between"], []),  # private
        (["release", "since:2000-01-01", "until:2000-01-02"], []),
    ],
)
def test_search_speaks_the_language_of_the_command(
    data: Path, words: Sequence[str], found: Sequence[int]
) -> None:
    if not found:
        assert run(data, "history", "search", *words).output == "Nothing was found.\n"
    else:
        assert shown(data, "search", *words) == [SAID[number] for number in found]


def test_search_shows_so_many_lines_and_says_that_there_are_more(tmp_path: Path) -> None:
    store(tmp_path, *(line(number, text=f"word {number}") for number in range(1, 1301)))
    result = run(tmp_path, "history", "search", "word", "--limit", "1200")
    assert [int(one.rpartition(" ")[2]) for one in result.stdout.splitlines()] == [
        *range(1300, 100, -1)
    ]
    assert result.stderr == "There are more; --limit 12000 shows more of them.\n"
    assert run(tmp_path, "history", "search", "word", "--limit", "1300").stderr == ""


def test_a_search_for_nothing(data: Path) -> None:
    result = run(data, "history", "search", "in:#games", code=1)
    assert result.stderr.startswith("There is nothing to search for; type words")


def test_stats(data: Path) -> None:
    rows = dict(one.split(None, 1) for one in run(data, "history", "stats").output.splitlines())
    assert rows["rooms"] == "2"
    assert rows["lines"] == "6, 1 of them private"
    assert re.fullmatch(r"[\d.]+ KiB, and [\d.]+ (MiB|KiB|bytes) of log", rows["size"])
    assert re.fullmatch(STAMP, rows["oldest"])
    assert rows["oldest"] <= rows["newest"]
    assert rows["file"] == str(history_file(data))


def test_stats_of_a_history_where_nothing_was_said(tmp_path: Path) -> None:
    store(tmp_path)
    assert run(tmp_path, "history", "stats").output.count("nothing was said yet") == 2
    assert run(tmp_path, "history", "export").stderr == "Nothing was said then.\n"


# --- what is the same for all ---

COMMANDS = [
    ["history", "export"],
    ["history", "search", "word"],
    ["history", "stats"],
    ["history", "forget", "--nick", "bob", "--yes"],
    ["backup", "copy.sqlite3"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_where_nothing_is_there_yet_it_says_so(tmp_path: Path, command: list[str]) -> None:
    result = run(tmp_path / "none", *command, code=1)
    assert result.stderr == f"There is no history in {tmp_path / 'none'}.\n"
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_what_is_no_history_is_one_sentence(tmp_path: Path, command: list[str]) -> None:
    history_file(tmp_path).write_bytes(b"garbage" * 1000)
    result = run(tmp_path, *command, code=1)
    assert str(history_file(tmp_path)) in result.stderr
    assert result.stderr.count("\n") == 1
    assert history_file(tmp_path).read_bytes() == b"garbage" * 1000


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["export", "--since", "monday"], "--since: monday is not a day; write it as 2026-11-20."),
        (["export", "--until", "9999-12-31"], "--until: 9999-12-31 is not a day;"),
        (["export", "--private", "--room", "a"], "--private goes without --room: private messages"),
        (["export", "--room", "a b"], "--room: A room's name cannot hold a space;"),
        (["forget", "--before", "x"], "--before: x is not a day;"),
        (["forget", "--nick", "a,b"], "--nick: A name cannot hold “,”;"),
        (["forget", "--yes"], "Say what is to be forgotten, with --nick, --room or --before."),
    ],
)
def test_a_wrong_command_line(tmp_path: Path, command: list[str], words: str) -> None:
    store(tmp_path, line(1))
    assert run(tmp_path, "history", *command, code=2).stderr.startswith(words)
    assert shown(tmp_path, "export") == ["#lobby <bob> text"]


@pytest.mark.parametrize("name", ["history.sqlite3", "history.sqlite3-wal", "lock"])
@pytest.mark.parametrize("command", [["backup", "--force"], ["history", "export", "-o"]])
def test_nothing_is_written_over_the_servers_own_files(
    data: Path, name: str, command: list[str]
) -> None:
    result = run(data, *command, str(data / name), code=1)
    assert result.stderr == f"{data / name} belongs to the server; choose another name.\n"
    assert shown(data, "export") == SAID
