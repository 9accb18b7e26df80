"""The screen as a person sees it: what stands where, and what keys do."""

from pathlib import Path

import pytest

from tests.client.layout.keystrokes import ALT, END, ENTER, F1, PAGE_UP
from tests.client.layout.show import Show, play


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (120, 40), (40, 15)])
def test_what_stands_where(tmp_path: Path, columns: int, rows: int) -> None:
    async def scene() -> None:
        async with Show(tmp_path, columns, rows) as show:
            await show.welcome()
            show.say("bob", "hi ada, all is well")
            await show.sees("all is well")
            screen = show.rows()
            assert screen[-1].startswith(" ada ▸ ")
            assert "chat.test" in screen[-2]
            assert set(screen[-3]) <= set("─┴")
            assert "bob" in screen[-4]
            assert ("│" in screen[1]) is (columns >= 60)
            assert any("● bob" in row for row in screen) is (columns >= 78)
            assert any(row.startswith(" #ops ") for row in screen)

    play(scene())


def test_a_window_that_is_pulled_hides_and_shows_the_columns(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path, 120, 40) as show:
            await show.welcome()
            show.say("bob", "a line that goes on and on until it has to be wrapped somewhere")
            await show.sees("● bob")
            show.resize(40, 15)
            await show.loses("● bob")
            await show.sees("a line that goes on and")
            assert "│" not in "".join(show.rows())
            show.resize(80, 24)
            await show.sees("● bob")
            await show.sees("has to be wrapped")

    play(scene())


