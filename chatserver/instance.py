"""The data directory as one running server: its lock, its pid and its control socket.

DIR/lock is held with flock(2) as long as the server lives. The kernel lets go of it however the
process ends, so there is no stale lock, and the file itself is never removed (a removed file could
be locked by one server while a second locks its successor). DIR/control is a Unix socket.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import msgspec

# sun_path holds 108 bytes on Linux and 104 on the BSDs and macOS, the closing NUL included.
_SUN_PATH = 104 - 1
_POLL_SECONDS = 0.05
ANSWER_SECONDS = 10.0  # a machine that is busy takes long; a server that hangs takes for ever
# Someone who asks whether the lock is held shares it for a moment; a server that starts in that
# very moment tries again, and so does one who asks before a server has said its pid.
_MOMENT_SECONDS = 5.0


class InstanceError(Exception):
    """The data directory cannot be used, or its server cannot be reached; says what to do."""


class ControlError(Exception):
    """A running server does not answer on its control socket."""


class Refusal(ControlError):
    """A running server has understood, and will not; its text is a sentence."""


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """What a running server says about itself; `uptime` in seconds."""

    pid: int
    uptime: float
    addresses: tuple[str, ...]
    people: int
    rooms: int
    version: str


class Instance:
    """This process as the one server of a data directory, from the start until `close`.

    Raises:
        InstanceError: another server has it, or it cannot be made or written.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._has_control = False
        with _explained(directory):
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = os.open(_lock_file(directory), _LOCK_FLAGS | os.O_CREAT, 0o600)
            if not _take(self._lock):
                self.hand_over()
                raise InstanceError(f"Another server is using {directory}.")
            self.write_pid()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def descriptors(self) -> list[int]:
        """What must stay open over a fork, for the lock to be kept."""
        return [self._lock]

    def write_pid(self) -> None:
        """Put this process's id in the lock file; again after a fork."""
        text = b"%d\n" % os.getpid()
        os.ftruncate(self._lock, 0)
        os.pwrite(self._lock, text, 0)

    def bind_control(self) -> socket.socket:
        """Make the listening control socket, for this user alone.

        Raises:
            InstanceError: it cannot be made.
        """
        path = self.directory / "control"
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            with _explained(self.directory), _reachable(path) as name:
                # What is there is stale, since the lock is ours.
                path.unlink(missing_ok=True)
                # Linux makes the file with the socket's own mode, so it is never open to others.
                os.fchmod(listening.fileno(), 0o600)
                listening.bind(name)
                path.chmod(0o600)
                listening.listen()
        except BaseException:
            listening.close()
            raise
        self._has_control = True
        return listening

    def close(self) -> None:
        """End this instance: the control socket goes, then the lock. A second time is no fault."""
        if self._lock < 0:
            return
        with contextlib.suppress(OSError):
            if self._has_control:
                (self.directory / "control").unlink(missing_ok=True)
            os.ftruncate(self._lock, 0)
        self.hand_over()

    def hand_over(self) -> None:
        """Forget the lock without giving it back: after a fork, the child's copy still holds it."""
        os.close(self._lock)
        self._lock = -1


def running_pid(directory: Path) -> int | None:
    """The process that serves this data directory; None if there is none.

    Raises:
        InstanceError: the directory cannot be read, or its server has not said its pid.
    """
    with _explained(directory):
        deadline = time.monotonic() + _MOMENT_SECONDS
        while True:
            with _open_lock(directory) as lock:
                if lock is None or _is_free(lock):
                    return None
                text = os.pread(lock, 32, 0)
            # The pid comes after the lock, so a server that is just starting may not have it yet.
            if text.endswith(b"\n") and text.strip().isdigit() and int(text) > 1:
                return int(text)
            if time.monotonic() >= deadline:
                break
            time.sleep(_POLL_SECONDS)
    raise InstanceError(
        f"A server is using {directory}, but its lock file does not say which process it is. "
        "Try again in a moment."
    )


def wait_until_gone(directory: Path, timeout: float) -> bool:
    """Wait until no server holds the directory; False if one still does after `timeout` seconds.

    Raises:
        InstanceError: the directory cannot be read.
    """
    deadline = time.monotonic() + timeout
    with _explained(directory), _open_lock(directory) as lock:
        if lock is None:
            return True
        while not _is_free(lock):
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            time.sleep(min(left, _POLL_SECONDS))
    return True


