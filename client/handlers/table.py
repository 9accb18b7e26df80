"""The table of all that a server may say."""

from collections.abc import Callable
from typing import Final

from chatserver.irc.message import Message
from client.handlers import answers, registration, rooms, speech
from client.state import State

Handler = Callable[[State, Message], None]

HANDLERS: Final[dict[str, Handler]] = {
    **registration.HANDLERS,
    **rooms.HANDLERS,
    **speech.HANDLERS,
    **answers.HANDLERS,
}


def hear(state: State, message: Message) -> None:
    """Act on a message; one that nobody knows is left alone, a numeric is shown."""
    handler = HANDLERS.get(message.command)
    if handler is None:
        if message.command.isdecimal() and message.params:
            answers.answer(state, message)
    elif message.params or message.command in _BARE:
        handler(state, message)


_BARE: Final = frozenset({"ACK", "AWAY", "QUIT"})
