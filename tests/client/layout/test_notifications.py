"""What the terminal is told."""

from pathlib import Path

from client.buffers import Buffer, BufferKind
from client.layout.notifications import knows_osc_9, notification, window_title
from client.members import Members, People
from client.settings import Settings
from tests.client.layout.show import Show, play
from tests.client.layout.test_rows import entry


def buffer(name: str) -> Buffer:
    kind = BufferKind.ROOM if name.startswith("#") else BufferKind.PERSON
    return Buffer(name, kind, Members(People(str.lower), str.lower))


def test_a_notification_is_one_sequence_and_says_who_and_where() -> None:
    told = notification(buffer("#ops"), entry("look; \x02here\x02\nnow"), osc_9=False)
    assert told == "\x07\x1b]777;notify;bob in #ops;look  here now\x1b\\"
    assert notification(buffer("bob"), entry("hi"), osc_9=True) == "\x07\x1b]9;bob: hi\x1b\\"


def test_which_terminals_know_osc_9() -> None:
    assert knows_osc_9({"TERM_PROGRAM": "iTerm.app"})
    assert knows_osc_9({"WT_SESSION": "x"})
    assert not knows_osc_9({"TERM": "xterm"})


def test_the_title_has_the_count() -> None:
    ops, bob = buffer("#ops"), buffer("bob")
    assert window_title("#ops", [ops, bob]) == "#ops · chat"
    ops.mentions, bob.mentions = 2, 1
    assert window_title("#ops", [ops, bob]) == "(3) #ops · chat"


def test_only_what_is_wished_rings(tmp_path: Path) -> None:
    async def scene(notify: str, text: str, rings: bool) -> None:
        settings = Settings(host="chat.test", nick="ada", rooms=(), notify=notify)  # type: ignore[arg-type]
        async with Show(tmp_path, settings=settings) as show:
            await show.welcome()
            show.hear(":ada!u@h JOIN #games", ":s 366 ada #games :End")
            show.say("bob", text, "#games")
            show.say("bob", "afterwards")
            await show.sees("afterwards")
            await show.until(lambda: show.buffer("#ops").unread == 0, "read")
            assert ("]777;notify;bob in #games" in show.written) is rings

    play(scene("mentions", "hi ada", rings=True))
    play(scene("mentions", "hi all", rings=False))
    play(scene("off", "hi ada", rings=False))
