"""Past: the last lines of a room for a client that joins it and does not ask for them itself."""

from collections.abc import Iterator
from datetime import datetime

from chatserver.chat import answers, events, lookups, modes
from chatserver.chat.errors import ChatError
from chatserver.irc.capabilities import Cap
from chatserver.irc.client import Client, Talk
from chatserver.irc.line import Line
from chatserver.irc.render import render, speech


def show_past(client: Client, arrival: answers.YouJoined) -> Talk:
    """Show what was said up to the very place in the order at which the client has come.

    A client that has draft/chathistory asks for it itself ("Implementation"). A bot that says so
    (mode +B) is shown nothing: with each of its returns it would answer the same lines again.
    """
    count = client.house.limits.history_on_join
    if not count or client.has(Cap.CHATHISTORY) or modes.BOT in client.flags:
        return
    room = arrival.room
    try:
        page = yield lookups.ReadHistory(room, count, before=arrival.id, returning=True)
    except ChatError as error:
        if client.has(Cap.STANDARD_REPLIES):
            client.reply("WARN", "JOIN", "HISTORY_UNAVAILABLE", room, str(error))
        return
    if isinstance(page, answers.HistoryPage) and page.lines:
        client.batch("chathistory", page.room, lines=_lines(client, page.lines))


def _lines(client: Client, said: tuple[events.Line, ...]) -> Iterator[Line]:
    """Yield what was said, with its time in the text for who gets no times otherwise."""
    for event in said:
        if not isinstance(event, events.Said):
            continue  # a topic of earlier would be taken for a new one
        if client.has(Cap.SERVER_TIME):
            yield from render(event, client.manner)
        else:
            yield from speech(event, event.room, client.manner, _stamp(event.at))


def _stamp(at: float) -> str:
    """The time where the server is, as people on telnet see it too."""
    return f"[{datetime.fromtimestamp(at):%Y-%m-%d %H:%M}] "
