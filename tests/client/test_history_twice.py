"""/history asked for again before the answer is there: each page once, in their order."""

from __future__ import annotations

import pytest

from client.commands import submit
from client.state import Excerpt
from tests.client.house import Link
from tests.client.script import Script
from tests.client.test_excerpts import clock, numbers, talkers
from tests.client.test_opening import label_of, pages

CAPS = "batch draft/chathistory echo-message labeled-response message-tags server-time"


def quickly(link: Link, *lines: str) -> list[list[str]]:
    """Type lines without waiting for an answer; return the pages that come, as they come."""
    seen: list[Excerpt] = []
    model = link.model
    before = model.excerpt
    hear = model.receive_data

    def watching(data: bytes) -> None:
        for line in data.splitlines(keepends=True):
            hear(line)
            if model.excerpt and model.excerpt is not before and model.excerpt not in seen:
                seen.append(model.excerpt)

    model.receive_data = watching  # type: ignore[method-assign]
    try:
        for line in lines:
            submit(model, model.current, line)
        link.turn()
    finally:
        model.receive_data = hear  # type: ignore[method-assign]
    found = [[excerpt.buffer.entries.by_key(key) for key in excerpt.keys] for excerpt in seen]
    return [[entry.text for entry in page if entry] for page in found]


def test_the_second_goes_further_back_than_the_first() -> None:
    _, _, ada = talkers(130)
    assert quickly(ada, "/history 10", "/history 5", "/history 3") == [
        numbers(120, 130),
        numbers(115, 120),
        numbers(112, 115),
    ]
    assert quickly(ada, "/history 2") == [numbers(110, 112)]


def test_each_page_is_asked_for_once() -> None:
    _, _, ada = talkers(500)
    asked = len(pages(ada.sent))
    quickly(ada, "/history 100", "/history 100", "/history 100")
    assert len(pages(ada.sent)) == asked + 3


def test_behind_a_time_too() -> None:
    home, _, ada = talkers(130)
    middle = clock(home.at - 60 * 100 + 30)
    assert quickly(ada, f"/history 3 before {middle}", "/history 4", "/history 5") == [
        numbers(27, 30),
        numbers(23, 27),
        numbers(18, 23),
    ]


def test_what_is_typed_in_between_begins_anew_all_the_same() -> None:
    _, _, ada = talkers(30)
    assert quickly(ada, "/history 5", "/history 3", "/topic", "/history 4", "hi", "/history 2") == [
        numbers(25, 30),
        numbers(22, 25),
        [*numbers(27, 30), "hi"],  # it has waited, and that was said meanwhile
        ["29", "hi"],
    ]


def test_after_the_last_page_there_is_nothing_older() -> None:
    _, _, ada = talkers(7)
    assert quickly(ada, "/history 5", "/history 5", "/history 5") == [
        numbers(2, 7),
        numbers(0, 2),
        [],
    ]


def online() -> Script:
    script = Script().welcome(CAPS)
    for line in pages(script.said()):
        answer(script, line)
    script.hear("@msgid=m1;time=2023-11-14T22:13:20.000Z :bob!u@h PRIVMSG #ops :hi")
    return script


def answer(script: Script, line: str, *rows: str) -> list[str]:
    opening = f"@label={label_of(line)} :s BATCH +b chathistory #ops"
    return script.hear(opening, *(f"@batch=b;{row}" for row in rows), ":s BATCH -b")


def history(script: Script) -> list[str]:
    submit(script.model, script.room, "/history 5")
    return pages(script.said())


@pytest.mark.parametrize("how", ["refused", "never"])
def test_one_that_is_not_answered_holds_none_up(how: str) -> None:
    script = online()
    (first,) = history(script)
    assert history(script) == []
    if how == "refused":
        said = script.hear(
            f"@label={label_of(first)} :s FAIL CHATHISTORY MESSAGE_ERROR #ops :Not now"
        )
    else:
        script.now += 60
        script.model.tick()
        said = script.said()
    (second,) = pages(said)
    assert pages(answer(script, second)) == []
    assert script.model.excerpt
    assert len(history(script)) == 1


def test_a_lost_connection_forgets_what_waits() -> None:
    script = online()
    history(script)
    history(script)
    script.model.lost("cut")
    submit(script.model, script.room, "/history 5")  # of what is here, at once
    assert script.model.excerpt
    assert len(script.model.excerpt.keys) == 1
