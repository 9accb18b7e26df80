"""The rules for people: how they come, what they are called, and how they go."""

from collections.abc import Callable, Mapping

from chatserver.chat import answers, events, modes, requests
from chatserver.chat.deliveries import Broadcast, Deliveries, Direct, Lookup
from chatserver.chat.errors import NotServerOperator
from chatserver.chat.modes import Change
from chatserver.chat.names import fold, host_of
from chatserver.chat.room import Peer, User, together
from chatserver.chat.roster import Roster


def _arrive(
    roster: Roster, origin: Peer, request: requests.Arrive, id: int, now: float
) -> Deliveries:
    if origin not in roster.people:
        roster.strangers.add(origin)
    return []


def _enter(
    roster: Roster, origin: Peer, request: requests.Enter, id: int, now: float
) -> Deliveries:
    if origin in roster.people:
        return [Direct(origin, answers.Done(request))]
    nick = roster.free_name(request.nick, None)
    mask = f"{request.user or fold(nick)}@{request.host or host_of(request.address)}"
    user = User(
        origin,
        nick,
        request.address,
        mask,
        request.realname or nick,
        follows_crowds=request.follows_crowds,
        id=id,
        now=now,
    )
    for letter in request.flags:
        roster.set_flag(user, letter, on=True)
    user.away = request.away
    roster.strangers.discard(origin)
    roster.people[origin] = roster.by_name[fold(nick)] = user
    roster.most = max(roster.most, len(roster.people))
    return [
        *_told_watchers(roster, user, now),
        Direct(origin, answers.Entered(request, nick, mask)),
    ]


def _rename(
    roster: Roster, user: User, request: requests.Rename, id: int, now: float
) -> Deliveries:
    old, new = user.nick, roster.free_name(request.nick, user)
    told = Direct(user.peer, answers.YouRenamed(request, old, new, now, user.mask, id))
    if new == old:
        return [told]
    rooms = tuple(room.name for room in user.rooms.values())
    renamed = events.Renamed(now, old, new, user.mask, id, rooms)
    onlookers = Broadcast(roster.onlookers(user), renamed)
    if fold(new) == fold(old):
        user.nick = new
        return [onlookers, told]
    gone = _gone_to_watchers(roster, user, now)
    _remember(roster, user, now)
    del roster.by_name[fold(old)]
    roster.by_name[fold(new)] = user
    user.nick = new
    user.held_since = id
    for room in user.rooms.values():
        room.muted.pop(user.peer, None)  # a ban may fit the new name
    return [*gone, onlookers, told, *_told_watchers(roster, user, now)]


def _acknowledge(
    roster: Roster, origin: Peer, request: requests.Acknowledge, id: int, now: float
) -> Deliveries:
    user = roster.people.get(origin)
    if user and user.given.get(fold(request.nick)) == request.through:
        del user.given[fold(request.nick)]
    return []


def _set_away(
    roster: Roster, user: User, request: requests.SetAway, id: int, now: float
) -> Deliveries:
    if request.why is not None:
        roster.short_enough("reason", request.why, roster.limits.reason)
    answer = Direct(user.peer, answers.AwayIs(request, request.why))
    if user.away == request.why:
        return [answer]
    user.away = request.why
    seen, watched = (
        events.AwaySet(now, user.nick, user.away, user.mask, watched) for watched in (False, True)
    )
    return [*_told_of(roster, user, seen, watched), answer]


def _set_realname(
    roster: Roster, user: User, request: requests.SetRealname, id: int, now: float
) -> Deliveries:
    user.realname = request.realname
    seen, watched = (
        events.RealnameSet(now, user.nick, user.realname, user.mask, watched)
        for watched in (False, True)
    )
    answer = Direct(user.peer, answers.RealnameIs(request, user.realname, now))
    return [*_told_of(roster, user, seen, watched), answer]


def _set_flags(
    roster: Roster, user: User, request: requests.SetFlags, id: int, now: float
) -> Deliveries:
    """Nobody makes themselves an operator so (RFC 2812 section 3.1.5)."""
    made: list[Change] = []
    for change in request.changes:
        if change.on and change.letter == modes.SERVER_OPERATOR:
            continue
        if change.on != (change.letter in user.flags):
            roster.set_flag(user, change.letter, on=change.on)
            made.append(change)
    return [_flags(user, request, tuple(made))]


def _become_operator(
    roster: Roster, user: User, request: requests.BecomeOperator, id: int, now: float
) -> Deliveries:
    made: tuple[Change, ...] = ()
    if modes.SERVER_OPERATOR not in user.flags:
        roster.set_flag(user, modes.SERVER_OPERATOR, on=True)
        made = (Change(True, modes.SERVER_OPERATOR),)
    return [_flags(user, request, made)]


def _flags(user: User, request: requests.Request, made: tuple[Change, ...]) -> Direct:
    return Direct(user.peer, answers.FlagsAre(request, "".join(sorted(user.flags)), made))


def _wallop(
    roster: Roster, user: User, request: requests.Wallop, id: int, now: float
) -> Deliveries:
    _require_operator(user)
    hearers = together(
        other.peer for other in roster.people.values() if modes.HEARS_WALLOPS in other.flags
    )
    news = events.Walloped(now, user.nick, request.text, user.mask)
    return [Broadcast(hearers, news), Direct(user.peer, answers.Done(request))]


def _kill(roster: Roster, user: User, request: requests.Kill, id: int, now: float) -> Deliveries:
    """End somebody's stay; their session hears of it and hangs up."""
    _require_operator(user)
    victim = roster.person(request.nick)
    why = request.why[: roster.limits.reason]
    killed = events.Killed(now, user.nick, why, user.mask, victim.nick)
    told = f"Killed ({user.nick} ({why}))"
    done = [] if victim is user else [Direct(user.peer, answers.Done(request))]
    return [Direct(victim.peer, killed), *_go(roster, victim, told, id, now), *done]


