"""Links (OSC 8) begin and end with the cells that belong to them."""

import re
from pathlib import Path

from tests.client.layout.show import Show, play


def linked(written: str) -> list[tuple[str, str]]:
    """Return the links with the text in each, and fail where one is not closed at a row's end."""
    found = []
    for link, text in re.findall(
        r"\x1b\]8;id=\w+;([^\x1b]+)\x1b\\(.*?)\x1b\]8;", written, re.DOTALL
    ):
        assert "\n" not in text
        found.append((link, re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text)))
    return found


def test_a_link_is_what_was_written(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome()
            show.say("bob", "see https://e.org/a and http://e.org/b, both")
            await show.sees("both")
            assert linked(show.written) == [
                ("https://e.org/a", "https://e.org/a"),
                ("http://e.org/b", "http://e.org/b"),
            ]

    play(scene())


def test_a_link_that_is_broken_stays_one(tmp_path: Path) -> None:
    async def scene() -> None:
        async with Show(tmp_path, 40, 15) as show:
            await show.welcome()
            show.say("bob", "https://e.org/" + "x" * 30)
            show.say("cy", "afterwards")
            await show.sees("afterwards")
            links = linked(show.written)
            assert {link for link, _ in links} == {"https://e.org/" + "x" * 30}
            assert len(links) > 1
            assert len(set(re.findall(r"\x1b\]8;(id=\w+);", show.written))) == 1

    play(scene())
