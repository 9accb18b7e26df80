"""What people on telnet have been shown last: what is said of a line later, says of which."""

from collections.abc import Iterable
from dataclasses import dataclass

from msgspec.structs import replace

from chatserver.chat import events
from chatserver.chat.names import fold
from chatserver.chat.tags import replied_to
from chatserver.recent import Recent

Message = events.Said | events.Told


@dataclass(frozen=True, slots=True)
class Shown:
    """The memory that all who are on telnet share; see House.

    It holds lines of rooms and of private talk alike, so whoever looks into it says where they are.
    """

    memory: Recent[Message]

    def note(self, news: Iterable[events.Event]) -> None:
        """Remember what is shown; not what only some of a room could hear.

        A line is added once: another thread may have seen before that it was taken back.
        """
        memory = self.memory
        for event in news:
            if type(event) is events.Said:  # as most are, so first and fast
                if not event.rank:
                    memory.add(event.id, event)
            elif isinstance(event, events.Told):
                memory.add(event.id, event)
            elif isinstance(event, events.Redacted) and (line := memory.get(event.message)):
                memory.put(event.message, replace(line, text=""))

    def answered(self, event: events.Tagged | events.Said) -> Message | None:
        """Return the message that this is about, if it was said to the same people."""
        id = replied_to(event.tags)
        line = None if id is None else self.memory.get(id)
        target = event.room if isinstance(event, events.Said) else event.target
        return line if line and _is_there(line, target, event.nick) else None

    def taken_back(self, event: events.Redacted) -> Message | None:
        """Return the message that was taken back, without its text."""
        line = self.memory.get(event.message)
        return line if line and _is_there(line, event.target, event.nick) else None

    def last(self, room: str, *, by: str = "", but: str = "") -> events.Said | None:
        """Return the last line of a room, of that person or not of that one, that still stands."""
        for line in self.memory.newest_first():
            if not isinstance(line, events.Said) or not line.text or fold(line.room) != fold(room):
                continue
            nick = fold(line.nick)
            if nick == fold(by) if by else nick != fold(but):
                return line
        return None


def _is_there(line: Message, target: str, nick: str) -> bool:
    """Whether a line was said in that room, or between that person and the target."""
    match line:
        case events.Said(room=room):
            return fold(room) == fold(target)
        case events.Told():
            return {fold(line.nick), fold(line.to)} == {fold(target), fold(nick)}
