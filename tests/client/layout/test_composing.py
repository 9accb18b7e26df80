"""What one types, and what comes of it."""

from pathlib import Path

import pytest

from client.messages import Delivery
from client.settings import Settings
from tests.client.layout.keystrokes import ALT, ENTER
from tests.client.layout.show import Show, play


def test_one_types_and_it_is_said(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome()
            show.type("hello there")
            await show.sees("▸ hello there")
            show.type(ENTER)
            await show.until(
                lambda: any(s.endswith("PRIVMSG #ops :hello there") for s in show.sent), "sent"
            )
            assert show.buffer("#ops").entries[-1].delivery is Delivery.PENDING
            await show.until(lambda: "hello there" not in show.rows()[-1], "the line is empty")
            await show.sees("1 not sent yet")
            label = next(s for s in show.sent if "hello" in s).split()[0]
            show.hear(f"{label};msgid=x :ada!u@h PRIVMSG #ops :hello there")
            await show.loses("not sent yet")

    play(scene())


def test_a_refused_line_says_why_and_goes_again_by_key(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path, 120) as show:
            await show.welcome()
            show.type("spam" + ENTER)
            await show.until(lambda: any("spam" in s for s in show.sent), "sent")
            label = next(s for s in show.sent if "spam" in s).split()[0]
            show.hear(f"{label} :s 404 ada #ops :Cannot send to room")
            await show.sees("Alt-S sends it again")
            count = sum("spam" in s for s in show.sent)
            show.type(ALT + "s")
            await show.loses("Alt-S sends it again")
            await show.until(lambda: sum("spam" in s for s in show.sent) > count, "sent again")

    play(scene())


def test_each_room_keeps_its_draft_and_its_history(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome()
            show.hear(":ada!u@h JOIN #games", ":s 366 ada #games :End")
            show.type("said in ops" + ENTER)
            await show.until(lambda: show.rows()[-1].strip() == "ada ▸", "sent")
            show.type("half a thou")
            await show.sees("▸ half a thou")
            show.type(ALT + "2")
            await show.loses("half a thou")
            show.type("\x1b[A")
            show.type("other")
            await show.sees("▸ other")
            show.type(ALT + "1")
            await show.sees("▸ half a thou")
            assert show.buffer("#games").draft == "other"
            show.type("\x1b[A")
            await show.sees("▸ said in ops")

    play(scene())


def test_completion_has_a_menu_and_ghost_text(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome(names="@ada barbara bob")
            show.say("bob", "me")
            show.type("/the")
            await show.sees("Change the colours")
            show.type("\x03")
            show.type("bar")
            await show.sees("▸ barbara")
            show.type("\x1b[C")
            show.type("!")
            await show.sees("▸ barbara:!")
            show.type("\x03")
            show.type(":shru\t")
            await show.sees("▸ 🤷")

    play(scene())


def test_a_wrong_command_is_corrected_and_stays_typed(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome()
            show.type("/jion x" + ENTER)
            await show.sees("There is no /jion. Did you mean")
            await show.sees("/join?")
            assert show.rows()[-1].startswith(" ada ▸ /jion x")

    play(scene())


def test_several_lines_grow_the_input(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome()
            show.type("one" + ALT + ENTER + "two\nthree")
            await show.sees("· three")
            assert [row.strip() for row in show.rows()[-3:]] == ["ada ▸ one", "· two", "· three"]

    play(scene())


def test_a_long_paste_asks(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome()
            show.type("\x1b[200~a\r\nb\r\nc\x1b[2J\r\nd\x1b[201~")
            await show.sees("Paste 4 lines?")
            await show.sees("│ a b c")
            show.type("j")
            await show.sees("▸ a b c[2J d")
            show.type("\x03")
            show.type("\x1b[200~x\ny\x1b[201~")
            await show.sees("· y")

    play(scene())


def test_a_line_that_is_too_long_says_by_how_much(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome()
            show.type("x" * 500)
            await show.sees("bytes too long")
            # What others get: ":ada!u@h PRIVMSG #ops :" and CR LF around it.
            assert show.view.composer.over() == 500 - (512 - 23 - 2)

    play(scene())


@pytest.mark.parametrize("tells", [True, False])
def test_others_are_told_that_one_types_as_one_likes(tmp_path: Path, tells: bool) -> None:
    async def scene() -> None:
        settings = Settings(host="chat.test", nick="ada", rooms=(), typing=tells)
        async with Show(tmp_path, settings=settings) as show:
            await show.welcome()
            show.type("hello")
            await show.sees("▸ hello")
            assert any("+typing=active" in line for line in show.sent) is tells

    play(scene())


def test_a_reply_quotes_and_an_emoji_reacts(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome()
            show.say("bob", "first")
            show.say("cy", "second")
            await show.sees("second")
            show.type(ALT + "r")
            await show.sees("↳ to cy: second")
            show.type(ALT + "r")
            await show.sees("↳ to bob: first")
            show.type("yes" + ENTER)
            await show.sees("┌ bob first")
            await show.loses("↳ to bob")
            assert any("+draft/reply=m1" in s and "yes" in s for s in show.sent)
            show.type(ALT + "e")
            await show.sees("React to cy: second")
            show.type("1")
            await show.loses("React to")
            assert any("+draft/react=👍" in s and "+draft/reply=m2" in s for s in show.sent)
            show.hear("@+draft/react=👍;+draft/reply=m2 :bob!u@h TAGMSG #ops")
            await show.sees("└ 👍")

    play(scene())


def test_ctrl_c_drops_the_line_and_twice_leaves(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome()
            show.type("never mind")
            await show.sees("never mind")
            show.type("\x03")
            await show.loses("never mind")
            show.type("\x03")
            await show.sees("Ctrl-C again leaves.")
            show.type("\x03")
            await show.until(show.app.finished.is_set, "it leaves")
            assert "QUIT" in show.sent

    play(scene())
