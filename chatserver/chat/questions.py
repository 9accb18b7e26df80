"""Questions: who is here, who was, and what was said. They change nothing."""

from collections.abc import Callable, Iterable

from chatserver.chat import answers, events, lookups, modes, requests
from chatserver.chat.deliveries import Deliveries, Direct, Lookup
from chatserver.chat.errors import NoSuchMessage
from chatserver.chat.modes import Rank
from chatserver.chat.names import check_nick, check_room, fold
from chatserver.chat.room import Peer, Room, User
from chatserver.chat.roster import Roster
from chatserver.masks import matches

# Questions that need no name.


def _census(
    roster: Roster, origin: Peer, request: requests.Census, id: int, now: float
) -> Deliveries:
    occupied = sum(1 for room in roster.rooms.values() if room.members)
    counted = answers.Counted(
        request,
        len(roster.people),
        occupied,
        invisible=roster.flagged[modes.INVISIBLE],
        operators=roster.flagged[modes.SERVER_OPERATOR],
        most=roster.most,
        strangers=len(roster.strangers),
    )
    return [Direct(origin, counted)]


def _ask_time(
    roster: Roster, origin: Peer, request: requests.Request, id: int, now: float
) -> Deliveries:
    return [Direct(origin, answers.TimeIs(request, now))]


def _done(
    roster: Roster, origin: Peer, request: requests.Request, id: int, now: float
) -> Deliveries:
    return [Direct(origin, answers.Done(request))]


def _ask_helper(
    roster: Roster, origin: Peer, request: requests.Request, id: int, now: float
) -> Deliveries:
    user = roster.people.get(origin)
    return [Lookup.by(user, request, id) if user else Lookup(origin, request, "", (), id, id)]


def _find_present(
    roster: Roster, origin: Peer, request: requests.FindPresent, id: int, now: float
) -> Deliveries:
    found = (roster.by_name.get(fold(nick)) for nick in request.nicks)
    people = tuple(profile(user, None, now) for user in found if user)
    return [Direct(origin, answers.PeopleAre(request, people))]


# Questions about people and rooms.


def profile(user: User, room: Room | None, now: float) -> events.Profile:
    """Return what is known of a person, as a member of a room."""
    name, _, host = user.mask.partition("@")
    return events.Profile(
        user.nick,
        user.away,
        name,
        host,
        user.realname,
        room.rank(user) if room else Rank.NONE,
        modes.SERVER_OPERATOR in user.flags,
        modes.BOT in user.flags,
        room.name if room else "",
        max(0.0, now - user.active),
    )


def _list_members(
    roster: Roster, user: User, request: requests.ListMembers, id: int, now: float
) -> Deliveries:
    room = roster.seen_room(user, request.room)
    people = _visible(roster, user, room.members.values(), inside=user.peer in room.members)
    members = sorted(people, key=lambda member: fold(member.nick))
    lines = tuple(profile(member, room, now) for member in members)
    return [Direct(user.peer, answers.MembersAre(request, room.name, lines, room.secret))]


def _visible(
    roster: Roster, user: User, people: Iterable[User], *, inside: bool = False
) -> Iterable[User]:
    """Leave out the invisible (RFC 2812 section 3.1.5), but for who shares a room with them."""
    if inside:
        return people
    return (
        other
        for other in people
        if modes.INVISIBLE not in other.flags or roster.share_room(user, other)
    )


def _find_people(
    roster: Roster, user: User, request: requests.FindPeople, id: int, now: float
) -> Deliveries:
    mask = request.mask
    if mask.startswith("#"):
        found = _room_people(roster, user, mask, now)
    elif exact := roster.by_name.get(fold(mask)):
        found = [_person_line(user, exact, now)]  # who knows the nick sees them, invisible or not
    else:
        fitting = (
            other
            for other in roster.people.values()
            if mask in ("*", "0", "")
            or any(
                matches(mask, text)
                for text in (
                    *(other.nick, *other.mask.split("@"), other.mask),
                    *(other.realname, other.source),
                )
            )
        )
        found = [_person_line(user, other, now) for other in _visible(roster, user, fitting)]
    if request.operators:
        found = [person for person in found if person.operator]
    return [Direct(user.peer, answers.PeopleAre(request, tuple(found)))]


def _room_people(roster: Roster, user: User, name: str, now: float) -> list[events.Profile]:
    room = roster.rooms.get(fold(name))
    if room is None or (room.secret and user.peer not in room.members):
        return []
    inside = user.peer in room.members
    people = _visible(roster, user, room.members.values(), inside=inside)
    return [profile(member, room, now) for member in people]


def _person_line(user: User, other: User, now: float) -> events.Profile:
    """Return who somebody is, in the first of their rooms that `user` may know of."""
    known = _known_rooms(user, other)
    return profile(other, known[0] if known else None, now)


