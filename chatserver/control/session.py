"""ControlSession: what the command line talks to, over the socket in the data directory.

Who can open that socket is the user that the server runs as: this is all the authority there is.
"""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from chatserver.chat import answers, requests
from chatserver.chat.requests import Request
from chatserver.endings import Ending

_LONGEST_COMMAND = 4096


class ControlSession:
    """Answers one line with one line of JSON, and hangs up. Sans I/O.

    `status` is answered with figures; `forget {…}` (see requests.Forget) with {"ok":true} as soon
    as it has begun, what cannot be done with {"error":…}.
    """

    def __init__(
        self, submit: Callable[[Request], None], facts: Callable[[float], dict[str, Any]]
    ) -> None:
        """`facts` gives what the hub does not know: pid, uptime (from the time now), addresses."""
        self._submit = submit
        self._facts = facts
        self._command = b""
        self._output = b""
        self._now = 0.0
        self.dialect = None
        self.key = ""
        self.wants_input = True
        self.has_more = False
        self.finished = False
        self.cost = 1.0
        self.wake_at = None

    def receive_data(self, data: bytes, now: float) -> bool:
        """Take the command."""
        self._now = now
        self._command += data[: _LONGEST_COMMAND - len(self._command)]
        line, newline, _ = self._command.partition(b"\n")
        if newline or len(self._command) >= _LONGEST_COMMAND:
            self._obey(line.strip())
        return True

    def receive_eof(self, now: float) -> None:
        """A question without its newline is one too; without a question there is no answer."""
        if self.wants_input:
            self._obey(self._command.strip())

    def deliver(self, news: Sequence[Any], now: float) -> None:
        """Add the hub's answer and send all."""
        for event in news:
            match event:
                case answers.Counted(people=people, rooms=rooms):
                    self._answer({**self._facts(now), "people": people, "rooms": rooms})
                case answers.Done():
                    self._answer({"ok": True})
                case answers.Refused(error=error):
                    self._answer({"error": str(error)})

    def tick(self, now: float) -> None:
        """There are no timers."""

    def govern(self, now: float) -> None:
        """It has none of its own."""

    def warn(self, ending: Ending) -> None:
        """A question this short needs no warning."""

    def end(self, ending: Ending, waiting: int) -> None:
        """Hang up."""
        self.finished = True

    def data_to_send(self) -> bytes:
        """Return what is to be sent, and forget it."""
        output, self._output = self._output, b""
        return output

    def _obey(self, command: bytes) -> None:
        self.wants_input = False
        word, _, rest = command.partition(b" ")
        if command == b"status":
            self._submit(requests.Census())
        elif word == b"forget":
            self._forget(rest)
        else:
            self._answer({"error": "the commands are status and forget {…}"})

    def _forget(self, order: bytes) -> None:
        try:
            self._submit(msgspec.json.decode(order, type=requests.Forget))
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            self._answer({"error": f"what is to be forgotten is not understood ({error})"})

    def _answer(self, answer: dict[str, Any]) -> None:
        self._output = msgspec.json.encode(answer) + b"\n"
        self.finished = True
