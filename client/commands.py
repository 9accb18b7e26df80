"""The slash commands: one table, from which help and completion are made too."""

import difflib
from collections.abc import Iterable
from typing import Final

from client import answering, choosing, moderating
from client.buffers import Buffer, BufferKind
from client.command import (
    Command,
    Run,
    Takes,
    UsageError,
    current_room,
    first_room,
    not_in,
    room_name,
    talking,
)
from client.excerpts import look_anew
from client.messages import Entry
from client.model import Model, Status
from client.orders import GoTo, Open, Order, Page, Quit, Show
from client.queries import read_lookback
from client.settings import LOBBY, SettingsError, check_nick

__all__ = ["TABLE", "UsageError", "help_lines", "submit"]

_NEAR: Final = 0.67  # how alike a mistyped command is (difflib's ratio): two letters of three

_ELSEWHERE: Final = {
    "bye": "quit",
    "connect": "server",
    "exit": "quit",
    "j": "join",
    "lastlog": "search",
    "list": "rooms",
    "names": "who",
    "part": "leave",
    "q": "query",
    "quote": "raw",
    "tell": "msg",
    "w": "msg",
    "wc": "close",
    "whowas": "seen",
}
"""What commands are called in other clients; they are not done, but it is said what they are."""


def submit(
    model: Model, buffer: Buffer, text: str, *, reply_to: Entry | None = None
) -> Order | None:
    """Carry out what was typed: a command, or words for the buffer (`//text` says « /text »).

    Returns what the program around has to do, if anything.

    Raises:
        UsageError: there is no such command, or its words do not fit; nothing was done.
    """
    if text.startswith("/") and not text.startswith("//"):
        return _run(model, buffer, text)
    words = text[1:] if text.startswith("//") else text
    if not words.strip():
        return None
    if buffer.kind is BufferKind.SERVER:
        raise UsageError(f"Nobody reads this here; /join {LOBBY} takes you to a room.")
    look_anew(model)
    model.send_text(buffer, words, reply_to=reply_to)
    return None


def help_lines(about: str = "") -> list[str]:
    """Return what there is to type, or how one command is used.

    Raises:
        UsageError: there is no such command.
    """
    if about:
        command = _command(about.removeprefix("/"))
        return [command.usage, f"  {command.help}"]
    wide = max(len(command.usage) for command in TABLE.values())
    rows = [f"{command.usage:<{wide}}  {command.summary}" for command in TABLE.values()]
    return [*rows, "What begins with no slash is said to the room; //text says /text."]


def _run(model: Model, buffer: Buffer, line: str) -> Order | None:
    name, _, rest = line[1:].partition(" ")
    command, rest = _command(name), rest.strip()
    if len(rest.split(None, command.needs)) < command.needs:
        raise UsageError(f"Something is missing; type it so: {command.usage}")
    if command.choices and rest and rest.split()[0].lower() not in command.choices:
        raise UsageError(f"“{rest}” is not one of the choices: {', '.join(command.choices)}.")
    if command.online and model.status is not Status.ONLINE:
        raise UsageError("There is no connection to the server now.")
    if command.run is not _history:
        look_anew(model)
    try:
        return command.run(model, buffer, rest)
    except ValueError as error:
        raise UsageError(f"That cannot be sent: {error}.") from None


def _command(name: str) -> Command:
    command = TABLE.get(name.lower())
    if command is None:
        raise UsageError(_unknown(name))
    return command


def _unknown(name: str) -> str:
    begun = [known for known in TABLE if name and known.startswith(name.lower())]
    elsewhere = [_ELSEWHERE[name.lower()]] if name.lower() in _ELSEWHERE else []
    near = elsewhere or begun or difflib.get_close_matches(name.lower(), TABLE, n=1, cutoff=_NEAR)
    advice = f"Did you mean /{near[0]}?" if near else "/help shows what there is."
    return f"There is no /{name}. {advice}"


def _join(model: Model, buffer: Buffer, text: str) -> None:
    name, _, key = text.partition(" ")
    if "," in name:
        raise UsageError("A room's name cannot hold “,”; /join takes one room at a time.")
    model.join(room_name(model, name), key.strip())


