"""Views: which marks stand on a screen or in a log, place by place."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from scripts.talking.ledger import LOBBY, Mark, between, first_mark

View = dict[str, list[Mark]]
"""The marks that somebody has seen in each place, in the order of their screen."""

_TELNET: Final = re.compile(
    r"^\d\d:\d\d (?:(?P<room>#\w+) )?(?:<(?P<one>\w+)(?: -> (?P<other>\w+))?>|\* \w+) "
)
_IRSSI: Final = re.compile(r"^\d\d:\d\d (?:<[ @+]?\w+>| \* \w+) ")
_CHAT_LOG: Final = re.compile(r"^(?:\d\d:\d\d:\d\d (?:<\w+>|\* \w+) )?(?=[abc]\d)")
_QUOTE: Final = "┌"
_REACTION: Final = re.compile(r"└ \W")
_REFUSED: Final = "└ not sent:"
_GREETING: Final = "Your name?"
_LIFE: Final = "--- Log opened"


def telnet_views(rows: Iterable[str], rooms: Mapping[Mark, str]) -> list[View]:
    """Return what stands in the window of telnet, by connections.

    What is said in the current room has no name of a room; `rooms` has where each line was said.
    """
    views: list[View] = [{}]
    place = LOBBY
    for row in rows:
        if _GREETING in row:
            views.append({})
        elif found := _TELNET.match(row):
            private = found["other"] and between(found["one"], found["other"])
            place = private or found["room"] or rooms.get(first_mark(row), LOBBY)
            _note(views[-1], place, row)
        elif row.startswith("      "):  # a message goes on
            _note(views[-1], place, row)
    return views


def irssi_views(folder: Path, me: str) -> list[View]:
    """Return what irssi has shown, as its log files have it, by place and connection."""
    views: list[View] = []
    for path in sorted(folder.glob("*.log")):
        place = path.stem if path.stem.startswith("#") else between(me, path.stem)
        for row in path.read_text(encoding="utf-8", errors="replace").split("\n"):
            if row.startswith(_LIFE):
                views.append({})
            elif views and _IRSSI.match(row):
                _note(views[-1], place, row)
    return views


def chat_log_view(folder: Path, me: str) -> View:
    """Return what is in the client's own log; a file's name begins with its place."""
    view: View = {}
    for path in sorted(folder.glob("*.log")):
        name = path.name.split(".")[0]
        place = name if name.startswith("#") else between(me, name)
        for row in path.read_text(encoding="utf-8").split("\n"):
            if _CHAT_LOG.match(row):
                _note(view, place, row)
    return view


def chat_marks(rows: Iterable[str]) -> list[Mark]:
    """Return the marks of the client's own screen; what is quoted does not count."""
    found = (first_mark(row) for row in rows if _QUOTE not in row)
    return [mark for mark in found if mark]


def refused_marks(rows: Iterable[str]) -> list[Mark]:
    """Return the marks of the lines that the client shows as not sent."""
    refused, last = [], ""
    for row in rows:
        last = (chat_marks([row]) or [last])[0]
        if _REFUSED in row:
            refused.append(last)
    return refused


def reacted_marks(rows: Iterable[str], nick: str) -> set[Mark]:
    """Return the marks of the lines that somebody has reacted to, on the client's screen."""
    found, last = set(), ""
    for row in rows:
        last = (chat_marks([row]) or [last])[0]
        if _REACTION.search(row) and nick in row:
            found.add(last.partition(".")[0])
    return found


def joined(newer: Sequence[str], older: Sequence[str]) -> list[str] | None:
    """Put a page in front of what stands below it; None where they have no row in common."""
    for count in range(min(len(older), len(newer)), 0, -1):
        if list(older[-count:]) == list(newer[:count]):
            return [*older, *newer[count:]]
    return None


def _note(view: View, place: str, row: str) -> None:
    if mark := first_mark(row):
        view.setdefault(place, []).append(mark)
