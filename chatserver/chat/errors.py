"""Why a wish was refused: one class per refusal, in the words that a person reads.

A program's protocol maps the class to its own numeric; see the table of each dialect.
"""


class ChatError(Exception):
    """A refusal. Its text is one plain sentence that says what to do."""


class BadNick(ChatError):
    """The text breaks the rules for names of people."""


class NickInUse(ChatError):
    """Somebody present has that name, or one that differs in case alone."""

    def __init__(self) -> None:
        super().__init__("That name is in use.")


class BadRoom(ChatError):
    """The text breaks the rules for names of rooms."""


class NoSuchNick(ChatError):
    """Nobody present has that name, or any of these."""

    def __init__(self, *nicks: str) -> None:
        are = "is" if len(nicks) == 1 else "are"
        super().__init__(f"{', '.join(nicks)} {are} not here; /who shows who is.")


class NoSuchRoom(ChatError):
    """There is no room of that name."""

    def __init__(self, room: str) -> None:
        super().__init__(f"There is no room {room}; /rooms shows which there are.")


class NotInRoom(ChatError):
    """The wish needs a room that the person has not joined."""

    def __init__(self, room: str) -> None:
        super().__init__(f"You are not in {room}; /join {room} takes you there.")


class AlreadyInRoom(ChatError):
    """The person is in that room already."""

    def __init__(self, room: str) -> None:
        super().__init__(f"You are in {room} already.")


class TooManyRooms(ChatError):
    """The person is in as many rooms as allowed."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"You are in {limit} rooms, the most allowed.")


class TooManyTargets(ChatError):
    """One command names more people than allowed."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"That is too many names; at most {limit} at once.")


class TooLong(ChatError):
    """A topic or a reason is longer than allowed."""

    def __init__(self, what: str, limit: int) -> None:
        super().__init__(f"That {what} is too long (limit {limit} characters).")


class NotSaved(ChatError):
    """A message cannot be stored now, so nobody has seen it."""

    def __init__(self, why: str) -> None:
        super().__init__(f"Not sent: the server cannot save messages now ({why}).")


class NotForgotten(ChatError):
    """Nothing can be erased from the history now."""

    def __init__(self, why: str) -> None:
        super().__init__(f"Nothing was forgotten: the history cannot be written now ({why}).")


class NotFound(ChatError):
    """The history cannot answer; the text says why."""


class NothingToSay(ChatError):
    """A message without text."""

    def __init__(self) -> None:
        super().__init__("There is nothing to say; type a text after it.")


class CtcpOff(ChatError):
    """A client-to-client request other than ACTION was sent to a room."""

    def __init__(self) -> None:
        super().__init__("CTCP is off in this room.")
