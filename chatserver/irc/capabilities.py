"""Capabilities: what a client and this server may agree on (IRCv3 capability-negotiation)."""

from collections.abc import Callable
from enum import Flag, auto
from typing import Final

from msgspec import Struct

from chatserver.limits import Limits


class Cap(Flag):
    """One bit for each; those that a client has enabled make up a dialect."""

    NONE = 0
    ACCOUNT_NOTIFY = auto()
    ACCOUNT_TAG = auto()
    AWAY_NOTIFY = auto()
    BATCH = auto()
    CAP_NOTIFY = auto()
    CHANNEL_RENAME = auto()
    CHATHISTORY = auto()
    CHGHOST = auto()
    ECHO_MESSAGE = auto()
    EVENT_PLAYBACK = auto()
    EXTENDED_ISUPPORT = auto()
    EXTENDED_JOIN = auto()
    EXTENDED_MONITOR = auto()
    INVITE_NOTIFY = auto()
    LABELED_RESPONSE = auto()
    MESSAGE_REDACTION = auto()
    MESSAGE_TAGS = auto()
    MULTILINE = auto()
    MULTI_PREFIX = auto()
    NO_IMPLICIT_NAMES = auto()
    PRE_AWAY = auto()
    READ_MARKER = auto()
    SEARCH = auto()
    SERVER_TIME = auto()
    SETNAME = auto()
    STANDARD_REPLIES = auto()
    USERHOST_IN_NAMES = auto()


def _nothing(limits: Limits) -> str:
    return ""


def _multiline(limits: Limits) -> str:
    return f"max-bytes={limits.multiline_bytes},max-lines={limits.multiline_lines}"


class Capability(Struct, frozen=True):
    """How a capability is offered: its name, and its value for clients of version 302."""

    cap: Cap
    name: str
    value: Callable[[Limits], str] = _nothing


OFFERED: Final = (
    Capability(Cap.ACCOUNT_NOTIFY, "account-notify"),
    Capability(Cap.ACCOUNT_TAG, "account-tag"),
    Capability(Cap.AWAY_NOTIFY, "away-notify"),
    Capability(Cap.BATCH, "batch"),
    Capability(Cap.CAP_NOTIFY, "cap-notify"),
    Capability(Cap.CHANNEL_RENAME, "draft/channel-rename"),
    Capability(Cap.CHATHISTORY, "draft/chathistory"),
    Capability(Cap.CHGHOST, "chghost"),
    Capability(Cap.ECHO_MESSAGE, "echo-message"),
    Capability(Cap.EVENT_PLAYBACK, "draft/event-playback"),
    Capability(Cap.EXTENDED_ISUPPORT, "draft/extended-isupport"),
    Capability(Cap.EXTENDED_JOIN, "extended-join"),
    Capability(Cap.EXTENDED_MONITOR, "extended-monitor"),
    Capability(Cap.INVITE_NOTIFY, "invite-notify"),
    Capability(Cap.LABELED_RESPONSE, "labeled-response"),
    Capability(Cap.MESSAGE_REDACTION, "draft/message-redaction"),
    Capability(Cap.MESSAGE_TAGS, "message-tags"),
    Capability(Cap.MULTILINE, "draft/multiline", _multiline),
    Capability(Cap.MULTI_PREFIX, "multi-prefix"),
    Capability(Cap.NO_IMPLICIT_NAMES, "draft/no-implicit-names"),
    Capability(Cap.PRE_AWAY, "draft/pre-away"),
    Capability(Cap.READ_MARKER, "draft/read-marker"),
    Capability(Cap.SEARCH, "soju.im/search"),
    Capability(Cap.SERVER_TIME, "server-time"),
    Capability(Cap.SETNAME, "setname"),
    Capability(Cap.STANDARD_REPLIES, "standard-replies"),
    Capability(Cap.USERHOST_IN_NAMES, "userhost-in-names"),
)

BY_NAME: Final = {capability.name: capability for capability in OFFERED}
