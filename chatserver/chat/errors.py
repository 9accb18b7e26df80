"""Why a wish was refused: one class per refusal, in the words that a person reads.

A program's protocol maps the class to its own numeric; see the table of each dialect.
"""

from chatserver.chat.modes import Change


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
        self.nicks = nicks
        are = "is" if len(nicks) == 1 else "are"
        super().__init__(f"{', '.join(nicks)} {are} not here; /who shows who is.")


class BoxFull(ChatError):
    """So many messages wait for that person, or each of these, that no more are kept."""

    def __init__(self, limit: int, *nicks: str) -> None:
        self.nicks = nicks
        names = ", ".join(nicks)
        super().__init__(f"Not sent: too many messages wait for {names} already (limit {limit}).")


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


class NotOperator(ChatError):
    """The wish is for a room's operators."""

    def __init__(self, room: str) -> None:
        super().__init__(f"Only an operator of {room} can do that.")


class NotServerOperator(ChatError):
    """The wish is for operators of the server."""

    def __init__(self) -> None:
        super().__init__("Only an operator of the server can do that.")


class CannotSpeak(ChatError):
    """The room does not take what this person says now; the text says why."""

    def __init__(self, room: str, why: str) -> None:
        super().__init__(f"Not sent to {room}: {why}.")


class IsBanned(ChatError):
    """A ban of the room fits the person who wants to enter."""

    def __init__(self, room: str) -> None:
        super().__init__(f"You are banned from {room}.")


class NeedsInvitation(ChatError):
    """Only who is invited may enter the room."""

    def __init__(self, room: str) -> None:
        super().__init__(f"{room} is open to invited people only.")


class WrongKey(ChatError):
    """The room is locked with another key."""

    def __init__(self, room: str) -> None:
        super().__init__(f"{room} is locked; /join {room} KEY opens it.")


class RoomIsFull(ChatError):
    """As many people are in the room as it takes."""

    def __init__(self, room: str) -> None:
        super().__init__(f"{room} is full.")


class NotThere(ChatError):
    """Somebody is not in the room that the wish names."""

    def __init__(self, nick: str, room: str) -> None:
        self.nick = nick
        super().__init__(f"{nick} is not in {room}.")


class IsThere(ChatError):
    """Somebody is in the room already."""

    def __init__(self, nick: str, room: str) -> None:
        self.nick = nick
        super().__init__(f"{nick} is in {room} already.")


class ListIsFull(ChatError):
    """A list of the room holds as many masks as allowed."""

    def __init__(self, room: str, change: Change) -> None:
        self.change = change
        super().__init__(f"That list of {room} is full; take something off it first.")


class BadMode(ChatError):
    """The value of a mode makes no sense."""

    def __init__(self, change: Change, why: str) -> None:
        self.change = change
        self.why = why
        super().__init__(why)


class RoomExists(ChatError):
    """There is a room of the new name already."""

    def __init__(self, room: str) -> None:
        super().__init__(f"There is a room {room} already.")


class CannotRename(ChatError):
    """The room keeps its name; the text says why."""


class NotYours(ChatError):
    """What is to be taken back was said by somebody else."""

    def __init__(self) -> None:
        super().__init__("You can only take back what you said yourself.")


class NoSuchMessage(ChatError):
    """There is no message of that id, or none that one may see."""

    def __init__(self) -> None:
        super().__init__("There is no such message.")


class TooBusy(ChatError):
    """So much of that kind is waiting that no more is taken now."""

    def __init__(self, what: str) -> None:
        super().__init__(f"Too many {what} at once. Try again in a few seconds.")


class TooManyTries(ChatError):
    """So many passwords were tried from one address that no more is looked at now."""

    def __init__(self) -> None:
        super().__init__("Too many tries to log in. Try again in a minute.")


class NotReloaded(ChatError):
    """The settings cannot be read again, and nothing has changed; the text says why."""
