"""The screen while there is no server."""

from __future__ import annotations

from pathlib import Path

from tests.client.layout.show import Show, play

ENTER = "\r"


def test_enter_tries_at_once_also_behind_a_line(tmp_path: Path) -> None:
    """« Enter: now » holds for who has half a line there, too: it is kept, and tried for."""

    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome()
            show.model.lost("reset")
            show.model.connecting("chat.test:8000: refused; trying again in 4 s (Enter: now)")
            show.app.on_change()
            await show.sees("trying again in 4 s")
            tried: list[bool] = []
            show.app.try_now = lambda: tried.append(True)  # type: ignore[method-assign]
            show.type(f"is it back?{ENTER}")
            await show.until(lambda: tried, "it is tried")
            await show.sees("1 not sent yet")
            assert show.model.buffers[-1].entries[-1].text == "is it back?"

    play(scene())
