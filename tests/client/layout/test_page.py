"""A changed certificate on the screen: all of it can be read, also in a small window."""

from __future__ import annotations

from pathlib import Path

import pytest

from client.pins import PinMismatchError, fingerprint
from tests.client.layout.show import Show, play

KNOWN, SHOWN = fingerprint(b"known"), fingerprint(b"shown")


def words(show: Show) -> str:
    """What stands in the middle, without spaces."""
    rows = (row.partition("│")[2] or row for row in show.rows())
    return "".join("".join(rows).split())


@pytest.mark.parametrize(("columns", "rows"), [(40, 24), (80, 24), (200, 50)])
def test_all_of_it_is_seen(tmp_path: Path, columns: int, rows: int) -> None:
    async def scene() -> None:
        async with Show(tmp_path, columns, rows) as show:
            error = PinMismatchError("chat.test:6697", KNOWN, SHOWN, Path("/home/ada/pins"))
            show.app.page = error.page
            show.app.on_change()
            await show.sees("Somebody may be")
            for line in error.page:
                assert "".join(line.split()) in words(show)
            assert KNOWN in words(show)
            assert SHOWN in words(show)
            assert any("/home/ada/pins" in row for row in show.rows())  # in one piece, to be copied

    play(scene())


def test_a_window_for_the_half_of_it_says_so(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path, 40, 10) as show:
            show.app.page = PinMismatchError("chat.test:6697", KNOWN, SHOWN, Path("/p")).page
            show.app.on_change()
            await show.sees("shows another")
            await show.sees("larger window")

    play(scene())


def test_esc_lets_one_read_on(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome()
            show.say("bob", "what was said")
            show.app.page = PinMismatchError("chat.test:6697", KNOWN, SHOWN, Path("/p")).page
            show.app.on_change()
            await show.sees("shows another certificate")
            show.type("\x1b")
            await show.sees("what was said")
            await show.loses("shows another certificate")

    play(scene())


def test_who_was_vouched_for_is_said_in_words() -> None:
    page = PinMismatchError("chat.test:6697", "vouched", SHOWN, Path("/p")).page
    assert "  known  one that an authority vouches for" in page
