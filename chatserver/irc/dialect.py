"""IrcDialect: the bytes of an event, made once for all clients with the same capabilities."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from chatserver.chat.events import Event, Governed, Invited, RoomRenamed, Said, Tagged
from chatserver.chat.names import fold
from chatserver.encoded import Encoded
from chatserver.irc.capabilities import Cap
from chatserver.irc.line import encode
from chatserver.irc.render import Manner, plain_said, render

# What looks different to each: who is invited themselves, who leaves a room and joins it anew, the
# nick in a numeric.
_PERSONAL: Final = frozenset({Governed, Invited, RoomRenamed})
# What whoever it comes from hears only where they want an echo.
_SPOKEN: Final = (Said, Tagged)


class IrcDialect:
    """Compared by identity: those with the same manner share one object, and so the bytes."""

    __slots__ = ("_echoes", "manner")

    def __init__(self, manner: Manner) -> None:
        self.manner = manner
        self._echoes = Cap.ECHO_MESSAGE in manner.caps

    def encode(self, events: Sequence[Event]) -> Encoded | None:
        """Render events once. Who speaks hears it only if they want an echo."""
        pieces: list[bytes] = []
        speakers: list[str] = []
        for event in events:
            if type(event) in _PERSONAL:
                return None
            plain = plain_said(event, self.manner) if type(event) is Said else b""
            pieces.append(plain or encode(render(event, self.manner)))
            speakers.append(fold(event.nick) if isinstance(event, _SPOKEN) else "")
        if self._echoes:
            return Encoded(b"".join(pieces))
        return Encoded(b"".join(pieces), own=_without(speakers, pieces))


def _without(speakers: Sequence[str], pieces: Sequence[bytes]) -> dict[str, bytes]:
    """Return for each speaker what the others have said; "" is nobody's."""
    if len(pieces) == 1:
        return {speakers[0]: b""} if speakers[0] else {}
    return {
        speaker: b"".join(
            [piece for who, piece in zip(speakers, pieces, strict=True) if who != speaker]
        )
        for speaker in set(speakers)
        if speaker
    }


@lru_cache(maxsize=4096)
def dialect_of(manner: Manner) -> IrcDialect:
    """Return the dialect of that manner, the same object every time."""
    return IrcDialect(manner)
