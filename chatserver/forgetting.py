"""Forgetting from the command line: by the running server, or with the file in our own hand.

The server's connection is the only one that may write while it runs.
"""

import time
from contextlib import closing
from pathlib import Path
from typing import Final

from chatserver.history.connections import Durability
from chatserver.history.entries import Forget
from chatserver.history.errors import HistoryError
from chatserver.history.files import history_file
from chatserver.history.journal import Journal
from chatserver.history.removal import Retention
from chatserver.history.survey import Reach, Survey
from chatserver.instance import Instance, order_to_forget, running_pid

_ANSWER_SECONDS: Final = 15.0  # a server that waits for another program's lock needs 5
_ERASING_SECONDS: Final = 60.0
_POLL_SECONDS: Final = 0.05
_BITE_SECONDS: Final = 0.1


class Order:
    """One order to forget, in a data directory."""

    def __init__(self, directory: Path, what: Forget) -> None:
        self._directory = directory
        self._path = history_file(directory)
        self._what = what

    def reach(self) -> Reach | None:
        """Return how much there is; None where a running server keeps it in memory alone.

        Raises:
            HistoryError: there is no history, or none that can be read.
            InstanceError: the directory cannot be read.
        """
        if not self._path.exists() and running_pid(self._directory) is not None:
            return None
        with closing(Survey(self._path)) as survey:
            return survey.reach(self._what)

    def carry_out(self, reach: Reach | None) -> bool:
        """Forget; False if it has begun and goes on in the server, now or when it is started.

        Raises:
            HistoryError, JournalError, InstanceError, ControlError: it has not begun.
        """
        if running_pid(self._directory) is None:
            return self._alone()
        what = self._what
        fields = {"nick": what.nick, "room": what.room, "before": what.before}
        given = {name: value for name, value in fields.items() if value is not None}
        order_to_forget(self._directory, given, _ANSWER_SECONDS)
        return reach is None or self._wait(reach)

    def _wait(self, reach: Reach) -> bool:
        """The order is in the file as long as it is not carried out."""
        deadline = time.monotonic() + _ERASING_SECONDS
        with closing(Survey(self._path)) as survey:
            while survey.is_erasing():
                if time.monotonic() >= deadline:
                    return False
                time.sleep(_POLL_SECONDS)
            if survey.reach(self._what, reach.through).lines:
                raise HistoryError(
                    "The running server keeps its history in memory alone (--history off), and "
                    f"has forgotten it there. {self._path} is of earlier: stop the server, then "
                    "forget again."
                )
        return True

    def _alone(self) -> bool:
        # How long lines are kept is for the server to say, which may have another configuration.
        keep_all = Retention(days=None, lines=None)
        with (
            Instance(self._directory),
            closing(Journal(self._directory, Durability.FULL, keep_all)) as journal,
        ):
            journal.forget(self._what)
            while journal.chore(time.time(), _BITE_SECONDS):
                pass
            return not journal.forgetting
