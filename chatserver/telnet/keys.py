"""Bytes from a terminal to strokes: characters, named keys and pastes.

Sources: ECMA-48 5.4 (the shape of control sequences), XTerm Control Sequences (`ctlseqs`: cursor
keys, modifiers, bracketed paste), RFC 854 (CR LF and CR NUL), readline(3) for the names of keys.

We never ask a terminal anything, so no answers are expected: every sequence that is not in the
tables is swallowed.
"""

from __future__ import annotations

import re
from codecs import utf_8_decode
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType
from typing import Final, TypeAlias

SEQUENCE_LIMIT: Final = 64
"""Bytes of one control sequence that are kept; a longer one is still swallowed whole."""

PASTE_LIMIT: Final = 65536
"""Bytes of one paste that are kept."""


class Key(Enum):
    """What a key means to a line editor, by whatever bytes it came."""

    ENTER = auto()
    TAB = auto()
    ESCAPE = auto()
    LEFT = auto()
    RIGHT = auto()
    UP = auto()
    DOWN = auto()
    HOME = auto()
    END = auto()
    WORD_LEFT = auto()
    WORD_RIGHT = auto()
    BACKSPACE = auto()
    DELETE = auto()
    KILL_TO_START = auto()
    KILL_TO_END = auto()
    KILL_WORD = auto()
    KILL_WORD_BACK = auto()
    YANK = auto()
    TRANSPOSE = auto()
    REDRAW = auto()
    INTERRUPT = auto()
    END_OF_INPUT = auto()


@dataclass(frozen=True, slots=True)
class Paste:
    """A bracketed paste: its lines joined by line feeds; `cut` if it was over the limit."""

    text: str
    cut: bool = False


Stroke: TypeAlias = str | Key | Paste
"""One character, one key, or one paste."""


class _State(Enum):
    GROUND = auto()
    ESCAPE = auto()  # ESC was read
    CONTROL = auto()  # CSI: ESC [
    SHIFT = auto()  # SS3: ESC O
    FUNCTION = auto()  # ESC [ [: the Linux console's function keys, one more byte
    STRING = auto()  # OSC, DCS, SOS, PM, APC: up to ST
    STRING_ESCAPE = auto()  # ESC within one of these
    PASTE = auto()


_ESC: Final = 0x1B
_CR: Final = 0x0D
_LF: Final = 0x0A
_NUL: Final = 0x00
_BEL: Final = 0x07
_CAN: Final = 0x18
_SUB: Final = 0x1A
_PASTE_END: Final = b"\x1b[201~"

_TEXT: Final = re.compile(rb"[^\x00-\x1f\x7f]+")
_STRING_STOP: Final = re.compile(rb"[\x07\x18\x1a\x1b]")
_LINE_END: Final = re.compile("\r\n|\r\x00|\r")

_CONTROLS: Final[Mapping[int, Key]] = MappingProxyType(
    {
        0x01: Key.HOME,  # ^A
        0x02: Key.LEFT,  # ^B
        0x03: Key.INTERRUPT,  # ^C
        0x04: Key.END_OF_INPUT,  # ^D
        0x05: Key.END,  # ^E
        0x06: Key.RIGHT,  # ^F
        0x08: Key.BACKSPACE,  # ^H
        0x09: Key.TAB,
        _LF: Key.ENTER,
        0x0B: Key.KILL_TO_END,  # ^K
        0x0C: Key.REDRAW,  # ^L
        _CR: Key.ENTER,
        0x0E: Key.DOWN,  # ^N
        0x10: Key.UP,  # ^P
        0x14: Key.TRANSPOSE,  # ^T
        0x15: Key.KILL_TO_START,  # ^U
        0x17: Key.KILL_WORD_BACK,  # ^W
        0x19: Key.YANK,  # ^Y
        0x7F: Key.BACKSPACE,
    }
)

_ALT: Final[Mapping[int, Key]] = MappingProxyType(
    {
        ord("b"): Key.WORD_LEFT,
        ord("B"): Key.WORD_LEFT,
        ord("f"): Key.WORD_RIGHT,
        ord("F"): Key.WORD_RIGHT,
        ord("d"): Key.KILL_WORD,
        ord("D"): Key.KILL_WORD,
        0x08: Key.KILL_WORD_BACK,
        0x7F: Key.KILL_WORD_BACK,
    }
)

_AFTER_ESCAPE: Final[Mapping[int, _State]] = MappingProxyType(
    {
        _ESC: _State.ESCAPE,
        ord("["): _State.CONTROL,
        ord("O"): _State.SHIFT,
        ord("]"): _State.STRING,
        ord("P"): _State.STRING,
        ord("X"): _State.STRING,
        ord("^"): _State.STRING,
        ord("_"): _State.STRING,
    }
)

