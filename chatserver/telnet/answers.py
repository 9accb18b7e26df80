"""What the server says to one person: answers as sentences, and the words of good-bye."""

from collections.abc import Iterable, Iterator
from itertools import islice

from chatserver.chat import events
from chatserver.chat.errors import NoSuchNick
from chatserver.chat.names import fold
from chatserver.endings import Ending
from chatserver.telnet.clock import Clock, Zone, show_day, show_time

_WAITED = "{nick} is not here; they will see it when they come back."
ASK_NAME = "  Your name? "
RESTARTING = "The server is restarting. Please connect again in a moment."
_NAMES_A_LINE = 10


def sentences(answer: events.Answer, zone: Zone) -> Iterator[str]:
    """Yield what an answer says, a line each; of long lists lazily."""
    match answer:
        case events.Refused(error=error):
            yield str(error)
        case events.YouJoined():
            yield _you_are_in(answer)
            if answer.topic:
                yield _topic(answer.room, answer.topic, zone)
        case events.YouLeft(room=room):
            yield f"You have left {room}."
        case events.YouRenamed(new=new):
            yield f"You are {new} now."
        case events.TopicIs(room=room, topic=None):
            yield f"{room} has no topic; /topic TEXT sets one."
        case events.TopicIs(room=room, topic=events.Topic() as topic):
            yield _topic(room, topic, zone)
        case events.TellDone(away=away, waited=waited, missing=missing):
            yield from (f"{nick} is {_away(why)}" for nick, why in away)
            yield from (_WAITED.format(nick=nick) for nick in waited)
            yield from [str(NoSuchNick(*missing))] if missing else ()
        case events.AwayIs(why=why):
            yield "You are back." if why is None else f"You are marked as {_away(why)}"
        case events.RoomsAre(rooms=rooms):
            yield from _rooms(rooms)
        case events.MembersAre(room=room, members=members):
            yield from _members(room, members)
        case events.PersonIs():
            yield from _person(answer, zone)
        case events.SeenIs():
            yield _seen(answer, zone)


def greeting(version: str, counted: events.Counted) -> str:
    """Return the first line that anyone reads."""
    here = f"{people(counted.people)} in {_count(counted.rooms, 'room', 'rooms')}"
    return f"chatserver {version} · {here if counted.people else 'nobody is here yet'}"


def farewell(ending: Ending, waiting: int) -> str:
    """Return why the server hangs up. `waiting`: bytes that could not be sent."""
    match ending:
        case Ending.TOO_SLOW:
            return f"You were too slow to read ({_size(waiting)} waiting)."
        case Ending.OVERLOAD:
            return "Server is full. Try again in a minute."
        case Ending.FAULT:
            return "The server had a fault. Please connect again."
        case Ending.STOPPING:
            return "Good-bye."
        case _:
            return "The connection is closed."


def joined_by_and(names: Iterable[str]) -> str:
    """Return `a`, `a and b` or `a, b and c`."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def people(count: int) -> str:
    """Return a number of people in words."""
    return _count(count, "person", "people")


def _count(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _size(count: int) -> str:
    return f"{count // 1024} KiB" if count >= 1024 else _count(count, "byte", "bytes")


def _you_are_in(answer: events.YouJoined) -> str:
    others = answer.size - 1
    if not others:
        return f"You are in {answer.room}, alone so far."
    if len(answer.others) == others:
        return f"You are in {answer.room} with {joined_by_and(answer.others)}."
    return f"You are in {answer.room} with {others} others; /who shows them."


def _topic(room: str, topic: events.Topic, zone: Zone) -> str:
    when = _when(topic.at, zone)
    return f"Topic of {room}: {topic.text} (set by {topic.nick} on {when})"


def _when(at: float, zone: Zone) -> str:
    clock = Clock.SERVER if zone is Clock.OFF else zone
    return f"{show_day(at, clock)} at {show_time(at, clock)}"


def _seen(answer: events.SeenIs, zone: Zone) -> str:
    if answer.here:
        return f"{answer.nick} is here."
    if answer.at is None:
        return f"{answer.nick} has not been here, as far as the history goes back."
    return f"{answer.nick} was last here on {_when(answer.at, zone)}."


def _rooms(rooms: tuple[events.RoomLine, ...]) -> Iterator[str]:
    wide = max(len(line.room) for line in rooms)
    for line in rooms:
        text = f"{line.room:<{wide}}  {people(line.people):>10}  {line.topic}"
        yield text.rstrip()


def _members(room: str, members: tuple[events.MemberLine, ...]) -> Iterator[str]:
    if not members:
        yield f"Nobody is in {room}."
        return
    names = (
        member.nick if member.away is None else f"{member.nick} ({_away(member.away, end='')})"
        for member in sorted(members, key=lambda member: fold(member.nick))
    )
    yield f"{people(len(members))} in {room}:"
    while some := list(islice(names, _NAMES_A_LINE)):
        yield "  " + ", ".join(some)


def _person(person: events.PersonIs, zone: Zone) -> Iterator[str]:
    since = show_time(person.since, Clock.SERVER if zone is Clock.OFF else zone)
    where = joined_by_and(person.rooms) if person.rooms else "no room"
    yield f"{person.nick} is in {where}, here since {since}, last spoke {_ago(person.idle)}."
    if person.away is not None:
        yield f"{person.nick} is {_away(person.away)}"


def _away(why: str, end: str = ".") -> str:
    return f"away: {why}" if why else f"away{end}"


def _ago(seconds: float) -> str:
    for unit, one in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= unit:
            return f"{_count(int(seconds // unit), one, one + 's')} ago"
    return "just now"
