"""Whether somebody looks: what terminals tell of the keyboard (DECSET 1004)."""

from pathlib import Path

from tests.client.layout.show import Show, play

GOT, LOST = "\x1b[I", "\x1b[O"
RING = "]777;notify;bob in #ops"


def test_the_terminal_is_asked_and_left_in_peace_at_the_end(tmp_path: Path) -> None:
    show = Show(tmp_path)

    async def scene() -> None:
        async with show:
            await show.welcome()
            assert "\x1b[?1004h" in show.written

    play(scene())
    assert show.written.index("\x1b[?1004h") < show.written.index("\x1b[?1004l")


def test_a_mention_rings_unless_one_looks_at_it(tmp_path: Path) -> None:
    async def scene(*, keys: str, scrolls: bool = False, rings: bool) -> None:
        async with Show(tmp_path) as show:
            await show.welcome()
            for number in range(60):
                show.say("cy", f"line {number}.")
            await show.sees("line 59.")
            show.type(keys + "typed" + ("\x1b[5~" if scrolls else ""))
            await show.sees("▸ typed")
            if scrolls:
                await show.sees("more below")
            show.say("bob", "hi ada")
            await show.sees("new below" if scrolls else "hi ada")
            await show.until(lambda: bool(show.model.take_alerts()) or True, "taken")
            assert (RING in show.written) is rings

    play(scene(keys="", rings=True))  # a terminal that tells nothing
    play(scene(keys=GOT, rings=False))
    play(scene(keys=GOT + LOST, rings=True))
    play(scene(keys=GOT, scrolls=True, rings=True))


def test_what_comes_while_nobody_looks_stands_below_new_and_is_not_read(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome()
            show.say("bob", "seen")
            await show.until(lambda: show.buffer("#ops").read_at > 0, "read")
            show.type(LOST + "typed")
            await show.sees("▸ typed")
            show.say("bob", "not seen, ada")
            await show.sees(" new ")
            assert show.buffer("#ops").mentions == 1
            await show.until(lambda: "(1) #ops" in show.written, "the title counts")
            show.type(GOT)
            await show.until(lambda: show.buffer("#ops").unread == 0, "read")
            await show.sees(" new ")
            show.type(LOST)
            await show.loses(" new ")

    play(scene())
