"""`chatserver history` and `chatserver backup`, beside a running server and after its end."""

import json
import os
import re
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from chatserver.chat import answers, events, requests
from chatserver.chat.errors import NotForgotten
from chatserver.chat.hub import Hub
from chatserver.chat.registry import RoomRegistry
from chatserver.chat.room import Peer
from chatserver.cli import cli
from chatserver.config import Limits
from chatserver.exporting import as_json, as_text, show_size
from chatserver.history.connections import Durability
from chatserver.history.departures import Departures
from chatserver.history.entries import Entry, Forget, Kind, Message
from chatserver.history.errors import Cause, JournalError
from chatserver.history.files import history_file
from chatserver.history.journal import Journal
from chatserver.history.memory import MemoryJournal
from chatserver.history.memory_library import MemoryLibrary
from chatserver.history.recorder import HistoryRecorder
from chatserver.history.removal import Retention
from chatserver.history.survey import Reach, Survey
from chatserver.instance import Instance, Refusal, order_to_forget
from tests.helpers import PATIENCE, ROOT, Client, ServerProcess, wait_for

KEEP_ALL = Retention(days=None, lines=None)
STAMP = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
SAID = [
    "#lobby <bob> hello there",
    "#lobby * bob waves",
    "#lobby -- bob set the topic: Release notes",
    "#games <bob> the release is a game",
    "#lobby <cy> grüße an alle",
]
PRIVATE = "<bob -> ada> between the two of us"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home directory of its own, and no setting from outside."""
    for name in list(os.environ):
        if name.startswith(("CHATSERVER_", "XDG_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))


def run(data: Path, *args: str, typed: str | None = None, code: int = 0) -> Result:
    """A command about that directory, to its end."""
    result = CliRunner().invoke(
        cli, [*args, "--data", str(data)], input=typed, prog_name="chatserver"
    )
    assert result.exit_code == code, result.output
    return result


def shown(data: Path, *args: str) -> list[str]:
    """The lines that an export or a search shows, without their times."""
    lines = run(data, "history", *args).stdout.splitlines()
    assert all(re.match(STAMP, line) for line in lines)
    return [re.sub(f"^{STAMP} ", "", line) for line in lines]


def talk(server: ServerProcess) -> None:
    """Say what is in SAID, and PRIVATE."""
    with Client(server.port, "bob") as bob, Client(server.port, "cy") as cy:
        bob.send("hello there", "/me waves", "/topic Release notes", "/join games")
        bob.send("the release is a game", "/msg ada between the two of us")
        bob.sync()
        cy.send("grüße an alle")
        cy.sync()


@pytest.fixture(params=["running", "stopped"], scope="module")
def data(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """A directory where that was said, to be read only."""
    with ServerProcess(tmp_path_factory.mktemp(request.param)) as server:
        talk(server)
        if request.param == "stopped":
            assert server.stop() == 0
        yield server.data


@pytest.fixture(params=["running", "stopped"])
def own(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ServerProcess]:
    """A server of one's own, running or stopped, where that was said."""
    with ServerProcess(tmp_path) as server:
        talk(server)
        if request.param == "stopped":
            assert server.stop() == 0
        yield server


def store(data: Path, *entries: Entry) -> None:
    """Put lines into a history of which there is no server."""
    data.mkdir(exist_ok=True)
    with closing(Journal(data, Durability.PROCESS, KEEP_ALL)) as journal:
        journal.commit(entries)


def line(id: int, nick: str = "bob", text: str = "text", at: float | None = None) -> Message:
    return Message(id, float(id) if at is None else at, Kind.SAID, "#lobby", nick, text)


# --- export ---


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


# --- backup ---


