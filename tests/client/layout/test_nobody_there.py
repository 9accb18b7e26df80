"""A server that is not there, seen for the first time: why, and what one can do, in any window."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.client.layout.show import Show, play

WHY = "chat.test:8000: nobody answers there"


@pytest.mark.parametrize(("columns", "rows"), [(40, 10), (80, 24)])
def test_it_is_said_in_the_middle(tmp_path: Path, columns: int, rows: int) -> None:
    async def scene() -> None:
        async with Show(tmp_path, columns, rows) as show:
            show.model.lost("")
            show.model.connecting(f"{WHY}; trying again in 4 s (Enter: now)")
            show.app.on_change()
            await show.sees("There is no connection")
            shown = " ".join(" ".join(show.rows()).split())
            for text in ("nobody answers there.", "/server", "/quit", "F1", "trying again in 4 s"):
                assert text in shown
            show.type("/topik\r")
            await show.sees("/topic?")  # what is said to a person stands there instead

    play(scene())


def test_who_has_been_there_reads_on(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome()
            show.say("bob", "hi")
            show.model.lost("cut")
            show.model.connecting(f"{WHY}; trying again in 4 s (Enter: now)")
            show.app.on_change()
            await show.sees("The connection is lost: cut")
            assert "hi" in show.row("bob")

    play(scene())