def _reload(
    roster: Roster, user: User, request: requests.Reload, id: int, now: float
) -> Deliveries:
    """A helper reads the settings; what it has found comes back as Govern."""
    _require_operator(user)
    return [Lookup.by(user, request, id)]


def _govern(
    roster: Roster, origin: Peer, request: requests.Govern, id: int, now: float
) -> Deliveries:
    before, after = roster.limits, request.limits
    roster.govern(after)
    answer = Direct(origin, answers.Reloaded(request.reload, request.waiting))
    if before == after:
        return [answer]
    return [answer, Broadcast(together(roster.people), events.Governed(before, after))]


def _quit(roster: Roster, user: User, request: requests.Quit, id: int, now: float) -> Deliveries:
    why = request.words[: roster.limits.reason] or request.why
    return _go(roster, user, why, id, now)


def _go(roster: Roster, user: User, why: str, id: int, now: float) -> Deliveries:
    onlookers = roster.onlookers(user)
    rooms = tuple(user.rooms.values())
    for room in rooms:
        roster.take_out(user, room)
    gone = _gone_to_watchers(roster, user, now)
    _remember(roster, user, now)
    for name in user.watched:
        _unwatch(roster, user, name)
    for room in tuple(user.invitations):
        roster.uninvite(user, room)
    for letter in tuple(user.flags):
        roster.set_flag(user, letter, on=False)
    del roster.people[user.peer]
    del roster.by_name[fold(user.nick)]
    names = tuple(room.name for room in rooms)
    return [Broadcast(onlookers, events.Gone(id, now, user.nick, why, names, user.mask)), *gone]


def _remember(roster: Roster, user: User, now: float) -> None:
    """Keep who had the nick, for WHOWAS."""
    name, _, host = user.mask.partition("@")
    roster.former.append(answers.Former(user.nick, name, host, user.realname, now))


def _require_operator(user: User) -> None:
    if modes.SERVER_OPERATOR not in user.flags:
        raise NotServerOperator


# Who watches whom (IRCv3 MONITOR).


def _watch(roster: Roster, user: User, request: requests.Watch, id: int, now: float) -> Deliveries:
    """What is asked to be watched already is not watched twice; those behind the limit are not."""
    names = tuple(user.watched) if request.clear else tuple(map(fold, request.remove))
    for name in names:
        if user.watched.pop(name, None) is not None:
            _unwatch(roster, user, name)
    if not (request.add or request.remove or request.clear):
        return [_watch_is(roster, user, request, user.watched)]
    wanted = {fold(nick): nick for nick in request.add if roster.is_nick(nick)}
    bad = tuple(nick for nick in request.add if not roster.is_nick(nick))
    missed: list[str] = []
    for name, nick in wanted.items():
        if name not in user.watched and len(user.watched) >= roster.limits.monitor:
            missed.append(nick)
        else:
            user.watched.setdefault(name, nick)
            roster.watchers.setdefault(name, {})[user.peer] = None
    watched = {name: nick for name, nick in wanted.items() if name in user.watched}
    return [_watch_is(roster, user, request, watched, bad, tuple(missed))]


def _watch_is(
    roster: Roster,
    user: User,
    request: requests.Watch,
    watched: Mapping[str, str],
    bad: tuple[str, ...] = (),
    missed: tuple[str, ...] = (),
) -> Direct:
    here = tuple(roster.by_name[name].source for name in watched if name in roster.by_name)
    gone = tuple(nick for name, nick in watched.items() if name not in roster.by_name)
    names = tuple(watched.values())
    return Direct(user.peer, answers.WatchIs(request, here, gone, names, bad, missed))


def _unwatch(roster: Roster, user: User, name: str) -> None:
    peers = roster.watchers[name]
    del peers[user.peer]
    if not peers:
        del roster.watchers[name]


def _told_watchers(roster: Roster, user: User, now: float) -> Deliveries:
    """Tell those who watch this person that they have come."""
    return _tell_watchers(roster, user, events.Watched(now, user.nick, True, user.mask))


def _gone_to_watchers(roster: Roster, user: User, now: float) -> Deliveries:
    return _tell_watchers(roster, user, events.Watched(now, user.nick, False))


def _tell_watchers(roster: Roster, user: User, news: events.Event) -> Deliveries:
    peers = roster.watchers.get(fold(user.nick))
    return [Broadcast(together(peers), news)] if peers else []


def _told_of(roster: Roster, user: User, seen: events.Event, watched: events.Event) -> Deliveries:
    """Tell who sees this person in a room, and otherwise who watches them: each once."""
    onlookers = roster.onlookers(user)
    told = [Broadcast(onlookers, seen)] if onlookers else []
    if peers := roster.watchers.get(fold(user.nick)):
        among = {peer for _, some in onlookers for peer in some} | {user.peer}
        if others := together(peer for peer in peers if peer not in among):
            told.append(Broadcast(others, watched))
    return [*told]


ANYONE: dict[type[requests.Request], Callable[..., Deliveries]] = {
    requests.Arrive: _arrive,
    requests.Enter: _enter,
    requests.Acknowledge: _acknowledge,
    requests.Govern: _govern,
}
NAMED: dict[type[requests.Request], Callable[..., Deliveries]] = {
    requests.Rename: _rename,
    requests.SetAway: _set_away,
    requests.SetRealname: _set_realname,
    requests.SetFlags: _set_flags,
    requests.BecomeOperator: _become_operator,
    requests.Wallop: _wallop,
    requests.Kill: _kill,
    requests.Reload: _reload,
    requests.Watch: _watch,
    requests.Quit: _quit,
}
