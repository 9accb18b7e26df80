"""Committer: stores and posts the hub's batches, while the hub goes on with the next one."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

from chatserver.chat.recorder import Step

Commit = Callable[[list[Step]], None]


class Committer(Protocol):
    """Called by the hub's thread alone. Batches are stored and posted in the order they come."""

    def begin(self, steps: list[Step]) -> None:
        """Commit these, once what is in flight has landed. They are no longer the caller's."""

    def land(self) -> None:
        """Wait until nothing is in flight; raises what went wrong there."""

    def close(self) -> None:
        """Nothing more is committed; what is still in flight is not waited for."""


class Overlapping:
    """Commits in a thread of its own, one batch at a time, while the hub sequences the next.

    One is in flight at most. A fault there is raised in the hub, at its next call.
    """

    def __init__(self, commit: Commit) -> None:
        """`commit` stores a batch and posts it; it is called in the committing thread."""
        self._commit = commit
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="committer")
        self._flying: Future[None] | None = None

    def begin(self, steps: list[Step]) -> None:
        """Commit these, once what is in flight has landed. They are no longer the caller's."""
        self.land()
        self._flying = self._thread.submit(self._commit, steps)

    def land(self) -> None:
        """Wait until nothing is in flight; raises what went wrong there."""
        flying, self._flying = self._flying, None
        if flying:
            flying.result()

    def close(self) -> None:
        """End the thread when it is done with what is in flight."""
        self._thread.shutdown(wait=False)


class Immediate:
    """Commits in the hub's own thread: where nothing is waited for, another one costs more."""

    def __init__(self, commit: Commit) -> None:
        self._commit = commit

    def begin(self, steps: list[Step]) -> None:
        """Commit these."""
        self._commit(steps)

    def land(self) -> None:
        """Nothing is ever in flight."""

    def close(self) -> None:
        """There is no thread to end."""
