"""Sentences: entries, and what is done to them, in words, for lines and logs."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from chatserver.formatting import strip
from chatserver.text import truncate
from client.marks import Mark
from client.messages import Entry, Kind
from client.state import Search

_QUOTED: Final = 40  # columns of a line that is spoken of

MORE: Final = "There is more: /search shows what is older."


def _why(entry: Entry) -> str:
    return f" ({entry.text})" if entry.text else ""


_SENTENCES: Final[dict[Kind, Callable[[Entry], str]]] = {
    Kind.SAID: lambda e: f"<{e.nick}> {e.text}",
    Kind.ACTION: lambda e: f"* {e.nick} {e.text}",
    Kind.NOTICE: lambda e: f"-{e.nick}- {e.text}",
    Kind.JOINED: lambda e: f"* {e.nick} has joined",
    Kind.LEFT: lambda e: f"* {e.nick} has left{_why(e)}",
    Kind.QUIT: lambda e: f"* {e.nick} is gone{_why(e)}",
    Kind.RENAMED: lambda e: f"* {e.nick} is called {e.text} now",
    Kind.KICKED: lambda e: f"* {e.by} has put {e.nick} out{_why(e)}",
    Kind.TOPIC: lambda e: (
        f"* {e.nick} has set the topic: {e.text}"
        if e.text
        else f"* {e.nick} has taken the topic away"
    ),
    Kind.MODE: lambda e: f"* {e.nick or 'The server'} {e.text}",
    Kind.INVITED: lambda e: f"* {e.nick} invites you to {e.text}",
    Kind.SERVER: lambda e: e.text,
    Kind.NOTE: lambda e: e.text,
    Kind.FAULT: lambda e: f"! {e.text}",
    Kind.GAP: lambda e: "* lines are missing here",
}


def sentence(entry: Entry) -> str:
    """Return an entry in words; IRC formatting and line feeds are still in them."""
    if entry.redacted:
        return f"* a line of {entry.nick} was taken back"
    return _SENTENCES[entry.kind](entry)


def mark_words(mark: Mark, clock: str) -> str:
    """Return what somebody has done to a line, as telnet says it; `clock` is for its time."""
    line = mark.entry
    if mark.redaction:
        what = "something said earlier"
        if line:
            who = "they" if line.nick == mark.nick else line.nick
            what = f"what {who} said at {datetime.fromtimestamp(line.at):{clock or '%H:%M'}}"
        why = f" ({mark.redaction.reason})" if mark.redaction.reason else ""
        return f"* {mark.nick} took back {what}{why}"
    flat = strip(line.text).replace("\n", " ") if line else ""
    quoted = f" to “{truncate(flat, _QUOTED)}”" if flat else ""
    if mark.present:
        return f"* {mark.nick} reacted{quoted} with {mark.emoji}"
    return f"* {mark.nick} took back the reaction {mark.emoji}{quoted}"


def found_words(search: Search) -> str:
    """Return how much a page of a search is, as the head of a list says it."""
    count, age = len(search.hits), "older " if search.further else ""
    if not count:
        return f"Nothing {age}was found"
    return f"{count} {age}{'line' if count == 1 else 'lines'} found"
