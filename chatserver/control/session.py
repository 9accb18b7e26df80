"""ControlSession: what `chatserver status` talks to, over the socket in the data directory."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from chatserver.chat import events, requests
from chatserver.chat.requests import Request
from chatserver.endings import Ending

_LONGEST_COMMAND = 64


class ControlSession:
    """Answers one line, `status`, with one line of JSON, and hangs up. Sans I/O."""

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
        self.wake_at = None

    def receive_data(self, data: bytes, now: float) -> None:
        """Take the command."""
        self._now = now
        self._command += data[:_LONGEST_COMMAND]
        line, newline, _ = self._command.partition(b"\n")
        if newline or len(self._command) >= _LONGEST_COMMAND:
            self._obey(line.strip())

    def receive_eof(self, now: float) -> None:
        """A question without its newline is one too; without a question there is no answer."""
        if self.wants_input:
            self._obey(self._command.strip())

    def deliver(self, news: Sequence[Any], now: float) -> None:
        """Add the hub's answer and send all."""
        for event in news:
            if isinstance(event, events.Counted):
                counts = {"people": event.people, "rooms": event.rooms}
                self._output = msgspec.json.encode({**self._facts(now), **counts}) + b"\n"
                self.finished = True

    def tick(self, now: float) -> None:
        """There are no timers."""

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
        if command == b"status":
            self._submit(requests.Census())
        else:
            self._output = b'{"error":"the one command is status"}\n'
            self.finished = True
