"""Batches of clients: BATCH (IRCv3 client-batch), for messages of several lines."""

import re
from typing import Final

from chatserver.irc.capabilities import Cap
from chatserver.irc.client import Client
from chatserver.irc.commands.command import Command
from chatserver.irc.commands.speech import client_tags, wish
from chatserver.irc.message import Message
from chatserver.irc.multiline import KIND, BadBatch, Multiline

_REFERENCE: Final = re.compile("[A-Za-z0-9-]{1,64}")


def is_line(client: Client, message: Message) -> bool:
    """Whether a message is to be collected, and not to be acted on.

    Also where the batch was refused for want of the capability: its messages are ignored (IRCv3
    client-batch, "UNKNOWN_TYPE"), lest they be said by one who says them again.
    """
    if "batch" not in message.tags or not client.registered:
        return False
    return client.has(Cap.MULTILINE) or client.open_batch is not None


def collect(client: Client, message: Message) -> None:
    """Take a line of a batch."""
    batch, reference = client.open_batch, message.tags["batch"]
    if batch is None or batch.reference != reference:
        client.fail("BATCH", "INVALID_REFTAG", reference, text="There is no such batch.")
    elif not batch.dropped:
        try:
            batch.add(message)
        except BadBatch as error:
            _fail(client, batch, error)


def _fail(client: Client, batch: Multiline, error: BadBatch) -> None:
    batch.drop()
    client.answer_late(batch.label)
    client.fail("BATCH", error.code, *error.context, text=str(error))


def _batch(client: Client, message: Message) -> None:
    word, *rest = message.params
    reference = word[1:]
    if not _REFERENCE.fullmatch(reference) or word[0] not in "+-":
        text = "A reference is of letters, digits and hyphens, with + or - before it."
        client.fail("BATCH", "INVALID_REFTAG", reference or word, text=text)
    elif word[0] == "-":
        _end(client, reference)
    else:
        _begin(client, reference, rest, message)


def _begin(client: Client, reference: str, params: list[str], message: Message) -> None:
    # Nobody owes an end to a batch that was refused (IRCv3 client-batch and multiline, examples).
    if client.open_batch and not client.open_batch.dropped:
        text = "End the batch that is open first."
        client.fail("BATCH", "MULTILINE_INVALID", text=text)
        return
    kind, target = (*params, "", "")[:2]
    limits = client.house.limits
    client.open_batch = batch = Multiline(
        *(reference, target, client_tags(client, message), ""),
        most_bytes=limits.multiline_bytes,
        most_lines=limits.multiline_lines,
    )
    if kind != KIND or not client.has(Cap.MULTILINE):
        batch.drop()
        text = "There are no batches of that type here."
        client.fail("BATCH", "UNKNOWN_TYPE", reference, kind, text=text)
    elif not target:
        batch.drop()
        client.fail("BATCH", "MULTILINE_INVALID", text="A message needs a target.")
    else:
        batch.label = client.put_off()


def _end(client: Client, reference: str) -> None:
    batch = client.open_batch
    if batch is None or batch.reference != reference:
        client.fail("BATCH", "INVALID_REFTAG", reference, text="There is no such batch.")
        return
    client.open_batch = None
    if batch.dropped:
        return
    try:
        text, cuts = batch.join()
    except BadBatch as error:
        _fail(client, batch, error)
        return
    client.answer_late(batch.label)
    client.send(wish(batch.target, text, batch.command == "NOTICE", batch.tags, cuts))


COMMANDS: Final = (
    Command("BATCH", _batch, 1, help="+REFERENCE TYPE TARGET, then -REFERENCE: send as one"),
)
