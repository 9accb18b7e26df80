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

Run = tuple[str, bytes]  # who speaks, by folded nick or "" for nobody, and their lines


class IrcDialect:
    """Compared by identity: those with the same manner share one object, and so the bytes."""

    __slots__ = ("_echoes", "manner")

    def __init__(self, manner: Manner) -> None:
        self.manner = manner
        self._echoes = Cap.ECHO_MESSAGE in manner.caps

    def encode(self, events: Sequence[Event]) -> Encoded | None:
        """Render events once. Who speaks hears it only if they want an echo."""
        runs = self._runs(events)
        if runs is None:
            return None
        if len(runs) == 1:
            [(speaker, data)] = runs
            own = {speaker: b""} if speaker else {}
        else:
            data = b"".join([piece for _, piece in runs])
            own = _others(runs)
        return Encoded(data, own={} if self._echoes else own)

    def _runs(self, events: Sequence[Event]) -> list[Run] | None:
        """Return what each says in a row; None: some of it looks different to each."""
        manner = self.manner
        runs: list[tuple[str, list[bytes]]] = []
        run: list[bytes] = []
        last = None
        for event in events:
            nick, piece = "", b""
            if type(event) is Said:
                nick, piece = event.nick, plain_said(event, manner)
            elif type(event) is Tagged:
                nick = event.nick
            elif type(event) in _PERSONAL:
                return None
            if nick != last:
                last, run = nick, []
                runs.append((nick, run))
            run.append(piece or encode(render(event, manner)))
        return [(fold(nick), b"".join(run)) for nick, run in runs]


def _others(runs: Sequence[Run]) -> dict[str, bytes]:
    """Return for each who speaks what all others say; what is of "" is nobody's."""
    return {
        speaker: b"".join([data for who, data in runs if who != speaker])
        for speaker in {who for who, _ in runs}
        if speaker
    }


@lru_cache(maxsize=4096)
def dialect_of(manner: Manner) -> IrcDialect:
    """Return the dialect of that manner, the same object every time."""
    return IrcDialect(manner)
