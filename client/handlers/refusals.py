"""Refusals: why a server does not do what one wants, in words that help."""

from __future__ import annotations

from typing import Final

from chatserver.formatting import strip
from chatserver.irc.message import Message
from chatserver.irc.numerics import Numeric
from chatserver.text import clean
from client.state import State

_NO_ROOM: Final = "There is no room {1}; /rooms shows which there are."

# The parameters in braces; the first is oneself. Of what is not here the server's own words are
# shown. They are telnet's, where telnet has some.
_SENTENCES: Final = {
    Numeric.RPL_TRYAGAIN: "{2}",
    Numeric.ERR_NOSUCHNICK: "{1} is not here; /who shows who is.",
    Numeric.ERR_NOSUCHCHANNEL: _NO_ROOM,
    Numeric.ERR_TOOMANYCHANNELS: "You are in as many rooms as the server allows.",
    Numeric.ERR_USERNOTINCHANNEL: "{1} is not in {2}.",
    Numeric.ERR_NOTONCHANNEL: "You are not in {1}; /join {1} takes you there.",
    Numeric.ERR_USERONCHANNEL: "{1} is in {2} already.",
    Numeric.ERR_CHANNELISFULL: "{1} is full.",
    Numeric.ERR_UNKNOWNMODE: "Rooms of this server have no mode {1}.",
    Numeric.ERR_INVITEONLYCHAN: "{1} is open to invited people only.",
    Numeric.ERR_BANNEDFROMCHAN: "You are banned from {1}.",
    Numeric.ERR_BADCHANNELKEY: "{1} is locked; /join {1} KEY opens it.",
    Numeric.ERR_BADCHANMASK: "No room can be called {1}.",
    Numeric.ERR_BANLISTFULL: "That list of {1} is full; take something off it first.",
    Numeric.ERR_NOPRIVILEGES: "Only an operator of the server can do that.",
    Numeric.ERR_CHANOPRIVSNEEDED: "Only an operator of {1} can do that.",
    Numeric.ERR_INVALIDKEY: "{1} cannot have that key.",
    Numeric.ERR_INVALIDMODEPARAM: "{4}",
}


def in_words(state: State, message: Message) -> str:
    """Return what a refusal says, as a sentence; empty where there is none of our own."""
    params = [clean(strip(param)) for param in message.params]
    words = _SENTENCES.get(message.command, "")  # type: ignore[call-overload]
    if message.command == Numeric.ERR_NOSUCHNICK and state.features.is_room("".join(params[1:2])):
        words = _NO_ROOM
    try:
        return str(words.format(*params))
    except IndexError:
        return ""  # it has fewer parameters than it should