def connect_control(directory: Path, timeout: float = ANSWER_SECONDS) -> socket.socket:
    """Connect to the control socket of the server of a directory; `timeout` in seconds.

    Raises:
        ControlError: nobody is listening there.
    """
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(timeout)
    try:
        with _reachable(directory / "control") as name:
            connection.connect(name)
    except OSError as error:
        connection.close()
        raise ControlError(_reason(error)) from error
    return connection


def ask_status(directory: Path, timeout: float = ANSWER_SECONDS) -> Status:
    """Ask the running server how it is; `timeout` in seconds, for the whole answer.

    Raises:
        ControlError: no answer in that time, or one that is none.
    """
    return _ask(directory, b"status\n", Status, timeout)


def order_to_forget(directory: Path, what: Mapping[str, str | float], timeout: float) -> None:
    """Have the running server begin to forget: `nick`, `room`, `before` (a time), all that match.

    Raises:
        Refusal: it cannot.
        ControlError: no answer in `timeout` seconds, or one that is none.
    """
    question = b"forget " + msgspec.json.encode(what) + b"\n"
    verdict = _ask(directory, question, _Verdict, timeout)
    if not verdict.ok:
        raise Refusal(verdict.error or "The server has refused this and does not say why.")


class _Verdict(msgspec.Struct, frozen=True):
    ok: bool = False
    error: str = ""


_Answer = TypeVar("_Answer", Status, _Verdict)


def _ask(directory: Path, question: bytes, kind: type[_Answer], timeout: float) -> _Answer:
    deadline = time.monotonic() + timeout
    with connect_control(directory, timeout) as connection:
        try:
            connection.sendall(question)
            answer = _receive_line(connection, deadline)
        except OSError as error:
            raise ControlError(_reason(error)) from error
    if not answer.endswith(b"\n"):
        raise ControlError("it closed the connection")
    try:
        return msgspec.json.decode(answer, type=kind)
    except msgspec.MsgspecError as error:
        raise ControlError(f"its answer is not understood ({error})") from error


def _receive_line(connection: socket.socket, deadline: float) -> bytes:
    received = bytearray()
    while b"\n" not in received:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        connection.settimeout(left)
        block = connection.recv(65536)
        if not block:
            break
        received += block
    return bytes(received)


# --- the lock ---

_LOCK_FLAGS = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW


def _lock_file(directory: Path) -> Path:
    return directory / "lock"


def _take(lock: int) -> bool:
    """Take the lock; False where a server has it. Those who only ask share it, and soon go."""
    deadline = time.monotonic() + _MOMENT_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not _is_free(lock) or time.monotonic() >= deadline:
                return False
            time.sleep(_POLL_SECONDS / 5)
        else:
            return True


@contextlib.contextmanager
def _open_lock(directory: Path) -> Iterator[int | None]:
    """The lock file of someone else; None where there has never been a server."""
    try:
        lock = os.open(_lock_file(directory), os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except (FileNotFoundError, NotADirectoryError):
        yield None
        return
    try:
        yield lock
    finally:
        os.close(lock)


def _is_free(lock: int) -> bool:
    """Whether no server holds the lock. flock(2) has no question, so it is taken and given back."""
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    fcntl.flock(lock, fcntl.LOCK_UN)
    return True


# --- paths and words ---


@contextlib.contextmanager
def _reachable(path: Path) -> Iterator[str]:
    """A name for a socket's path that fits in sun_path, however long the path is.

    Linux resolves /proc/self/fd/N to the directory that descriptor N is open on.
    """
    if len(os.fsencode(path)) <= _SUN_PATH:
        yield str(path)
        return
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        short = Path(f"/proc/self/fd/{directory}")
        if not short.exists():
            raise OSError(0, "the path is too long for a Unix socket here; choose a shorter one")
        yield str(short / path.name)
    finally:
        os.close(directory)


@contextlib.contextmanager
def _explained(directory: Path) -> Iterator[None]:
    try:
        yield
    except (FileExistsError, NotADirectoryError) as error:
        raise InstanceError(_sentence(directory, "it is not a directory")) from error
    except OSError as error:
        raise InstanceError(_sentence(directory, _reason(error))) from error


def _sentence(directory: Path, why: str) -> str:
    return (
        f"Cannot use {directory} as the data directory: {why}. "
        "Choose another with --data, or change its owner or mode."
    )


def _reason(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    text = error.strerror or str(error)
    return text[:1].lower() + text[1:]
