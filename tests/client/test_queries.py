"""What a person asks of the past, in words."""

from datetime import datetime

import pytest

from client.commands import UsageError, submit
from client.layout.pages import search_words
from client.messages import Entry, Kind
from client.queries import read_moment, read_query
from client.reading import format_time
from client.sentences import MORE
from client.state import Search
from tests.client.house import Link
from tests.client.script import ALL, Script
from tests.histories import FaultyJournal
from tests.irc.house import IrcHouse

NOON = datetime(2026, 11, 22, 12, 0).timestamp()


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-20", datetime(2026, 11, 20)),
        ("2026-11-20 08:15", datetime(2026, 11, 20, 8, 15)),
        ("08:15", datetime(2026, 11, 22, 8, 15)),
        ("12:30", datetime(2026, 11, 21, 12, 30)),  # it has not been today
    ],
)
def test_days_and_times(text: str, moment: datetime) -> None:
    assert read_moment(text, NOON) == moment.timestamp()


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01", "25:00"])
def test_what_is_no_time_says_so(text: str) -> None:
    with pytest.raises(ValueError, match="look like"):
        read_moment(text, NOON)


def test_a_search_is_narrowed_by_words() -> None:
    assert read_query("a from:bob b: in:#ops since:2026-11-20", NOON) == {
        "text": "a b:",
        "from": "bob",
        "in": "#ops",
        "after": format_time(datetime(2026, 11, 20).timestamp()),
    }
    assert read_query("from:bob", NOON) == {"from": "bob"}


def test_a_search_that_makes_no_sense_is_not_sent() -> None:
    script = Script().welcome(ALL)
    submit(script.model, script.room, "/search x since:soon")
    assert script.said() == []
    found = script.model.search_results
    assert found and found.done
    assert "soon" in found.fault


def test_a_search_without_words_goes_further_back() -> None:
    script = Script().welcome(ALL)
    with pytest.raises(UsageError, match="type words"):
        submit(script.model, script.room, "/search")
    submit(script.model, script.room, "/search chess")
    assert script.said() == ["SEARCH text=chess;limit=100"]
    script.hear(
        "BATCH +q soju.im/search",
        "@batch=q;time=2023-11-01T10:00:00.000Z :bob!u@h PRIVMSG #ops :chess?",
        "@batch=q;time=2023-11-01T11:00:00.000Z :bob!u@h PRIVMSG #ops :chess!",
        "BATCH -q",
    )
    submit(script.model, script.room, "/search")
    (line,) = script.said()
    assert line == "SEARCH text=chess;limit=101;before=2023-11-01T10:00:00.001Z"
    submit(script.model, script.room, "/search")
    assert script.said() == []  # the answer is not there yet


def test_a_search_goes_back_line_by_line_to_the_end() -> None:
    home = IrcHouse(journal=FaultyJournal(10_000))
    ada, bob = Link(home, "ada", "#ops"), Link(home, "bob", "#ops")
    for number in range(250):
        home.at += number % 7 == 0  # many lines have one time
        bob.say("#ops", f"chess {number}")
    ada.turn()
    pages = []
    for text in ("/search chess", *["/search"] * 4):
        submit(ada.model, ada.buffer("#ops"), text)
        ada.turn()
        found = ada.model.search_results
        assert found and found.done and not found.fault
        pages.append(([int(entry.text.split()[1]) for _, entry in found.hits], found.more))
    assert pages == [
        (list(range(249, 149, -1)), True),
        (list(range(149, 49, -1)), True),
        (list(range(49, -1, -1)), False),
        ([], False),
        ([], False),
    ]


def test_a_search_that_failed_goes_on_where_it_was() -> None:
    script = Script().welcome(ALL)
    submit(script.model, script.room, "/search chess")
    script.hear(
        "BATCH +q soju.im/search",
        "@batch=q;msgid=a;time=2023-11-01T10:00:00.000Z :bob!u@h PRIVMSG #ops :chess?",
        "BATCH -q",
    )
    submit(script.model, script.room, "/search")
    script.hear(":s FAIL SEARCH INTERNAL_ERROR :Not now")
    assert script.model.search_results and script.model.search_results.fault == "Not now"
    submit(script.model, script.room, "/search")
    assert "before=2023-11-01T10:00:00.001Z" in script.said()[0]
    script.model.lost("cut")
    assert script.model.search_results.done
    assert script.model.search_results.fault == "The connection was lost."


def test_what_is_found_is_told_in_words() -> None:
    room = Script().welcome().room
    hit = (room, Entry(key=1, kind=Kind.SAID, at=0.0, nick="bob", text="x"))
    for search, title, last in (
        (Search("x"), "Search for “x”", "asking the server …"),
        (Search("x", (), done=True), "Search for “x”", "Nothing was found."),
        (Search("x", (), done=True, further=True), "Search for “x”", "Nothing older was found."),
        (Search("x", (hit,), done=True), "“x”: 1 line found", "bob: x"),
        (Search("x", (hit, hit), done=True, further=True), "“x”: 2 older lines found", "bob: x"),
        (Search("x", (hit,), done=True, more=True), "“x”: 1 line found, and there is more", MORE),
    ):
        found, choices = search_words(search, "s", str)
        assert (found, choices[-1].label.endswith(last)) == (title, True)
