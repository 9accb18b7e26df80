"""The last row of a terminal's screen: what is on it, and the bytes that change it.

The row never wraps and its last column stays unused, so CR and EL always erase all of it.

Terminals disagree about the width of clusters. So the cursor's column is never computed: the row
is printed, and once more from its start up to the cursor.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

# ECMA-48 8.3.41 EL, 8.3.39 ED, 8.3.21 CUP; xterm's ctlseqs for mode 2004.
_BELL: Final = "\a"
_ERASE_REST: Final = "\x1b[K"
_ERASE_ROW: Final = "\r" + _ERASE_REST
_CLEAR_SCREEN: Final = "\x1b[H\x1b[2J"
_PASTE_ON: Final = "\x1b[?2004h"
_PASTE_OFF: Final = "\x1b[?2004l"

_BLANK: Final = ("", "")


def over(row: str, lines: Sequence[str]) -> str:
    """Return what prints lines above a row that reads so, with the cursor behind it."""
    return "".join((_ERASE_ROW, "\r\n".join(lines), "\r\n", row))


class Row:
    """What one terminal shows on its last row. It draws when its output is taken, not before."""

    __slots__ = ("_bell", "_drawn", "_output")

    def __init__(self) -> None:
        # What is before the cursor and behind it; None while the row is not ours.
        self._drawn: tuple[str, str] | None = None
        self._output: list[str] = []
        self._bell = False

    def is_exactly(self, text: str) -> bool:
        """Tell whether the row reads so, the cursor is behind it, and no output waits."""
        return self._drawn == (text, "") and not self._output and not self._bell

    def show(self) -> None:
        """Take the row where the cursor is, which must be empty, and ask for bracketed pastes."""
        if self._drawn is None:
            self._output.append(_PASTE_ON)
            self._drawn = _BLANK

    def hide(self) -> None:
        """Erase the row and leave it to others."""
        if self._drawn is not None:
            self._output.append(_ERASE_ROW + _PASTE_OFF)
            self._drawn = None

    def ring(self) -> None:
        """Ring the bell, once for all that ring it before the output is taken."""
        self._bell = True

    def print(self, lines: Sequence[str]) -> None:
        """Print lines above the row, or where the cursor is while the row is not ours."""
        if not lines:
            return
        if self._drawn is None:
            self._output.append("\r\n".join(lines) + "\r\n")
        else:
            self._output.append(over("", lines))
            self._drawn = _BLANK

    def erase(self) -> None:
        """Make the row blank."""
        self._blank(_ERASE_ROW)

    def clear_screen(self) -> None:
        """Make the whole screen blank; the row is its first then."""
        self._blank(_CLEAR_SCREEN)

    def _blank(self, how: str) -> None:
        if self._drawn is None:
            return
        if self._output[-1:] != [how]:  # a flood of redraw keys costs one
            self._output.append(how)
        self._drawn = _BLANK

    def take(self, before: str, after: str) -> bytes:
        """Return the UTF-8 of all output, with what makes the row read so, unless it is hidden."""
        if self._drawn is not None:
            self._draw(self._drawn, (before, after))
        if self._bell:
            self._output.append(_BELL)
            self._bell = False
        output = "".join(self._output)
        self._output.clear()
        return output.encode("utf-8", "replace")

    def _draw(self, old: tuple[str, str], new: tuple[str, str]) -> None:
        if new == old:
            return
        self._drawn = new
        before, after = new
        if not after and not old[1] and before.startswith(old[0]):
            self._output.append(before[len(old[0]) :])
            return
        self._output += ("\r", before, after, _ERASE_REST)
        if after:
            self._output += ("\r", before)
