"""The commands for what was said last: /reply, /react, /undo."""

from collections.abc import Callable
from typing import Final

from client.buffers import Buffer
from client.command import Command, Takes, UsageError, talking
from client.messages import SPEECH, Delivery, Entry
from client.model import Model


def _reply(model: Model, buffer: Buffer, text: str) -> None:
    if text.startswith("@"):
        _answer(model, talking(buffer), *text[1:].partition(" ")[::2])
        return
    if model.partner is None:
        raise UsageError("Nobody has written to you alone yet; /msg NICK TEXT writes to somebody.")
    model.send_text(model.partner, text)
    model.show(model.partner)


def _answer(model: Model, buffer: Buffer, nick: str, text: str) -> None:
    """Answer somebody's last line, as Alt-R does."""
    if not (nick and text.strip()):
        raise UsageError("Something is missing; type it so: /reply @NICK TEXT")
    model.send_text(buffer, text.strip(), reply_to=_last_of(model, buffer, nick))


def _react(model: Model, buffer: Buffer, text: str) -> None:
    emoji, _, nick = text.partition(" ")
    place = talking(buffer)
    entry = _last_of(model, place, nick) if nick.strip() else _last(place, _is_of_others)
    model.react(place, entry, emoji)


def _undo(model: Model, buffer: Buffer, text: str) -> None:
    model.redact(buffer, _last(talking(buffer), _is_own), text)


def _is_own(entry: Entry) -> bool:
    return entry.own


def _is_of_others(entry: Entry) -> bool:
    return not entry.own


def _last_of(model: Model, buffer: Buffer, nick: str) -> Entry:
    wanted = model.fold(nick.strip())
    return _last(buffer, lambda entry: model.fold(entry.nick) == wanted)


def _last(buffer: Buffer, fits: Callable[[Entry], bool]) -> Entry:
    for entry in buffer.entries.newest_first():
        stands = entry.redacted is None and entry.delivery is Delivery.CONFIRMED
        if entry.kind in SPEECH and stands and fits(entry):
            return entry
    raise UsageError("There is no line for that here.")


COMMANDS: Final = (
    Command(
        "reply",
        "[@NICK] TEXT",
        "Write to who wrote to you alone last. « /reply @bob yes » answers what bob said last "
        "here, for all to see (Alt-R does so too).",
        _reply,
        Takes.NICK,
        needs=1,
    ),
    Command(
        "react",
        "EMOJI [NICK]",
        "React to what was said last, or to what somebody said last.",
        _react,
        Takes.EMOJI,
        needs=1,
        online=True,
    ),
    Command("undo", "[WHY]", "Take back the last line you have said.", _undo, online=True),
)
