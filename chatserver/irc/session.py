"""IrcSession: the conversation with one program. Sans I/O."""

from collections.abc import Callable, Sequence

from chatserver.chat import answers, events, requests
from chatserver.chat.names import host_of
from chatserver.chat.requests import Request, Say, Tell
from chatserver.endings import Ending
from chatserver.house import House
from chatserver.irc.client import Talk
from chatserver.irc.commands.speech import passed_on, plain, plain_lines
from chatserver.irc.engine import Engine, Order
from chatserver.irc.framing import Endless, Framer
from chatserver.irc.line import Line, line
from chatserver.irc.message import Message
from chatserver.irc.numerics import Numeric
from chatserver.irc.output import Output
from chatserver.pulse import Pulse
from chatserver.rate import line_bucket
from chatserver.turn import Turn

# What waits for its turn: a command, also one that cannot be carried out, or what is merely said.
Input = Order | Say | Tell
_SPEECH = (Say, Tell)

_RESTARTING = "The server is restarting. Please connect again in a moment."
_ENDINGS = {
    Ending.TOO_SLOW: "SendQ exceeded",
    Ending.OVERLOAD: "Server is full",
    Ending.NO_ANSWER: "Ping timeout",
    Ending.STOPPING: _RESTARTING,
}


class IrcSession:
    """One program. Fulfils net.session.Session.

    Commands are carried out one by one, in the order they came. Speech alone is not waited for; so
    anything else that comes behind it is preceded by a Sync, which the hub answers in its turn.
    """

    __slots__ = (
        "_client",
        "_engine",
        "_eof",
        "_framer",
        "_house",
        "_name_by",
        "_now",
        "_output",
        "_pulse",
        "_turn",
        "cost",
        "dialect",
        "finished",
        "has_more",
        "key",
        "wake_at",
        "wants_input",
    )

    def __init__(
        self,
        house: House,
        address: str,
        submit: Callable[[Request], None],
        confirm: Callable[[Request], None],
        established: Callable[[], None],
        now: float,
        *,
        name_by: float,
        greeted: bool = False,
    ) -> None:
        """`name_by` is when it must have registered; `established` is called once it has.

        `greeted`: it came late and was taken for a person; its first line is not to stand behind
        the prompt.
        `confirm` submits a request once all is sent that there is to send now.
        """
        limits = house.limits
        self._house = house
        self._name_by = name_by
        self._framer: Framer[Say] = Framer(unfinished=limits.unfinished)
        self._output = Output()
        if greeted:
            self._output.add(Line(""))
        self._turn: Turn[Request, Input] = Turn(submit, requests.Sync, line_bucket(limits, now))
        self._engine = Engine(
            house, address, host_of(address), self._turn, self._output, confirm, established
        )
        self._client = self._engine.client
        self._eof = False
        self._now = now
        self._pulse = Pulse(now)
        self._take_stock()

    # net.session.Session

    def receive_data(self, data: bytes, now: float) -> bool:
        """Take what the client has sent; return whether that has stirred more than speech."""
        self._now = now
        self._pulse.beat(now)
        if self._client.registered:
            self._framer.feed(data, plain_lines)
        else:
            self._framer.feed(data)
        return self._go_on(stirred=False)

    def receive_eof(self, now: float) -> None:
        """The client sends no more; what it has sent is done first, at the rate allowed."""
        self._now = now
        self._eof = True
        self._go_on()

    def deliver(self, happened: Sequence[events.Event], now: float) -> None:
        """Show events in order, and go on with what waited for one of them."""
        self._now = now
        for event in happened:
            if self._turn.closed:
                break
            if isinstance(event, answers.Answer):
                self._engine.take(event)
            else:
                self._engine.see(event)
        self._go_on()

    def tick(self, now: float) -> None:
        """Look at the timers that are due."""
        self._now = now
        self._turn.resume(now)
        if self._client.registered:
            self._look_for_life()
        elif self._name_by <= now and not self._turn.closed:
            self._client.close("Registration timed out")
        self._go_on()

    def govern(self, now: float) -> None:
        """Be bound by the rate as it is now, and by nothing that was used up before."""
        self._now = now
        self._turn.govern(line_bucket(self._house.limits, now))
        self._go_on()

    def warn(self, ending: Ending) -> None:
        """Say what is going to happen."""
        notice = line(self._house.name, "NOTICE", self._client.nick, _RESTARTING)
        self._engine.emit(notice, answers=False)

    def end(self, ending: Ending, waiting: int) -> None:
        """Say why the server hangs up, on a line of its own if one was cut in two."""
        self._engine.finish()
        self._output.clear()
        if waiting:
            self._output.add(Line(""))
        self._output.add(line("", "ERROR", _ENDINGS.get(ending, ending.value)))
        self._take_stock()

    def data_to_send(self) -> bytes:
        """Return what is to be sent; of a long list, one page."""
        output = self._output
        had_pages = output.has_pages
        data = output.take()
        if had_pages and not output.has_pages:
            self._go_on()
            if not (data and output.has_pages):
                data += output.take()
        if had_pages:
            self._take_stock()
        return data

    # Within.

    def _take_stock(self) -> None:
        """Keep what the connection will want to know."""
        turn, client, paging = self._turn, self._client, self._output.has_pages
        self.has_more = paging
        self.wants_input = turn.open and not paging
        self.finished = turn.closed
        shares = client.registered and not paging and not self._engine.tells_apart
        self.dialect = client.dialect if shares else None
        self.key = client.key
        self.cost = client.cost
        self.wake_at = None if turn.closed else min(self._due(), turn.resume_at)

    def _due(self) -> float:
        """When the client has to have registered, or to have shown a sign of life."""
        if self._client.registered:
            return self._pulse.due(self._house.limits)
        return self._name_by

    def _go_on(self, *, stirred: bool = True) -> bool:
        """Act on input until it is used up, or has to wait; return whether stock was taken then.

        What is merely said leaves the conversation as it is, but for when to look for life, and to
        look too early does no harm: so unless something else has stirred it, no stock is taken.
        """
        turn, output, framer = self._turn, self._output, self._framer
        acted = False
        while turn.open and not output.has_pages:
            came = turn.held or framer.next()
            if came is None:
                break
            item = self._understand(came) if isinstance(came, str) else came
            if isinstance(item, _SPEECH):
                if turn.affords(item, self._client.cost, self._now):
                    turn.send(item)
                    acted = True
            elif isinstance(item, Endless):
                self._break_off()
            elif item is None:
                pass  # there was no command in it
            elif turn.in_flight:
                turn.wait_behind(item)
            elif self._affords(item):
                self._engine.carry_out(item)
                acted = stirred = True
        if acted:
            self._pulse.beat(self._now)  # a client whose input is held back is not silent
        if self._eof and turn.open and not output.has_pages:
            self._engine.start(self._hang_up("connection closed"))
            stirred = True
        if not (stirred or output.has_pages or not turn.open):
            return False
        self._take_stock()
        return True

    def _understand(self, line: str) -> Input | None:
        """Return what a line wants; None: there is no command in it."""
        if self._client.registered and (said := plain(line)):
            return said
        try:
            message = Message.parse(line)
        except ValueError:
            return None  # nothing but spaces, tags or a source
        # What has a label may not take for its own answer what others before it have led to.
        if message.tags and self._engine.label(message):
            return message
        return passed_on(self._client, message) or message

    def _affords(self, item: Order) -> bool:
        """Whether the rate allows a command now.

        The lines of an open batch come at once, and are waited off behind it (IRCv3 multiline,
        "Server implementation considerations"). Introducing oneself takes as many lines as it
        takes; its bytes and its time are limited.
        """
        client = self._client
        batch = client.open_batch
        if batch and client.collects(item.tags):
            return self._turn.owes(client.cost, self._now)
        return self._turn.affords(item, client.cost if client.registered else 0.0, self._now)

    def _hang_up(self, why: str) -> Talk:
        yield from self._client.depart(why)
        self._client.close(why)

    def _break_off(self) -> None:
        self._client.numeric(Numeric.ERR_INPUTTOOLONG)
        self._leave("Line without end")

    def _leave(self, why: str, told: str = "") -> None:
        """Hang up at once; `told` is what others hear of it, else the same."""
        self._turn.send(requests.Quit(told or why))
        self._client.close(why)

    def _look_for_life(self) -> None:
        if self._turn.closed or self._pulse.due(self._house.limits) > self._now:
            return
        if self._pulse.ask():
            self._engine.emit(line("", "PING", self._house.name), answers=False)
        else:
            why = f"Ping timeout: {self._house.limits.dead:g} seconds"
            self._leave(why, Ending.NO_ANSWER.value)
