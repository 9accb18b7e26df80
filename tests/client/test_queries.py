"""What a person asks of the past, in words."""

from datetime import datetime

import pytest

from client.commands import UsageError, submit
from client.queries import read_moment, read_query
from client.reading import format_time
from tests.client.script import ALL, Script

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
    assert line == "SEARCH text=chess;limit=100;before=2023-11-01T10:00:00.000Z"
