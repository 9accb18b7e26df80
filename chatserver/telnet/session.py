"""TelnetSession: the conversation with one person, at a telnet terminal or in a pipe. Sans I/O."""

from collections.abc import Callable, Sequence

from chatserver.chat import answers, events, requests
from chatserver.chat.errors import ChatError
from chatserver.chat.requests import Request
from chatserver.endings import Ending
from chatserver.house import House
from chatserver.rate import TokenBucket
from chatserver.signatures import foreigner, is_irc, undecided
from chatserver.telnet.answers import RESTARTING, farewell, killed
from chatserver.telnet.chatting import Chatting, is_speech
from chatserver.telnet.naming import Naming
from chatserver.telnet.parser import IAC
from chatserver.telnet.shown import Shown
from chatserver.telnet.style import Style
from chatserver.telnet.terminal import Complete, Endless, Input, Leave, Line, Terminal, TooLong
from chatserver.telnet.view import View

ESCAPE_SECONDS = 0.1


class TelnetSession:
    """One person. Fulfils net.session.Session.

    What the person sends is answered in the order it was sent. A request that is *asked* is
    waited for: no input is acted on until its answer is there. What is *sent* (speech) is not,
    only its refusal comes back; so anything but more speech is preceded by a Sync while speech
    is still on its way. While the session waits, the socket is not read: the client waits too.
    """

    __slots__ = (
        "_asked",
        "_bucket",
        "_eager",
        "_eof",
        "_escape_at",
        "_established",
        "_first",
        "_handler",
        "_heard_at",
        "_held",
        "_in_flight",
        "_leaving",
        "_name_by",
        "_now",
        "_pinged",
        "_resume_at",
        "_submit",
        "_terminal",
        "_turn_to_irc",
        "_view",
        "address",
        "finished",
        "limits",
    )

    def __init__(
        self,
        house: House,
        address: str,
        submit: Callable[[Request], None],
        established: Callable[[], None],
        now: float,
        *,
        eager: bool,
        name_by: float,
        turn_to_irc: Callable[[bytes, float], object] | None = None,
    ) -> None:
        """`eager`: the client spoke first, so it is not asked for a name nor offered an editor.

        `name_by` is when a name must have been given; `established` is called once it has.
        `turn_to_irc` lets another session go on, where the first line is that of an IRC client,
        with all that has come so far; without it IRC is as foreign here as any other protocol.
        """
        rate = house.limits.rate
        self.limits = house.limits
        self.address = address
        self.finished = False
        self._submit = submit
        self._established = established
        self._name_by: float | None = name_by
        self._bucket = TokenBucket(rate.lines_burst, rate.lines_per_second, now) if rate else None
        self._asked: Request | None = None
        self._in_flight = False  # something was sent, not asked, since the last answer
        self._held: Input | None = None  # what waits for the rate or for a Sync
        self._eager = eager
        self._turn_to_irc = turn_to_irc
        self._first: bytes | None = b""  # what has come, until it tells who speaks
        self._leaving = False
        self._eof = False
        self._now = now
        self._heard_at = now
        self._pinged = False
        self._resume_at: float | None = None
        self._escape_at: float | None = None
        self._terminal = Terminal(house.limits)
        self._view = View(self._terminal, Shown(house.shown))
        self._handler: Naming | Chatting = Naming(
            self, self._view, version=house.version, motd=house.motd, eager=eager
        )
        if not eager:
            self._terminal.offer()
        self.ask(requests.Census())

    # net.session.Session

    @property
    def dialect(self) -> Style | None:
        """The style that others share, unless this person needs lines of their own."""
        handler = self._handler
        if isinstance(handler, Chatting) and not handler.picky and not self._view.has_pages:
            return self._view.style if self._terminal.idle else None
        return None

    @property
    def key(self) -> str:
        """The folded name."""
        return self._handler.key

    @property
    def wants_input(self) -> bool:
        """False while an answer, a page or the rate is waited for, and when all is said."""
        return not (self._waits or self._held or self._leaving)

    @property
    def has_more(self) -> bool:
        """Whether a long answer has another page."""
        return self._view.has_pages

    @property
    def wake_at(self) -> float | None:
        """When the next of the timers is due."""
        earliest = self._sign_of_life_by()
        for at in (self._name_by, self._escape_at, self._resume_at):
            if at is not None and (earliest is None or at < earliest):
                earliest = at
        return earliest

    def receive_data(self, data: bytes, now: float) -> None:
        """Take what the client has sent."""
        self._now = self._heard_at = now
        self._pinged = False
        if self._first is not None and self._is_program(data):
            return
        self._terminal.feed(data)
        self._escape_at = now + ESCAPE_SECONDS if self._terminal.escape_waiting else None
        if self._terminal.speaks_telnet:
            self._view.restyle()
        self._go_on()

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
        if self._name_by is not None and self._name_by <= now and isinstance(self._handler, Naming):
            self._handler.too_late()
            return
        if self._escape_at is not None and self._escape_at <= now:
            self._escape_at = None
            self._terminal.flush_escape()
        if self._resume_at is not None and self._resume_at <= now:
            self._resume_at = None
        self._look_for_life()
        self._go_on()

    def warn(self, ending: Ending) -> None:
        """Say what is going to happen."""
        self._view.tell(RESTARTING)

    def end(self, ending: Ending, waiting: int) -> None:
        """Say why the server hangs up, on a row of its own if one was cut in two."""
        if waiting:
            self._terminal.print([""])
        self._view.tell(farewell(ending, min(waiting, self.limits.outbox)))
        self.finish()

    def data_to_send(self) -> bytes:
        """Return what is to be sent; of a long answer, one page."""
        data = self._terminal.take_output()
        if data or not self._view.has_pages:
            return data
        self._view.turn()
        if not self._view.has_pages:
            self._go_on()
        return self._terminal.take_output()

    # What the handlers may do.

    def ask(self, request: Request) -> None:
        """Send a request and act on no more input until its answer is there."""
        self._asked = request
        self._submit(request)

    def send(self, request: Request) -> None:
        """Send a request that has no answer but a refusal."""
        self._in_flight = True
        self._submit(request)

    def enter(self, nick: str) -> None:
        """Go on as a person of that name."""
        self._name_by = None
        self._established()
        reads_past = not self._eager or self._terminal.speaks_telnet
        self._handler = Chatting(self, self._view, nick, reads_past=reads_past)
        self._view.restyle()

    def depart(self, why: str, words: str = "") -> None:
        """Leave; the Sync behind it brings what was said before to this person's screen too."""
        self._leaving = True
        self._submit(requests.Quit(why, words))
        self.ask(requests.Sync())

    def finish(self) -> None:
        """Hang up when all is sent; the terminal is left as it was found."""
        self._leaving = True
        self.finished = True
        self._name_by = None
        self._terminal.close()

    # Within.

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

    @property
    def _waits(self) -> bool:
        return self._asked is not None or self._view.has_pages or self._resume_at is not None

    def _go_on(self) -> None:
        """Act on input until it is used up, or has to wait."""
        while action := self._next():
            try:
                self._act(action)
            except ChatError as error:
                self._view.tell(str(error))
        if self._eof and self.wants_input:
            self.depart("connection closed")

    def _next(self) -> Input | None:
        if self._waits or self._leaving:
            return None
        action = self._held or self._terminal.next()
        self._held = action if action and self._must_wait(action) else None
        return None if self._held else action

    def _must_wait(self, action: Input) -> bool:
        if self._in_flight and not (isinstance(action, Line) and is_speech(action.text)):
            self.ask(requests.Sync())
            return True
        if self._bucket is None:
            return False
        allowed_at = self._bucket.ready_at(1, self._now)
        if allowed_at > self._now:
            self._resume_at = allowed_at
            return True
        self._bucket.take(1, self._now)
        return False

    def _act(self, action: Input) -> None:
        match action:
            case Line(text=text):
                self._handler.take_line(text)
            case TooLong():
                self._refuse_length()
            case Endless():
                self._refuse_length()
                self.finish()
            case Complete(before=before):
                self._handler.complete(before)
            case Leave():
                self._handler.leave("")

    def _refuse_length(self) -> None:
        self._view.tell(f"That line is too long (limit {self.limits.line} bytes).")

    def _take_answer(self, answer: answers.Answer) -> None:
        awaited = answer.to_request is self._asked
        if awaited:
            self._asked = None
            self._in_flight = False
        match answer:
            case answers.Done():
                if self._leaving and awaited:
                    self.finish()
            case _:
                self._handler.answer(answer)
                self._view.restyle()

    def _see(self, news: Sequence[events.Event]) -> None:
        if news and isinstance(self._handler, Chatting):
            self._handler.see(news)

    # Signs of life: keepalive finds a dead machine, but not a client that hangs.

    def _sign_of_life_by(self) -> float | None:
        if not self._terminal.answers or self._leaving:
            return None
        return self._heard_at + (self.limits.dead if self._pinged else self.limits.ping)

    def _look_for_life(self) -> None:
        by = self._sign_of_life_by()
        if by is None or by > self._now:
            return
        if self._pinged:
            self._submit(requests.Quit(Ending.NO_ANSWER.value))
            self.finish()
        else:
            self._pinged = True
            self._terminal.ping()
