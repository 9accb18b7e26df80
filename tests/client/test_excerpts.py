"""/history: so many lines, further back each time, before a time or from a day on."""

from __future__ import annotations

from datetime import datetime

import pytest

from client.buffers import Past
from client.commands import UsageError, submit
from client.messages import Kind
from client.orders import Order, Show
from client.queries import Lookback, read_lookback
from tests.client.house import Link
from tests.client.script import Script
from tests.histories import FaultyJournal
from tests.irc.house import Client, IrcHouse

ROOM = "#ops"


def talkers(lines: int, seconds: float = 60.0) -> tuple[IrcHouse, Client, Link]:
    home = IrcHouse(journal=FaultyJournal(5000))
    bob = home.client("bob", joins=ROOM)
    for number in range(lines):
        home.at += seconds
        bob.send(f"PRIVMSG {ROOM} :{number}\r\n")
    return home, bob, Link(home, "ada", ROOM)


def type_(link: Link, text: str) -> Order | None:
    order = submit(link.model, link.model.current, text)
    link.turn()
    return order


def shown(link: Link) -> list[str]:
    excerpt = link.model.excerpt
    assert excerpt
    entries = [excerpt.buffer.entries.by_key(key) for key in excerpt.keys]
    return [entry.text for entry in entries if entry]


def history(link: Link, words: str = "") -> list[str]:
    type_(link, f"/history {words}".strip())
    return shown(link)


def numbers(first: int, end: int) -> list[str]:
    return [str(number) for number in range(first, end)]


def test_it_goes_further_back_each_time_until_nothing_is_left() -> None:
    _, _, ada = talkers(130)
    assert history(ada) == numbers(110, 130)
    assert history(ada) == numbers(90, 110)
    assert history(ada, "60") == numbers(30, 90)
    assert history(ada, "60") == numbers(0, 30)
    assert history(ada, "60") == []
    assert ada.model.current.entries[-1].text == f"Nothing older is kept of {ROOM}."
    assert ada.texts(ROOM) == numbers(0, 130)
    assert Kind.GAP not in ada.kinds(ROOM)
    assert ada.buffer(ROOM).past is Past.COMPLETE


def test_what_is_typed_in_between_begins_anew() -> None:
    _, _, ada = talkers(30)
    assert history(ada, "5") == numbers(25, 30)
    type_(ada, "/topic")
    assert history(ada, "5") == numbers(25, 30)


def test_what_happens_besides_is_no_line() -> None:
    home, bob, _ = talkers(3)
    for number in range(90):
        home.at += 60
        bob.send(f"PART {ROOM}\r\nJOIN {ROOM}\r\n")
        if number % 30 == 0:
            bob.send(f"PRIVMSG {ROOM} :late {number}\r\n")
    eve = Link(home, "eve", ROOM)
    assert history(eve, "5") == ["1", "2", "late 0", "late 30", "late 60"]


def clock(at: float) -> str:
    return f"{datetime.fromtimestamp(at):%Y-%m-%d %H:%M:%S}"


@pytest.mark.parametrize("lines", [30, 300])
def test_a_time_is_where_it_ends_or_begins(lines: int) -> None:
    home, _, ada = talkers(lines)
    first = home.at - 60 * (lines - 1)
    middle = clock(first + 60 * 10 + 30)
    assert history(ada, f"3 before {middle}") == numbers(8, 11)
    assert history(ada, "3") == numbers(5, 8)
    assert history(ada, f"3 {middle}") == numbers(11, 14)
    focused = ada.model.focus
    assert focused
    entry = focused[0].entries.by_key(focused[1])
    assert entry and entry.text == "11"
    assert history(ada, f"3 {clock(home.at + 1)}") == []
    assert "since then" in ada.model.current.entries[-1].text
    assert history(ada, f"3 before {clock(first - 1)}") == []


def test_a_look_far_back_leaves_a_gap_that_is_filled_from_where_one_comes() -> None:
    home, _, ada = talkers(900)
    first = home.at - 60 * 899
    room = ada.buffer(ROOM)
    assert history(ada, f"10 before {clock(first + 60 * 100 - 1)}") == numbers(90, 100)
    assert ada.kinds(ROOM).count(Kind.GAP) == 1
    for number in range(30):
        gaps = [entry for entry in room.entries if entry.kind is Kind.GAP]
        if not gaps:
            break
        ada.model.fill(room, gaps[0])
        ada.turn()
        if number == 0:  # what is near to the reader comes first
            assert ada.texts(ROOM)[-190:] == numbers(710, 900)
    assert ada.texts(ROOM)[-810:] == numbers(90, 900)


def test_the_past_of_another_room_is_shown_there() -> None:
    home, _, ada = talkers(3)
    home.client("cy", joins="#den").send("PRIVMSG #den :psst\r\n")
    submit(ada.model, ada.buffer(ROOM), "/join #den")
    ada.turn()
    assert type_(ada, "/history 2 ops") == Show(ada.buffer(ROOM))
    assert shown(ada) == numbers(1, 3)
    with pytest.raises(UsageError, match="You are not in #nowhere"):
        type_(ada, "/history nowhere")


def test_without_a_server_that_keeps_it_there_is_what_is_loaded() -> None:
    script = Script().welcome("server-time")
    for number in range(9):
        script.hear(f"@time=2026-11-22T10:0{number}:00.000Z :bob!u@h PRIVMSG #ops :{number}")
    submit(script.model, script.room, "/history 2")
    submit(script.model, script.room, "/history 2")
    excerpt = script.model.excerpt
    assert excerpt
    texts = [entry.text for key in excerpt.keys if (entry := script.room.entries.by_key(key))]
    assert texts == ["5", "6"]


def test_what_was_looked_up_is_no_news() -> None:
    home, bob, ada = talkers(300)
    room = ada.buffer(ROOM)
    added = room.entries.added
    history(ada, "200")
    ada.model.request_older(room)
    ada.turn()
    assert room.entries.added == added
    home.at += 60
    bob.send(f"PRIVMSG {ROOM} :live\r\n")
    ada.turn()
    assert room.entries.added == added + 1


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", Lookback()),
        ("5", Lookback(count=5)),
        ("0", Lookback(count=1)),
        ("99999", Lookback(count=500)),
        ("5 games", Lookback(count=5, room="games")),
        ("#games 7", Lookback(count=7, room="#games")),
        ("2026-11-20", Lookback(since=datetime(2026, 11, 20).timestamp())),
        ("before 2026-11-20 12:30", Lookback(until=datetime(2026, 11, 20, 12, 30).timestamp())),
        ("3 12:30", Lookback(count=3, since=datetime(2026, 11, 22, 12, 30).timestamp())),
    ],
)
def test_how_it_is_asked(text: str, wanted: Lookback) -> None:
    assert read_lookback(text, datetime(2026, 11, 22, 13, 0).timestamp()) == wanted


@pytest.mark.parametrize("text", ["before", "2026-13-40", "before noon", "99:99"])
def test_what_makes_no_sense_is_said(text: str) -> None:
    with pytest.raises(ValueError, match="12:30"):
        read_lookback(text, 0.0)
