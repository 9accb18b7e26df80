"""What a person asks of the past, in words."""

from datetime import datetime

import pytest

from client.commands import UsageError, submit
from client.messages import Kind
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


def test_history_goes_to_a_time() -> None:
    script = Script().welcome(f"{ALL} draft/chathistory")
    script.said()
    day = datetime(2023, 11, 1).timestamp()
    submit(script.model, script.room, "/history 2023-11-01")
    (asked,) = script.said()
    label = asked.partition("label=")[2].partition(" ")[0]
    assert f"CHATHISTORY AROUND #ops timestamp={format_time(day)}" in asked
    said = [(hours, format_time(day + hours * 3600)) for hours in (-1, 1, 2)]
    script.hear(
        f"@label={label} BATCH +q chathistory #ops",
        *(f"@batch=q;msgid=h{h};time={at} :bob!u@h PRIVMSG #ops :at {h}" for h, at in said),
        "BATCH -q",
    )
    assert script.model.focus
    buffer, key = script.model.focus
    shown = buffer.entries.by_key(key)
    assert shown
    assert shown.text == "at 1"
    with pytest.raises(UsageError, match="look like"):
        submit(script.model, script.room, "/history soon")


def test_history_says_where_there_is_none() -> None:
    script = Script().welcome()
    submit(script.model, script.room, "/history 12:30")
    assert script.room.entries[-1].kind is Kind.FAULT
