"""History: CHATHISTORY (IRCv3 draft/chathistory), with draft/event-playback."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from chatserver.chat import answers, errors, events, lookups
from chatserver.chat.errors import ChatError
from chatserver.chat.lookups import Point, Selection
from chatserver.chat.tags import parse_message_id
from chatserver.irc.capabilities import Cap
from chatserver.irc.client import Client, Talk
from chatserver.irc.commands.command import Command
from chatserver.irc.features import PAGE_LINES
from chatserver.irc.line import Line, line, parse_time, time_tag
from chatserver.irc.message import Message
from chatserver.irc.render import render

_TARGETS: Final = "TARGETS"
_SELECTIONS: Final = {selection.name: selection for selection in Selection}
_BOUNDS: Final = {Selection.BETWEEN: 2}  # others have one

_NO_TARGET: Final = (
    errors.BadNick,
    errors.BadRoom,
    errors.NoSuchNick,
    errors.NoSuchRoom,
    errors.NotInRoom,
)
_FAILED: Final = "Messages could not be retrieved"


class _Bad(Exception):
    """A command that cannot be carried out; `code` and `context` are those of FAIL."""

    def __init__(self, code: str, *context: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.context = context


def _history(client: Client, message: Message) -> Talk:
    word, *params = message.params or ("*",)
    verb = word.upper()
    try:
        if verb == _TARGETS:
            yield from _list_targets(client, params)
        else:
            yield from _read(client, verb, params)
    except _Bad as error:
        client.fail("CHATHISTORY", error.code, *error.context, text=str(error))


def _read(client: Client, verb: str, params: Sequence[str]) -> Talk:
    selection = _SELECTIONS.get(verb)
    if selection is None:
        raise _Bad("INVALID_PARAMS", verb, text="Unknown command")
    _count(verb, params, 2 + _BOUNDS.get(selection, 1))
    target, *bounds, limit = params
    start, end = (*(_point(verb, target, bound) for bound in bounds), None)[:2]
    events_too = client.has(Cap.EVENT_PLAYBACK)
    request = lookups.ReadPast(target, selection, _limit(verb, limit), start, end, events_too)
    try:
        answer = yield request
    except _NO_TARGET:
        raise _Bad("INVALID_TARGET", verb, target, text=_FAILED) from None
    except ChatError as error:
        raise _Bad("MESSAGE_ERROR", verb, target, text=str(error)) from None
    if isinstance(answer, answers.PastIs):
        client.batch("chathistory", answer.target, lines=past_lines(client, answer.lines))


def past_lines(client: Client, past: Iterable[events.Event]) -> Iterator[Line]:
    """Yield lines of the past: what was said, and what happened if the client asks for it."""
    everything = client.has(Cap.EVENT_PLAYBACK)
    for event in past:
        if everything or isinstance(event, events.Said | events.Told | events.Redacted):
            yield from render(event, client.manner)


def _list_targets(client: Client, params: Sequence[str]) -> Talk:
    _count(_TARGETS, params, 3)
    start, end = (_time(_TARGETS, bound) for bound in params[:2])
    try:
        answer = yield lookups.ListTargets(start, end, _limit(_TARGETS, params[2]))
    except ChatError as error:
        raise _Bad("MESSAGE_ERROR", _TARGETS, text=str(error)) from None
    if isinstance(answer, answers.TargetsAre):
        server = client.house.name
        lines = (
            line(server, "CHATHISTORY", _TARGETS, name, time_tag(at)) for name, at in answer.targets
        )
        client.batch("draft/chathistory-targets", lines=lines)


def _count(verb: str, params: Sequence[str], wanted: int) -> None:
    if len(params) != wanted or not all(params):
        text = "Too many parameters" if len(params) > wanted else "Insufficient parameters"
        raise _Bad("INVALID_PARAMS", verb, text=text)


def _limit(verb: str, text: str) -> int:
    """Return how many messages are asked for, at most as many as ISUPPORT says."""
    if not (text.isascii() and text.isdigit()) or not text.strip("0"):
        raise _Bad("INVALID_PARAMS", verb, text, text="Invalid limit")
    return min(int(text[:9]), PAGE_LINES)


def _point(verb: str, target: str, text: str) -> Point | None:
    if text == "*" and verb == Selection.LATEST.name:
        return None
    kind, _, value = text.partition("=")
    match kind:
        case "timestamp":
            return Point(at=_time(verb, text))
        case "msgid":
            id = parse_message_id(value)
            if id is None:
                raise _Bad("MESSAGE_ERROR", verb, target, text="There is no such message")
            return Point(id=id)
    text = "Messages are named by timestamp= or msgid="
    raise _Bad("INVALID_MSGREFTYPE", verb, target, text=text)


def _time(verb: str, text: str) -> float:
    at = parse_time(text.removeprefix("timestamp=")) if text.startswith("timestamp=") else None
    if at is None:
        raise _Bad("INVALID_PARAMS", verb, text, text="Invalid timestamp")
    return at


COMMANDS: Final = (
    Command(
        "CHATHISTORY",
        _history,
        help="BEFORE|AFTER|LATEST|AROUND|BETWEEN TARGET POINT [POINT] LIMIT: read what was said",
    ),
)
