"""What the server says to one person: answers as sentences, and the words of good-bye."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from chatserver.chat import events
from chatserver.chat.errors import NoSuchNick
from chatserver.chat.names import fold
from chatserver.endings import Ending
from chatserver.telnet.clock import Clock, Zone, show_day, show_time

_WAITED = "is not here; they will see it when they come back."
ASK_NAME = "  Your name? "
RESTARTING = "The server is restarting. Please connect again in a moment."
_NAMES_A_LINE = 10


def sentences(answer: events.Answer, zone: Zone) -> Iterator[str]:
    """Yield what an answer says, a line each; of long lists lazily."""
    say = _SAID_BY.get(type(answer))
    if say:
        yield from say(answer, zone)


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


def _refused(answer: events.Refused, zone: Zone) -> Iterator[str]:
    yield str(answer.error)


def _you_joined(answer: events.YouJoined, zone: Zone) -> Iterator[str]:
    yield _you_are_in(answer)
    if answer.topic:
        yield _topic(answer.room, answer.topic, zone)


def _you_left(answer: events.YouLeft, zone: Zone) -> Iterator[str]:
    yield f"You have left {answer.room}."


def _you_renamed(answer: events.YouRenamed, zone: Zone) -> Iterator[str]:
    yield f"You are {answer.new} now."


def _topic_is(answer: events.TopicIs, zone: Zone) -> Iterator[str]:
    if answer.topic:
        yield _topic(answer.room, answer.topic, zone)
    else:
        yield f"{answer.room} has no topic; /topic TEXT sets one."


def _tell_done(answer: events.TellDone, zone: Zone) -> Iterator[str]:
    yield from (f"{nick} is {_away(why)}" for nick, why in answer.away)
    yield from (f"{nick} {_WAITED}" for nick in answer.waited)
    if answer.missing:
        yield str(NoSuchNick(*answer.missing))


def _away_is(answer: events.AwayIs, zone: Zone) -> Iterator[str]:
    yield "You are back." if answer.why is None else f"You are marked as {_away(answer.why)}"


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


def _seen(answer: events.SeenIs, zone: Zone) -> Iterator[str]:
    if answer.here:
        yield f"{answer.nick} is here."
    elif answer.at is None:
        yield f"{answer.nick} has not been here, as far as the history goes back."
    else:
        yield f"{answer.nick} was last here on {_when(answer.at, zone)}."


def _rooms(answer: events.RoomsAre, zone: Zone) -> Iterator[str]:
    wide = max(len(line.room) for line in answer.rooms)
    for line in answer.rooms:
        text = f"{line.room:<{wide}}  {people(line.people):>10}  {line.topic}"
        yield text.rstrip()


def _members(answer: events.MembersAre, zone: Zone) -> Iterator[str]:
    if not answer.members:
        yield f"Nobody is in {answer.room}."
        return
    names = (
        member.nick if member.away is None else f"{member.nick} ({_away(member.away, end='')})"
        for member in sorted(answer.members, key=lambda member: fold(member.nick))
    )
    yield f"{people(len(answer.members))} in {answer.room}:"
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


# Each takes the narrower type that its key names, which a dict's type cannot say.
_SAID_BY: dict[type[events.Answer], Callable[[Any, Zone], Iterator[str]]] = {
    events.Refused: _refused,
    events.YouJoined: _you_joined,
    events.YouLeft: _you_left,
    events.YouRenamed: _you_renamed,
    events.TopicIs: _topic_is,
    events.TellDone: _tell_done,
    events.AwayIs: _away_is,
    events.RoomsAre: _rooms,
    events.MembersAre: _members,
    events.PersonIs: _person,
    events.SeenIs: _seen,
}
