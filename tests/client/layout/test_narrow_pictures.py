"""A picture that a terminal draws narrower than we count leaves nothing of what stood there."""

from __future__ import annotations

import io
from typing import cast

import pyte
import pyte.screens
import pytest
from prompt_toolkit.data_structures import Size
from wcwidth import wcwidth

from client.layout.terminal import Terminal


class _Glass(io.StringIO):
    encoding = "utf-8"


@pytest.mark.parametrize("picture", ["🇩", "😀", "漢", "﷽"])
@pytest.mark.parametrize("drawn", [0, 1, 2])
def test_nothing_old_stands_beside_it(
    monkeypatch: pytest.MonkeyPatch, picture: str, drawn: int
) -> None:
    monkeypatch.setattr(
        pyte.screens, "wcwidth", lambda char: drawn if char == picture else wcwidth(char)
    )
    screen = pyte.Screen(10, 2)
    stream = pyte.Stream(screen)
    stream.feed("0123456789\r")
    glass = _Glass()
    terminal = Terminal(
        cast(io.TextIOBase, glass),  # type: ignore[arg-type]
        lambda: Size(2, 10),
        term="xterm",
    )
    for text in ("ab", picture, "cd"):
        terminal.write(text)
    terminal.flush()
    stream.feed(glass.getvalue())
    cells = 2 + max(wcwidth(picture), 1)
    row = [screen.buffer[0][x].data for x in range(10)]
    assert "".join(row[:2]) == "ab"
    assert not set("".join(row[2:cells])) & set("0123456789")
    assert "".join(row[cells : cells + 2]) == "cd"
    assert "".join(row[cells + 2 :]) == "0123456789"[cells + 2 :]
