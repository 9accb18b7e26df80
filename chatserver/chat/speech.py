"""The rules for what is said: to a room, or to somebody alone."""

from collections.abc import Callable

from chatserver.chat import answers, bots, events, modes, requests
from chatserver.chat.deliveries import Broadcast, Deliveries, Direct
from chatserver.chat.errors import (
    BoxFull,
    CannotSpeak,
    CtcpOff,
    NoSuchNick,
    NothingToSay,
    TooManyTargets,
)
from chatserver.chat.modes import Rank
from chatserver.chat.names import fold
from chatserver.chat.room import Audience, Room, User
from chatserver.chat.roster import Roster

_CTCP = "\x01"


def _say(roster: Roster, user: User, request: requests.Say, id: int, now: float) -> Deliveries:
    # Speech is what there is most of: a member of a plain room needs no check.
    own = room = user.rooms.get(request.room) or user.rooms.get(fold(request.room))
    if room is None or not room.plain:
        room = _room_to_speak_in(roster, user, request.room)
    text = request.text
    if not text:
        raise NothingToSay
    if text[0] == _CTCP and modes.NO_CTCP in room.flags:
        raise CtcpOff
    user.active = now
    said = events.Said(
        id,
        now,
        room.name,
        user.nick,
        text,
        request.action,
        request.notice,
        user.mask,
        bots.tags(user, request.tags) if user.flags else request.tags,
        request.rank,
        request.cuts,
    )
    if request.rank or own is None:
        return _with_own(user, _audience(room, request.rank), said)
    return [Broadcast(room.audience, said)]


def _room_to_speak_in(roster: Roster, user: User, name: str) -> Room:
    """Return the room if the person may speak in it.

    Raises:
        CannotSpeak: the room is moderated, they are banned, or they are not in it.
    """
    room = user.rooms.get(fold(name))
    if room is None:
        room = roster.any_room(name)
        if modes.NO_EXTERNAL in room.flags:
            return roster.own_room(user, name)  # which says why not
    if room.ranks.get(user.peer):
        return room
    if modes.MODERATED in room.flags:
        raise CannotSpeak(room.name, "it is moderated, and you have no voice")
    if _is_muted(room, user):
        raise CannotSpeak(room.name, "you are banned")
    return room


def _is_muted(room: Room, user: User) -> bool:
    """Whether a ban keeps the person from speaking, as it was found at the last look."""
    if user.peer not in room.members:
        return room.bans(user)
    muted = room.muted.get(user.peer)
    if muted is None:
        muted = room.muted[user.peer] = room.bans(user)
    return muted


def _audience(room: Room, rank: Rank) -> Audience:
    return room.ranked(rank) if rank else room.audience


def _with_own(user: User, audience: Audience, event: events.Event) -> Deliveries:
    """Tell an audience, and who speaks too: somebody who is not in it hears their own words."""
    deliveries: Deliveries = [Broadcast(audience, event)]
    if not any(user.peer in peers for _, peers in audience):
        deliveries.append(Direct(user.peer, event))
    return deliveries


def _tell(roster: Roster, user: User, request: requests.Tell, id: int, now: float) -> Deliveries:
    names = {fold(nick): nick for nick in request.nicks}
    if len(names) > roster.limits.targets:
        raise TooManyTargets(roster.limits.targets)
    if not request.text:
        raise NothingToSay
    here = [roster.by_name[name] for name in names if name in roster.by_name]
    absent = tuple(nick for name, nick in names.items() if name not in roster.by_name)
    keeps = request.waits and roster.keeps_messages
    known = tuple(nick for nick in absent if keeps and roster.is_nick(nick))
    missing = tuple(nick for nick in absent if nick not in known)
    waited = tuple(filter(roster.has_room, known))
    full = tuple(nick for nick in known if nick not in waited)
    refused = BoxFull(roster.limits.waiting, *full) if full else None
    if not here and not waited:
        raise refused or NoSuchNick(*missing)
    user.active = now
    for nick in waited:
        roster.count_waiting(nick, 1)
    lines = tuple(
        events.Told(
            *(id, now, user.nick, nick, request.text, request.action, request.notice),
            user.mask,
            bots.tags(user, request.tags),
            request.cuts,
        )
        for nick in (*(other.nick for other in here), *waited)
    )
    away = tuple((other.nick, other.away) for other in here if other.away is not None)
    answer = answers.TellDone(request, lines, away, waited, missing, refused)
    told = zip(here, lines, strict=False)  # the rest of the lines waits
    return [
        *(Direct(other.peer, line) for other, line in told if other is not user),
        Direct(user.peer, answer),
    ]


def _tag(roster: Roster, user: User, request: requests.Tag, id: int, now: float) -> Deliveries:
    if request.target.startswith("#"):
        room = _room_to_speak_in(roster, user, request.target)
        tags = bots.tags(user, request.tags)
        tagged = events.Tagged(id, now, room.name, user.nick, user.mask, tags, request.rank)
        audience = _audience(room, request.rank)
        return [*_with_own(user, audience, tagged), Direct(user.peer, answers.Done(request))]
    other = roster.person(request.target)
    tagged = events.Tagged(id, now, other.nick, user.nick, user.mask, bots.tags(user, request.tags))
    told = {other.peer: None, user.peer: None}
    return [
        *(Direct(peer, tagged) for peer in told),
        Direct(user.peer, answers.Done(request)),
    ]


NAMED: dict[type[requests.Request], Callable[..., Deliveries]] = {
    requests.Say: _say,
    requests.Tell: _tell,
    requests.Tag: _tag,
}
