"""Somebody types on before the answer to /join is there: nothing is lost or cut in two."""

from __future__ import annotations

from pathlib import Path

from tests.client.layout.show import Show, play

CAME = (":ada!u@h JOIN #new", ":s 353 ada = #new :@ada", ":s 366 ada #new :End")


def typed(show: Show) -> str:
    return show.view.composer.input.text


def said(show: Show) -> list[str]:
    return [line.partition("PRIVMSG ")[2] for line in show.sent if "PRIVMSG" in line]


async def goes_to_new(show: Show) -> None:
    await show.welcome()
    show.type("/join #new\r")
    await show.until(lambda: any("JOIN #new" in line for line in show.sent), "it is asked for")


def test_what_is_begun_goes_along(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await goes_to_new(show)
            show.type("hel")
            await show.until(lambda: typed(show) == "hel", "it is typed")
            show.hear(*CAME)
            show.type("lo\r")
            await show.until(lambda: said(show) == ["#new hello"], "it is said there")
            assert [show.buffer(name).draft for name in ("#ops", "#new")] == ["", ""]

    play(scene())


def test_it_is_seen_there_before_the_next_key(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await goes_to_new(show)
            show.type("hello")
            await show.until(lambda: typed(show) == "hello", "it is typed")
            show.hear(*CAME)
            await show.until(lambda: show.buffer("#new").draft == "hello", "it is there")
            await show.until(lambda: show.rows()[-1].startswith(" ada ▸ hello"), "it is seen")

    play(scene())


def test_who_drops_a_line_types_no_more(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome()
            show.type("hello")
            await show.until(lambda: any("+typing=active" in line for line in show.sent), "typing")
            show.type("\x03")
            await show.until(lambda: any("+typing=done" in line for line in show.sent), "no more")
            assert show.buffer("#ops").draft == ""
            show.type("sent\r")
            await show.until(lambda: said(show) == ["#ops sent"], "it is said")
            assert show.buffer("#ops").draft == ""

    play(scene())


def test_a_draft_of_the_other_room_stays(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome()
            show.hear(*CAME)
            await show.goes_to("#new")
            show.type("later")
            await show.until(lambda: typed(show) == "later", "it is typed")
            show.type("\x1b1")
            await show.until(lambda: show.model.current.name == "#ops", "back")
            show.hear(":ada!u@h PART #new")
            show.type("/join #new\r")
            await show.until(lambda: any("JOIN #new" in line for line in show.sent), "asked for")
            show.type("here")
            await show.until(lambda: typed(show) == "here", "it is typed")
            show.hear(*CAME)
            await show.sees("#new  ")
            assert [show.buffer(name).draft for name in ("#ops", "#new")] == ["here", "later"]

    play(scene())


def test_who_goes_by_a_key_leaves_the_draft_where_it_is(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome()
            show.hear(*CAME)
            await show.goes_to("#ops")
            show.type("here")
            await show.until(lambda: typed(show) == "here", "it is typed")
            show.type("\x1b2")
            await show.until(lambda: show.model.current.name == "#new", "there")
            assert typed(show) == ""
            assert show.buffer("#ops").draft == "here"

    play(scene())
