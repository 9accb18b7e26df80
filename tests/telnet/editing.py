"""An editor, keys for it, and what comes of them."""

from __future__ import annotations

from chatserver.telnet.editor import (
    Action,
    Line,
    LineEditor,
)

FAMILY = "👨\u200d👩\u200d👧"
E_ACUTE = "e\u0301"
UP, DOWN, RIGHT, LEFT = b"\x1b[A", b"\x1b[B", b"\x1b[C", b"\x1b[D"
HOME, END, DELETE = b"\x1b[H", b"\x1b[F", b"\x1b[3~"
KILL_END, KILL_START, KILL_WORD_BACK, YANK, SWAP = b"\x0b", b"\x15", b"\x17", b"\x19", b"\x14"
ALT_B, ALT_F, ALT_D = b"\x1bb", b"\x1bf", b"\x1bd"


def shown(columns: int = 80, limit: int = 4096) -> LineEditor:
    editor = LineEditor(columns, limit)
    editor.prompt = "> "
    editor.show()
    editor.take_output()
    return editor


def pasted(text: str) -> bytes:
    return b"\x1b[200~" + text.encode() + b"\x1b[201~"


def actions(editor: LineEditor, data: bytes) -> list[Action]:
    editor.feed(data)
    return list(iter(editor.next, None))


def screen(editor: LineEditor, data: bytes) -> bytes:
    """Return what some keys, none of which needs the owner, send to the screen."""
    assert actions(editor, data) == []
    return editor.take_output()


def typed(data: bytes, **settings: int) -> str:
    """Return the line that some keys and Enter send; a bar marks where the cursor was."""
    editor = shown(**settings)
    assert actions(editor, data + b"|") == []
    (action,) = actions(editor, b"\r")
    assert isinstance(action, Line)
    return action.text
