"""The keyboard: keys as prompt_toolkit reads them, and nothing among them that cannot be sent."""

from __future__ import annotations

from prompt_toolkit.input import Input, create_input
from prompt_toolkit.input.posix_utils import PosixStdinReader


def open_keyboard() -> Input:
    """Return the terminal's keys. A byte that is no UTF-8 is read as U+FFFD.

    By itself prompt_toolkit keeps such bytes as lone surrogates, which no frame of the screen and
    no line to the server can hold.
    """
    keyboard = create_input()
    if hasattr(keyboard, "stdin_reader"):
        keyboard.stdin_reader = PosixStdinReader(keyboard.fileno(), "replace")
    return keyboard
