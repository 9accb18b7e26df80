"""A line of the history as a line of text or of JSON, whatever it holds."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec

from chatserver.history.entries import ACTIONS, NOTICES, PRIVATE, Kind, Message
from chatserver.text import clean

_INDENT = "    "


def as_text(message: Message, show: Callable[[str], str] = clean) -> str:
    """Return `2026-11-22 12:01:07 #room <bob> text`, in the time of this machine.

    A private line has no room and says to whom: `<ada -> bob> text`. Of a message of several lines
    all but the first are indented. `show` makes of a line of what was said something that may reach
    a terminal.
    """
    who = clean(message.nick)
    if message.kind in PRIVATE:
        who += f" -> {clean(','.join(message.to))}"
    where = f"{clean(message.room)} " if message.room else ""
    text = f"\n{_INDENT}".join(map(show, message.text.split("\n")))
    return f"{show_moment(message.at)} {where}{_said(message.kind, who, text)}"


def _said(kind: Kind, who: str, text: str) -> str:
    if kind is Kind.TOPIC:
        return f"-- {who} set the topic: {text}" if text else f"-- {who} took the topic away"
    if kind in ACTIONS:
        return f"* {who} {text}"
    return f"-{who}- {text}" if kind in NOTICES else f"<{who}> {text}"


def as_json(message: Message) -> str:
    """Return an object in one line; `to` is there in private lines alone, `tags` where it has any.

    The lines of a message of several are parted by an escaped newline.
    """
    at = datetime.fromtimestamp(message.at, UTC).isoformat(timespec="milliseconds")
    fields: dict[str, object] = {
        "id": message.id,
        "at": at.replace("+00:00", "Z"),
        "kind": message.kind.name.lower(),
        "room": message.room,
        "nick": message.nick,
        "text": message.text,
    }
    if message.kind in PRIVATE:
        fields["to"] = message.to
    if message.tags:
        fields["tags"] = dict(message.tags)
    return _escape(msgspec.json.encode(fields).decode())


def _escape(line: str) -> str:
    """Escape what some programs take for the end of a line, and some terminals for an order."""
    if line.isprintable():
        return line
    return "".join(
        char if char.isprintable() else json.dumps(char)[1:-1]  # as \\u2028
        for char in line
    )


def show_moment(at: float) -> str:
    """Return a time as `2026-11-22 12:01:07`, in the time of this machine."""
    return f"{datetime.fromtimestamp(at):%Y-%m-%d %H:%M:%S}"


def show_size(count: int) -> str:
    """Return an amount of bytes as `512 bytes` or `1.5 MiB`."""
    for unit, size in (("GiB", 1024**3), ("MiB", 1024**2), ("KiB", 1024)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return "1 byte" if count == 1 else f"{count} bytes"