def _leave(model: Model, buffer: Buffer, text: str) -> None:
    word, _, rest = text.partition(" ")
    mine = model.find(room_name(model, word)) if word else None  # its # may be left out
    room, why = (mine, rest.strip()) if mine else first_room(model, buffer, text)
    if not room.joined:
        raise not_in(room.name)
    model.leave(room, why)


def _close(model: Model, buffer: Buffer, text: str) -> None:
    model.close(talking(buffer))


def _query(model: Model, buffer: Buffer, text: str) -> None:
    nick, _, words = text.partition(" ")
    partner = model.talk_to(_nick_of(model, nick))
    if words.strip():
        model.send_text(partner, words.strip())


def _nick_of(model: Model, text: str) -> str:
    if model.features.is_room(text) or "," in text or ":" in text:
        raise UsageError(f"“{text}” is no person.")
    return text


def _message(model: Model, buffer: Buffer, text: str) -> None:
    names, words = text.split(None, 1)
    targets = [_target(model, name) for name in names.split(",") if name]
    if not targets:
        raise UsageError(f"Something is missing; type it so: {TABLE['msg'].usage}")
    for target in targets:
        model.send_text(target, words)
    if len(targets) == 1:
        model.show(targets[0])


def _target(model: Model, name: str) -> Buffer:
    known = model.find(name)
    if known is None and model.features.is_room(name):
        raise not_in(name)
    return known or model.begin(_nick_of(model, name))


def _me(model: Model, buffer: Buffer, text: str) -> None:
    model.send_text(talking(buffer), text, action=True)


def _topic(model: Model, buffer: Buffer, text: str) -> None:
    room, text = first_room(model, buffer, text)
    if not text:
        model.note(room.topic or f"{room.name} has no topic.")
    else:
        model.send("TOPIC", room.name, "" if text == "-" else text)


def _rooms(model: Model, buffer: Buffer, text: str) -> None:
    model.list_rooms()


def _who(model: Model, buffer: Buffer, text: str) -> None:
    name = room_name(model, text) if text else current_room(buffer).name
    room = model.find(name)
    if room and room.joined:
        names = (f"{m.sign}{m.nick}{' (away)' if m.away else ''}" for m in room.members)
        model.note(f"In {room.name}: {', '.join(names)}")
    else:
        model.questions.members.update(map(model.fold, name.split(",")))
        model.send("NAMES", name)


def _words(verb: str) -> Run:
    """Return what passes the first word on to the server."""

    def run(model: Model, buffer: Buffer, text: str) -> None:
        model.send(verb, text.split(maxsplit=1)[0])

    return run


def _seen(model: Model, buffer: Buffer, text: str) -> None:
    model.sought = text.split(maxsplit=1)[0]
    model.send("ISON", model.sought)


def _nick(model: Model, buffer: Buffer, text: str) -> None:
    try:
        model.rename(check_nick(text))
    except SettingsError as error:
        raise UsageError(str(error)) from None


def _away(model: Model, buffer: Buffer, text: str) -> None:
    model.set_away(text or "away")


def _back(model: Model, buffer: Buffer, text: str) -> None:
    model.set_away("")


def _ignore(model: Model, buffer: Buffer, text: str) -> None:
    if not text:
        names = ", ".join(model.ignored.values())
        model.note(f"You ignore {names}." if names else "You ignore nobody.")
    elif model.is_me(text):
        raise UsageError("That is you; nobody can ignore themselves.")
    else:
        model.ignored[model.fold(text)] = text
        model.note(f"You see nothing more of {text}; /unignore {text} ends that.")


def _unignore(model: Model, buffer: Buffer, text: str) -> None:
    if model.ignored.pop(model.fold(text), None) is None:
        raise UsageError(f"You do not ignore {text}; /ignore shows whom you do.")
    model.note(f"You see again what {text} says.")


def _history(model: Model, buffer: Buffer, text: str) -> Order | None:
    try:
        wanted = read_lookback(text, model.clock())
    except ValueError as error:
        raise UsageError(str(error)) from None
    place = _place(model, wanted.room) if wanted.room else talking(buffer)
    model.look_back(place, wanted)
    return None if place is buffer else Show(place)


