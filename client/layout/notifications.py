"""Notifications: what rings the bell, and what the terminal is told."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from chatserver.formatting import strip
from chatserver.text import clean, truncate
from client.buffers import Buffer, BufferKind
from client.messages import Entry

PAUSE_SECONDS: Final = 1.0
"""Between two notifications: a flood rings once."""

BELL: Final = "\x07"
_OSC_9: Final = frozenset({"iTerm.app", "WezTerm", "ghostty"})
_COLUMNS: Final = 120
_SEPARATORS: Final = re.compile("[;\x00-\x1f\x7f]")


def knows_osc_9(environment: Mapping[str, str]) -> bool:
    """Whether a terminal shows OSC 9 (iTerm2's); all others are told by OSC 777 (urxvt's).

    One of them only: a terminal that knows both would tell everything twice.
    """
    return "WT_SESSION" in environment or environment.get("TERM_PROGRAM", "") in _OSC_9


def notification(buffer: Buffer, entry: Entry, *, osc_9: bool) -> str:
    """Return the bell, and the sequence that desktop terminals show as a message."""
    where = "" if buffer.kind is BufferKind.PERSON else f" in {buffer.name}"
    title = _safe(f"{entry.nick}{where}")
    body = _safe(strip(entry.text).replace("\n", " "))
    told = f"9;{title}: {body}" if osc_9 else f"777;notify;{title};{body}"
    return f"{BELL}\x1b]{told}\x1b\\"


def window_title(current: str, buffers: Sequence[Buffer]) -> str:
    """Return « (3) #lobby · chat »: how many lines name one, or were written in private."""
    count = sum(buffer.mentions for buffer in buffers)
    return f"{f'({count}) ' if count else ''}{clean(current)} · chat"


def _safe(text: str) -> str:
    """What ends a sequence or parts its fields has no place in it."""
    return truncate(_SEPARATORS.sub(" ", clean(text)), _COLUMNS)
