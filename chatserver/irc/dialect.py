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


class IrcDialect:
    """Compared by identity: those with the same manner share one object, and so the bytes."""

    __slots__ = ("_echoes", "manner")

    def __init__(self, manner: Manner) -> None:
        self.manner = manner
        self._echoes = Cap.ECHO_MESSAGE in manner.caps

    def encode(self, events: Sequence[Event]) -> Encoded | None:
        """Render events once. Who speaks hears it only if they want an echo."""
        manner = self.manner
        pieces: list[bytes] = []
        nicks: list[str] = []  # of whom each piece is
        for event in events:
            plain = b""
            if type(event) is Said:
                nicks.append(event.nick)
                plain = plain_said(event, manner)
            elif type(event) in _PERSONAL:
                return None
            else:
                nicks.append(event.nick if type(event) is Tagged else "")
            pieces.append(plain or encode(render(event, manner)))
        return Encoded(b"".join(pieces), own={} if self._echoes else _others(nicks, pieces))


def _others(nicks: Sequence[str], pieces: Sequence[bytes]) -> dict[str, bytes]:
    """Return for each who speaks the pieces of all others; those of "" are nobody's."""
    if len(nicks) == 1:
        return {fold(nicks[0]): b""} if nicks[0] else {}
    runs: list[tuple[str, list[bytes]]] = []  # what somebody says in a row
    run: list[bytes] = []
    last = None
    for nick, piece in zip(nicks, pieces, strict=True):
        if nick != last:
            last, run = nick, []
            runs.append((fold(nick), run))
        run.append(piece)
    said = [(speaker, b"".join(run)) for speaker, run in runs]
    return {
        speaker: b"".join([data for who, data in said if who != speaker])
        for speaker in {who for who, _ in said}
        if speaker
    }


@lru_cache(maxsize=4096)
def dialect_of(manner: Manner) -> IrcDialect:
    """Return the dialect of that manner, the same object every time."""
    return IrcDialect(manner)
