"""What programs hang on messages for each other (IRCv3 message-tags): the names that we know.

Sources: IRCv3's client tags reply (ratified; many programs know its draft alone) and react (a
draft).
"""

from typing import Final

from chatserver.chat.requests import Tags

REPLIES: Final = ("+draft/reply", "+reply")  # the value is the id of the message that is answered
REACT: Final = "+draft/react"
UNREACT: Final = "+draft/unreact"


def value_of(tags: Tags, *names: str) -> str:
    """Return the value of the first tag of these names, empty where there is none."""
    return next((value for name, value in tags if name in names), "")


def reply_to(id: int) -> Tags:
    """Return the tags of an answer to a message."""
    return tuple((name, message_id(id)) for name in REPLIES)


def replied_to(tags: Tags) -> int | None:
    """Return the id of the message that is answered, None where there is none."""
    return parse_message_id(value_of(tags, *REPLIES))


def message_id(id: int) -> str:
    """Return the id of a message as programs see it (IRCv3 msgid)."""
    return str(id)


def parse_message_id(text: str) -> int | None:
    """Return the id of a message that a program names, None if it is none of ours."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
