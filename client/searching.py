"""Searching: what the server is asked to find (soju.im/search)."""

from chatserver.irc.message import Message
from client.buffers import Buffer
from client.queries import read_query
from client.reading import format_time
from client.state import Search, State, Status


def search(state: State, text: str, buffer: Buffer | None, before: float | None = None) -> None:
    """Ask the server for lines, in the words of `read_query`; without a buffer in all.

    `before` is the time, in seconds since the epoch, before which they were said, or None.
    """
    state.search_results = Search(text)
    state.changed()
    if state.status is not Status.ONLINE or not state.has("soju.im/search"):
        state.search_results = Search(text, done=True, fault="This server cannot search.")
        return
    place = {"in": buffer.name} if buffer else {}
    try:
        wanted = place | read_query(text, state.clock()) | {"limit": "100"}
        if before is not None:
            wanted["before"] = format_time(before)
    except ValueError as error:
        state.search_results = Search(text, done=True, fault=str(error))
        return
    attributes = Message("X", tags=wanted).encode().removeprefix("@").removesuffix(" X")
    state.send("SEARCH", attributes)
