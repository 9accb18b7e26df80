"""The past: what comes in batches (chathistory, soju.im/search)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from msgspec import structs

from chatserver.irc.message import Message
from client import catching_up, searching
from client.batches import Batch
from client.buffers import Buffer
from client.handlers.registration import watch
from client.handlers.speech import conversation
from client.messages import SPEECH, Entry
from client.reading import parse_time, read
from client.state import State


def _page(state: State, batch: Batch) -> None:
    target = batch.params[0] if batch.params else ""
    asked = catching_up.take(state, batch.label, target)
    if asked:
        catching_up.receive(state, asked, batch.messages)
    elif target and (buffer := state.find(target)):
        # Nobody has asked: a server that shows the past by itself.
        asked = catching_up.Asked(buffer=buffer, focus="*")
        focus = state.focus
        catching_up.receive(state, asked, batch.messages)
        state.focus = focus


def _targets(state: State, batch: Batch) -> None:
    """With whom one has spoken while one was away: TARGETS name time."""
    for message in batch.messages:
        if message.command != "CHATHISTORY" or len(message.params) < 3:
            continue
        name, at = message.params[1], parse_time(message.params[2].removeprefix("timestamp="))
        known = state.find(name)
        if state.features.is_room(name) or (known and known.newest_at() >= at):
            continue
        if known is None:
            buffer = state.open(name)
            buffer.read_at = state.last_online
            watch(state, name)
            catching_up.catch_up(state, buffer)


def _found(state: State, batch: Batch) -> None:
    if state.search_results is None:
        return
    hits: list[tuple[Buffer, Entry]] = []
    for message in batch.messages:
        entry = read(state, message)
        if entry and entry.kind in SPEECH:
            hits.append((conversation(state, message), entry))
    searching.found(state, hits, whole=len(batch.messages))


BATCHES: Final[dict[str, Callable[[State, Batch], None]]] = {
    "chathistory": _page,
    "draft/chathistory-targets": _targets,
    "soju.im/search": _found,
}


def hear_batch(state: State, batch: Batch, hear: Callable[[Message], None]) -> None:
    """Act on a whole batch; `hear` takes what counts by itself.

    What is in a batch that means nothing more has the label of its opening.
    """
    if handler := BATCHES.get(batch.kind):
        handler(state, batch)
        return
    label = {"label": batch.label} if batch.label else {}
    for item in batch.items:
        tags = {**label, **item.tags} if label else item.tags
        if isinstance(item, Batch):
            hear_batch(state, structs.replace(item, tags=tags), hear)
        else:
            hear(structs.replace(item, tags=tags))