def test_a_backup_is_whole_and_can_be_put_in_place(data: Path, tmp_path: Path) -> None:
    place = tmp_path / "place"
    place.mkdir()
    copy = history_file(place)
    result = run(data, "backup", str(copy))
    assert re.fullmatch(
        rf"6 lines \([\d.]+ KiB\) copied to {re.escape(str(copy))} and checked\.\n", result.output
    )
    assert [path.name for path in place.iterdir()] == [copy.name]
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
    for command in (["export", "--private"], ["search", "release"]):
        assert run(place, "history", *command).output == run(data, "history", *command).output


def test_a_server_starts_from_a_backup(tmp_path: Path, data: Path) -> None:
    (tmp_path / "data").mkdir()
    run(data, "backup", str(history_file(tmp_path / "data")))
    with ServerProcess(tmp_path) as server, Client(server.port) as ada:
        ada.send("ada", "after the backup")
        ada.expect("between the two of us")
        ada.sync()
        assert shown(server.data, "export") == [*SAID, "#lobby <ada> after the backup"]


def test_a_backup_replaces_nothing_unless_forced(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "old"
    file.write_text("old")
    result = run(data, "backup", str(file), code=1)
    assert result.stderr == f"{file} exists already; --force replaces it.\n"
    assert file.read_text() == "old"
    run(data, "backup", str(file), "--force")
    assert file.read_bytes().startswith(b"SQLite format 3\x00")
    assert [path.name for path in tmp_path.iterdir()] == ["old"]


def test_a_backup_to_where_it_cannot_be(data: Path, tmp_path: Path) -> None:
    result = run(data, "backup", str(tmp_path), "--force", code=1)
    assert result.stderr == f"{tmp_path} exists already; choose another name.\n"
    result = run(data, "backup", str(tmp_path / "none" / "file"), code=1)
    assert result.stderr == f"There is no directory {tmp_path / 'none'}.\n"


# --- forget ---


def test_forgetting_a_person(own: ServerProcess) -> None:
    running = own.process.poll() is None
    result = run(own.data, "history", "forget", "--nick", "BOB", "--yes")
    assert result.output == "5 lines erased. Backups and exports made before still hold this.\n"
    assert shown(own.data, "export", "--private") == SAID[4:]
    for word in ("release", "hello", "from:bob"):
        assert run(own.data, "history", "search", word).output == "Nothing was found.\n"
    if running:
        with Client(own.port, "ada") as ada:
            ada.send("/topic", "/history", "/seen bob", "/join games")
            seen = "\n".join([*ada.sync(), *ada.sync()])
        for trace in ("Release", "hello", "between", "waves", "game "):
            assert trace not in seen
        assert "grüße an alle" in seen
        assert "has no topic" in seen
        assert own.stop() == 0
    files = [path for path in own.data.iterdir() if path.name.startswith("history")]
    for left in (b"hello", b"release", b"between"):
        assert not any(left in path.read_bytes().lower() for path in files)


def test_forgetting_a_room(own: ServerProcess) -> None:
    result = run(own.data, "history", "forget", "--room", "games", "--yes")
    assert result.output.startswith("1 line erased.")
    assert shown(own.data, "export") == [*SAID[:3], SAID[4]]


def test_forgetting_before_a_day(own: ServerProcess) -> None:
    today, tomorrow = date.today(), date.today() + timedelta(days=1)
    yesterday = today - timedelta(days=1)
    assert "0 lines erased" in run(own.data, *_before(yesterday)).output
    assert len(shown(own.data, "export", "--private")) == 6
    assert "6 lines erased" in run(own.data, *_before(tomorrow)).output
    assert run(own.data, "history", "export", "--private").stdout == ""


def _before(day: date) -> list[str]:
    return ["history", "forget", "--before", day.isoformat(), "--yes"]


def test_all_that_is_given_must_match(tmp_path: Path) -> None:
    store(tmp_path, line(1), line(2, "cy"), line(3, at=2e9))
    args = ["--nick", "bob", "--room", "lobby", "--before", "2020-01-01", "--yes"]
    assert run(tmp_path, "history", "forget", *args).output.startswith("1 line erased.")
    assert shown(tmp_path, "export") == ["#lobby <cy> text", "#lobby <bob> text"]


@pytest.mark.parametrize("typed", ["n\n", "", "\n"])
def test_it_asks_first(tmp_path: Path, typed: str) -> None:
    store(tmp_path, line(1), line(2, "cy"))
    result = run(tmp_path, "history", "forget", "--nick", "bob", typed=typed, code=1)
    assert result.stdout.startswith("1 line will be erased for good. Go on? [y/N]: ")
    assert len(shown(tmp_path, "export")) == 2
    run(tmp_path, "history", "forget", "--nick", "bob", typed="y\n")
    assert shown(tmp_path, "export") == ["#lobby <cy> text"]


def test_forgetting_without_a_server_trims_nothing_else(tmp_path: Path) -> None:
    """The server may be configured to keep lines for ever; this command need not know."""
    store(tmp_path, line(1, "cy", "from 1970"), line(2))
    run(tmp_path, "history", "forget", "--nick", "bob", "--yes")
    assert shown(tmp_path, "export") == ["#lobby <cy> from 1970"]


def test_forgetting_where_a_server_is_just_starting(tmp_path: Path) -> None:
    store(tmp_path, line(1))
    with Instance(tmp_path):  # and no control socket yet
        result = run(tmp_path, "history", "forget", "--nick", "bob", "--yes", code=1)
    assert result.stderr.startswith("chatserver is running, but does not answer: ")
    assert len(shown(tmp_path, "export")) == 1


def test_a_server_that_keeps_its_history_in_memory(tmp_path: Path) -> None:
    with ServerProcess(tmp_path, settings={"history": "off"}) as server:
        with Client(server.port, "bob") as bob:
            bob.send("hello there")
            bob.sync()
        result = run(server.data, "history", "forget", "--nick", "bob", "--yes")
        assert result.output.startswith("What there is erased.")
        with Client(server.port, "ada") as ada:
            ada.send("/history")
            assert "hello there" not in "\n".join(ada.sync())


def test_a_file_that_the_running_server_does_not_use_is_not_said_to_be_erased(
    tmp_path: Path,
) -> None:
    store(tmp_path / "data", line(1))
    with ServerProcess(tmp_path, settings={"history": "off"}) as server:
        result = run(server.data, "history", "forget", "--nick", "bob", "--yes", code=1)
    assert "stop the server, then forget again" in result.stderr
    assert len(shown(tmp_path / "data", "export")) == 1


def test_a_survey_counts_what_would_be_erased(tmp_path: Path) -> None:
    told = Message(3, 3.0, Kind.TOLD, "", "cy", "secret", ("Bob", "dan"))
    store(tmp_path, line(1), line(2, "BOB"), told, line(4, "bobby"))
    with closing(Survey(history_file(tmp_path))) as survey:
        assert survey.reach(Forget(nick="bob")) == Reach(3, 4)
        assert survey.reach(Forget(nick="bob"), 2) == Reach(2, 2)
        assert survey.reach(Forget(nick="bob", room="#LOBBY")) == Reach(2, 4)
        assert survey.reach(Forget(room="#none")) == Reach(0, 4)
        assert survey.reach(Forget(before=2.0)) == Reach(1, 4)
        assert survey.reach(Forget()) == Reach(4, 4)


# --- the order, in the hub ---


class Failing(MemoryJournal):
    """Cannot note what is to be forgotten."""

    def forget(self, what: Forget) -> None:
        raise JournalError(Cause.FULL)


class House:
    """Where answers come to."""

    def __init__(self) -> None:
        self.told: list[events.Event] = []

    def post(self, parcels: list[tuple[Peer, events.Event]]) -> None:
        self.told += [event for _, event in parcels]


class Guest:
    def __init__(self) -> None:
        self.home = House()


def ask_hub(journal: MemoryJournal) -> tuple[RoomRegistry, answers.Answer]:
    """Say something, have its author forgotten, say something else: all in one batch."""
    guest, registry = Guest(), RoomRegistry(Limits())
    hub = Hub(registry, HistoryRecorder(journal, Departures(MemoryLibrary(journal))))
    hub.submit(
        [
            (guest, requests.Enter("bob", "here")),
            (guest, requests.Join("#lobby")),
            (guest, requests.SetTopic("#lobby", "a topic")),
            (guest, requests.Say("#lobby", "before")),
            (guest, requests.Forget(nick="bob")),
            (guest, requests.Say("#lobby", "after")),
        ]
    )
    hub.start()
    hub.stop()
    hub.join(PATIENCE)
    (answer,) = (
        event
        for event in guest.home.told
        if isinstance(event, answers.Answer) and isinstance(event.to_request, requests.Forget)
    )
    return registry, answer


def topic_of_lobby(registry: RoomRegistry) -> str:
    guest = Guest()
    for number, wish in enumerate(
        [requests.Enter("eve", "here"), requests.AskTopic("#lobby")], start=100
    ):
        (delivery,) = registry.apply(guest, wish, number, 1.0)
    answer = delivery.event  # type: ignore[union-attr]
    assert isinstance(answer, answers.TopicIs)
    return answer.topic.text if answer.topic else ""


def lines_of(journal: MemoryJournal) -> list[str]:
    return [message.text for message in MemoryLibrary(journal).page("#lobby")]


def test_what_was_said_before_is_forgotten_and_nothing_else() -> None:
    journal = MemoryJournal()
    registry, answer = ask_hub(journal)
    assert isinstance(answer, answers.Done)
    assert journal.topics() == []
    assert lines_of(journal) == ["after"]
    assert topic_of_lobby(registry) == ""


def test_what_cannot_be_forgotten_is_refused_and_stays() -> None:
    journal = Failing()
    registry, answer = ask_hub(journal)
    assert isinstance(answer, answers.Refused)
    assert isinstance(answer.error, NotForgotten)
    assert str(answer.error) == (
        "Nothing was forgotten: the history cannot be written now (disk full)."
    )
    assert topic_of_lobby(registry) == "a topic"
    assert lines_of(journal) == ["a topic", "before", "after"]


def test_a_server_that_refuses_is_quoted(tmp_path: Path) -> None:
    with ServerProcess(tmp_path) as server:
        with pytest.raises(Refusal, match="nothing is named that is to be forgotten"):
            order_to_forget(server.data, {}, PATIENCE)
        with pytest.raises(Refusal, match="unknown field"):
            order_to_forget(server.data, {"nik": "bob", "room": "#a"}, PATIENCE)
        assert shown(server.data, "export") == []


# --- a history that cannot be read ---


def serve(data: Path, *options: str) -> "subprocess.Popen[str]":
    args = ["serve", "--host", "127.0.0.1", "--port", "0", "--data", str(data), *options]
    return subprocess.Popen(
        [sys.executable, "-m", "chatserver", *args],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_recover_moves_garbage_aside_and_says_where(tmp_path: Path) -> None:
    garbage = b"this is no database" * 500
    history_file(tmp_path).write_bytes(garbage)
    with serve(tmp_path) as refused:
        said, _ = refused.communicate(timeout=2 * PATIENCE)
    assert refused.returncode == 1
    assert f"The history {history_file(tmp_path)} is damaged" in said
    assert "chatserver serve --recover" in said
    with serve(tmp_path, "--recover") as process:
        output = process.stdout
        assert output is not None
        first = output.readline()
        try:
            wait_for(lambda: "Listening" in output.readline(), "it serves")
            run(tmp_path, "history", "stats")
        finally:
            process.terminate()
        process.communicate(timeout=2 * PATIENCE)
    found = re.fullmatch(r"The old history is now (.*)\.\n", first)
    assert found, first
    assert Path(found[1]).read_bytes() == garbage
    assert Path(found[1]).parent == tmp_path
