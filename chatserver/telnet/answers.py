"""What the server says to one person: answers as sentences, and the words of good-bye."""

from collections.abc import Callable, Iterator
from itertools import chain, islice, repeat
from typing import Any

from chatserver.chat import answers, events
from chatserver.chat.errors import NoSuchNick
from chatserver.chat.modes import Rank
from chatserver.chat.names import fold
from chatserver.endings import Ending
from chatserver.telnet.clock import Clock, Zone, show_day, show_time
from chatserver.telnet.modes import modes_in_words
from chatserver.telnet.words import HERE, count, joined_by_and, people

_WAITED = "is not here; they will see it when they come back."
ASK_NAME = "  Your name? "
RESTARTING = "The server is restarting. Please connect again in a moment."
_NAMES_A_LINE = 10


def sentences(answer: answers.Answer, zone: Zone) -> Iterator[str]:
    """Yield what an answer says, a line each; of long lists lazily."""
    say = _SAID_BY.get(type(answer))
    if say:
        yield from say(answer, zone)


def greeting(version: str, counted: answers.Counted) -> str:
    """Return the first line that anyone reads."""
    here = f"{people(counted.people)} in {count(counted.rooms, 'room', 'rooms')}"
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


def killed(event: events.Killed) -> str:
    """Return what is told to somebody whose connection is ended."""
    return f"{event.nick}, an operator of the server, has ended your connection{_why(event.why)}."


def told_alone(event: events.Event, me: str) -> str:
    """Return what a person is told of what happened to them; empty if that is nothing of its own.

    `me` is their folded name.
    """
    match event:
        case events.Kicked(nick=nick, room=room, victim=victim) if fold(victim) == me:
            out = f"{nick} has put you out of {room}{_why(event.why)}."
            return f"{out} /join {room} takes you back, if you may come."
        case events.Invited(nick=nick, room=room, to=to) if fold(to) == me:
            return f"{nick} invites you to {room}; /join {room} takes you there."
        case _:
            return ""


def _why(reason: str) -> str:
    return f" ({reason})" if reason else ""


def _size(number: int) -> str:
    return f"{number // 1024} KiB" if number >= 1024 else count(number, "byte", "bytes")


def _refused(answer: answers.Refused, zone: Zone) -> Iterator[str]:
    yield str(answer.error)


def _you_joined(answer: answers.YouJoined, zone: Zone) -> Iterator[str]:
    yield _you_are_in(answer)
    if answer.topic:
        yield _topic(answer.room, answer.topic, zone)


def _you_left(answer: answers.YouLeft, zone: Zone) -> Iterator[str]:
    yield f"You have left {answer.room}."


def _you_renamed(answer: answers.YouRenamed, zone: Zone) -> Iterator[str]:
    yield f"You are {answer.new} now."


def _topic_is(answer: answers.TopicIs, zone: Zone) -> Iterator[str]:
    if answer.topic:
        yield _topic(answer.room, answer.topic, zone)
    else:
        yield f"{answer.room} has no topic; /topic TEXT sets one."


def _tell_done(answer: answers.TellDone, zone: Zone) -> Iterator[str]:
    yield from (f"{nick} is {_away(why)}" for nick, why in answer.away)
    yield from (f"{nick} {_WAITED}" for nick in answer.waited)
    if answer.missing:
        yield str(NoSuchNick(*answer.missing))
    if answer.refused:
        yield str(answer.refused)


def _away_is(answer: answers.AwayIs, zone: Zone) -> Iterator[str]:
    yield "You are back." if answer.why is None else f"You are marked as {_away(answer.why)}"


def _you_are_in(answer: answers.YouJoined) -> str:
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


def _seen(answer: answers.SeenIs, zone: Zone) -> Iterator[str]:
    if answer.here:
        yield f"{answer.nick} is here."
    elif answer.at is None:
        yield f"{answer.nick} has not been here, as far as the history goes back."
    else:
        yield f"{answer.nick} was last here on {_when(answer.at, zone)}."


def _rooms(answer: answers.RoomsAre, zone: Zone) -> Iterator[str]:
    wide = max(len(line.room) for line in answer.rooms)
    for line in answer.rooms:
        text = f"{line.room:<{wide}}  {people(line.people):>10}  {HERE}{line.topic}"
        yield text.rstrip()


