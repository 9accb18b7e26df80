"""Terminal: what is at the other end of the wire. Bytes in and out; lines for the session.

At first it is taken for a pipe: plain lines in, plain lines out. A telnet client that agrees to
leave the echo to us gets a line editor.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from chatserver.config import Limits
from chatserver.telnet.colors import Colors, colors_of
from chatserver.telnet.editor import Action, Complete, Leave, Line, LineEditor, TooLong
from chatserver.telnet.kinds import edits_alone, is_mud_client
from chatserver.telnet.negotiation import Negotiator
from chatserver.telnet.parser import (
    IAC,
    Command,
    Negotiation,
    Option,
    Parser,
    Piece,
    Subnegotiation,
)
from chatserver.telnet.plain import PlainLines
from chatserver.telnet.style import in_charset

__all__ = ["Complete", "Endless", "Input", "Leave", "Line", "Terminal", "TooLong"]

_LINE_END = b"\r\0"  # CR and NUL at the end of a line belong to its newline (RFC 854: CR LF)
_END_OF_INPUT = b"\x04"  # what telnet sends for ^D on an empty line
_TTYPE_IS, _TTYPE_SEND = b"\x00", b"\x01"  # RFC 1091
_WE_WRITE_UTF_8 = b"\x01;UTF-8"  # RFC 2066: a request, then charsets, each behind a separator
_COLUMNS = (10, 500)
_OFFERED = frozenset({Option.ECHO, Option.SGA})
_GO_AHEAD = bytes((IAC, Command.GO_AHEAD))
# What a telnet client may send as a command instead of the key that means the same.
_KEYS = {
    Command.INTERRUPT: b"\x03",
    Command.BREAK: b"\x03",
    Command.ERASE_CHARACTER: b"\x7f",
    Command.ERASE_LINE: b"\x15",
}


@dataclass(frozen=True, slots=True)
class Endless:
    """More bytes than allowed without the end of a line."""


Input = Action | Endless


class Terminal:
    """One client's terminal. `columns` is 0 and `name` is None until it tells."""

    __slots__ = (
        "_limits",
        "_negotiator",
        "_output",
        "_parser",
        "_plain",
        "_prompt",
        "charset",
        "columns",
        "editor",
        "name",
        "speaks_telnet",
    )

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._parser = Parser()
        self._negotiator: Negotiator | None = None
        self._plain = PlainLines()
        self._output = bytearray()
        self._prompt = ""
        self.editor: LineEditor | None = None
        self.columns = 0
        self.name: str | None = None
        self.charset = "utf-8"
        self.speaks_telnet = False  # whether we have sent or received any negotiation

    # What it is.

    @property
    def end(self) -> str:
        """How a line ends: as telnet wants it (RFC 854), to a pipe as it ends its own."""
        return "\r\n" if self._negotiator or self._plain.crlf else "\n"

    @property
    def idle(self) -> bool:
        """Whether nothing stands half-typed, so that others' lines may just be printed."""
        return not self._output and (self.editor is None or self.editor.idle)

    @property
    def colors(self) -> Colors:
        """What it shows: nothing but text where it does not say what it is, as scripts' libraries,
        and without an editor, if it is not made for MUDs.
        """
        negotiator, name = self._negotiator, self.name
        if name is None and negotiator and negotiator.refused(Option.TTYPE):
            return Colors.NONE
        if self.editor is None and not is_mud_client(name):
            return Colors.NONE
        return colors_of(name)

    @property
    def prompt(self) -> str | None:
        """The prompt of its editor; None where it has none."""
        return None if self.editor is None else self.editor.prompt

    @property
    def escape_waiting(self) -> bool:
        """Whether `flush_escape` is due if nothing comes for 100 ms."""
        return self.editor is not None and self.editor.escape_waiting

    # Input.

    def feed(self, data: bytes) -> None:
        """Take what the client has sent."""
        for piece in self._parser.feed(data):
            if type(piece) is bytes:
                self._type(piece)
            else:
                self._take(piece)

    def feed_end(self) -> None:
        """The client sends no more: a last line may do without its newline."""
        if self.editor is None and len(self._plain.rest) <= self._limits.unfinished:
            self._plain.end()

    def flush_escape(self) -> None:
        """Take a lone ESC for the key."""
        if self.editor:
            self.editor.flush_escape()

    def next(self) -> Input | None:
        """Return the next thing the person did; None when there is nothing complete."""
        plain = self._plain
        if plain.lines:
            line = plain.lines.pop().rstrip(_LINE_END)
            if len(line) > self._limits.line:
                return TooLong()
            return Line(line.decode(self.charset, "replace"))
        if plain.rest:
            return self._next_unfinished()
        return self.editor.next() if self.editor else None

    def discard(self) -> None:
        """Throw away what has come but was not asked for yet."""
        self._plain.clear()
        while self.editor and self.editor.next():
            pass

    def _take(self, piece: Piece) -> None:
        match piece:
            case Negotiation():
                self._take_negotiation(self._negotiate(), piece)
            case Subnegotiation(option=Option.NAWS, payload=size) if len(size) == 4:
                self._resize(int.from_bytes(size[:2], "big"))
            case Subnegotiation(option=Option.TTYPE, payload=name) if name[:1] == _TTYPE_IS:
                self._set_name(name[1:41].decode("ascii", "replace"))
            case Command.ARE_YOU_THERE:
                self.print(["[Yes]"])
            case Command() if piece in _KEYS and self.editor:
                self.editor.feed(_KEYS[piece])

    def _type(self, data: bytes) -> None:
        if self.speaks_telnet and self.editor is None and self._leaves_echo_to_us:
            self._start_editor()  # whoever types now wants to see it, whatever the terminal
        if self.editor is None or self._plain:
            self._plain.feed(data)
        else:
            self.editor.feed(self._as_utf8(data))

    def _as_utf8(self, data: bytes) -> bytes:
        return data if self.charset == "utf-8" else data.decode(self.charset, "replace").encode()

    def _next_unfinished(self) -> Input | None:
        """Look at what has no newline: it may get one, or be too much."""
        if self.editor:  # begun before there was an editor
            self.editor.feed(self._as_utf8(self._plain.take_rest()))
            return self.editor.next()
        if self._plain.rest == _END_OF_INPUT and self._works_in_lines:
            self._plain.clear()
            return Leave()
        if len(self._plain.rest) > self._limits.unfinished:
            self._plain.clear()
            return Endless()
        return None

    # Telnet.

    def offer(self) -> None:
        """Offer an editor to whoever may have a terminal."""
        negotiator = self._negotiate()
        negotiator.offer(Option.ECHO)  # answered in this order
        negotiator.offer(Option.SGA)
        self._output += negotiator.take_output()

    def ping(self) -> None:
        """Ask a telnet client for a sign of life (RFC 860); any answer is one."""
        self._output += bytes((IAC, Command.DO, Option.TIMING_MARK))

    def _negotiate(self) -> Negotiator:
        if self._negotiator is None:
            self._negotiator = Negotiator(self._limits.telnet_replies)
            self.speaks_telnet = True
        return self._negotiator

    def _take_negotiation(self, negotiator: Negotiator, piece: Negotiation) -> None:
        """Start or stop the editor as the peer agrees to leave the echo to us or does not.

        It starts when the peer has said what terminal it is, or will not: a dumb one gets none.
        """
        named, in_lines = negotiator.theirs(Option.TTYPE), negotiator.declined(Option.SGA)
        charset = negotiator.ours(Option.CHARSET)
        negotiator.receive(piece)
        if piece.option in _OFFERED:
            negotiator.ask(Option.TTYPE)
            negotiator.ask(Option.NAWS)
        if not in_lines and negotiator.declined(Option.SGA):
            # Without SGA it works in lines, and takes the echo for a password that is asked for.
            negotiator.withdraw(Option.ECHO, overdue=True)
            self._output += negotiator.take_output() + _GO_AHEAD
        self._output += negotiator.take_output()
        if not named and negotiator.theirs(Option.TTYPE):
            self._send_parameters(Option.TTYPE, _TTYPE_SEND)
        if not charset and negotiator.ours(Option.CHARSET):
            self._send_parameters(Option.CHARSET, _WE_WRITE_UTF_8)
        if not self._leaves_echo_to_us:
            self._stop_editor()
            return
        if self.editor is None and (self.name is not None or negotiator.refused(Option.TTYPE)):
            self._start_editor()

    @property
    def _works_in_lines(self) -> bool:
        """Whether it speaks telnet and has said that it sends whole lines, which it echoes."""
        return bool(self._negotiator and self._negotiator.declined(Option.SGA))

    def _send_parameters(self, option: Option, payload: bytes) -> None:
        self._output += bytes((IAC, Command.SB, option)) + payload + bytes((IAC, Command.SE))

    @property
    def _leaves_echo_to_us(self) -> bool:
        negotiator = self._negotiator
        return bool(negotiator and negotiator.ours(Option.ECHO) and negotiator.ours(Option.SGA))

    def _resize(self, columns: int) -> None:
        """RFC 1073: 0 is a width that the client does not know or tell."""
        self.columns = min(max(columns, _COLUMNS[0]), _COLUMNS[1]) if columns else 0
        if self.editor:
            self.editor.resize(self.columns or 80)
            self._pull()

    def _set_name(self, name: str) -> None:
        self.name = name
        if self._negotiator and (edits_alone(name) or not self._leaves_echo_to_us):
            self._negotiator.withdraw(Option.ECHO, overdue=True)
            self._negotiator.withdraw(Option.SGA, overdue=True)
            if is_mud_client(name):
                self._negotiator.offer(Option.CHARSET)
            self._output += self._negotiator.take_output()
            self._stop_editor()
        elif self.editor is None and self._leaves_echo_to_us:
            self._start_editor()

    def _start_editor(self) -> None:
        self.editor = LineEditor(self.columns or 80, self._limits.line)
        self.editor.prompt = self._prompt
        self._output += b"\r\x1b[K"
        self.editor.show()
        self._pull()

    def _stop_editor(self) -> None:
        if self.editor:
            self.editor.hide()
            self._pull()
            self.editor = None

    # Output.

    def print(self, lines: Sequence[str]) -> None:
        """Print rendered lines, above what is being typed."""
        if self.editor:
            self.editor.print(lines)
        elif lines:
            self._output += self._encode((self.end.join(lines) + self.end).encode())

    def ask(self, prompt: str) -> None:
        """Print a question whose answer is typed behind it."""
        self.set_prompt(prompt)
        if self.editor is None:
            self._output += self._encode(prompt.encode())
            if self._works_in_lines:
                self._output += _GO_AHEAD  # RFC 854: who works in lines may type now

    def set_prompt(self, prompt: str) -> None:
        """Set what stands in front of the line that is typed; only an editor shows it."""
        self._prompt = prompt
        if self.editor:
            self.editor.prompt = prompt

    def return_to_start(self) -> None:
        """Go back to the first column of the row. A bare CR is sent as CR NUL (RFC 854)."""
        if self.editor is None:
            self._output += b"\r\0"

    def send_raw(self, data: bytes) -> None:
        """Send bytes that are no text for a terminal."""
        self._output += data

    def set_charset(self, charset: str) -> None:
        """Write and read this charset from now on."""
        self._pull()
        self.charset = charset

    def ring(self) -> None:
        """Ring the bell of a terminal; a pipe has none."""
        if self.editor:
            self._pull()
            self._output += b"\a"

    def close(self) -> None:
        """Leave the terminal as it was found: nothing more is typed or printed."""
        self._stop_editor()

    def take_output(self) -> bytes:
        """Return what is to be sent, and forget it."""
        if self.editor:
            self._pull()
        if not self._output:
            return b""
        output = bytes(self._output)
        self._output.clear()
        return output

    def _pull(self) -> None:
        if self.editor:
            self._output += self._encode(self.editor.take_output())

    def _encode(self, data: bytes) -> bytes:
        return in_charset(data, self.charset, self.speaks_telnet)
