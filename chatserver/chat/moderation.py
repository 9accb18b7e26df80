"""The rules for those who keep order: what a room is set to, who is put out, who is let in."""

from collections.abc import Callable

from chatserver.chat import answers, events, modes, requests
from chatserver.chat.deliveries import Broadcast, Deliveries, Direct
from chatserver.chat.errors import (
    BadMode,
    BadRoom,
    CannotRename,
    ChatError,
    IsThere,
    ListIsFull,
    NotOperator,
    NotThere,
    RoomExists,
)
from chatserver.chat.modes import Change, ListEntry
from chatserver.chat.names import LOBBY, check_room, fold
from chatserver.chat.questions import profile
from chatserver.chat.room import Room, User, union
from chatserver.chat.roster import Roster
from chatserver.masks import complete_mask

# In bytes. With these, a list's line and a MODE fit into a message of IRC (512 bytes).
_LONGEST_MASK = 160
_LONGEST_KEY = 64
_LARGEST_LIMIT = 1_000_000_000
_HIDDEN = "*"

# What a room is set to.


def _set_modes(
    roster: Roster, user: User, request: requests.SetModes, id: int, now: float
) -> Deliveries:
    """Make the changes that can be made, as one event; a change to what is so already is none."""
    room = roster.ruled_room(user, request.room)
    made: list[Change] = []
    refused: list[ChatError] = []
    for change in request.changes:
        try:
            done = _change(roster, user, room, change, now)
        except ChatError as error:
            refused.append(error)
        else:
            made += [done] if done else []
    answer = answers.ModesDone(request, room.name, tuple(made), tuple(refused))
    if not made:
        return [Direct(user.peer, answer)]
    room.changed()
    news = events.ModesSet(id, now, room.name, user.nick, tuple(made), user.mask)
    return [Broadcast(room.audience, news), Direct(user.peer, answer)]


def _change(roster: Roster, user: User, room: Room, change: Change, now: float) -> Change | None:
    """Make one change; return what became of it, None if nothing.

    Raises:
        ChatError: it cannot be made.
    """
    if change.letter in modes.FLAGS:
        return _change_flag(room, change)
    if change.letter in modes.RANKS:
        return _change_rank(roster, room, change)
    if change.letter in modes.LISTS:
        return _change_list(roster, user, room, change, now)
    if change.letter == modes.KEY:
        return _change_key(room, change)
    if change.letter == modes.LIMIT:
        return _change_limit(room, change)
    raise BadMode(change, "There is no such mode.")


def _change_flag(room: Room, change: Change) -> Change | None:
    if change.on == (change.letter in room.flags):
        return None
    (room.flags.add if change.on else room.flags.discard)(change.letter)
    return Change(change.on, change.letter)


def _change_rank(roster: Roster, room: Room, change: Change) -> Change | None:
    """Give a member a rank, or take it away; operators may take their own too."""
    if not change.value:
        raise BadMode(change, "It needs the name of somebody.")
    member = roster.person(change.value)
    if member.peer not in room.members:
        raise NotThere(member.nick, room.name)
    rank, before = modes.RANKS[change.letter], room.rank(member)
    after = before | rank if change.on else before & ~rank
    if after == before:
        return None
    room.set_rank(member, after)
    return Change(change.on, change.letter, member.nick)


def _change_list(
    roster: Roster, user: User, room: Room, change: Change, now: float
) -> Change | None:
    mask = _checked(change, _LONGEST_MASK, "A mask")
    mask = complete_mask(mask)
    entries = room.lists[change.letter]
    if not change.on:
        entry = entries.pop(fold(mask), None)
        return Change(False, change.letter, entry.mask) if entry else None
    if fold(mask) in entries:
        return None
    if len(entries) >= roster.limits.bans:
        raise ListIsFull(room.name, change)
    entries[fold(mask)] = ListEntry(mask, user.nick, now)
    return Change(True, change.letter, mask)


def _change_key(room: Room, change: Change) -> Change | None:
    """Lock the room or unlock it; whoever may unlock it need not know the key."""
    if not change.on:
        was_locked, room.key = room.key is not None, None
        return Change(False, modes.KEY, _HIDDEN) if was_locked else None
    key = _checked(change, _LONGEST_KEY, "A key", also_not=",")
    if key == room.key:
        return None
    room.key = key
    return Change(True, modes.KEY, key)


def _change_limit(room: Room, change: Change) -> Change | None:
    before = room.limit
    room.limit = _number(change) if change.on else None
    if room.limit == before:
        return None
    return Change(change.on, modes.LIMIT, str(room.limit or ""))


def _number(change: Change) -> int:
    text = change.value
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 11 else 0
    if not 0 < number <= _LARGEST_LIMIT:
        raise BadMode(change, "A limit is a number of people, at least 1.")
    return number


