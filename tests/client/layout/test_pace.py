"""How often the screen is drawn."""

import asyncio
import time
from pathlib import Path

from client.layout.pace import Pace
from client.layout.view import FRAMES, IN_A_ROW, NEWS_SECONDS
from tests.client.layout.show import PATIENCE, Show, play


def test_some_come_in_a_row_and_then_they_keep_a_distance() -> None:
    pace = Pace(10, 3)
    pace.drawn(100.0)
    assert pace.wait(100.0) == 0
    pace.drawn(100.0)
    pace.drawn(100.0)
    assert pace.wait(100.0) == 0.1
    assert pace.wait(100.125) == 0
    assert pace.wait(90.0) == 0, "a clock that goes back holds up nothing"


def test_no_second_has_more_than_rate_and_burst() -> None:
    pace, now, drawn = Pace(FRAMES, IN_A_ROW), 50.0, []
    while now < 55.0:  # somebody leans on the keyboard: a key each millisecond
        if pace.wait(now) <= 0:
            pace.drawn(now)
            drawn.append(now)
        now += 0.001
    most = max(sum(at <= one < at + 1 for one in drawn) for at in drawn)
    assert FRAMES <= most <= 30


def test_keys_in_a_flood_draw_no_more_than_thirty_times_a_second(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path, 120, 40) as show:
            await show.welcome()
            drawn: list[float] = []
            show.view.screen.after_render += lambda _: drawn.append(time.monotonic())
            began = time.monotonic()
            for number in range(300):
                show.say("bob", f"line {number}.")
                show.type("x")
                await asyncio.sleep(0)
            took = time.monotonic() - began
            await show.sees("line 299.")
            within = [at for at in drawn if at <= began + took]
            # One more: a pace is told when a drawing begins, and this counts where it ends.
            assert 0 < len(within) <= FRAMES * took + IN_A_ROW + 1

    play(scene())


def test_who_leans_on_a_key_sees_the_news_all_the_same(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome()
            show.say("bob", "news")
            deadline = time.monotonic() + PATIENCE
            while not any("news" in row for row in show.rows()):
                assert time.monotonic() < deadline
                show.type("x\x7f")
                await asyncio.sleep(NEWS_SECONDS / 10)

    play(scene())


def test_a_letter_is_drawn_without_the_flood_being_laid_out_for_it(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome()
            await asyncio.sleep(NEWS_SECONDS)
            flow, asked = show.view.desk.viewport.flow, []
            look = flow.block_at
            flow.block_at = lambda index: asked.append(index) or look(index)  # type: ignore[method-assign, func-returns-value]
            show.type("hello")
            await show.sees("▸ hello")
            assert not asked
            show.say("bob", "news")
            await show.sees("news")
            assert asked

    play(scene())
