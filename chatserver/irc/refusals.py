"""Refusals: why a wish was refused, in numerics and standard replies."""

from collections.abc import Callable
from typing import Any, Final

from msgspec import Struct

from chatserver.chat import errors, requests
from chatserver.chat.errors import ChatError
from chatserver.chat.requests import Request
from chatserver.irc.client import Client
from chatserver.irc.numerics import Numeric


class Refusal(Struct, frozen=True):
    """A numeric, and what stands before its text."""

    numeric: Numeric
    context: Callable[[Any, Any], tuple[str, ...]]


def refuse(client: Client, request: Request, error: ChatError) -> None:
    """Tell a client why its request was refused. Nothing is ever refused in silence."""
    if isinstance(error, errors.NotSaved):
        client.fail(
            _verb(request), "TEMPORARILY_UNAVAILABLE", *_target(request, error), text=str(error)
        )
        return
    special = _SPECIAL.get(type(request), {}).get(type(error))
    refusal = special or _TABLE.get(type(error), _UNKNOWN)
    numeric = refusal.numeric
    # Our own text says what to do, where the numeric alone says too little.
    own = not numeric.text or "{" in numeric.text or numeric is Numeric.ERR_CANNOTSENDTOCHAN
    text = str(error) if own else numeric.text
    client.numeric(numeric, *refusal.context(request, error), text=text)


def _verb(request: Request) -> str:
    match request:
        case requests.Say(notice=True) | requests.Tell(notice=True):
            return "NOTICE"
        case requests.SetTopic():
            return "TOPIC"
        case requests.Tag():
            return "TAGMSG"
        case requests.Redact():
            return "REDACT"
    return "PRIVMSG"


def _nothing(request: Request, error: ChatError) -> tuple[str, ...]:
    return ()


def _target(request: Request, error: ChatError) -> tuple[str, ...]:
    """The room or person that the request names."""
    for field in ("room", "target", "nick", "mask"):
        if named := getattr(request, field, ""):
            return (named,)
    return tuple(getattr(request, "nicks", ())[:1])


def _nick(request: Request, error: ChatError) -> tuple[str, ...]:
    match request:
        case requests.SetModes() if isinstance(error, errors.NoSuchNick):
            return error.nicks[:1]
        case requests.Tell(nicks=(nick, *_)):
            return (nick,)
        case requests.Tag(target=target):
            return (target,)
    return (getattr(request, "nick", "*"),)


def _nick_and_room(request: Any, error: errors.NotThere | errors.IsThere) -> tuple[str, ...]:
    return (error.nick, request.room)


def _room_and_change(request: Any, error: Any) -> tuple[str, ...]:
    change = error.change
    return (request.room, change.letter, change.value or "*")


def _room_and_letter(request: Any, error: Any) -> tuple[str, ...]:
    return (request.room, error.change.letter)


def _command(request: Request, error: ChatError) -> tuple[str, ...]:
    match request:
        case requests.Authenticate(name=name):
            return ("OPER" if name else "PASS",)
        case requests.Reload():
            return ("REHASH",)
    return (type(request).__name__.upper(),)


_UNKNOWN: Final = Refusal(Numeric.ERR_UNKNOWNERROR, _command)

# Whatever keeps somebody from speaking in a room, it is this one (modern IRC, "PRIVMSG").
_CANNOT: Final = Refusal(Numeric.ERR_CANNOTSENDTOCHAN, _target)
_SPEECH: Final[dict[type[ChatError], Refusal]] = {
    errors.NotInRoom: _CANNOT,
    errors.CannotSpeak: _CANNOT,
    errors.CtcpOff: _CANNOT,
}
_JOINING: Final[dict[type[ChatError], Refusal]] = {
    errors.BadRoom: Refusal(Numeric.ERR_BADCHANMASK, _target),  # modern IRC, "JOIN"
}
_SPECIAL: Final = {requests.Say: _SPEECH, requests.Tag: _SPEECH, requests.Join: _JOINING}

_TABLE: Final[dict[type[ChatError], Refusal]] = {
    errors.BadNick: Refusal(Numeric.ERR_ERRONEUSNICKNAME, _nick),
    errors.NickInUse: Refusal(Numeric.ERR_NICKNAMEINUSE, _nick),
    errors.NoSuchNick: Refusal(Numeric.ERR_NOSUCHNICK, _nick),
    errors.BadRoom: Refusal(Numeric.ERR_NOSUCHCHANNEL, _target),
    errors.NoSuchRoom: Refusal(Numeric.ERR_NOSUCHCHANNEL, _target),
    errors.NotInRoom: Refusal(Numeric.ERR_NOTONCHANNEL, _target),
    errors.NotThere: Refusal(Numeric.ERR_USERNOTINCHANNEL, _nick_and_room),
    errors.IsThere: Refusal(Numeric.ERR_USERONCHANNEL, _nick_and_room),
    errors.TooManyRooms: Refusal(Numeric.ERR_TOOMANYCHANNELS, _target),
    errors.TooManyTargets: Refusal(Numeric.ERR_TOOMANYTARGETS, _target),
    errors.NothingToSay: Refusal(Numeric.ERR_NOTEXTTOSEND, _nothing),
    errors.CannotSpeak: _CANNOT,
    errors.CtcpOff: _CANNOT,
    errors.NotOperator: Refusal(Numeric.ERR_CHANOPRIVSNEEDED, _target),
    errors.NotServerOperator: Refusal(Numeric.ERR_NOPRIVILEGES, _nothing),
    errors.IsBanned: Refusal(Numeric.ERR_BANNEDFROMCHAN, _target),
    errors.NeedsInvitation: Refusal(Numeric.ERR_INVITEONLYCHAN, _target),
    errors.WrongKey: Refusal(Numeric.ERR_BADCHANNELKEY, _target),
    errors.RoomIsFull: Refusal(Numeric.ERR_CHANNELISFULL, _target),
    errors.ListIsFull: Refusal(Numeric.ERR_BANLISTFULL, _room_and_letter),
    errors.BadMode: Refusal(Numeric.ERR_INVALIDMODEPARAM, _room_and_change),
    errors.NotReloaded: _UNKNOWN,
    errors.TooBusy: Refusal(Numeric.RPL_TRYAGAIN, _command),
    errors.TooManyTries: Refusal(Numeric.RPL_TRYAGAIN, _command),
}
