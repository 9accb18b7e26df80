"""The slash commands: one table, from which help and completion are made too."""

import difflib
import re

from chatserver.chat import lookups, requests
from chatserver.chat.names import LOBBY, check_nick, fold
from chatserver.telnet import answering, moderating
from chatserver.telnet.clock import Clock, read_zone
from chatserver.telnet.command import Command, Kind, UsageError, current_room, first_room, room_name
from chatserver.telnet.person import Person
from chatserver.telnet.words import HERE

_NEAR = 0.67  # how alike a mistyped command is (difflib's ratio): two letters of three
CHARSETS = ("utf-8", "latin-1", "iso-8859-15", "cp1252", "cp437", "koi8-r", "ascii")


def run(person: Person, line: str) -> None:
    """Carry out a line that begins with a slash.

    Raises:
        ChatError: there is no such command, or its words do not fit.
    """
    name, _, rest = line[1:].partition(" ")
    rest = rest.strip()
    command = TABLE.get(name.lower())
    if command is None:
        raise UsageError(_unknown(name))
    if len(rest.split(None, command.needs)) < command.needs:
        raise UsageError(f"Something is missing; type it so: {command.usage}")
    if command.choices:
        rest = _chosen(rest, command.choices)
    command.run(person, rest)


def _chosen(text: str, choices: tuple[str, ...]) -> str:
    choice = text.lower()
    if choice not in choices:
        raise UsageError(f"“{text}” is not one of the choices; they are {', '.join(choices)}.")
    return choice


def _unknown(name: str) -> str:
    begun = [known for known in TABLE if name and known.startswith(name.lower())]
    near = begun or difflib.get_close_matches(name.lower(), TABLE, n=1, cutoff=_NEAR)
    advice = f"Did you mean /{near[0]}?" if near else "/help shows what there is."
    return f"There is no /{name}. {advice}"


def _join(person: Person, text: str) -> None:
    name, _, key = text.partition(" ")
    room = room_name(name)
    mine = {fold(name): name for name in person.rooms}
    if fold(room) in mine:
        person.go_to(mine[fold(room)])
        return
    person.ask(requests.Join(room, key.strip()))


def _leave(person: Person, text: str) -> None:
    room, why = first_room(person, text)
    person.ask(requests.Leave(room, why))


def _rooms(person: Person, text: str) -> None:
    person.ask(requests.ListRooms())


def _who(person: Person, text: str) -> None:
    room = room_name(text) if text else person.room or LOBBY
    person.ask(requests.ListMembers(room))


def _whois(person: Person, text: str) -> None:
    person.ask(requests.Whois(text))


def _nick(person: Person, text: str) -> None:
    person.ask(requests.Rename(text))


def _message(person: Person, text: str) -> None:
    names, words = text.split(None, 1)
    nicks = tuple(name for name in names.split(",") if name)
    if not nicks:
        raise UsageError(f"Something is missing; type it so: {TABLE['msg'].usage}")
    person.ask(requests.Tell(nicks, words))


def _me(person: Person, text: str) -> None:
    person.send(requests.Say(current_room(person), text, action=True))


def _topic(person: Person, text: str) -> None:
    room = current_room(person)
    if not text:
        person.ask(requests.AskTopic(room))
        return
    person.ask(requests.SetTopic(room, "" if text == "-" else text))


def _away(person: Person, text: str) -> None:
    person.ask(requests.SetAway(text))


def _back(person: Person, text: str) -> None:
    person.ask(requests.SetAway(None))


def _ignore(person: Person, text: str) -> None:
    if not text:
        ignored = person.list_ignored()
        names = ", ".join(ignored)
        person.tell(f"You ignore {names}." if ignored else "You ignore nobody.")
        return
    check_nick(text, person.name_limit)
    if fold(text) == fold(person.nick):
        raise UsageError("That is you; nobody can ignore themselves.")
    person.toggle_ignored(text, ignored=True)
    person.tell(f"You see nothing more of {text}; /unignore {text} ends that.")


def _unignore(person: Person, text: str) -> None:
    if fold(text) not in map(fold, person.list_ignored()):
        raise UsageError(f"You do not ignore {text}; /ignore shows whom you do.")
    person.toggle_ignored(text, ignored=False)
    person.tell(f"You see again what {text} says.")


def _color(person: Person, text: str) -> None:
    person.set_color(text == "on")
    person.tell(f"Colours are {text}.")


def _bell(person: Person, text: str) -> None:
    person.set_bell(text == "on")
    person.tell(f"The bell is {text}.")


def _time(person: Person, text: str) -> None:
    zone = read_zone(text)
    if zone is None:
        raise UsageError(f"“{text}” is not a time zone; use off, on or an offset such as +02:00.")
    person.set_zone(zone)
    match zone:
        case Clock.OFF:
            person.tell("Times are off.")
        case Clock.SERVER:
            person.tell("Times are the server's own.")
        case _:
            person.tell(f"Times are those of {text}.")


