"""`chatserver history forget`, beside a running server and after its end."""

from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from chatserver.chat import answers, events, requests
from chatserver.chat.errors import NotForgotten
from chatserver.chat.hub import Hub
from chatserver.chat.registry import RoomRegistry
from chatserver.chat.room import Peer
from chatserver.config import Limits
from chatserver.history.departures import Departures
from chatserver.history.entries import Forget, Kind, Message
from chatserver.history.errors import Cause, JournalError
from chatserver.history.files import history_file
from chatserver.history.memory import MemoryJournal
from chatserver.history.memory_library import MemoryLibrary
from chatserver.history.recorder import HistoryRecorder
from chatserver.history.survey import Reach, Survey
from chatserver.instance import Instance, Refusal, order_to_forget
from tests.cli.stored import SAID, line, run, shown, store
from tests.helpers import PATIENCE, Client, ServerProcess

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
    hub = Hub(registry, HistoryRecorder(journal, Departures()))
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
