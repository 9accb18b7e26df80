"""Redaction: REDACT, taking back what was said (IRCv3 draft/message-redaction)."""

from typing import Final

from chatserver.chat import answers, requests
from chatserver.chat.errors import ChatError, NoSuchMessage, NotOperator, NotSaved, NotYours
from chatserver.chat.tags import parse_message_id
from chatserver.formatting import sanitize
from chatserver.irc.client import Client, Talk
from chatserver.irc.commands.command import Command
from chatserver.irc.message import Message


def _redact(client: Client, message: Message) -> Talk:
    target, reference, *rest = message.params
    why = sanitize(rest[0])[: client.house.limits.reason] if rest else ""
    id = parse_message_id(reference) or 0  # nothing has that one, but the target comes first
    try:
        found = yield requests.Redact(target, id, why)
        if isinstance(found, answers.MessageFound):
            yield found.order
    except NoSuchMessage as error:
        client.fail("REDACT", "UNKNOWN_MSGID", target, reference, text=str(error))
    except (NotYours, NotOperator) as error:
        client.fail("REDACT", "REDACT_FORBIDDEN", target, reference, text=str(error))
    except NotSaved as error:
        client.fail("REDACT", "TEMPORARILY_UNAVAILABLE", target, reference, text=str(error))
    except ChatError as error:
        client.fail("REDACT", "INVALID_TARGET", target, text=str(error))


COMMANDS: Final = (
    Command("REDACT", _redact, 2, help="TARGET MSGID [REASON]: take back what was said"),
)
