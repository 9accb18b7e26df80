"""The language of /search: words, "phrases", from:bob, in:#games, since:2026-11-01, until:…"""

import re
from datetime import UTC, tzinfo

from msgspec import Struct

from chatserver.chat.names import fold, in_one_spelling
from chatserver.history.entries import Kind, Message
from chatserver.history.errors import BadQuery
from chatserver.history.moments import day_begins
from chatserver.history.words import Term, holds, words

_MOST_TERMS = 20
# A quote that is never closed goes to the end. Linear: no alternative can match the same text in
# two ways.
_PIECE = re.compile(
    r'(from|in|since|until):(?:"([^"]*)"?|([^\s"]*))|"([^"]*)"?|([^\s"]+)', re.IGNORECASE
)

_NOTHING = "There is nothing to search for; type words, as in: release notes from:bob"
_DAY = "{key}: needs a day, as in {key}:2026-11-01."


class SearchQuery(Struct, frozen=True):
    """All of this must hold of a line: every term, one of the people, one of the rooms.

    `since` is the first moment and `until` the first one after, in seconds since the epoch. Names
    are folded; without any, whoever and wherever. `spoken`: a topic is not looked for.
    """

    terms: tuple[Term, ...] = ()
    nicks: tuple[str, ...] = ()
    rooms: tuple[str, ...] = ()
    since: float | None = None
    until: float | None = None
    spoken: bool = False


def parse(text: str, zone: tzinfo | None = UTC) -> SearchQuery:
    """Read what a person has typed; days are those of their zone, `until` its day included.

    A zone of None is this machine's.

    Raises:
        BadQuery: it is not understood, or there is nothing to look for.
    """
    terms: list[Term] = []
    values: dict[str, list[str]] = {"from": [], "in": [], "since": [], "until": []}
    for piece in _PIECE.finditer(text):
        key, *found = piece.groups()
        value = next((text for text in found if text is not None), "")
        if key:
            values[key.lower()].append(_given(key.lower(), value))
        elif term := tuple(words(value)):
            terms.append(term)
    if not terms and not values["from"]:
        raise BadQuery(_NOTHING)
    if len(terms) > _MOST_TERMS:
        raise BadQuery(f"Those are too many words (limit {_MOST_TERMS}).")
    return SearchQuery(
        tuple(dict.fromkeys(terms)),
        tuple(dict.fromkeys(fold(nick) for nick in values["from"])),
        tuple(dict.fromkeys(_room(room) for room in values["in"])),
        max((_day("since", value, zone, 0) for value in values["since"]), default=None),
        min((_day("until", value, zone, 1) for value in values["until"]), default=None),
    )


def matches(line: Message, query: SearchQuery) -> bool:
    """Whether all of a query but its rooms holds of a line."""
    return (
        (not query.nicks or fold(line.nick) in query.nicks)
        and not (query.spoken and line.kind is Kind.TOPIC)
        and (query.since is None or line.at >= query.since)
        and (query.until is None or line.at < query.until)
        and holds(line.text, query.terms)
    )


def _given(key: str, value: str) -> str:
    value = value.strip()
    if not value:
        example = {"from": "from:bob", "in": "in:#games"}.get(key, f"{key}:2026-11-01")
        raise BadQuery(f"{key}: needs a value right after the colon, as in {example}.")
    return value


def _room(value: str) -> str:
    return fold(in_one_spelling(value))


def _day(key: str, value: str, zone: tzinfo | None, later: int) -> float:
    """Return when a day begins, or the one so many days later."""
    try:
        return day_begins(value, zone, later)
    except ValueError:
        raise BadQuery(_DAY.format(key=key)) from None