def _place(model: Model, name: str) -> Buffer:
    """Return the room or the person of a name, whose # may be left out."""
    found = model.find(name) or model.find(room_name(model, name))
    if found is None:
        raise not_in(room_name(model, name))
    return found


def _search(model: Model, buffer: Buffer, text: str) -> None:
    if not text and model.search_results is None:
        raise UsageError("There is nothing to search for; type words.")
    model.search(text)


def _raw(model: Model, buffer: Buffer, text: str) -> None:
    model.send_raw(text)


def _server(model: Model, buffer: Buffer, text: str) -> Order:
    return GoTo(text.split(maxsplit=1)[0])


def _help(model: Model, buffer: Buffer, text: str) -> Order | None:
    if not text:
        return Open(Page.HELP)
    model.note(*help_lines(text))
    return None


def _quit(model: Model, buffer: Buffer, text: str) -> Order:
    model.quit(text)
    return Quit()


def _table(commands: Iterable[Command]) -> dict[str, Command]:
    return {command.name: command for command in commands}


TABLE: Final[dict[str, Command]] = _table(
    (
        Command(
            "join",
            "ROOM [KEY]",
            "Go into a room, or back to one you are in. A room that does not exist is made.",
            _join,
            Takes.ROOM,
            needs=1,
        ),
        Command(
            "leave",
            "[ROOM] [WHY]",
            "Go out of a room. Without a name it is the one you see; what was said stays to read.",
            _leave,
            Takes.ROOM,
            online=True,
        ),
        Command("close", "", "Leave this room or end this talk, and take it off the list.", _close),
        Command("rooms", "", "Show which rooms there are.", _rooms, online=True),
        Command("who", "[ROOM]", "Show who is in a room.", _who, Takes.ROOM, online=True),
        Command(
            *("whois", "NICK", "Show who somebody is.", _words("WHOIS"), Takes.NICK),
            needs=1,
            online=True,
        ),
        Command("nick", "NEW", "Take another name.", _nick, needs=1),
        Command(
            "msg",
            "NICK TEXT",
            "Write to somebody alone. Several names are separated by commas.",
            _message,
            Takes.NICK,
            needs=2,
        ),
        Command(
            "query",
            "NICK [TEXT]",
            "Talk to somebody alone, on a page of its own.",
            _query,
            Takes.NICK,
            needs=1,
        ),
        *answering.COMMANDS,
        Command(
            "me",
            "TEXT",
            "Say what you do. « /me waves » shows as « * ada waves ».",
            _me,
            Takes.NICK,
            needs=1,
        ),
        Command(
            "topic",
            "[ROOM] [TEXT]",
            "Show the room's topic or set it. « /topic - » takes it away.",
            _topic,
            online=True,
        ),
        Command(
            "history",
            "[N] [ROOM]",
            "Show what was said before, going further back each time. « /history before 12:30 » "
            "and « /history 2026-11-20 » begin at a time or a day.",
            _history,
            Takes.ROOM,
        ),
        Command(
            "search",
            "WORDS",
            "Search what was said; from:bob, in:#games, since:2026-11-01 and before:12:30 narrow "
            "it. Without words it goes further back.",
            _search,
            online=True,
        ),
        Command(
            *("seen", "NICK", "Show when somebody was last here.", _seen, Takes.NICK),
            needs=1,
            online=True,
        ),
        *moderating.COMMANDS,
        Command("away", "[WHY]", "Be marked as away.", _away),
        Command("back", "", "Be marked as back.", _back),
        Command(
            "ignore",
            "[NICK]",
            "See nothing more of somebody. Without a name it shows whom you ignore.",
            _ignore,
            Takes.NICK,
        ),
        Command("unignore", "NICK", "See somebody again.", _unignore, Takes.NICK, needs=1),
        Command("server", "[NICK@]HOST[:PORT]", "Talk to another server.", _server, needs=1),
        *choosing.COMMANDS,
        Command("raw", "LINE", "Send a line of IRC as it is.", _raw, needs=1, online=True),
        Command("help", "[COMMAND]", "Show what there is to type.", _help, Takes.COMMAND),
        Command("quit", "[WHY]", "Leave.", _quit),
    )
)