def _checked(change: Change, longest: int, what: str, also_not: str = "") -> str:
    """Return a value that can stand as a word in any protocol.

    Raises:
        BadMode: it cannot. The error does not repeat a key.
    """
    value = change.value
    hidden = Change(change.on, change.letter, "" if change.letter == modes.KEY else value)
    if not value or value[0] == ":" or not value.isprintable() or set(value) & {" ", *also_not}:
        raise BadMode(hidden, f"{what} is one word of letters, digits and signs.")
    if len(value.encode()) > longest:
        raise BadMode(hidden, f"{what} has at most {longest} bytes.")
    return value


def _ask_modes(
    roster: Roster, user: User, request: requests.AskModes, id: int, now: float
) -> Deliveries:
    room = roster.seen_room(user, request.room)
    key = "" if room.key is not None and user.peer not in room.members else room.key
    flags = "".join(sorted(room.flags))
    answer = answers.ModesAre(request, room.name, flags, key, room.limit, room.created)
    return [Direct(user.peer, answer)]


def _ask_list(
    roster: Roster, user: User, request: requests.AskList, id: int, now: float
) -> Deliveries:
    room = roster.seen_room(user, request.room)
    entries = tuple(room.lists[request.letter].values())
    return [Direct(user.peer, answers.ListIs(request, room.name, request.letter, entries))]


def _rename_room(
    roster: Roster, user: User, request: requests.RenameRoom, id: int, now: float
) -> Deliveries:
    """IRCv3 draft/channel-rename: also to a name that differs in case alone."""
    room = roster.ruled_room(user, request.room)
    old, new = room.name, _new_name(roster, room, request.new)
    why = roster.short_enough("reason", request.why, roster.limits.reason)
    done = Direct(user.peer, answers.Done(request))
    if new == old:
        return [done]
    roster.rename_room(room, new)
    members = tuple(profile(member, room, now) for member in room.members.values())
    news = events.RoomRenamed(
        *(id, now, old, new, user.nick, why, user.mask),
        room.topic,
        members,
        room.secret,
    )
    return [Broadcast(room.audience, news), done]


def _new_name(roster: Roster, room: Room, name: str) -> str:
    if room.name == LOBBY:
        raise CannotRename(f"{LOBBY} keeps its name: everybody comes there first.")
    try:
        name = check_room(name, roster.limits.room)
    except BadRoom as error:
        raise CannotRename(str(error)) from error
    if roster.rooms.get(fold(name), room) is not room:
        raise RoomExists(name)
    if fold(name) == roster.past != fold(room.name):
        # Each would read what was said in the other: the one here, and who comes by the old name.
        raise CannotRename(f"What was said in another {name} is kept; take a name that is new.")
    return name


# Who is put out, and who is let in.


def _kick(roster: Roster, user: User, request: requests.Kick, id: int, now: float) -> Deliveries:
    room = roster.ruled_room(user, request.room)
    why = roster.short_enough("reason", request.why, roster.limits.reason)
    victim = roster.by_name.get(fold(request.nick))
    if victim is None or victim.peer not in room.members:
        raise NotThere(request.nick, room.name)
    audience = room.audience  # with the victim
    roster.take_out(victim, room)
    kicked = events.Kicked(id, now, room.name, user.nick, victim.nick, why, user.mask)
    return [Broadcast(audience, kicked), Direct(user.peer, answers.Done(request))]


def _invite(
    roster: Roster, user: User, request: requests.Invite, id: int, now: float
) -> Deliveries:
    """Anyone may ask somebody in; an operator's word opens the door too (RFC 2811 section 4.3.1).

    To a room for the invited only an operator may invite (modern IRC, "INVITE").
    """
    other = roster.person(request.nick)
    room = roster.own_room(user, request.room)
    if modes.INVITE_ONLY in room.flags and not room.is_operator(user):
        raise NotOperator(room.name)
    if other.peer in room.members:
        raise IsThere(other.nick, room.name)
    if room.is_operator(user):
        roster.invite(other, room, now + roster.limits.invite_seconds)
    invited = events.Invited(now, room.name, user.nick, other.nick, user.mask)
    return [
        Direct(other.peer, invited),
        Broadcast(union([room.audience], without=user.peer), invited),
        Direct(user.peer, answers.InviteDone(request, other.nick, room.name, other.away)),
    ]


def _ask_invitations(
    roster: Roster, user: User, request: requests.AskInvitations, id: int, now: float
) -> Deliveries:
    rooms = tuple(room.name for room in user.invitations if room.invited[user.peer] > now)
    return [Direct(user.peer, answers.InvitationsAre(request, rooms))]


NAMED: dict[type[requests.Request], Callable[..., Deliveries]] = {
    requests.SetModes: _set_modes,
    requests.AskModes: _ask_modes,
    requests.AskList: _ask_list,
    requests.RenameRoom: _rename_room,
    requests.Kick: _kick,
    requests.Invite: _invite,
    requests.AskInvitations: _ask_invitations,
}
