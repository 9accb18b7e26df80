"""The column of members stays as wide as it is, whoever comes, goes, or goes away."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatserver.text import width
from client.layout.memberlist import columns_at, row_of
from client.members import Member, Person
from tests.client.layout.show import CAPS, Show, play
from tests.client.layout.test_rows import sheet


def test_nobody_moves_the_border(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome(f"{CAPS} away-notify")
            show.say("bob", "hi")
            await show.sees("hi")
            border = [row.rindex("│") for row in show.rows() if "│" in row]
            assert len(set(border)) == 1
            for line, seen in (
                (":somebody-long!u@h JOIN #ops", "● somebody…"),
                (":somebody-long!u@h AWAY :out", "○ somebody…"),
                (":cy!u@h AWAY :out", "○ cy (away)"),
                (":bob!u@h AWAY :lunch", "○ bob (away)"),
                (":somebody-long!u@h AWAY", "● somebody…"),
                (":cy!u@h NICK :cynthia", "○ cynthia"),
                (":eve!u@h JOIN #ops", "● eve"),
            ):
                show.hear(line)
                await show.sees(seen)
                assert [row.rindex("│") for row in show.rows() if "│" in row] == border

    play(scene())


@pytest.mark.parametrize(("screen", "columns"), [(40, 10), (80, 13), (120, 20), (500, 20)])
def test_it_is_as_wide_as_the_screen_allows(screen: int, columns: int) -> None:
    assert columns_at(screen) == columns


@pytest.mark.parametrize(
    "nick", ["b", "bob", "bartholomew-the-elder", "漢字漢字漢字漢字", "👩‍💻👩‍💻👩‍💻👩‍💻"]
)
@pytest.mark.parametrize("columns", [10, 13, 20])
def test_a_row_fits_whatever_the_name(nick: str, columns: int) -> None:
    for away in (False, True):
        text = "".join(t for _, t in row_of(Member(Person(nick, away=away), "@"), columns, sheet()))
        assert width(text) <= columns
        assert nick in text or "…" in text
