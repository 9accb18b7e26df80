"""Style: all that decides how a person sees a line, but for who they are."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from chatserver.chat.events import Event, Kicked, Renamed, RoomRenamed, Said
from chatserver.chat.names import fold
from chatserver.encoded import Encoded
from chatserver.telnet import render
from chatserver.telnet.clock import Clock, Zone
from chatserver.telnet.colors import Colors
from chatserver.telnet.editor import over_idle
from chatserver.telnet.parser import escape
from chatserver.telnet.shown import Shown

# A session remembers names (whom to ignore, to whom to reply, where it is), so it has to know.
_KNOWN_BY_ALL = frozenset({Renamed, RoomRenamed})


@dataclass(frozen=True, slots=True)
class Look:
    """The settings, compared by value."""

    colors: Colors = Colors.NONE
    columns: int = 0  # 0: not known, nothing is wrapped
    zone: Zone = Clock.SERVER
    room: str = ""  # the current one, whose lines do not carry its name
    end: str = "\r\n"
    prompt: str | None = None  # of an editor with an empty line; None where there is no editor
    charset: str = "utf-8"
    doubles_iac: bool = False  # a telnet peer, where 0xFF in a charset must be doubled
    shown: Shown | None = None  # what people have been shown, the same for all of a server


@dataclass(frozen=True, slots=True, eq=False)
class Style:
    """A look as a dialect: people with the same look share one object and so the same bytes.

    It is compared by identity, which is what makes looking it up cheap for every member of a
    room. Two objects with an equal look do no harm; their bytes are made twice.
    """

    look: Look

    def encode(self, events: Sequence[Event]) -> Encoded | None:
        """Render events once for everybody with this look."""
        look = self.look
        kinds = frozenset(map(type, events))
        if not _KNOWN_BY_ALL.isdisjoint(kinds):
            return None
        if look.shown:
            look.shown.note(events)
        lines = render.all_lines(events, look)
        if not lines:
            return Encoded(b"")
        data = encode_lines(lines, look)
        # Only an editor's terminal shows highlights; nc has no way to.
        highlights = look.prompt is not None
        if not highlights and Kicked not in kinds:
            return Encoded(data)
        return Encoded(data, _concerned(events, highlights=highlights))


def encode_lines(lines: Sequence[str], look: Look) -> bytes:
    """Return rendered lines as they go to a terminal whose editor, if any, is idle."""
    if look.prompt is None:
        data = (look.end.join(lines) + look.end).encode()
    else:
        data = over_idle(look.prompt, lines)
    return in_charset(data, look.charset, look.doubles_iac)


def in_charset(data: bytes, charset: str, doubles_iac: bool) -> bytes:
    """Return UTF-8 in another charset; what it lacks becomes a question mark."""
    if charset == "utf-8":
        return data  # it never holds 0xFF
    data = data.decode().encode(charset, "replace")
    return escape(data) if doubles_iac else data


@lru_cache(maxsize=4096)
def style_of(look: Look) -> Style:
    """Return the style of that look, the same object every time."""
    return Style(look)


def _concerned(events: Sequence[Event], *, highlights: bool) -> Set[str]:
    """Return who reads that for themselves: who is spoken of, and who is put out of a room."""
    keys: set[str] = set()
    for event in events:
        if isinstance(event, Said):
            if highlights:
                keys.update(render.names_in(event.text))
        elif isinstance(event, Kicked):
            keys.add(fold(event.victim))
    return keys
