"""Whatever a server sends, it stays in its pane."""

import re
from pathlib import Path

import pyte.screens
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wcwidth import wcwidth

from tests.client.layout.show import Show, play

LEFT, RIGHT = 14, 71  # columns of the borders at 80 columns, with these names
TOP, BOTTOM = 0, 20  # rows of the panes

HOSTILE = [
    "\x1b[2J\x1b[1;1Hgone",
    "\x1b]0;a title of theirs\x07\x1b]2;another\x1b\\",
    "\x1b]52;c;Z290Y2hh\x07\x9b2J\x9d0;x\x9c",
    "\x1bP1$r\x1b\\\x1b[?1049l\x1b[3;1r\x1bc",
    "\u202eright to left\u202c \u2066isolate",
    "a" + "\u0301" * 60 + "b\u20dd\u20dd",
    "👨\u200d👩\u200d👧\u200d👦 ❤\ufe0f \U0001fae0 🏳\ufe0f\u200d🌈 1\ufe0f\u20e3 ☠\ufe0f" * 3,
    "日本語のとても長い文" * 8,
    "\u0e33\u0e33 क्षि ක්‍ර 각각 ﷽﷽ ꧅ 𒐫",
    "\x0301,01black on black\x03 \x02\x1d\x1f\x16\x11 \x04ff0000,00ff00hex \x0f",
    "https://x.org/\x1b]8;;http://evil\x1b\\a https://e.org/[link:http://x] ;id=1;",
    "\u0301starts with a mark",
    "x" * 400,
    "\u00ad\u200b\u2060\ufeff\u115f\u3164 blank",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_line_stays_in_its_pane(tmp_path: Path, text: str) -> None:
    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome()
            show.say("bob", text)
            show.hear(f":{_nick(text)}!u@h JOIN #ops", f":bob!u@h TOPIC #ops :{text}")
            show.say("cy", "afterwards")
            await show.sees("afterwards")
            frame(show)
            quiet(show)

    play(scene())


@pytest.mark.parametrize("cells", [1, 2])
def test_a_terminal_that_counts_otherwise_keeps_the_frame(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cells: int
) -> None:
    """Some terminals draw emoji and marks wider or narrower than the tables say."""
    monkeypatch.setattr(
        pyte.screens, "wcwidth", lambda c: cells if c >= "\u2600" and wcwidth(c) > 0 else wcwidth(c)
    )

    async def scene() -> None:
        async with Show(tmp_path) as show:
            await show.welcome()
            for text in HOSTILE[5:8]:
                show.say("bob", text)
            show.say("cy", "afterwards")
            await show.sees("afterwards")
            frame(show)

    play(scene())


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=80), min_size=1, max_size=12))
def test_any_text_stays_in_its_pane(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    async def scene() -> None:
        async with Show(tmp_path_factory.mktemp("data")) as show:
            await show.welcome()
            for text in texts:
                show.say("bob", text.replace("\r", "").replace("\n", "").replace("\0", ""))
            show.say("cy", "afterwards")
            await show.sees("afterwards")
            frame(show)
            quiet(show)

    play(scene())


def _nick(text: str) -> str:
    return re.sub(r"[\s!@:\0]", "", text)[:30] or "x"


def frame(show: Show) -> None:
    """The borders and what is outside of the messages are where they belong."""
    rows = show.rows()
    border = next(x for x in range(LEFT + 1, 80) if show.cell(x, TOP) == "│")
    for y in range(TOP, BOTTOM):
        assert show.cell(LEFT, y) == "│", rows
        assert show.cell(border, y) == "│", rows
    assert rows[0].startswith(" chat.test    │")
    assert rows[-1].startswith(" ada ▸")
    assert "chat.test:8000" in rows[-2]
    assert set(rows[-3]) == {"─", "┴"}


def quiet(show: Show) -> None:
    """Nothing was written that only the client itself may write."""
    titles = set(re.findall(r"\x1b\]2;([^\x07]*)\x07", show.written))
    assert all(title.endswith("· chat") or not title for title in titles), titles
    for sequence in ("\x1b]52", "\x1bP", "\x1b]0;", "\x9b", "\x9d", "\x1b[2J\x1b[1;1H", "\x1bc"):
        assert sequence not in show.written
    for link in re.findall(r"\x1b\]8;[^;]*;([^\x1b]*)\x1b\\", show.written):
        assert link == "" or re.fullmatch(r"https?://[!-~]+", link), link
