"""Which rows are shown: the same while things change around them, and none are made in vain."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.buffers import Buffer
from client.layout import flow as flow_module
from client.layout.flow import Flow
from client.layout.rows import rows_of
from client.layout.selection import Point, Selection, copied, restyle
from client.layout.viewport import Viewport
from client.messages import Entry, Kind, Redaction
from tests.client.layout.test_rows import NOON, entry, room, sheet

HEIGHT = 10


def viewport(buffer: Buffer, columns: int = 60) -> Viewport:
    flow = Flow(buffer)
    flow.use(sheet(columns))
    made = Viewport(flow)
    made.lay_out(HEIGHT)
    return made


def lines(numbers: Iterable[int]) -> list[Entry]:
    return [entry(f"line {number}.") for number in numbers]


def last(view: Viewport) -> str:
    return view.lay_out(HEIGHT)[-1].text.split(None, 2)[-1]


def test_it_follows_the_end() -> None:
    buffer = room(*lines(range(30)))
    view = viewport(buffer)
    assert last(view) == "line 29."
    buffer.entries.append(entry("more"))
    assert last(view) == "more"


def test_one_stays_where_one_is() -> None:
    buffer = room(*lines(range(100)))
    view = viewport(buffer)
    view.page(-1)
    assert last(view) == "line 91."
    buffer.entries.append(entry("more"))
    buffer.entries.insert(0, lines(range(-50, 0)))
    assert last(view) == "line 91."
    assert view.news() == 1
    view.flow.use(sheet(30))
    assert last(view) == "line 91."
    view.to_end()
    assert last(view) == "more"
    assert view.news() == 0


def test_up_ends_at_the_top_and_down_at_the_end() -> None:
    buffer = room(*lines(range(30)))
    view = viewport(buffer)
    view.scroll(-1000)
    rows = view.lay_out(HEIGHT)
    assert "November" in rows[0].text
    assert len(rows) == HEIGHT
    view.scroll(1000)
    assert view.follows
    assert last(view) == "line 29."


def test_few_lines_do_not_scroll() -> None:
    view = viewport(room(*lines(range(3))))
    view.page(-1)
    assert view.follows


def test_the_way_up_and_down_is_the_same() -> None:
    buffer = room(*(entry("words " * (n % 40)) for n in range(100)))
    view = viewport(buffer)
    seen = []
    for _ in range(20):
        view.scroll(-7)
        seen.append([row.text for row in view.lay_out(HEIGHT)])
    for rows in reversed(seen[:-1]):
        view.scroll(7)
        assert [row.text for row in view.lay_out(HEIGHT)] == rows


def test_older_ones_are_wanted_near_the_top() -> None:
    buffer = room(*lines(range(100)))
    view = viewport(buffer)
    assert not view.wants_older
    view.scroll(-65)
    view.lay_out(HEIGHT)
    assert view.wants_older


def test_what_was_let_go_does_not_lose_the_reader() -> None:
    buffer = room(*lines(range(100)))
    view = viewport(buffer)
    view.scroll(-80)
    buffer.entries.cut(0, 50)
    assert len(view.lay_out(HEIGHT)) == HEIGHT
    assert "November" in view.rows[0].text


def test_an_anchor_that_is_taken_back_stays_a_place() -> None:
    buffer = room(*lines(range(100)))
    view = viewport(buffer)
    view.page(-1)
    key = view.lay_out(HEIGHT)[-1].key
    buffer.entries.replace(Entry(key=key, kind=Kind.SAID, at=NOON, redacted=Redaction("x")))
    assert last(view) == "line 90."


def test_a_found_line_stands_in_the_middle() -> None:
    buffer = room(*lines(range(100)))
    view = viewport(buffer)
    assert view.show(buffer.entries[40].key)
    rows = [row.text for row in view.lay_out(HEIGHT)]
    assert any("line 40." in row for row in rows[3:7])
    assert not view.show(-1)


def test_only_what_is_seen_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    def counting(one: Entry, *rest: object) -> object:
        made.append(one.key)
        return rows_of(one, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(flow_module, "rows_of", counting)
    buffer = room(*lines(range(50_000)))
    view = viewport(buffer)
    for _ in range(10):
        view.page(-1)
        view.lay_out(HEIGHT)
    assert len(made) < 20 * HEIGHT
    count = len(made)
    view.lay_out(HEIGHT)
    assert len(made) == count


@given(st.lists(st.sampled_from(["up", "down", "page", "add", "older", "wide", "end"])))
def test_whatever_is_done_the_screen_is_full(acts: list[str]) -> None:
    buffer = room(*lines(range(40)))
    view = viewport(buffer)
    for act in acts:
        match act:
            case "up":
                view.scroll(-3)
            case "down":
                view.scroll(2)
            case "page":
                view.page(-1)
            case "add":
                buffer.entries.append(entry("words " * 30))
            case "older":
                buffer.entries.insert(0, [entry(kind=Kind.JOINED, nick="x"), entry("old")])
            case "wide":
                view.flow.use(sheet(25 if len(acts) % 2 else 90))
            case "end":
                view.to_end()
        rows = view.lay_out(HEIGHT)
        assert len(rows) == HEIGHT
        places = [(view.flow.place_of(row.key), row.number) for row in rows]
        assert places == sorted(places)


def test_a_copy_joins_what_was_broken() -> None:
    buffer = room(entry("one two three four five six seven eight"), entry("nine\nten"))
    view = viewport(buffer, 30)
    rows = view.lay_out(HEIGHT)
    start = Point((rows[1].key, rows[1].number), rows[1].text_at)
    end = Point((rows[-1].key, rows[-1].number), 29)
    assert copied(Selection(start, end), view) == (
        "one two three four five six seven eight\nnine\nten"
    )
    assert copied(Selection(end, start), view) == copied(Selection(start, end), view)


def test_a_style_is_put_between_columns() -> None:
    assert restyle([("a", "xx日本yy")], 2, 6, "s") == [("a", "xx"), ("a s", "日本"), ("a", "yy")]
