"""IrcSession: the conversation with one program. Sans I/O."""

from collections.abc import Callable, Iterator, Sequence

from chatserver.chat import answers, events, modes, requests
from chatserver.chat.errors import ChatError
from chatserver.chat.names import host_of
from chatserver.chat.requests import Request
from chatserver.endings import Ending
from chatserver.house import House
from chatserver.irc import news
from chatserver.irc.capabilities import Cap
from chatserver.irc.capture import Capture
from chatserver.irc.client import Client, Talk
from chatserver.irc.commands import table
from chatserver.irc.dialect import IrcDialect
from chatserver.irc.framing import Endless, Framer, NotUtf8, TooLong
from chatserver.irc.line import Line, line
from chatserver.irc.message import Message
from chatserver.irc.numerics import Numeric
from chatserver.irc.output import Output
from chatserver.irc.pulse import Pulse
from chatserver.irc.refusals import refuse
from chatserver.rate import TokenBucket

# What is carried out, in its turn: also what cannot be, to be answered so.
Input = Message | TooLong | NotUtf8

_LABEL_LIMIT = 64  # bytes (IRCv3 labeled-response, "Tag value")
_OPERATORS_COST = 0.25  # of a line: four times the rate for operators of the server
_RESTARTING = "The server is restarting. Please connect again in a moment."
_ENDINGS = {
    Ending.TOO_SLOW: "SendQ exceeded",
    Ending.OVERLOAD: "Server is full",
    Ending.NO_ANSWER: "Ping timeout",
    Ending.STOPPING: _RESTARTING,
}