def _charset(person: Person, text: str) -> None:
    person.set_charset(text)
    person.tell(f"Text is sent and read as {text}.")


_DATE = re.compile(r"\d+-\d+-\d+")
_HISTORY_LINES = 20
_SEARCH_LINES = 20


def _history(person: Person, text: str) -> None:
    count, room, until, since = _HISTORY_LINES, "", "", ""
    words = iter(text.split())
    for word in words:
        if word.isascii() and word.isdigit():
            count = min(max(int(word[:9]), 1), 500)
        elif word == "before":
            until = next(words, "")
            if not until:
                raise UsageError("Something is missing; type it so: /history before 12:30")
        elif _DATE.fullmatch(word):
            since = word
        else:
            room = room_name(word)
    person.read_history(room or current_room(person), count, until, since)


def _search(person: Person, text: str) -> None:
    person.search(text, _SEARCH_LINES)


def _seen(person: Person, text: str) -> None:
    person.ask(lookups.AskSeen(text))


def _help(person: Person, text: str) -> None:
    if text:
        command = TABLE.get(text.removeprefix("/").lower())
        if command is None:
            raise UsageError(_unknown(text.removeprefix("/")))
        person.tell(command.usage, f"  {command.help}")
        return
    wide = max(len(command.usage) for command in TABLE.values())
    rows = (f"{one.usage:<{wide}}  {HERE}{_summary(one)}" for one in TABLE.values())
    person.tell(*rows, "What begins with no slash is said to the room; //text says /text.")


def _summary(command: Command) -> str:
    """Return the first sentence of a command's help."""
    return command.help.partition(". ")[0].rstrip(".")


def _quit(person: Person, text: str) -> None:
    person.leave(text)


_SWITCH = ("on", "off")
TABLE: dict[str, Command] = {
    command.name: command
    for command in (
        Command(
            "join",
            "ROOM [KEY]",
            "Go into a room, or back to one you are in. What you type is said there from then on; "
            "a room that does not exist is made, and is yours to keep in order.",
            _join,
            Kind.ROOM,
            needs=1,
        ),
        Command(
            "leave",
            "[ROOM] [WHY]",
            "Go out of a room. Without a name it is the current one.",
            _leave,
            Kind.ROOM,
        ),
        Command("rooms", "", "Show which rooms there are.", _rooms),
        Command("who", "[ROOM]", "Show who is in a room.", _who, Kind.ROOM),
        Command("whois", "NICK", "Show who somebody is.", _whois, Kind.NICK, needs=1),
        Command("nick", "NEW", "Take another name.", _nick, needs=1),
        Command(
            "msg",
            "NICK TEXT",
            "Write to somebody alone. Several names are separated by commas.",
            _message,
            Kind.NICK,
            needs=2,
        ),
        *answering.COMMANDS,
        Command(
            "me",
            "TEXT",
            "Say what you do. « /me waves » shows as « * ada waves ».",
            _me,
            Kind.MEMBER,
            needs=1,
        ),
        Command(
            "topic",
            "[TEXT]",
            "Show the room's topic or set it. « /topic - » takes it away.",
            _topic,
        ),
        Command(
            "history",
            "[N] [ROOM]",
            "Show what was said before, going further back each time. « /history before 12:30 » "
            "and « /history 2026-11-20 » begin at a time or a day.",
            _history,
        ),
        Command(
            "search",
            "WORDS",
            "Search what was said in your rooms, newest first. from:bob, in:#games, "
            'since:2026-11-01 and "whole phrases" narrow it; without words it goes further back.',
            _search,
        ),
        Command("seen", "NICK", "Show when somebody was last here.", _seen, Kind.NICK, needs=1),
        *moderating.COMMANDS,
        Command("away", "[WHY]", "Be marked as away.", _away),
        Command("back", "", "Be marked as back.", _back),
        Command(
            "ignore",
            "[NICK]",
            "See nothing more of somebody. Without a name it shows whom you ignore.",
            _ignore,
            Kind.NICK,
        ),
        Command("unignore", "NICK", "See somebody again.", _unignore, Kind.NICK, needs=1),
        Command("color", "on|off", "Show colours or not.", _color, Kind.CHOICE, _SWITCH, 1),
        Command(
            "bell", "on|off", "Ring when somebody says your name.", _bell, Kind.CHOICE, _SWITCH, 1
        ),
        Command(
            "time",
            "off|on|+HH:MM",
            "Set the time shown before lines. « on » is the server's own time, +02:00 an offset "
            "to UTC.",
            _time,
            Kind.CHOICE,
            needs=1,
        ),
        Command(
            "charset",
            "NAME",
            f"Set the charset of your terminal. One of {', '.join(CHARSETS)}.",
            _charset,
            Kind.CHOICE,
            CHARSETS,
            1,
        ),
        Command("help", "[COMMAND]", "Show what there is to type.", _help, Kind.COMMAND),
        Command("quit", "[WHY]", "Leave.", _quit),
    )
}
