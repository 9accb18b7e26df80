"""How the screen is parted."""

import pytest
from prompt_toolkit.layout.mouse_handlers import MouseHandlers
from prompt_toolkit.layout.screen import Screen, WritePosition

from client.layout.pane import Pane
from client.layout.split import Below, Beside, Part


def pane(sign: str) -> Pane:
    return Pane(lambda columns, rows: [[("", sign * columns)]] * rows)


def drawn(container: Beside | Below, columns: int, rows: int) -> list[str]:
    screen = Screen()
    whole = WritePosition(0, 0, columns, rows)
    container.write_to_screen(screen, MouseHandlers(), whole, "", False, None)
    assert screen.height == rows
    lines = (screen.data_buffer[y] for y in range(rows))
    return ["".join(line[x].char for x in sorted(line)) for line in lines]


def test_one_part_gets_what_the_others_leave() -> None:
    parts = Part(pane("a"), lambda _: 3), Part(pane("b")), Part(pane("c"), lambda _: 2)
    assert drawn(Beside(*parts), 10, 2) == ["aaabbbbbcc"] * 2
    assert drawn(Below(*parts), 1, 7) == ["a", "a", "a", "b", "b", "c", "c"]


def test_a_part_is_told_what_there_is_in_the_other_direction() -> None:
    halves = Part(pane("a")), Part(pane("b"), lambda across: across // 2)
    assert drawn(Below(*halves), 4, 3) == ["aaaa", "bbbb", "bbbb"]


def test_a_part_that_wants_nothing_is_not_seen() -> None:
    parts = Part(pane("a"), lambda _: 0), Part(pane("b"))
    assert drawn(Beside(*parts), 3, 1) == ["bbb"]


@pytest.mark.parametrize(("rows", "seen"), [(5, "abcdd"), (4, "bcdd"), (3, "cdd"), (1, "d")])
def test_where_it_is_tight_the_last_ones_come_first(rows: int, seen: str) -> None:
    parts = (
        Part(pane("a")),
        *(Part(pane(sign), lambda _: 1) for sign in "bc"),
        Part(pane("d"), lambda _: 2),
    )
    assert drawn(Below(*parts), 1, rows) == list(seen)


def test_the_ground_is_handed_down() -> None:
    screen = Screen()
    inner = Beside(Part(pane("a")), style=lambda: "class:inner")
    outer = Below(Part(inner), style=lambda: "class:outer")
    outer.write_to_screen(screen, MouseHandlers(), WritePosition(0, 0, 2, 1), "", False, None)
    assert screen.data_buffer[0][0].style.split() == ["class:outer", "class:inner"]
