"""The columns at the sides, the lists that open, the status line, keys."""

import pytest

from client.buffers import Buffer
from client.layout import memberlist, pages, sidebar
from client.layout.actions import Actions
from client.layout.chooser import Choice, Chooser
from client.layout.keys import KEYS, help_rows
from client.layout.overlay import chooser_rows, draw_chooser
from client.layout.statusline import Facts, status_line, typing_words
from client.members import Member, Person
from client.model import Status
from tests.client.layout.test_notifications import buffer
from tests.client.layout.test_rows import sheet


def names(buffers: list[Buffer]) -> list[str]:
    return [one.name for one in buffers]


def test_the_list_is_sorted_as_one_likes() -> None:
    b, a, c = buffer("#b"), buffer("#a"), buffer("cy")
    a.unread, c.unread, c.mentions = 5, 1, 1
    assert names(sidebar.ordered([b, a, c], "opened")) == ["#b", "#a", "cy"]
    assert names(sidebar.ordered([b, a, c], "name")) == ["#a", "#b", "cy"]
    assert names(sidebar.ordered([b, a, c], "news")) == ["cy", "#a", "#b"]


def test_a_row_of_the_list_is_as_wide_as_it() -> None:
    room = buffer("#a-very-long-name-of-a-room")
    room.unread = 4000
    [(style, text)] = sidebar.row_of(room, 14, current=False, server="s", gone=False)
    assert (len(text), style) == (14, "class:room.unread")
    assert text == " #a-very… 999 "
    [(style, text)] = sidebar.row_of(room, 14, current=True, server="s", gone=False)
    assert (text, style) == (" #a-very-lon… ", "class:room.current")


def test_members_with_rank_and_presence() -> None:
    here, away = Member(Person("ada"), "@"), Member(Person("cy", away=True))
    columns = memberlist.columns_at(80)
    text = ["".join(t for _, t in memberlist.row_of(m, columns, sheet())) for m in (here, away)]
    assert text == [" ● @ada", " ○ cy (away)"]


@pytest.mark.parametrize(
    ("nicks", "words"),
    [
        ((), ""),
        (("bob",), "bob is typing…"),
        (("bob", "cy"), "bob and cy are typing…"),
        (("a", "b", "c"), "a, b and c are typing…"),
        (("a", "b", "c", "d"), "4 people are typing…"),
    ],
)
def test_who_types(nicks: tuple[str, ...], words: str) -> None:
    assert typing_words(nicks) == words


@pytest.mark.parametrize("columns", [10, 30, 80])
def test_the_status_line_is_as_wide_as_the_screen(columns: int) -> None:
    facts = Facts(
        status=Status.ONLINE, typing=("bob",), server="chat.test:8000", lag_ms=12, scrolled=True
    )
    text = "".join(part for _, part in status_line(facts, columns))
    assert len(text) <= max(columns, 50)
    assert columns < 80 or text.endswith("scrolled (End)  chat.test:8000  12 ms")


def chooser(taken: list[object]) -> Chooser:
    choices = [Choice("Head"), Choice("#games", value=1), Choice("in #go", value=2)]
    return Chooser("Go", [*choices, Choice("thumb", value=3, key="1")], taken.append)


@pytest.mark.parametrize("columns", [40, 60, 80, 120])
def test_a_long_reason_leaves_room_for_what_is_done_about_it(columns: int) -> None:
    reason = "a.host.with.a.long.name.example:6697: TLS: certificate verify failed, it has expired"
    remedy = "trying again in 30 s (Enter: now)"
    facts = Facts(
        status=Status.OFFLINE, detail=f"{reason}; {remedy}", server="a.host:6697", pending=1
    )
    text = "".join(part for _, part in status_line(facts, columns))
    assert len(text) <= columns
    assert remedy in text
    assert columns < 60 or text.strip().startswith("a.host")


def test_a_list_is_narrowed_by_typing() -> None:
    taken: list[object] = []
    page = chooser(taken)
    page.type("g")
    assert [c.label for c in page.shown] == ["#games", "in #go"]
    page.type("o")
    assert page.take()
    page.erase()
    page.move(5)
    assert page.take()
    assert taken == [2, 2]
    page.type("zzz")
    assert not page.take()


def test_headings_are_stepped_over_and_keys_take_at_once() -> None:
    taken: list[object] = []
    page = chooser(taken)
    assert page.shown[page.index].label == "#games"
    page.move(-1)
    assert page.take()
    assert page.type("1")
    assert taken == [1, 3]


@pytest.mark.parametrize(("columns", "rows"), [(40, 8), (34, 5), (70, 20)])
def test_a_list_fills_its_frame(columns: int, rows: int) -> None:
    drawn = ["".join(t for _, t in row) for row in draw_chooser(chooser([]), columns, rows)]
    assert len(drawn) == rows
    assert {len(row) for row in drawn} == {columns}


def test_every_key_has_an_action_and_stands_in_the_help() -> None:
    assert all(callable(getattr(Actions, key.action)) for key in KEYS)
    told = " ".join(shown for _, pairs in help_rows() for shown, _ in pairs)
    assert all(key.action == "go_to" or key.shown in told for key in KEYS)


def test_no_key_means_two_things() -> None:
    sequences = [sequence for key in KEYS for sequence in (key.keys, *key.also)]
    assert len(sequences) == len(set(sequences))


def test_a_list_is_as_large_as_a_small_screen() -> None:
    page = pages.help_page(lambda _: None)
    assert chooser_rows(page, 10) == 9
    assert chooser_rows(page, 24) == 20
    rows = ["".join(t for _, t in row) for row in draw_chooser(page, 38, 9)]
    assert all(len(row) == 38 for row in rows)
    page.type("go to that")
    rows = ["".join(t for _, t in row) for row in draw_chooser(page, 38, 9)]
    assert any("Alt-1 … Alt-9  go to that room" in row for row in rows)
