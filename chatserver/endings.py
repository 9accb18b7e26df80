"""Why a conversation ends that the client has not ended itself."""

from enum import Enum


class Ending(Enum):
    """Why the server ends a conversation; the value is what the others are told."""

    LOST = "connection lost"
    NO_ANSWER = "no answer"
    TOO_SLOW = "too slow to read"
    OVERLOAD = "the server is full"
    FAULT = "a fault in the server"
    STOPPING = "the server is stopping"