def test_scrolling_stays_where_it_is_while_lines_come(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome()
            for number in range(100):
                show.say("bob", f"line {number}.")
            await show.sees("line 99.")
            show.type(PAGE_UP)
            await show.loses("line 99.")
            await show.sees("more below")
            before = [row for row in show.rows() if "line " in row]
            for number in range(100, 103):
                show.say("bob", f"line {number}.")
            await show.sees("3 new below")
            assert [row for row in show.rows() if "line " in row] == before
            show.type(END)
            await show.sees("line 102.")
            await show.loses("new below")

    play(scene())


def test_older_pages_are_asked_for_before_the_top_is_reached(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome(CAPS_WITH_HISTORY)
            label = next(s for s in show.sent if "CHATHISTORY LATEST #ops" in s).split()[0]
            show.hear(f"{label} :s BATCH +h chathistory #ops", ":s BATCH -h")
            for number in range(200):
                show.say("bob", f"line {number}.")
            await show.sees("line 199.")
            asked = "CHATHISTORY BEFORE #ops"
            assert not any(asked in s for s in show.sent)
            for _ in range(7):
                show.type(PAGE_UP)
            await show.until(lambda: any(asked in s for s in show.sent), asked)
            await show.until(lambda: any("line " in row for row in show.rows()), "lines")
            assert not any("line 0." in row for row in show.rows())

    play(scene())


CAPS_WITH_HISTORY = "message-tags server-time batch labeled-response echo-message draft/chathistory"


def test_a_room_with_news_says_so_and_keys_lead_there(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome()
            show.hear(":ada!u@h JOIN #games", ":s 366 ada #games :End")
            show.hear(":ada!u@h JOIN #music", ":s 366 ada #music :End")
            for text in ("one", "two", "three"):
                show.say("cy", text, "#games")
            show.say("cy", "ada: look", "#music")
            show.say("dan", "psst", "ada")
            await show.sees("dan       !1")
            assert show.row("#games").startswith(" #games     3 │")
            assert show.row("#music").startswith(" #music    !1 │")
            show.type(ALT + "a")
            await show.sees("ada: look")
            show.type(ALT + "1")
            await show.until(lambda: show.model.current.name == "#ops", "Alt-1")
            show.type(ALT + "\x1b[B")
            await show.until(lambda: show.model.current.name == "#games", "Alt-Down")
            show.type("\x10")
            await show.until(lambda: show.model.current.name == "#ops", "Ctrl-P")
            show.type("\x0bmus")
            await show.sees("▸ mus▏")
            show.type(ENTER)
            await show.until(lambda: show.model.current.name == "#music", "Ctrl-K")

    play(scene())


def test_what_was_taken_back_is_gone(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome()
            show.say("bob", "oh no")
            await show.sees("oh no")
            show.hear(":bob!u@h REDACT #ops m1 :typo")
            await show.loses("oh no")

    play(scene())


def test_find_goes_through_what_is_loaded(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome()
            show.say("bob", "a needle here")
            for number in range(60):
                show.say("bob", f"hay {number}")
            await show.sees("hay 59")
            show.type("\x06needle")
            await show.sees("a needle here")
            assert show.style_of("needle here").bg != "default"
            show.type("x")
            await show.sees("not found in what is loaded")
            show.type(ALT)
            await show.loses("find ▸")
            show.type("typed")
            await show.sees("▸ typed")

    play(scene())


def test_help_is_made_from_the_tables(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path, 100, 40) as show:
            await show.welcome()
            show.type(F1)
            await show.sees("Ctrl-K")
            show.type("/sort")
            await show.sees("Set the order of the list on the left")
            show.type(ENTER)
            await show.sees("▸ /sort")

    play(scene())


def test_columns_go_by_key(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome()
            await show.sees("● bob")
            show.type(ALT + "m")
            await show.loses("● bob")
            show.type(ALT + "l")
            await show.until(lambda: "│" not in "".join(show.rows()), "no lines")
            show.type(ALT + "l" + ALT + "m")
            await show.sees("● bob")

    play(scene())


def test_a_theme_holds_at_once(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome()
            show.say("bob", "hi")
            await show.sees("hi")
            assert show.style_of("bob      hi").fg != "default"
            show.type("/theme mono" + ENTER)
            await show.sees("“mono” now")
            await show.until(lambda: show.style_of("bob      hi").fg == "default", "no colour")

    play(scene())


def test_who_types_is_in_the_status_line(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome()
            show.hear("@+typing=active :bob!u@h TAGMSG #ops")
            await show.sees("bob is typing…")
            show.say("bob", "done")
            await show.loses("is typing")

    play(scene())


def test_the_new_line_stands_above_what_came_while_one_was_elsewhere(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome()
            show.say("bob", "seen as it came")
            await show.sees("seen as it came")
            assert " new " not in "".join(show.rows())
            show.hear(":ada!u@h JOIN #games", ":s 366 ada #games :End")
            await show.goes_to("#games")
            await show.loses("seen as it came")
            show.say("bob", "missed this")
            show.type(ALT + "1")
            await show.sees("missed this")
            rows = show.rows()
            new = next(n for n, row in enumerate(rows) if "─ new ─" in row)
            assert "seen as it came" in rows[new - 1]
            assert "missed this" in rows[new + 1]

    play(scene())


def test_it_says_that_the_server_is_away(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome()
            await show.sees("● bob")
            show.model.lost("reset")
            show.model.connecting("chat.test:8000: refused; trying again in 4 s (Enter: now)")
            show.app.on_change()
            await show.sees("trying again in 4 s")
            tried: list[bool] = []
            show.app.try_now = lambda: tried.append(True)  # type: ignore[method-assign]
            show.type(ENTER)
            await show.until(lambda: tried, "tried")

    play(scene())


def test_a_search_shows_what_is_found_or_why_nothing_is(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome()
            show.type("/search needle" + ENTER)
            await show.sees("This server cannot search.")
            show.type(ALT)
            await show.loses("cannot search")

    play(scene())


@pytest.mark.parametrize(("columns", "rows"), [(1, 1), (3, 2), (12, 4), (20, 6), (300, 5)])
def test_no_size_is_too_small(tmp_path: Path, columns: int, rows: int) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome(names=" ".join(f"nick{n}" for n in range(50)))
            for number in range(40):
                show.say("bob", f"line {number} of words that are wrapped")
            await show.sees("line 39")
            frames = show.view.screen.render_counter
            show.resize(columns, rows)
            show.type(F1 + ALT + PAGE_UP)
            await show.until(lambda: show.view.screen.render_counter > frames + 1, "drawn")
            show.resize(80, 24)
            await show.sees("● nick")

    play(scene())