class IrcSession:
    """One program. Fulfils net.session.Session and client.Flow.

    Commands are carried out one by one, in the order they came: a command that needs the hub is a
    generator, and no input is acted on until it has ended. Speech alone is not waited for; so
    anything else that comes behind it is preceded by a Sync, which the hub answers in its turn.
    """

    __slots__ = (
        "_asked",
        "_bucket",
        "_capture",
        "_client",
        "_eof",
        "_established",
        "_framer",
        "_held",
        "_house",
        "_in_flight",
        "_leaving",
        "_name_by",
        "_now",
        "_output",
        "_pulse",
        "_resume_at",
        "_submit",
        "_talk",
        "_withheld",
        "finished",
    )

    def __init__(
        self,
        house: House,
        address: str,
        submit: Callable[[Request], None],
        established: Callable[[], None],
        now: float,
        *,
        name_by: float,
    ) -> None:
        """`name_by` is when it must have registered; `established` is called once it has."""
        limits = house.limits
        rate = limits.rate
        self._house = house
        self._submit = submit
        self._established = established
        self._name_by: float | None = name_by
        self._bucket = TokenBucket(rate.lines_burst, rate.lines_per_second, now) if rate else None
        self._framer = Framer(unfinished=limits.unfinished)
        self._output = Output()
        self._client = Client(self, house, address, host_of(address))
        self._talk: Talk | None = None  # the command in hand
        self._asked: Request | None = None  # what it waits for
        self._in_flight = False  # something was sent, not asked, since the last answer
        self._held: Input | None = None  # what waits for the rate or for a Sync
        self._capture: Capture | None = None
        self._withheld: list[events.Event] | None = None
        self._eof = False
        self._leaving = False
        self._now = now
        self._pulse = Pulse(now)
        self._resume_at: float | None = None
        self.finished = False

    # net.session.Session

    @property
    def dialect(self) -> IrcDialect | None:
        """What others share; not while lines need to be told apart, or have to wait."""
        if not self._client.registered or self._capture or self._withheld is not None:
            return None
        return None if self._output.has_pages else self._client.dialect

    @property
    def key(self) -> str:
        """The folded nick."""
        return self._client.key

    @property
    def wants_input(self) -> bool:
        """False while an answer, a page or the rate is waited for, and when all is said."""
        return not (self._waits or self._held or self._leaving)

    @property
    def has_more(self) -> bool:
        """Whether a long list has another page."""
        return self._output.has_pages

    @property
    def wake_at(self) -> float | None:
        """When the next of the timers is due."""
        if self._leaving:
            return None
        due = self._pulse.due(self._house.limits) if self._name_by is None else self._name_by
        return due if self._resume_at is None else min(due, self._resume_at)

    def receive_data(self, data: bytes, now: float) -> None:
        """Take what the client has sent."""
        self._now = now
        self._pulse.beat(now)
        self._framer.feed(data)
        self._go_on()

    def receive_eof(self, now: float) -> None:
        """The client sends no more; what it has sent is done first, at the rate allowed."""
        self._now = now
        self._eof = True
        self._go_on()

    def deliver(self, happened: Sequence[events.Event], now: float) -> None:
        """Show events in order, and go on with what waited for one of them."""
        self._now = now
        for event in happened:
            if self._leaving:
                return
            if isinstance(event, answers.Answer):
                self._take_answer(event)
            elif self._withheld is not None and not isinstance(event, events.Killed):
                self._withheld.append(event)
            else:
                self._see(event)
        self._go_on()

    def tick(self, now: float) -> None:
        """Look at the timers that are due."""
        self._now = now
        if self._leaving:
            return
        if self._name_by is not None and self._name_by <= now:
            self._client.close("Registration timed out")
            return
        if self._resume_at is not None and self._resume_at <= now:
            self._resume_at = None
        if self._name_by is None and self._pulse.due(self._house.limits) <= now:
            self._look_for_life()
        self._go_on()

    def warn(self, ending: Ending) -> None:
        """Say what is going to happen."""
        self.emit(line(self._house.name, "NOTICE", self._client.nick, _RESTARTING), answers=False)

    def end(self, ending: Ending, waiting: int) -> None:
        """Say why the server hangs up, on a line of its own if one was cut in two."""
        self._capture = None
        self._output.clear()
        if waiting:
            self._output.add(Line(""))
        self._output.add(line("", "ERROR", _ENDINGS.get(ending, ending.value)))
        self.finish()

    def data_to_send(self) -> bytes:
        """Return what is to be sent; of a long list, one page."""
        had_pages = self._output.has_pages
        data = self._output.take()
        if had_pages and not self._output.has_pages:
            self._go_on()
            if not (data and self._output.has_pages):
                data += self._output.take()
        return data

    # client.Flow

    def emit(self, one: Line, *, answers: bool = True) -> None:
        """Send a line; `answers`: it is part of the answer to the command in hand."""
        if self._capture:
            self._capture.add(one, answers=answers)
        else:
            self._output.add(one)

    def emit_pages(self, lines: Iterator[Line], *, answers: bool = True) -> None:
        """Send many lines, made as the client reads them; `answers` as in `emit`."""
        if self._capture:
            self._capture.add_pages(lines, answers=answers)
        else:
            self._output.add_pages(lines)

    def send(self, request: Request) -> None:
        """Send a request that nobody waits for: its refusal comes back, in its turn."""
        self._in_flight = True
        self._submit(request)

    def withhold(self) -> None:
        """Keep back what others say and do until the command in hand has ended."""
        self._withheld = self._withheld or []

    def put_off(self) -> str:
        """Let a later command bring the answer to this one; return the label it has to have."""
        capture, self._capture = self._capture, None
        return capture.label if capture else ""

    def answer_late(self, label: str) -> None:
        """Answer now what was put off."""
        self._open(label)

    def establish(self) -> None:
        """The client has a name now."""
        self._name_by = None
        self._established()

    def finish(self) -> None:
        """Hang up when all is sent; nothing is waited for any more."""
        self._leaving = self.finished = True
        self._talk = self._asked = self._held = self._name_by = self._withheld = None
        self._close_capture()

    # Commands.

    @property
    def _waits(self) -> bool:
        return self._asked is not None or self._output.has_pages or self._resume_at is not None

    def _go_on(self) -> None:
        """Act on input until it is used up, or has to wait."""
        while item := self._next():
            self._begin(item)
        if self._eof and self.wants_input:
            self._start(self._hang_up("connection closed"))

    def _next(self) -> Input | None:
        """Return the next command that may be carried out now."""
        if self._waits or self._leaving:
            return None
        item = self._held or self._read()
        self._held = item if item and self._must_wait(item) else None
        return None if self._held else item

    def _read(self) -> Input | None:
        while item := self._framer.next():
            match item:
                case str():
                    try:
                        return Message.parse(item)
                    except ValueError:
                        continue  # nothing but spaces, tags or a source
                case Endless():
                    self._client.numeric(Numeric.ERR_INPUTTOOLONG)
                    self._leave("Line without end")
                    return None
                case TooLong() | NotUtf8():
                    return item
        return None

    def _must_wait(self, item: Input) -> bool:
        """Whether a command has to wait for what was said before it, or for the rate.

        What has a label may not take for its own answer what others before it have led to. The
        lines of an open batch come at once, and are waited off behind it (IRCv3 multiline, "Server
        implementation considerations").
        """
        if self._in_flight and (item.command not in table.SPEECH or self._label(item)):
            self._ask(requests.Sync())
            return True
        # Introducing oneself takes as many lines as it takes; its bytes and its time are limited.
        if self._bucket is None or not self._client.registered:
            return False
        cost = _OPERATORS_COST if modes.SERVER_OPERATOR in self._client.flags else 1.0
        allowed_at = self._bucket.ready_at(cost, self._now)
        if allowed_at > self._now and not self._client.collects(item.tags):
            self._resume_at = allowed_at
            return True
        self._bucket.take(cost, self._now)
        return False

    def _begin(self, item: Input) -> None:
        self._pulse.beat(self._now)  # a client whose input is held back is not silent
        self._open(self._label(item))
        talk = table.run(self._client, item)
        if self._capture and self._in_flight:
            talk = self._wait_behind(talk)
        if talk is None:
            self._end_command()
        else:
            self._start(talk)

    def _label(self, item: Input) -> str:
        """Return the label that the answer to a command has to have, if any."""
        label = item.tags.get("label", "") if item.tags else ""
        if not label or len(label.encode()) > _LABEL_LIMIT:
            return ""
        # IRCv3 labeled-response, "Dependencies": without batches there is no answer to many.
        return label if Cap.LABELED_RESPONSE | Cap.BATCH in self._client.caps else ""

    def _open(self, label: str) -> None:
        if label:
            reference = self._client.new_reference()
            self._capture = Capture(label, self._house.name, reference, self._output)

    @staticmethod
    def _wait_behind(talk: Talk | None) -> Talk:
        """Labelled speech has its answer when it is heard."""
        if talk:
            yield from talk
        yield requests.Sync()

    def _start(self, talk: Talk) -> None:
        self._talk = talk
        self._advance(lambda: next(talk), requests.Sync())

    def _advance(self, step: Callable[[], Request], about: Request) -> None:
        """Let the command in hand go on to its next request, or to its end.

        A refusal that it does not catch is `about` the request it asked last.
        """
        self._asked = None
        try:
            request = step()
        except StopIteration:
            self._end_command()
        except ChatError as error:
            refuse(self._client, about, error)
            self._end_command()
        else:
            self._ask(request)

    def _ask(self, request: Request) -> None:
        self._asked = request
        self._submit(request)

    def _end_command(self) -> None:
        self._talk = None
        self._close_capture()
        if (withheld := self._withheld) is not None:
            self._withheld = None
            for event in withheld:
                self._see(event)

    def _close_capture(self) -> None:
        capture, self._capture = self._capture, None
        if capture:
            capture.close()

    def _hang_up(self, why: str) -> Talk:
        yield from self._client.depart(why)
        self._client.close(why)

    # Answers and news.

    def _take_answer(self, answer: answers.Answer) -> None:
        asked, talk = self._asked, self._talk
        if asked is None or answer.to_request is not asked:
            news.tell(self._client, answer)
            return
        if type(asked) is requests.Sync:
            self._in_flight = False
        if talk is None:
            self._asked = None  # a Sync that something held waits for
        elif isinstance(answer, answers.Refused):
            error = answer.error
            self._advance(lambda: talk.throw(error), asked)
        else:
            self._advance(lambda: talk.send(answer), asked)

    def _see(self, event: events.Event) -> None:
        own = news.is_own(self._client, event)
        lines = news.lines(self._client, event)
        if isinstance(lines, Iterator):
            self.emit_pages(lines, answers=own)
        else:
            for one in lines:
                self.emit(one, answers=own)
        for one in news.to_oneself(self._client, event):
            self.emit(one, answers=False)
        if isinstance(event, events.Killed):
            self._client.close(f"Killed ({event.nick} ({event.why}))")

    def _leave(self, why: str, told: str = "") -> None:
        """Hang up at once; `told` is what others hear of it, else the same."""
        self._submit(requests.Quit(told or why))
        self._client.close(why)

    def _look_for_life(self) -> None:
        if self._pulse.ask():
            self.emit(line("", "PING", self._house.name), answers=False)
        else:
            why = f"Ping timeout: {self._house.limits.dead:g} seconds"
            self._leave(why, Ending.NO_ANSWER.value)
