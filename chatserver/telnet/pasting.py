"""A paste of several lines: whether to send them is asked first, then they go one by one."""

from __future__ import annotations

from collections.abc import Sequence

from chatserver.telnet.keys import Key, Stroke
from chatserver.text import clean


def joined(text: str, before: str, after: str) -> list[str]:
    """Return the lines of a text pasted into one that reads so; without those that are blank."""
    lines = list(map(clean, text.split("\n")))
    lines[0] = before + lines[0]
    lines[-1] += after
    return [line for line in lines if line.strip()]


class PastedLines:
    """The lines of one paste, first while they wait for a yes and then while they are sent."""

    __slots__ = ("_asked", "_confirmed")

    def __init__(self) -> None:
        self._asked: tuple[str, ...] = ()
        self._confirmed: list[str] = []  # the next one last

    @property
    def question(self) -> str:
        """What is asked now; empty if nothing is."""
        return f"Send {len(self._asked)} lines? (y/n) " if self._asked else ""

    @property
    def sending(self) -> bool:
        """Whether there are lines that `take` returns."""
        return bool(self._confirmed)

    def ask(self, lines: Sequence[str]) -> None:
        """Ask whether to send these."""
        self._asked = tuple(lines)

    def answer(self, stroke: Stroke) -> bool:
        """Take a key for the answer, and tell whether it is one."""
        match stroke:
            case "y" | "Y":
                self._confirmed = list(reversed(self._asked))
            case "n" | "N" | Key.ESCAPE | Key.INTERRUPT | Key.ENTER:
                pass
            case _:
                return False
        self._asked = ()
        return True

    def take(self) -> str:
        """Return the next line to send."""
        return self._confirmed.pop()
