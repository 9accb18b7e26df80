"""The rules for rooms: who comes in, who goes out, and what a room is about."""

from collections.abc import Callable

from chatserver.chat import answers, events, modes, requests
from chatserver.chat.deliveries import Broadcast, Deliveries, Direct
from chatserver.chat.errors import (
    AlreadyInRoom,
    IsBanned,
    NeedsInvitation,
    NotOperator,
    RoomIsFull,
    TooManyRooms,
    WrongKey,
)
from chatserver.chat.modes import Rank
from chatserver.chat.names import LOBBY, check_room, fold
from chatserver.chat.room import Room, User
from chatserver.chat.roster import Roster


def _join(roster: Roster, user: User, request: requests.Join, id: int, now: float) -> Deliveries:
    limits = roster.limits
    name = check_room(request.room, limits.room)
    room = roster.rooms.get(fold(name)) or Room(name, roster.topics.get(fold(name)), now)
    if user.peer in room.members:
        raise AlreadyInRoom(room.name)
    if len(user.rooms) >= limits.rooms_per_user:
        raise TooManyRooms(limits.rooms_per_user)
    _admit(room, user, request.key, now)
    roster.uninvite(user, room)
    others = _first_names(room)
    onlookers = room.onlookers(limits.quiet_room)
    is_new = fold(name) not in roster.rooms
    if not room.members:
        room.created = now  # the lobby is as old as the company in it
    roster.rooms[fold(name)] = user.rooms[fold(name)] = room
    room.add(user)
    if is_new and name != LOBBY:
        room.ranks[user.peer] = Rank.OPERATOR  # RFC 2811 section 2.4.1: who makes it rules it
    joined = events.Joined(id, now, room.name, user.nick, user.mask, user.realname, user.away)
    answer = answers.YouJoined(request, id, now, room.name, others, len(room.members), room.topic)
    return [Broadcast(onlookers, joined), Direct(user.peer, answer)]


def _admit(room: Room, user: User, key: str, now: float) -> None:
    """Let a person in who may come: all who have an operator's invitation (RFC 2811 section 4.3.1).

    Raises:
        ChatError: one class for each reason, looked for in the order of modern IRC ("JOIN").
    """
    if room.invited.get(user.peer, 0.0) > now:
        return
    if room.key is not None and key != room.key:
        raise WrongKey(room.name)
    if room.limit is not None and len(room.members) >= room.limit:
        raise RoomIsFull(room.name)
    if room.bans(user):
        raise IsBanned(room.name)
    if modes.INVITE_ONLY in room.flags and not room.lists_person(modes.INVITATIONS, user):
        raise NeedsInvitation(room.name)


def _leave(roster: Roster, user: User, request: requests.Leave, id: int, now: float) -> Deliveries:
    room = roster.own_room(user, request.room)
    why = roster.short_enough("reason", request.why, roster.limits.reason)
    roster.take_out(user, room)
    left = events.Left(id, now, room.name, user.nick, why, user.mask)
    return [
        Broadcast(room.onlookers(roster.limits.quiet_room), left),
        Direct(user.peer, answers.YouLeft(request, room.name, id, now, why)),
    ]


def _set_topic(
    roster: Roster, user: User, request: requests.SetTopic, id: int, now: float
) -> Deliveries:
    room = roster.own_room(user, request.room)
    if modes.TOPIC_LOCKED in room.flags and not room.is_operator(user):
        raise NotOperator(room.name)
    text = roster.short_enough("topic", request.topic, roster.limits.topic)
    before = room.topic
    roster.set_topic(room.name, events.Topic(text, user.nick, now) if text else None)
    topic_set = events.TopicSet(id, now, room.name, user.nick, text, before, user.mask)
    return [Broadcast(room.audience, topic_set), Direct(user.peer, answers.Done(request))]


def _ask_topic(
    roster: Roster, user: User, request: requests.AskTopic, id: int, now: float
) -> Deliveries:
    room = roster.seen_room(user, request.room)
    return [Direct(user.peer, answers.TopicIs(request, room.name, room.topic))]


def _list_rooms(
    roster: Roster, user: User, request: requests.ListRooms, id: int, now: float
) -> Deliveries:
    seen = (room for room in roster.rooms.values() if not room.secret or user.peer in room.members)
    rooms = sorted(seen, key=lambda room: (-len(room.members), room.name))
    return [Direct(user.peer, answers.RoomsAre(request, tuple(map(_room_line, rooms)), now))]


def _room_line(room: Room) -> answers.RoomLine:
    text, at = (room.topic.text, room.topic.at) if room.topic else ("", None)
    return answers.RoomLine(room.name, len(room.members), text, at, room.created)


def _first_names(room: Room) -> tuple[str, ...]:
    if len(room.members) > answers.OTHERS_SHOWN:
        return ()
    return tuple(sorted((user.nick for user in room.members.values()), key=fold))


NAMED: dict[type[requests.Request], Callable[..., Deliveries]] = {
    requests.Join: _join,
    requests.Leave: _leave,
    requests.SetTopic: _set_topic,
    requests.AskTopic: _ask_topic,
    requests.ListRooms: _list_rooms,
}