def _modes_are(answer: answers.ModesAre, zone: Zone) -> Iterator[str]:
    yield modes_in_words(answer)


def _modes_done(answer: answers.ModesDone, zone: Zone) -> Iterator[str]:
    """What was changed is told to all."""
    yield from map(str, answer.refused)
    if not (answer.changes or answer.refused):
        yield f"Nothing has changed: {answer.room} was set so already."


def _list_is(answer: answers.ListIs, zone: Zone) -> Iterator[str]:
    """Bans are the list that is asked for."""
    if not answer.entries:
        yield f"Nobody is banned from {answer.room}."
        return
    yield f"Banned from {answer.room}:"
    for entry in answer.entries:
        yield f"  {entry.mask} (by {entry.by} on {_when(entry.at, zone)})"


def _invite_done(answer: answers.InviteDone, zone: Zone) -> Iterator[str]:
    yield f"{answer.nick} is invited to {answer.room}."
    if answer.away is not None:
        yield f"{answer.nick} is {_away(answer.away)}"


def _members(answer: answers.MembersAre, zone: Zone) -> Iterator[str]:
    if not answer.members:
        yield f"Nobody is in {answer.room}."
        return
    names = map(_member, sorted(answer.members, key=lambda member: fold(member.nick)))
    yield f"{people(len(answer.members))} in {answer.room}:"
    while some := list(islice(names, _NAMES_A_LINE)):
        yield "  " + ", ".join(some)


def _member(member: events.Profile) -> str:
    """Return a name with all that tells somebody from others: `bob (operator, away: lunch)`."""
    notes = [*_rank_names(member.rank)]
    if member.bot:
        notes.append("bot")
    if member.away is not None:
        notes.append(_away(member.away, end=""))
    return f"{member.nick} ({', '.join(notes)})" if notes else member.nick


def _rank_names(rank: Rank) -> Iterator[str]:
    if rank & Rank.OPERATOR:
        yield "operator"
    elif rank & Rank.VOICE:
        yield "voice"


def _person(person: answers.PersonIs, zone: Zone) -> Iterator[str]:
    since = show_time(person.since, Clock.SERVER if zone is Clock.OFF else zone)
    ranks = chain(person.ranks, repeat(Rank.NONE))
    rooms = [
        " ".join((room, *(f"({name})" for name in _rank_names(rank))))
        for room, rank in zip(person.rooms, ranks, strict=False)
    ]
    where = joined_by_and(rooms) if rooms else "no room"
    yield f"{person.nick} is in {where}, here since {since}, last spoke {_ago(person.idle)}."
    if person.profile:
        yield from _described(person.profile)
    if person.away is not None:
        yield f"{person.nick} is {_away(person.away)}"


def _described(profile: events.Profile) -> Iterator[str]:
    if fold(profile.realname) not in ("", fold(profile.nick)):
        yield f"{profile.nick}'s real name is given as {profile.realname}."
    if profile.operator:
        yield f"{profile.nick} is an operator of the server."
    if profile.bot:
        yield f"{profile.nick} is a bot."


def _away(why: str, end: str = ".") -> str:
    return f"away: {why}" if why else f"away{end}"


def _ago(seconds: float) -> str:
    for unit, one in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= unit:
            return f"{count(int(seconds // unit), one, one + 's')} ago"
    return "just now"


# Each takes the narrower type that its key names, which a dict's type cannot say.
_SAID_BY: dict[type[answers.Answer], Callable[[Any, Zone], Iterator[str]]] = {
    answers.Refused: _refused,
    answers.YouJoined: _you_joined,
    answers.YouLeft: _you_left,
    answers.YouRenamed: _you_renamed,
    answers.TopicIs: _topic_is,
    answers.TellDone: _tell_done,
    answers.AwayIs: _away_is,
    answers.RoomsAre: _rooms,
    answers.MembersAre: _members,
    answers.PersonIs: _person,
    answers.SeenIs: _seen,
    answers.ModesAre: _modes_are,
    answers.ModesDone: _modes_done,
    answers.ListIs: _list_is,
    answers.InviteDone: _invite_done,
}