def _known_rooms(user: User, other: User) -> list[Room]:
    """The rooms of `other` that `user` may know of: none that is secret, nor of an invisible one,
    unless they are in it together.
    """
    hidden = modes.INVISIBLE in other.flags and user is not other
    return [
        room
        for room in other.rooms.values()
        if user.peer in room.members or not (hidden or room.secret)
    ]


def _whois(roster: Roster, user: User, request: requests.Whois, id: int, now: float) -> Deliveries:
    other = roster.person(request.nick)
    rooms = _known_rooms(user, other)
    trusted = user is other or modes.SERVER_OPERATOR in user.flags
    person = answers.PersonIs(
        request,
        other.nick,
        other.since,
        max(0.0, now - other.active),
        other.away,
        tuple(room.name for room in rooms),
        tuple(room.rank(other) for room in rooms),
        profile(other, None, now),
        other.address if trusted else "",
        "".join(sorted(other.flags)) if trusted else "",
    )
    return [Direct(user.peer, person)]


def _find_names(
    roster: Roster, user: User, request: requests.FindNames, id: int, now: float
) -> Deliveries:
    prefix = fold(request.prefix)
    people: Iterable[User] = roster.people.values()
    if request.room is not None:
        people = roster.seen_room(user, request.room).members.values()
    people = _visible(roster, user, people)
    found = sorted(person.nick for person in people if fold(person.nick).startswith(prefix))
    names = tuple(found[: answers.NAMES_FOUND])
    return [Direct(user.peer, answers.NamesFound(request, names))]


def _ask_former(
    roster: Roster, user: User, request: requests.AskFormer, id: int, now: float
) -> Deliveries:
    name = fold(request.nick)
    found = [former for former in reversed(roster.former) if fold(former.nick) == name]
    former = tuple(found[: request.count] if request.count > 0 else found)
    return [Direct(user.peer, answers.FormerAre(request, request.nick, former))]


# Questions for the history.


def _read_history(
    roster: Roster, user: User, request: lookups.ReadHistory, id: int, now: float
) -> Deliveries:
    room = roster.own_room(user, request.room)
    return [Lookup.by(user, request, id, (room.name,))]


def _read_past(
    roster: Roster, user: User, request: lookups.ReadPast, id: int, now: float
) -> Deliveries:
    rooms: tuple[str, ...] = ()
    if request.target.startswith("#"):
        rooms = (roster.own_room(user, request.target).name,)
    else:
        check_nick(request.target, roster.limits.nick)
    for point in (request.start, request.end):
        if point and point.id is not None and point.id >= id:
            raise NoSuchMessage  # nothing has had that place yet
    return [Lookup.by(user, request, id, rooms)]


def _search_past(
    roster: Roster, user: User, request: lookups.SearchPast, id: int, now: float
) -> Deliveries:
    if request.target.startswith("#"):
        rooms: tuple[str, ...] = (roster.own_room(user, request.target).name,)
    elif request.target:
        check_nick(request.target, roster.limits.nick)
        rooms = ()
    else:
        rooms = tuple(room.name for room in user.rooms.values())
    return [Lookup.by(user, request, id, rooms)]


def _mark_read(
    roster: Roster, user: User, request: lookups.MarkRead, id: int, now: float
) -> Deliveries:
    """The recorder knows; one need not be in the room, nor the person be here."""
    if request.target.startswith("#"):
        check_room(request.target, roster.limits.room)
    else:
        check_nick(request.target, roster.limits.nick)
    return [Lookup.by(user, request, id)]


def _ask_of_own_rooms(
    roster: Roster, user: User, request: requests.Request, id: int, now: float
) -> Deliveries:
    rooms = tuple(room.name for room in user.rooms.values())
    return [Lookup.by(user, request, id, rooms)]


def _ask_seen(
    roster: Roster, user: User, request: lookups.AskSeen, id: int, now: float
) -> Deliveries:
    check_nick(request.nick, roster.limits.nick)
    if other := roster.by_name.get(fold(request.nick)):
        return [Direct(user.peer, answers.SeenIs(request, other.nick, now, here=True))]
    return [Lookup.by(user, request, id)]


ANYONE: dict[type[requests.Request], Callable[..., Deliveries]] = {
    requests.Census: _census,
    requests.AskTime: _ask_time,
    requests.Sync: _done,
    requests.Forget: _done,  # the hub does it
    requests.Authenticate: _ask_helper,
    requests.FindPresent: _find_present,
}
NAMED: dict[type[requests.Request], Callable[..., Deliveries]] = {
    requests.ListMembers: _list_members,
    requests.FindPeople: _find_people,
    requests.Whois: _whois,
    requests.FindNames: _find_names,
    requests.AskFormer: _ask_former,
    lookups.ReadHistory: _read_history,
    lookups.ReadPast: _read_past,
    lookups.SearchPast: _search_past,
    lookups.MarkRead: _mark_read,
    lookups.ListTargets: _ask_of_own_rooms,
    lookups.Search: _ask_of_own_rooms,
    lookups.AskSeen: _ask_seen,
}
