"""Parser: bytes of the telnet protocol to data, commands and negotiations (RFC 854, RFC 855)."""

from dataclasses import dataclass
from enum import Enum, IntEnum, auto

SUBNEGOTIATION_BYTES = 512
IAC = 0xFF
_IAC = b"\xff"


class Command(IntEnum):
    """The byte after IAC (RFC 854)."""

    SE = 240
    NOP = 241
    DATA_MARK = 242
    BREAK = 243
    INTERRUPT = 244
    ABORT_OUTPUT = 245
    ARE_YOU_THERE = 246
    ERASE_CHARACTER = 247
    ERASE_LINE = 248
    GO_AHEAD = 249
    SB = 250
    WILL = 251
    WONT = 252
    DO = 253
    DONT = 254


class Option(IntEnum):
    """What can be negotiated, as far as we know it (IANA's Telnet Options)."""

    BINARY = 0  # RFC 856
    ECHO = 1  # RFC 857
    SGA = 3  # RFC 858
    TIMING_MARK = 6  # RFC 860
    TTYPE = 24  # RFC 1091
    NAWS = 31  # RFC 1073
    CHARSET = 42  # RFC 2066


@dataclass(frozen=True, slots=True)
class Negotiation:
    """The peer says WILL, WONT, DO or DONT of an option."""

    verb: Command
    option: int


@dataclass(frozen=True, slots=True)
class Subnegotiation:
    """The parameters of an option; of overlong ones the rest is missing."""

    option: int
    payload: bytes


Piece = bytes | Command | Negotiation | Subnegotiation


class _State(Enum):
    DATA = auto()
    IAC = auto()  # after IAC
    VERB = auto()  # after IAC WILL, WONT, DO or DONT
    SB = auto()  # within IAC SB … IAC SE
    SB_IAC = auto()  # after an IAC in there


_VERBS = frozenset({Command.WILL, Command.WONT, Command.DO, Command.DONT})
_COMMANDS = {int(command): command for command in Command}


class Parser:
    """Any split of the same bytes gives the same pieces, but for where data is cut."""

    __slots__ = ("_parameters", "_state", "_verb")

    def __init__(self) -> None:
        self._state = _State.DATA
        self._verb = Command.NOP
        self._parameters: bytearray | None = None

    def feed(self, data: bytes) -> list[Piece]:
        """Return what the bytes complete, in order."""
        if self._state is _State.DATA and _IAC not in data:
            return [data] if data else []
        pieces: list[Piece] = []
        position = 0
        while position < len(data):
            position = self._step(data, position, pieces)
        return pieces

    def _step(self, data: bytes, position: int, pieces: list[Piece]) -> int:
        """Take a run of data, or one byte of a command; return where to go on."""
        match self._state:
            case _State.DATA:
                return self._take_data(data, position, pieces)
            case _State.SB:
                return self._take_parameters(data, position)
            case _State.IAC:
                self._after_iac(data[position], pieces)
            case _State.VERB:
                pieces.append(Negotiation(self._verb, data[position]))
                self._state = _State.DATA
            case _State.SB_IAC:
                self._within_parameters(data[position], pieces)
        return position + 1

    def _take_data(self, data: bytes, position: int, pieces: list[Piece]) -> int:
        end = data.find(_IAC, position)
        if end < 0:
            pieces.append(data[position:])
            return len(data)
        if end > position:
            pieces.append(data[position:end])
        self._state = _State.IAC
        return end + 1

    def _after_iac(self, byte: int, pieces: list[Piece]) -> None:
        self._state = _State.DATA
        if byte == IAC:
            pieces.append(_IAC)
        elif byte == Command.SB:
            self._parameters = bytearray()
            self._state = _State.SB
        elif byte in _VERBS:
            self._verb = _COMMANDS[byte]
            self._state = _State.VERB
        elif byte in _COMMANDS:
            pieces.append(_COMMANDS[byte])

    def _take_parameters(self, data: bytes, position: int) -> int:
        end = data.find(_IAC, position)
        stop = len(data) if end < 0 else end
        self._keep(data[position:stop])
        if end < 0:
            return stop
        self._state = _State.SB_IAC
        return end + 1

    def _within_parameters(self, byte: int, pieces: list[Piece]) -> None:
        self._state = _State.SB
        if byte == IAC:
            self._keep(_IAC)
        elif byte == Command.SE:
            self._state = _State.DATA
            self._end_parameters(pieces)
        else:
            # Neither an end nor a doubled IAC: the peer has forgotten IAC SE. Take the command
            # for what it is, so that no text of a person is swallowed for ever.
            self._state = _State.DATA
            self._parameters = None
            self._after_iac(byte, pieces)

    def _end_parameters(self, pieces: list[Piece]) -> None:
        parameters, self._parameters = self._parameters, None
        if parameters:
            pieces.append(Subnegotiation(parameters[0], bytes(parameters[1:])))

    def _keep(self, data: bytes) -> None:
        if self._parameters is not None:
            self._parameters += data[: SUBNEGOTIATION_BYTES - len(self._parameters)]


def escape(data: bytes) -> bytes:
    """Double each IAC in what is sent as data (RFC 854); UTF-8 has none, other charsets may."""
    return data.replace(_IAC, _IAC * 2)
