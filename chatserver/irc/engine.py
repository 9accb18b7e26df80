"""Engine: carries out what one program sends, a command at a time. Sans I/O."""

from collections.abc import Callable, Iterator
from typing import Any

from chatserver.chat import answers, events, requests
from chatserver.chat.errors import ChatError
from chatserver.chat.requests import Request
from chatserver.house import House
from chatserver.irc import news
from chatserver.irc.capabilities import Cap
from chatserver.irc.capture import Capture
from chatserver.irc.client import Client, Talk
from chatserver.irc.commands import table
from chatserver.irc.framing import NotUtf8, Refused, TooLong
from chatserver.irc.line import Line
from chatserver.irc.message import Message
from chatserver.irc.output import Output
from chatserver.irc.refusals import refuse
from chatserver.turn import Turn

# What is carried out: also what cannot be, to be answered so.
Order = Message | TooLong | NotUtf8

_LABEL_LIMIT = 64  # bytes (IRCv3 labeled-response, "Tag value")
_LABELS = Cap.LABELED_RESPONSE | Cap.BATCH
_NOTHING = requests.Sync()  # what is refused when nothing was asked yet


class Engine:
    """The command in hand, its answer, and what has to wait for its end. Fulfils client.Flow.

    A command that needs the hub is a generator: it is in hand until it has ended, and meanwhile it
    is not the client's turn.
    """

    __slots__ = (
        "_capture",
        "_confirm",
        "_house",
        "_output",
        "_talk",
        "_turn",
        "_withheld",
        "client",
        "establish",
        "send",
    )

    def __init__(
        self,
        house: House,
        address: str,
        host: str,
        turn: Turn[Request, Any],
        output: Output,
        confirm: Callable[[Request], None],
        establish: Callable[[], None],
    ) -> None:
        """`establish` is called once the client has a name.

        `confirm` submits a request once all is sent that there is in the output now.
        """
        self._house = house
        self._turn = turn
        self._output = output
        self._talk: Talk | None = None  # the command in hand
        self._capture: Capture | None = None
        self._withheld: list[events.Event] | None = None
        self._confirm = confirm
        self.establish = establish
        self.send = turn.send  # a request that nobody waits for: its refusal comes in its turn
        self.client = Client(self, house, address, host)

    @property
    def tells_apart(self) -> bool:
        """Whether lines of others are to be told from the answer, or have to wait for its end."""
        return self._capture is not None or self._withheld is not None

    # Commands.

    def carry_out(self, item: Order) -> None:
        """Begin with a command; most have ended then."""
        if item.tags:
            self._open(self.label(item))
        talk: Talk | None = None
        if isinstance(item, Message):
            talk = table.run(self.client, item)
        else:
            table.refuse(self.client, item)
        if self._capture and self._turn.in_flight:
            talk = _heard(talk)
        if talk:
            self.start(talk)
        elif self._capture or self._withheld is not None:
            self._end()

    def start(self, talk: Talk) -> None:
        """Take a command in hand."""
        self._talk = talk
        self._advance(talk.send, None, _NOTHING)

    def label(self, item: Message | Refused) -> str:
        """Return the label that the answer to a command has to have, if any."""
        label = item.tags.get("label", "")
        if not label or len(label.encode()) > _LABEL_LIMIT:
            return ""
        # IRCv3 labeled-response, "Dependencies": without batches there is no answer to many.
        return label if _LABELS in self.client.caps else ""

    def take(self, answer: answers.Answer) -> None:
        """Go on with what has waited for this answer."""
        request = answer.to_request
        if not self._turn.answered(request):
            news.tell(self.client, answer)
        elif (talk := self._talk) is None:
            pass  # a Sync that something held waits for
        elif isinstance(answer, answers.Refused):
            self._advance(talk.throw, answer.error, request)
        else:
            self._advance(talk.send, answer, request)

    def _advance(self, step: Callable[[Any], Request], told: object, about: Request) -> None:
        """Let the command in hand go on to its next request, or to its end.

        A refusal that it does not catch is `about` the request it asked last.
        """
        try:
            request = step(told)
        except StopIteration:
            self._end()
        except ChatError as error:
            refuse(self.client, about, error)
            self._end()
        else:
            self._turn.ask(request)

    def _end(self) -> None:
        self._talk = None
        self._close_capture()
        withheld, self._withheld = self._withheld, None
        for event in withheld or ():
            self.show(event)

    # Events.

    def see(self, event: events.Event) -> None:
        """Show an event, but not in the midst of an answer that is not to be disturbed."""
        if self._withheld is not None and not isinstance(event, events.Killed):
            self._withheld.append(event)
        else:
            self.show(event)

    def show(self, event: events.Event) -> None:
        """Show an event now."""
        if isinstance(event, events.Kept):
            self._show_kept(event)
            return
        own = news.is_own(self.client, event)
        lines = news.lines(self.client, event)
        if isinstance(lines, Iterator):
            self.emit_pages(lines, answers=own)
        else:
            for one in lines:
                self.emit(one, answers=own)
        for one in news.to_oneself(self.client, event):
            self.emit(one, answers=False)
        if isinstance(event, events.Killed):
            self.client.close(f"Killed ({event.nick} ({event.why}))")

    def _show_kept(self, kept: events.Kept) -> None:
        """Show what has waited for this client, whatever is answered meanwhile; in pages, as it may
        be more than an out-buffer holds.
        """
        self._output.add_pages(iter(news.lines(self.client, kept)))
        last = kept.lines[-1]
        self._confirm(requests.Acknowledge(last.to, last.id))

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

    def withhold(self) -> None:
        """Keep back what others say and do until the command in hand has ended."""
        self._withheld = self._withheld or []

    def put_off(self) -> str:
        """Let a later command bring the answer to this one; return the label it has to have."""
        capture, self._capture = self._capture, None
        return capture.label if capture else ""

    def answer_late(self, label: str) -> None:
        """Answer now what was put off; the command that brings it has an answer of its own."""
        if label:
            self._close_capture()
            self._open(label)

    def _open(self, label: str) -> None:
        if label:
            reference = self.client.new_reference()
            self._capture = Capture(label, self._house.name, reference, self._output)

    def finish(self) -> None:
        """Hang up when all is sent; nothing is waited for any more."""
        self._turn.close()
        self._talk = self._withheld = None
        self._close_capture()

    def _close_capture(self) -> None:
        capture, self._capture = self._capture, None
        if capture:
            capture.close()


def _heard(talk: Talk | None) -> Talk:
    """Labelled speech has its answer when it is heard."""
    if talk:
        yield from talk
    yield requests.Sync()
