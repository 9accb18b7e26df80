"""TelnetSession: the conversation with one person, at a telnet terminal or in a pipe. Sans I/O."""

from collections.abc import Callable, Sequence
from math import inf

from chatserver.chat import answers, events, requests
from chatserver.chat.errors import ChatError
from chatserver.chat.requests import Request
from chatserver.endings import Ending
from chatserver.house import House
from chatserver.pulse import Pulse
from chatserver.rate import line_bucket
from chatserver.signatures import foreigner, is_irc, undecided
from chatserver.telnet.answers import RESTARTING, farewell, killed
from chatserver.telnet.chatting import Chatting, is_speech
from chatserver.telnet.naming import Naming
from chatserver.telnet.parser import IAC
from chatserver.telnet.shown import Shown
from chatserver.telnet.terminal import Complete, Endless, Input, Leave, Line, Terminal, TooLong
from chatserver.telnet.view import View
from chatserver.turn import Turn

ESCAPE_SECONDS = 0.1
_REPLACED = "\ufffd"  # what stands for bytes that are not of the charset
_CHARSETS = (
    "Not all of that was UTF-8. If it looks wrong, say what your terminal sends: "
    "/charset latin-1, /charset cp1252 or /charset cp437."
)


class TelnetSession:
    """One person. Fulfils net.session.Session.

    What the person sends is answered in the order it was sent: speech alone is not waited for, so
    anything but more speech is preceded by a Sync while speech is still on its way. While it is not
    the person's turn the socket is not read: the client waits too.
    """

    __slots__ = (
        "_eager",
        "_eof",
        "_escape_at",
        "_established",
        "_first",
        "_handler",
        "_house",
        "_knows_charsets",
        "_name_by",
        "_now",
        "_pulse",
        "_terminal",
        "_turn",
        "_turn_to_irc",
        "_view",
        "address",
        "confirm",
        "cost",
        "dialect",
        "finished",
        "has_more",
        "key",
        "limits",
        "send",
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
        eager: bool,
        name_by: float,
        turn_to_irc: Callable[[bytes, float], object] | None = None,
    ) -> None:
        """`eager`: the client spoke first, so it is not asked for a name nor offered an editor.

        `name_by` is when a name must have been given; `established` is called once it has.
        `confirm` submits a request once all is sent that there is to send now.
        `turn_to_irc` lets another session go on, where the first line is that of an IRC client,
        with all that has come so far; without it IRC is as foreign here as any other protocol.
        """
        self.limits = house.limits
        self.cost = 1.0
        self.address = address
        self.confirm = confirm
        self.finished = False
        self._house = house
        self._established = established
        self._name_by = name_by
        self._eager = eager
        self._turn_to_irc = turn_to_irc
        self._first: bytes | None = b""  # what has come, until it tells who speaks
        self._eof = False
        self._knows_charsets = False  # whether it has been told that it sends another one
        self._now = now
        self._pulse = Pulse(now)
        self._escape_at = inf
        self._turn: Turn[Request, Input] = Turn(
            submit, requests.Sync, line_bucket(house.limits, now)
        )
        self.send = self._turn.send  # a request that has no answer but a refusal
        self._terminal = Terminal(house.limits)
        self._view = View(self._terminal, Shown(house.shown))
        self._handler: Naming | Chatting = Naming(
            self, self._view, version=house.version, motd=house.motd, eager=eager
        )
        if not eager:
            self._terminal.offer()
        self.ask(requests.Census())
        self._take_stock()

    # net.session.Session

    def receive_data(self, data: bytes, now: float) -> bool:
        """Take what the client has sent."""
        self._now = now
        self._pulse.beat(now)
        if self._first is not None and self._is_program(data):
            self._take_stock()
            return True
        terminal = self._terminal
        terminal.feed(data)
        if terminal.speaks_telnet:
            self._escape_at = now + ESCAPE_SECONDS if terminal.escape_waiting else inf
            self._view.restyle()
        self._go_on()
        return True

    def receive_eof(self, now: float) -> None:
        """The client sends no more; what it has sent is done first, at the rate allowed."""
        self._now = now
        self._eof = True
        self._terminal.feed_end()
        self._go_on()

    def deliver(self, news: Sequence[events.Event], now: float) -> None:
        """Show events in order, and go on with what waited for one of them."""
        self._now = now
        others: list[events.Event] = []
        for event in news:
            if not isinstance(event, answers.Answer | events.Killed):
                others.append(event)
                continue
            self._see(others)
            others = []
            if isinstance(event, events.Killed):
                self._view.tell(killed(event))
                self.finish()
            else:
                self._take_answer(event)
        self._see(others)
        self._go_on()

    def tick(self, now: float) -> None:
        """Look at the timers that are due."""
        self._now = now
        if self._name_by <= now and isinstance(self._handler, Naming):
            self._handler.too_late()
        if self._escape_at <= now:
            self._escape_at = inf
            self._terminal.flush_escape()
        self._turn.resume(now)
        self._look_for_life()
        self._go_on()

    def govern(self, now: float) -> None:
        """Be bound by the limits as they are now, and by nothing that was used up before."""
        self._now = now
        self.limits = self._house.limits
        self._turn.govern(line_bucket(self.limits, now))
        self._go_on()

    def warn(self, ending: Ending) -> None:
        """Say what is going to happen."""
        self._view.tell(RESTARTING)
        self._take_stock()

    def end(self, ending: Ending, waiting: int) -> None:
        """Say why the server hangs up, on a row of its own if one was cut in two."""
        if waiting:
            self._terminal.print([""])
        self._view.tell(farewell(ending, min(waiting, self.limits.outbox)))
        self.finish()
        self._take_stock()

    def data_to_send(self) -> bytes:
        """Return what is to be sent; of a long answer, one page."""
        data = self._terminal.take_output()
        if not data and self._view.has_pages:
            self._view.turn()
            if not self._view.has_pages:
                if isinstance(self._handler, Chatting):
                    self._handler.go_on()
                self._go_on()
            data = self._terminal.take_output()
        if data:
            self._take_stock()
        return data

    # What the handlers may do.

    def ask(self, request: Request) -> None:
        """Send a request and act on no more input until its answer is there."""
        self._turn.ask(request)

    def enter(self, nick: str) -> None:
        """Go on as a person of that name."""
        self._name_by = inf
        if editor := self._terminal.editor:
            editor.forget_lines()  # a name is not to be said
        self._established()
        reads_past = not self._eager or self._terminal.speaks_telnet
        self._handler = Chatting(self, self._view, nick, reads_past=reads_past)
        self._view.restyle()

    def depart(self, why: str, words: str = "") -> None:
        """Leave; the Sync behind it brings what was said before to this person's screen too."""
        self._turn.close()
        self.send(requests.Quit(why, words))
        self.ask(requests.Sync())

    def finish(self) -> None:
        """Hang up when all is sent; the terminal is left as it was found."""
        self._turn.close()
        self.finished = True
        self._name_by = inf
        self._terminal.close()

    # Within.

    def _take_stock(self) -> None:
        """Keep what the connection will want to know."""
        turn, view, handler = self._turn, self._view, self._handler
        self.has_more = view.has_pages
        self.wants_input = turn.open and not view.has_pages
        shares = not (view.has_pages or handler.picky) and self._terminal.idle
        self.dialect = view.style if shares else None
        self.key = handler.key
        due = min(self._name_by, self._escape_at, turn.resume_at, self._silent_at())
        self.wake_at = None if due == inf else due

    def _is_program(self, data: bytes) -> bool:
        """Look at the first words: another session goes on with an IRC client, and one that speaks
        no protocol of ours is sent away. Who answers our offer of telnet is a person: they may
        begin with any key.
        """
        first = (self._first or b"") + data
        if undecided(first):
            self._first = first
            return False
        self._first = None
        if self._turn_to_irc and is_irc(first):
            self._turn_to_irc(first, self._now)
            return True
        if first[0] != IAC and (foreign := foreigner(first)):
            self._terminal.send_raw(foreign.reply)
            self.finish()
            return True
        return False

    def _go_on(self) -> None:
        """Act on input until it is used up, or has to wait."""
        turn, view, terminal = self._turn, self._view, self._terminal
        while turn.open and not view.has_pages:
            action = turn.held or terminal.next()
            if action is None:
                break
            line = action.text if isinstance(action, Line) else None
            if turn.in_flight and (line is None or not is_speech(line)):
                turn.wait_behind(action)
            elif turn.affords(action, 1, self._now):
                try:
                    if line is None:
                        self._act(action)
                    else:
                        self._handler.take_line(line)
                        if _REPLACED in line:
                            self._explain_charsets()
                except ChatError as error:
                    view.tell(str(error))
        if self._eof and turn.open and not view.has_pages:
            self.depart("connection closed")
        self._take_stock()

    def _act(self, action: Input) -> None:
        match action:
            case TooLong():
                self._refuse_length()
            case Endless():
                self._refuse_length()
                self.finish()
            case Complete(before=before):
                self._handler.complete(before)
            case Leave():
                self._handler.leave("")

    def _explain_charsets(self) -> None:
        if not self._knows_charsets and isinstance(self._handler, Chatting):
            self._knows_charsets = True
            self._view.tell(_CHARSETS)

    def _refuse_length(self) -> None:
        self._view.tell(f"That line is too long (limit {self.limits.line} bytes).")

    def _take_answer(self, answer: answers.Answer) -> None:
        awaited = self._turn.answered(answer.to_request)
        match answer:
            case answers.Done():
                if self._turn.closed and awaited:
                    self.finish()
            case _:
                self._handler.answer(answer)
                self._view.restyle()

    def _see(self, news: Sequence[events.Event]) -> None:
        if news and isinstance(self._handler, Chatting):
            self._handler.see(news)

    # Signs of life: keepalive finds a dead machine, but not a client that hangs.

    def _silent_at(self) -> float:
        """When the silence gets too long of who has proved to answer DO TIMING-MARK."""
        if self._terminal.editor is None or self._turn.closed:
            return inf
        return self._pulse.due(self.limits)

    def _look_for_life(self) -> None:
        if self._silent_at() > self._now:
            return
        if self._pulse.ask():
            self._terminal.ping()
        else:
            self.send(requests.Quit(Ending.NO_ANSWER.value))
            self.finish()
