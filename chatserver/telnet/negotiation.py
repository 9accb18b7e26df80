"""Negotiator: which telnet options are on, by the Q method, which cannot loop (RFC 1143)."""

from enum import Enum, auto

from chatserver.telnet.parser import IAC, Command, Negotiation, Option


class _Side(Enum):
    NO = auto()
    YES = auto()
    WANT_NO = auto()
    WANT_YES = auto()
    # RFC 1143 has a queue bit beside both WANTs, for those who change their mind before the
    # answer. A WANT_YES that we take back waits in this state:
    WANT_YES_OPPOSITE = auto()


# What we do if asked, and what we let the peer do. All else is refused.
_OURS = frozenset({Option.ECHO, Option.SGA, Option.BINARY})
_THEIRS = frozenset({Option.SGA, Option.BINARY, Option.NAWS, Option.TTYPE})


class Negotiator:
    """The state of each option, on our side (`ours`: WILL/DO) and on the peer's (DO/WILL)."""

    __slots__ = ("_ours", "_output", "_replies_left", "_theirs")

    def __init__(self, replies: int) -> None:
        """`replies`: how many answers the peer gets, ever; further negotiation is ignored."""
        self._ours: dict[int, _Side] = {}
        self._theirs: dict[int, _Side] = {}
        self._replies_left = replies
        self._output = bytearray()

    def offer(self, option: Option) -> None:
        """Offer to do something ourselves, unless the peer has said whether we are to."""
        if option not in self._ours:
            self._ours[option] = _Side.WANT_YES
            self._send(Command.WILL, option)

    def withdraw(self, option: Option, *, overdue: bool = False) -> None:
        """Stop doing something, or take the offer back.

        `overdue`: the peer has answered what came later, so it says nothing to this offer. Some
        clients do as it says without a word. What the peer says leads to this, so it counts as a
        reply, and who has had all of them keeps what is on.
        """
        match self._ours.get(option, _Side.NO):
            case _Side.YES:
                if self._reply(Command.WONT, option):
                    self._ours[option] = _Side.WANT_NO
            case _Side.WANT_YES if overdue:
                if self._reply(Command.WONT, option):
                    self._ours[option] = _Side.NO
            case _Side.WANT_YES:
                self._ours[option] = _Side.WANT_YES_OPPOSITE

    def ask(self, option: Option) -> None:
        """Ask the peer to do something, unless it has said whether it does."""
        if option not in self._theirs:
            self._theirs[option] = _Side.WANT_YES
            self._send(Command.DO, option)

    def ours(self, option: Option) -> bool:
        """Whether we do it and the peer has agreed."""
        return self._ours.get(option) is _Side.YES

    def theirs(self, option: Option) -> bool:
        """Whether the peer does it and we have agreed."""
        return self._theirs.get(option) is _Side.YES

    def declined(self, option: Option) -> bool:
        """Whether the peer has said that we are not to do it."""
        return self._ours.get(option) is _Side.NO

    def refused(self, option: Option) -> bool:
        """Whether the peer has said that it does not do it."""
        return self._theirs.get(option) is _Side.NO

    def receive(self, negotiation: Negotiation) -> None:
        """Take what the peer says; answer it if it changes anything."""
        option = negotiation.option
        if option == Option.TIMING_MARK:
            self._mark(negotiation.verb)
            return
        match negotiation.verb:
            case Command.DO:
                self._agree(self._ours, option, option in _OURS, (Command.WILL, Command.WONT))
            case Command.DONT:
                self._disagree(self._ours, option, Command.WONT)
            case Command.WILL:
                self._agree(self._theirs, option, option in _THEIRS, (Command.DO, Command.DONT))
            case Command.WONT:
                self._disagree(self._theirs, option, Command.DONT)

    def take_output(self) -> bytes:
        """Return what is to be sent, and forget it."""
        output = bytes(self._output)
        self._output.clear()
        return output

    def _mark(self, verb: Command) -> None:
        """RFC 860: no option with a state, but a mark that the peer waits for in our output.

        After ^C, telnet clients in line mode throw away all that comes until it is there.
        """
        if verb is Command.DO:
            self._reply(Command.WILL, Option.TIMING_MARK)

    def _agree(
        self, sides: dict[int, _Side], option: int, allowed: bool, verbs: tuple[Command, Command]
    ) -> None:
        """The peer wants it: DO of ours, WILL of its own."""
        yes, no = verbs
        match sides.get(option, _Side.NO):
            case _Side.NO if allowed:
                if self._reply(yes, option):
                    sides[option] = _Side.YES
            case _Side.NO:
                self._reply(no, option)
            case _Side.WANT_NO:  # an answer to WONT or DONT must not be yes; RFC 1143: treat as no
                sides[option] = _Side.NO
            case _Side.WANT_YES:
                sides[option] = _Side.YES
            case _Side.WANT_YES_OPPOSITE:
                sides[option] = _Side.WANT_NO
                self._send(no, option)

    def _disagree(self, sides: dict[int, _Side], option: int, no: Command) -> None:
        """The peer does not want it: DONT of ours, WONT of its own."""
        if sides.get(option) is _Side.YES:
            self._reply(no, option)
        if option in sides or option in _THEIRS or option in _OURS:
            sides[option] = _Side.NO

    def _reply(self, verb: Command, option: int) -> bool:
        if self._replies_left <= 0:
            return False
        self._replies_left -= 1
        self._send(verb, option)
        return True

    def _send(self, verb: Command, option: int) -> None:
        self._output += bytes((IAC, verb, option))
