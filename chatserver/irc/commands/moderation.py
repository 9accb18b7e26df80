"""Moderation: KICK INVITE (modern IRC, "Channel Operations"), RENAME (IRCv3 channel-rename)."""

from collections.abc import Iterator
from typing import Final

from chatserver.chat import answers, requests
from chatserver.chat.errors import CannotRename, ChatError, NotSaved, RoomExists
from chatserver.formatting import sanitize
from chatserver.irc.client import Client, Talk
from chatserver.irc.commands.command import Command
from chatserver.irc.commands.rooms import is_room
from chatserver.irc.message import Message
from chatserver.irc.numerics import Numeric
from chatserver.irc.refusals import refuse


def _kick(client: Client, message: Message) -> Talk:
    """Each is put out by an event of its own; more than TARGMAX allows are not."""
    pairs = list(dict.fromkeys(_pairs(message)))
    if not pairs:
        client.numeric(Numeric.ERR_NEEDMOREPARAMS, message.command)
    why = _reason(client, message)
    limit = client.house.limits.targets
    for room, nick in pairs[:limit]:
        if not is_room(client, room):
            continue
        request = requests.Kick(room, nick, why)
        try:
            yield request
        except ChatError as error:
            refuse(client, request, error)
    for _, nick in pairs[limit:]:
        client.numeric(Numeric.ERR_TOOMANYTARGETS, nick)


def _pairs(message: Message) -> Iterator[tuple[str, str]]:
    """One room and several people, or as many rooms as people (RFC 2812 section 3.2.8)."""
    rooms, nicks = (param.split(",") for param in message.params[:2])
    if len(rooms) == 1:
        rooms = rooms * len(nicks)
    if len(rooms) == len(nicks):
        yield from ((room, nick) for room, nick in zip(rooms, nicks, strict=True) if nick)


def _reason(client: Client, message: Message) -> str:
    """The third parameter, cut as KICKLEN says."""
    return sanitize("".join(message.params[2:3]))[: client.house.limits.reason]


# Invitations.


def _invite(client: Client, message: Message) -> Talk:
    """Without a room: to which am I invited? (modern IRC, "Invite list")"""
    match message.params:
        case (nick, room, *_) if nick and room:
            yield from _ask_in(client, nick, room)
        case () | ("",):
            yield from _list_invitations(client)
        case _:
            client.numeric(Numeric.ERR_NEEDMOREPARAMS, message.command)


def _ask_in(client: Client, nick: str, room: str) -> Talk:
    if not is_room(client, room):
        return
    answer = yield requests.Invite(nick, room)
    if isinstance(answer, answers.InviteDone):
        client.numeric(Numeric.RPL_INVITING, answer.nick, answer.room)
        if answer.away is not None:
            client.numeric(Numeric.RPL_AWAY, answer.nick, text=answer.away or "away")


def _list_invitations(client: Client) -> Talk:
    answer = yield requests.AskInvitations()
    if isinstance(answer, answers.InvitationsAre):
        for room in answer.rooms:
            client.numeric(Numeric.RPL_INVITELIST, room)
        client.numeric(Numeric.RPL_ENDOFINVITELIST)


# Another name for a room.


def _rename(client: Client, message: Message) -> Talk:
    """Everyone in the room is told by the event, each in their way; see news.py."""
    old, new = message.params[:2]
    if not is_room(client, old):
        return
    if not new.startswith("#"):
        text = "The name of a room begins with #."
        client.fail("RENAME", "CANNOT_RENAME", old, new, text=text)
        return
    try:
        yield requests.RenameRoom(old, new, _reason(client, message))
    except RoomExists as error:
        client.fail("RENAME", "CHANNEL_NAME_IN_USE", old, new, text=str(error))
    except (CannotRename, NotSaved) as error:
        client.fail("RENAME", "CANNOT_RENAME", old, new, text=str(error))


COMMANDS: Final = (
    Command("KICK", _kick, 2, help="ROOM NICK[,NICK] [REASON]: put people out of a room"),
    Command("INVITE", _invite, 0, help="[NICK ROOM]: ask somebody in, or see where you are asked"),
    Command("RENAME", _rename, 2, help="ROOM ROOM [REASON]: give a room another name"),
)
