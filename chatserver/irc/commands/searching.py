"""Searching: SEARCH among what was said (soju.im/search)."""

from collections.abc import Mapping
from typing import Final

from chatserver.chat import answers, errors, lookups
from chatserver.chat.errors import ChatError
from chatserver.irc.client import Client, Talk
from chatserver.irc.commands.command import Command
from chatserver.irc.commands.history import past_lines
from chatserver.irc.features import PAGE_LINES
from chatserver.irc.line import parse_time
from chatserver.irc.message import Message, parse_tags

_FOUND: Final = 100  # messages, where the client does not say
_NO_TARGET: Final = (errors.BadNick, errors.BadRoom, errors.NoSuchRoom, errors.NotInRoom)


class _Bad(Exception):
    """An attribute that makes no sense, by its name."""


def _search(client: Client, message: Message) -> Talk:
    try:
        answer = yield _request(parse_tags(message.params[0]) if message.params else {})
    except _Bad as error:
        client.fail("SEARCH", "INVALID_PARAMS", str(error), text="Invalid parameters")
    except _NO_TARGET as error:
        client.fail("SEARCH", "INVALID_PARAMS", "in", text=str(error))
    except ChatError as error:
        client.fail("SEARCH", "INTERNAL_ERROR", text=str(error))
    else:
        if isinstance(answer, answers.PastIs):
            client.batch("soju.im/search", lines=past_lines(client, answer.lines))


def _request(attributes: Mapping[str, str]) -> lookups.SearchPast:
    """Return the question for these attributes; unknown ones are left out of account."""
    return lookups.SearchPast(
        target=attributes.get("in", ""),
        nick=attributes.get("from", ""),
        text=attributes.get("text", ""),
        start=_time(attributes, "after"),
        end=_time(attributes, "before"),
        count=_limit(attributes),
    )


def _time(attributes: Mapping[str, str], name: str) -> float | None:
    text = attributes.get(name, "")
    at = parse_time(text)
    if text and at is None:
        raise _Bad(name)
    return at


def _limit(attributes: Mapping[str, str]) -> int:
    text = attributes.get("limit", "") or str(_FOUND)
    if not (text.isascii() and text.isdigit() and text.strip("0")):
        raise _Bad("limit")
    return min(int(text[:9]), PAGE_LINES)


COMMANDS: Final = (
    Command("SEARCH", _search, help="in=TARGET;from=NICK;text=WORDS: search what was said"),
)