_FINALS: Final[Mapping[int, Key]] = MappingProxyType(
    {
        ord("A"): Key.UP,
        ord("B"): Key.DOWN,
        ord("C"): Key.RIGHT,
        ord("D"): Key.LEFT,
        ord("F"): Key.END,
        ord("H"): Key.HOME,
    }
)

# SS3 only: Enter of the numeric keypad, and rxvt's control with an arrow.
_SHIFTED: Final[Mapping[int, Key]] = MappingProxyType(
    {
        **_FINALS,
        ord("M"): Key.ENTER,
        ord("c"): Key.WORD_RIGHT,
        ord("d"): Key.WORD_LEFT,
    }
)

# CSI number ~: VT220 and rxvt number Home and End differently.
_NUMBERED: Final[Mapping[int, Key]] = MappingProxyType(
    {1: Key.HOME, 3: Key.DELETE, 4: Key.END, 7: Key.HOME, 8: Key.END}
)
_PASTE_NUMBER: Final = 200

_ARROWS: Final = frozenset({Key.UP, Key.DOWN, Key.RIGHT, Key.LEFT})

# With control, alt or meta held.
_BY_WORD: Final[Mapping[Key, Key]] = MappingProxyType(
    {Key.LEFT: Key.WORD_LEFT, Key.RIGHT: Key.WORD_RIGHT, Key.DELETE: Key.KILL_WORD}
)


