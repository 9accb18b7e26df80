"""Client: one program as the commands see it, and what they may do to the conversation."""

from collections.abc import Generator, Iterable, Iterator, Mapping
from typing import Protocol

from chatserver.chat import answers, events, modes, requests
from chatserver.chat.names import fold
from chatserver.chat.requests import Request
from chatserver.house import House
from chatserver.irc.capabilities import Cap
from chatserver.irc.dialect import IrcDialect, dialect_of
from chatserver.irc.line import Line, end_of_batch, line
from chatserver.irc.message import NO_TAGS
from chatserver.irc.multiline import Multiline
from chatserver.irc.numerics import Numeric
from chatserver.irc.render import OF_BOT, Manner, render

# A command that needs the hub: it yields requests and is sent their answers. A refusal comes as the
# ChatError it is; one that the command does not catch is told in the one place for that.
Talk = Generator[Request, answers.Answer, None]

_OPERATORS_COST = 0.25  # four times the rate for operators of the server


class Flow(Protocol):
    """The conversation as its client sees it."""

    def emit(self, one: Line, *, answers: bool = True) -> None:
        """Send a line; `answers`: it is part of the answer to the command in hand."""

    def emit_pages(self, lines: Iterator[Line]) -> None:
        """Send many lines, made as the client reads them."""

    def send(self, request: Request, /) -> None:
        """Send a request that nobody waits for: its refusal comes back, in its turn."""

    def withhold(self) -> None:
        """Keep back what others say and do until the command in hand has ended."""

    def put_off(self) -> str:
        """Let a later command bring the answer to this one; return the label it has to have."""

    def answer_late(self, label: str) -> None:
        """Answer now what was put off."""

    def establish(self) -> None:
        """The client has a name now."""

    def finish(self) -> None:
        """Hang up when all is sent."""


