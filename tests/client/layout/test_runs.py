"""Runs: a row of the screen as texts, cut where something stands over it, whole beside pictures."""

from pathlib import Path

import pytest
from prompt_toolkit.layout.screen import Char

from chatserver.text import width
from client.layout.runs import Cells, Run, cut, is_doubtful, lay, runs_of
from tests.client.layout.show import Show, play


def row_of(*pieces: tuple[str, str], x: int = 0, columns: int = 12) -> Cells:
    return dict(runs_of(pieces, x, columns))


def texts(row: Cells) -> list[tuple[int, str, str]]:
    return [(x, row[x].char, row[x].style) for x in sorted(row) if row[x].width]


def test_a_row_is_filled_to_its_end() -> None:
    row = row_of(("bold", "ab"), ("", "cde"))
    assert texts(row) == [(0, "ab", "bold"), (2, "cde", ""), (5, " " * 7, "")]
    assert row[12].width == 0


def test_what_is_too_long_ends_at_the_edge() -> None:
    assert texts(row_of(("", "abcdef"), ("bold", "x"), columns=4)) == [(0, "abcd", "")]
    assert texts(row_of(("", "abc👍"), columns=4)) == [(0, "abc", ""), (3, " ", "")]


@pytest.mark.parametrize(
    "text", ["a👍b", "e\u0301e", "👍\ufe0f\u0301x", "日本", "a\u0301", "❤\ufe0fx"]
)
def test_pictures_and_marks_stand_by_themselves(text: str) -> None:
    row = row_of(("", text), columns=20)
    shown = "".join(char for _, char, _ in texts(row))
    assert shown.rstrip() == text
    for x, char, _ in texts(row):
        assert row[x].width == 20 - x or x + row[x].width in row
        doubtful = any(map(is_doubtful, char))
        assert not doubtful or width(char[1:]) <= 1  # nothing else is in it but marks


def test_a_mark_on_nothing_is_left_out() -> None:
    assert texts(row_of(("", "\u0301ab"), columns=2)) == [(0, "ab", "")]


def test_control_characters_are_shown_and_not_sent() -> None:
    row = row_of(("", "a\x1b[2Jb\x9bc\xa0d"), columns=30)
    assert "".join(char for _, char, _ in texts(row)).rstrip() == "a^[[2Jb<9b>c d"


def test_the_ground_is_below_each_style() -> None:
    row = dict(runs_of([("bold", "a")], 3, 2, "class:screen"))
    assert texts(row) == [(3, "a", "class:screen bold"), (4, " ", "class:screen")]


def test_what_is_cut_leaves_what_is_beside_it() -> None:
    row = row_of(("", "abcdefgh"), ("bold", "ijkl"))
    cut(row, 2, 10)
    assert texts(row) == [(0, "ab", ""), (10, "kl", "bold")]
    assert 12 in row


def test_half_a_picture_is_nothing() -> None:
    row = row_of(("", "ab👍cd"), columns=6)
    cut(row, 3, 5)
    assert texts(row) == [(0, "ab", ""), (2, " ", ""), (5, "d", "")]


def test_what_stands_behind_a_picture_changes_with_it() -> None:
    def border_behind(text: str) -> Char:
        row: Cells = {}
        lay(row, 0, runs_of([("", text)], 0, len(text)))
        lay(row, len(text), runs_of([("", "│")], len(text), 1))
        return row[len(text)]

    plain, one, other = map(border_behind, ("ab", "a☺", "a☹"))
    assert one.char != plain.char
    assert plain.char != one.char
    assert one.char != other.char
    assert one.char == border_behind("x☺").char
    assert str(one.char) == "│"
    assert "".join([one.char]) == "│"


def test_no_text_is_remembered_for_its_width() -> None:
    run = Run("text", "bold", 4)
    assert (run.char, run.style, run.width) == ("text", "bold", 4)


def test_a_picture_in_the_last_column_does_not_cover_the_border(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A terminal that draws a sign over two cells, which by all tables has one.
    wide = __import__("pyte.screens", fromlist=["wcwidth"]).wcwidth
    monkeypatch.setattr("pyte.screens.wcwidth", lambda char: 2 if char == "☺" else wide(char))

    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome()
            show.say("bob", "first")
            await show.sees("first")
            row = show.row("first")
            start = row.index("first")
            border = row.index("│", start)
            show.say("cy", "x" * (border - start - 2) + ".☺")
            await show.sees(".☺")
            y = next(y for y, row in enumerate(show.rows()) if ".☺" in row)
            assert show.cell(border - 1, y) == "☺"
            assert show.cell(border, y) == "│"
            show.say("cy", "last")
            await show.sees("last")
            assert all(show.cell(border, row) == "│" for row in (y - 1, y))

    play(scene())


def test_a_list_over_pictures_has_its_whole_frame(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path, 120, 40) as show:
            await show.welcome()
            for number in range(40):
                show.say("bob", "x" * (number % 2) + "日本語" * 10)
            await show.sees("日")
            show.type("\x0b")
            await show.sees("Go to")
            y = next(y for y, row in enumerate(show.rows()) if "┌─ Go to" in row)
            for corner in "┌┐":
                x = next(x for x in range(120) if show.cell(x, y) == corner)
                assert [show.cell(x, y + below) for below in range(1, 4)] == ["│"] * 3

    play(scene())