class Keys:
    """The decoder of one terminal. However its bytes are split, the strokes are the same.

    Memory is bounded by `SEQUENCE_LIMIT` and `PASTE_LIMIT`, time is linear in what is fed.
    """

    __slots__ = (
        "_after_cr",
        "_cut",
        "_in_csi",
        "_partial",
        "_paste",
        "_sequence",
        "_state",
        "_strokes",
    )

    def __init__(self) -> None:
        self._state = _State.GROUND
        self._in_csi = False  # whether its arrows come as CSI, which is the form of its mode then
        self._after_cr = False
        self._partial = b""  # the start of a character whose end has not come yet
        self._sequence = b""
        self._paste = bytearray()
        self._cut = False
        self._strokes: list[Stroke] = []

    @property
    def waiting(self) -> bool:
        """Whether an escape sequence is unfinished: call `flush` if nothing comes for 100 ms.

        An unfinished paste does not count. It may pause for as long as its network does, and its
        rest, taken for keys, would send lines that nobody meant to send.
        """
        return self._state not in {_State.GROUND, _State.PASTE}

    @property
    def unfinished(self) -> bool:
        """Whether an escape sequence or a paste is unfinished."""
        return self._state is not _State.GROUND

    def feed(self, data: bytes) -> list[Stroke]:
        """Decode the next bytes, free of telnet commands already; return what they complete.

        Text is UTF-8. A byte that is not becomes U+FFFD; a character that is split between two
        calls is whole in the second. CR, LF, CR LF and CR NUL are one ENTER each, given at the
        first byte.
        """
        at = 0
        while at < len(data):
            match self._state:
                case _State.GROUND:
                    at = self._ground(data, at)
                case _State.PASTE:
                    at = self._pasted(data, at)
                case _State.STRING:
                    at = self._string(data, at)
                case _:
                    at += self._escaped(data[at])
        return self._take()

    def flush(self) -> list[Stroke]:
        """Give up waiting for the rest of an escape sequence: a lone ESC is the Escape key."""
        match self._state:
            case _State.ESCAPE:
                self._strokes.append(Key.ESCAPE)
                self._state = _State.GROUND
            case _State.GROUND | _State.PASTE:
                pass
            case _:
                self._state = _State.GROUND
        return self._take()

    def _take(self) -> list[Stroke]:
        strokes, self._strokes = self._strokes, []
        return strokes

    def _ground(self, data: bytes, at: int) -> int:
        if text := _TEXT.match(data, at):
            self._after_cr = False
            self._decode(text[0], final=False)
            return text.end()
        self._decode(b"", final=True)
        self._control(data[at])
        return at + 1

    def _decode(self, data: bytes, final: bool) -> None:
        if not data and not self._partial:
            return
        data = self._partial + data
        text, used = utf_8_decode(data, "replace", final)
        self._partial = data[used:]
        self._strokes.extend(text)

    def _control(self, byte: int) -> None:
        swallowed = self._after_cr and byte in {_LF, _NUL}
        self._after_cr = byte == _CR
        if byte == _ESC:
            self._state = _State.ESCAPE
        elif not swallowed and (key := _CONTROLS.get(byte)):
            self._strokes.append(key)

    def _escaped(self, byte: int) -> int:
        """Take one byte of an escape sequence; return 0 if it is left for the next state."""
        match self._state:
            case _State.ESCAPE:
                return self._after_escape(byte)
            case _State.CONTROL if byte == ord("[") and not self._sequence:
                self._state = _State.FUNCTION
                return 1
            case _State.CONTROL | _State.SHIFT:
                return self._in_sequence(byte)
            case _State.FUNCTION:
                self._state = _State.GROUND
                return int(0x20 <= byte < 0x7F)
            case _:  # STRING_ESCAPE: ESC \ ends the string, any other ESC begins a new sequence
                self._state = _State.GROUND if byte == ord("\\") else _State.ESCAPE
                return int(byte == ord("\\"))

    def _after_escape(self, byte: int) -> int:
        self._state = _AFTER_ESCAPE.get(byte, _State.GROUND)
        self._sequence = b""
        if byte == _ESC:
            self._strokes.append(Key.ESCAPE)
        elif key := _ALT.get(byte):
            self._strokes.append(key)
        elif not 0x20 <= byte < 0x7F:
            self._strokes.append(Key.ESCAPE)  # then a key or a letter of its own
            return 0
        # Any other printable byte is an Alt key without a meaning here. ECMA-35 would have 0x20
        # to 0x2F begin a longer sequence, but no key sends one, and Alt-( must not eat a letter.
        return 1

    def _in_sequence(self, byte: int) -> int:
        if 0x20 <= byte < 0x40:
            # One more than the limit marks the sequence as too long.
            if len(self._sequence) <= SEQUENCE_LIMIT:
                self._sequence += bytes((byte,))
            return 1
        shifted, self._state = self._state is _State.SHIFT, _State.GROUND
        if not 0x40 <= byte < 0x7F:
            return 0  # a sequence broken off by a control byte, which then acts by itself
        if len(self._sequence) <= SEQUENCE_LIMIT:
            self._finish(byte, _SHIFTED if shifted else _FINALS)
        return 1

    def _finish(self, final: int, keys: Mapping[int, Key]) -> None:
        numbers = [int(part) if part.isdigit() else 0 for part in self._sequence.split(b";")]
        if final == ord("~"):
            if numbers[0] == _PASTE_NUMBER:
                self._state = _State.PASTE
                self._sequence, self._cut = b"", False
                return
            key = _NUMBERED.get(numbers[0])
        else:
            key = keys.get(final)
            if key in _ARROWS and not self._sequence:
                self._in_csi = self._in_csi or keys is _FINALS
                if self._in_csi and keys is _SHIFTED:  # PuTTY's control with an arrow
                    key = _BY_WORD.get(key, key)
        if key is not None:
            # xterm sends 1 + (1 shift, 2 alt, 4 control, 8 meta) as the second number.
            modified = len(numbers) > 1 and (numbers[1] - 1) & 0b1110
            self._strokes.append(_BY_WORD.get(key, key) if modified and numbers[1] else key)

    def _string(self, data: bytes, at: int) -> int:
        stop = _STRING_STOP.search(data, at)
        if stop is None:
            return len(data)
        self._state = _State.STRING_ESCAPE if stop[0] == b"\x1b" else _State.GROUND
        return stop.end()

    def _pasted(self, data: bytes, at: int) -> int:
        """Take bytes of a paste up to its end, which may be split between two calls."""
        if held := self._sequence:
            missing = _PASTE_END[len(held) :]
            more = data[at : at + len(missing)]
            if missing.startswith(more):
                self._sequence = held + more
                if more == missing:
                    self._end_paste()
                return at + len(more)
            self._sequence = b""
            self._keep(held)  # no second ESC in it, so nothing of it begins another end
        end = data.find(_PASTE_END, at)
        if end >= 0:
            self._keep(data[at:end])
            self._end_paste()
            return end + len(_PASTE_END)
        self._sequence = _beginning_of_end(data[max(at, len(data) - len(_PASTE_END) + 1) :])
        self._keep(data[at : len(data) - len(self._sequence)])
        return len(data)

    def _keep(self, data: bytes) -> None:
        room = PASTE_LIMIT - len(self._paste)
        self._paste += data[:room]
        self._cut = self._cut or len(data) > room

    def _end_paste(self) -> None:
        text = _LINE_END.sub("\n", self._paste.decode("utf-8", "replace"))
        self._strokes.append(Paste(text, self._cut))
        self._paste = bytearray()
        self._state = _State.GROUND
        self._sequence = b""


def _beginning_of_end(tail: bytes) -> bytes:
    """Return what of the last bytes may turn out to be the start of a paste's end."""
    start = tail.rfind(b"\x1b")
    return tail[start:] if start >= 0 and _PASTE_END.startswith(tail[start:]) else b""