class Client:
    """What a client has said of itself, what it has enabled, and how it is answered."""

    __slots__ = (
        "_batches",
        "_flow",
        "address",
        "away",
        "caps",
        "cost",
        "dialect",
        "flags",
        "host",
        "house",
        "key",
        "mask",
        "negotiating",
        "nick",
        "open_batch",
        "password",
        "realname",
        "registered",
        "send",
        "speaks_302",
        "user",
        "wanted",
        "wrong_passwords",
    )

    def __init__(self, flow: Flow, house: House, address: str, host: str) -> None:
        self._flow = flow
        self.send = flow.send  # a request that nobody waits for, such as speech
        self._batches = 0
        self.house = house
        self.address = address
        self.host = host
        self.key = ""  # the folded nick of who is registered
        self.nick = "*"  # modern IRC, "Numeric replies": of who has no name yet
        self.wanted = ""  # the nick of a client that is registering
        self.user = ""
        self.realname = ""
        self.password = ""
        self.mask = ""
        self.flags = ""
        self.cost = 1.0  # of a line, or of a byte
        self.wrong_passwords = 0
        self.away: str | None = None  # as it is to be from the start (IRCv3 pre-away)
        self.registered = False
        self.negotiating = False  # between CAP LS or REQ and CAP END
        self.speaks_302 = False  # it reads values and lists of several lines
        self.open_batch: Multiline | None = None  # what it has begun with BATCH
        self.caps = Cap.NONE
        self.dialect: IrcDialect = dialect_of(Manner(self.caps, house.name))

    @property
    def manner(self) -> Manner:
        """How lines look to this client."""
        return self.dialect.manner

    def enable(self, caps: Cap) -> None:
        """Let these be the capabilities from now on."""
        self.caps = caps
        self.dialect = dialect_of(Manner(caps, self.house.name))

    def has(self, cap: Cap) -> bool:
        """Whether a capability is enabled."""
        return cap in self.caps

    # Answers.

    def numeric(self, code: Numeric, *params: str, text: str | None = None) -> None:
        """Send a numeric: its parameters behind the nick, then `text`, or else its own text.

        Where the numeric has no text of its own and none is given, the last parameter is data.
        """
        self.emit(self.numeric_line(code, *params, text=text))

    def numeric_line(self, code: Numeric, *params: str, text: str | None = None) -> Line:
        """Make a numeric."""
        text = code.text if text is None else text
        return line(self.house.name, code, self.nick, *params, *([text] if text else []))

    def reply(self, command: str, *params: str, tags: Mapping[str, str] = NO_TAGS) -> None:
        """Send a message of the server."""
        self.emit(line(self.house.name, command, *params, tags=tags))

    def fail(self, command: str, code: str, *context: str, text: str) -> None:
        """Say what has failed, in a form that programs read (IRCv3 standard-replies)."""
        self.reply("FAIL", command, code, *context, text)

    def show(self, event: events.Event, *, answers: bool = True) -> None:
        """Send what an event looks like to this client; `answers`: as part of the answer."""
        for one in render(event, self.manner):
            self._flow.emit(one, answers=answers)

    def emit(self, one: Line) -> None:
        """Send a line as part of the answer."""
        self._flow.emit(one)

    def emit_own(self, one: Line) -> None:
        """Show a client what it has done; what a bot does is marked for itself too."""
        is_bot = modes.BOT in self.flags and self.has(Cap.MESSAGE_TAGS)
        self.emit(one.tagged(OF_BOT) if is_bot else one)

    def pages(self, lines: Iterable[Line]) -> None:
        """Send a list that may be long."""
        self._flow.emit_pages(iter(lines))

    def batch(self, kind: str, *params: str, lines: Iterable[Line]) -> None:
        """Send lines as one batch, if the client knows what that is (IRCv3 batch)."""
        self.pages(self.batched(kind, *params, lines=lines) if self.has(Cap.BATCH) else lines)

    def batched(self, kind: str, *params: str, lines: Iterable[Line]) -> Iterator[Line]:
        """Yield lines as one batch, to a client that knows what that is."""
        server, reference = self.house.name, self.new_reference()
        yield line(server, "BATCH", f"+{reference}", kind, *params)
        for one in lines:
            yield one if "batch" in one.tags else one.tagged({"batch": reference})
        yield end_of_batch(server, reference)

    def new_reference(self) -> str:
        """Return a name for a batch that this client has not seen."""
        self._batches += 1
        return f"b{self._batches}"

    # Requests.

    def withhold(self) -> None:
        """Keep back what others say and do until the command in hand has ended."""
        self._flow.withhold()

    def put_off(self) -> str:
        """Let a later command bring the answer to this one; return the label it has to have."""
        return self._flow.put_off()

    def answer_late(self, label: str) -> None:
        """Answer now what was put off."""
        self._flow.answer_late(label)

    def collects(self, tags: Mapping[str, str]) -> bool:
        """Whether a message with these tags is a line of the batch that the client has begun."""
        return self.open_batch is not None and self.open_batch.collects(tags)

    def take_nick(self, nick: str) -> None:
        """Be called so from now on."""
        self.nick, self.key = nick, fold(nick)

    def take_flags(self, flags: str) -> None:
        """Have these flags, of modes.USER_FLAGS, from now on."""
        self.flags = flags
        self.cost = _OPERATORS_COST if modes.SERVER_OPERATOR in flags else 1.0

    def enter(self, entered: answers.Entered) -> None:
        """Go on as somebody with a name."""
        self.mask = entered.mask
        self.take_nick(entered.nick)
        self.registered = True
        self._flow.establish()

    def close(self, why: str) -> None:
        """Say good-bye and hang up."""
        self._flow.emit(line("", "ERROR", f"Closing Link: {self.host} ({why})"))
        self._flow.finish()

    def depart(self, why: str, words: str = "") -> Talk:
        """Leave the chat, if one has entered; `why` is the server's word for it."""
        self.send(requests.Quit(why, words))
        yield requests.Sync()
