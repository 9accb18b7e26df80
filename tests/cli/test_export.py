"""`chatserver history export`, beside a running server and after its end."""

import json
import re
import stat
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from chatserver.exporting import as_json, as_text, show_size
from chatserver.history.entries import Kind, Message
from tests.cli.stored import PRIVATE, SAID, line, run, shown, store
from tests.helpers import ROOT


def test_export_is_a_line_each_oldest_first_and_nothing_private(data: Path) -> None:
    assert shown(data, "export") == SAID
    assert shown(data, "export", "--private") == [*SAID[:4], PRIVATE, SAID[4]]


def test_export_as_json(data: Path) -> None:
    lines = run(data, "history", "export", "--format", "jsonl", "--private").stdout.splitlines()
    found = [json.loads(line) for line in lines]
    kinds = ["said", "action", "topic", "said", "told", "said"]
    assert [each["kind"] for each in found] == kinds
    assert [each["nick"] for each in found] == ["bob"] * 5 + ["cy"]
    assert [each["room"] for each in found] == ["#lobby"] * 3 + ["#games", "", "#lobby"]
    assert [each["text"] for each in found][4:] == ["between the two of us", "grüße an alle"]
    assert [each.get("to") for each in found] == [None] * 4 + [["ada"], None]
    ids = [each["id"] for each in found]
    assert ids == sorted(set(ids))
    for each in found:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", each["at"])
        assert datetime.fromisoformat(each["at"]) <= datetime.now().astimezone()


@pytest.mark.parametrize("name", ["games", "#games", "#GAMES"])
def test_export_of_one_room(data: Path, name: str) -> None:
    assert shown(data, "export", "--room", name) == SAID[3:4]


def test_export_of_a_room_that_is_not_there(data: Path) -> None:
    result = run(data, "history", "export", "--room", "#nowhere", code=1)
    assert result.stderr == "There is nothing of #nowhere in the history.\n"


def test_export_to_a_file_is_for_the_owner_alone(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "out.txt"
    result = run(data, "history", "export", "-o", str(file))
    assert result.stdout == ""
    assert result.stderr == f"5 lines written to {file}.\n"
    assert [one[20:] for one in file.read_text(encoding="utf-8").splitlines()] == SAID
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_export_by_days(tmp_path: Path) -> None:
    days = [datetime(2026, 3, number, 12) for number in (1, 2, 3)]
    store(
        tmp_path, *(line(n + 1, text=f"day {n}", at=day.timestamp()) for n, day in enumerate(days))
    )
    for options, expected in {
        ("--since", "2026-03-02"): [1, 2],
        ("--until", "2026-03-02"): [0, 1],
        ("--since", "2026-03-02", "--until", "2026-03-02"): [1],
        ("--since", "2026-03-04"): [],
    }.items():
        for more in ((), ("--room", "lobby")):
            lines = shown(tmp_path, "export", *options, *more)
            assert lines == [f"#lobby <bob> day {n}" for n in expected]
    result = run(tmp_path, "history", "export", "--since", "2026-03-04")
    assert result.stderr == "Nothing was said then.\n"


def test_export_of_more_than_a_page_into_a_pipe_that_closes(tmp_path: Path) -> None:
    store(tmp_path, *(line(number, text="x" * 500) for number in range(1, 1101)))
    assert len(shown(tmp_path, "export")) == 1100
    with subprocess.Popen(
        [sys.executable, "-m", "chatserver", "history", "export", "--data", str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert b"<bob> xxx" in process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 1


NASTY = "a\x1b[31m\r\nb\u2028c\x85d\u202ee\x00"


@pytest.mark.parametrize("kind", Kind)
def test_whatever_is_said_is_a_line_for_each_of_its_own(kind: Kind) -> None:
    message = Message(1, 0.0, kind, "#a", "bob", NASTY, ("ada", "cy"))
    first, *rest = as_text(message).split("\n")
    assert len(rest) == NASTY.count("\n")
    assert all(row.startswith("    ") for row in rest)
    assert not first.startswith(" ")
    assert all(row.isprintable() for row in (first, *rest))
    encoded = as_json(message)
    assert encoded.isprintable()
    assert json.loads(encoded)["text"] == NASTY


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        (Kind.NOTICE, "#a -bob- hi"),
        (Kind.NOTICE_ACTION, "#a * bob hi"),
        (Kind.TOLD_NOTICE, "-bob -> ada- hi"),
        (Kind.TOLD_NOTICE_ACTION, "* bob -> ada hi"),
    ],
)
def test_a_notice_looks_like_one(kind: Kind, row: str) -> None:
    private = row.count("->")
    message = Message(
        *(1, 0.0, kind, "" if private else "#a", "bob", "hi"),
        ("ada",) if private else (),
        tags=(("+reply", "7"),),
    )
    assert as_text(message).endswith(f" {row}")
    fields = json.loads(as_json(message))
    assert fields["kind"] == kind.name.lower()
    assert fields["tags"] == {"+reply": "7"}
    assert ("to" in fields) == bool(private)


def test_a_topic_that_was_taken_away() -> None:
    message = Message(1, 0.0, Kind.TOPIC, "#a", "bob", "")
    assert as_text(message).endswith(" #a -- bob took the topic away")


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 bytes"), (1, "1 byte"), (1023, "1023 bytes"), (1536, "1.5 KiB"), (2**31, "2.0 GiB")],
)
def test_sizes(size: int, words: str) -> None:
    assert show_size(size) == words
