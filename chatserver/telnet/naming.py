"""Naming: the part of a conversation in which a person gets a name."""

from typing import Protocol

from chatserver.chat import answers, requests
from chatserver.chat.errors import ChatError
from chatserver.chat.requests import Request
from chatserver.config import Limits
from chatserver.signatures import foreigner
from chatserver.telnet.answers import ASK_NAME, greeting
from chatserver.telnet.view import View
from chatserver.text import clean

TOO_LATE = "No name was given in {seconds:g} seconds."
TOO_MANY = "Too many names were refused. Please connect again."


class Flow(Protocol):
    """The session as its handlers see it: what they may do to the conversation."""

    limits: Limits
    address: str

    def ask(self, request: Request) -> None:
        """Send a request and act on no more input until its answer is there."""

    def depart(self, why: str, words: str = "") -> None:
        """Leave when all is done that was sent before. `why` is the server's word for it."""

    def finish(self) -> None:
        """Hang up when all is sent."""

    def enter(self, nick: str) -> None:
        """Go on as a person of that name."""


class Naming:
    """Asks for a name until one is free."""

    __slots__ = ("_eager", "_flow", "_motd", "_tries_left", "_version", "_view")

    key = ""  # nobody yet
    picky = True  # who has no name reads nothing of the others'

    def __init__(
        self, flow: Flow, view: View, *, version: str, motd: tuple[str, ...], eager: bool
    ) -> None:
        """`eager`: the client has spoken already, so it need not be asked for a name."""
        self._flow = flow
        self._view = view
        self._version = version
        self._motd = motd
        self._eager = eager
        self._tries_left = flow.limits.names_tried

    def complete(self, before: str) -> None:
        """Answer a Tab: nobody can complete the name that you want."""
        if editor := self._view.terminal.editor:
            editor.complete((), 0)

    def leave(self, words: str) -> None:
        """Go without having given a name."""
        self._flow.depart("quit", words)

    def answer(self, answer: answers.Answer) -> None:
        """Act on an answer of the hub."""
        match answer:
            case answers.Counted():
                self._greet(answer)
            case answers.Entered(nick=nick):
                self._flow.enter(nick)
            case answers.Refused(error=error):
                self._refuse(error)

    def too_late(self) -> None:
        """The time is up."""
        self._view.tell(TOO_LATE.format(seconds=self._flow.limits.name_seconds))
        self._flow.finish()

    def _greet(self, counted: answers.Counted) -> None:
        if not self._eager:
            # To nc our offer of telnet options shows as some odd signs: write over them.
            self._view.terminal.return_to_start()
        self._view.tell(greeting(self._version, counted), *self._motd)
        self._ask()

    def _ask(self) -> None:
        if not self._eager or self._view.terminal.speaks_telnet:
            self._view.terminal.ask(ASK_NAME)

    def take_line(self, text: str) -> None:
        """Take a line for a name."""
        if foreign := foreigner(text.encode("utf-8", "replace")):
            self._view.terminal.send_raw(foreign.reply)
            self._flow.finish()
            return
        name = text.strip()
        if self._view.terminal.editor:
            self._view.terminal.print([ASK_NAME + clean(name)])
            self._view.terminal.set_prompt("")  # scripts wait for it: it is there when it is asked
        if name:
            self._flow.ask(requests.Enter(name, self._flow.address))
        else:
            self._ask()

    def _refuse(self, error: ChatError) -> None:
        """Ask again. What came behind a refused name was meant for a room, not as a name."""
        self._view.tell(str(error))
        self._view.terminal.discard()
        self._tries_left -= 1
        if self._tries_left:
            self._ask()
            return
        self._view.tell(TOO_MANY)
        self._flow.finish()
