"""The real server with faults to order: a line that is sent to it names the fault.

`raise in METHOD` raises in that method of the session, `kill the worker`, `hang the worker` and
`stall the worker` end or stop the thread that reads it, for good or for STALL_SECONDS, `kill the
hub` ends the hub, `set the clock SECONDS` moves the wall clock.
"""

import re
import time
from collections.abc import Callable
from typing import Any

from chatserver.__main__ import main
from chatserver.chat.hub import Hub
from chatserver.chat.registry import RoomRegistry
from chatserver.net import watchdog
from chatserver.telnet.session import TelnetSession

HUNG_SECONDS = 4.0  # once a hang is ordered; before that a stall of the machine is none
STALL_SECONDS = 3.0

_ordered: dict[str, tuple[TelnetSession, bytes]] = {}  # by the method that is to raise
_skew = [0.0]


class Killed(BaseException):
    """Not an Exception: no guard of a single conversation holds it."""


def install() -> None:
    """Put the faults in place."""
    for name in ("deliver", "data_to_send", "receive_eof"):
        setattr(TelnetSession, name, _raising(name, getattr(TelnetSession, name)))
    TelnetSession.receive_data = _obeying(TelnetSession.receive_data)  # type: ignore[method-assign]
    RoomRegistry.apply = _dying(RoomRegistry.apply)  # type: ignore[method-assign]
    defaults = Hub.__init__.__kwdefaults__
    assert defaults
    defaults["clock"] = lambda: time.time() + _skew[0]


def _raising(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    def call(session: TelnetSession, *arguments: Any) -> Any:
        victim, data = _ordered.get(name, (None, b""))
        if victim is session:
            del _ordered[name]
            raise RuntimeError(data)
        return method(session, *arguments)

    return call


def _obeying(method: Callable[..., bool]) -> Callable[..., bool]:
    def call(session: TelnetSession, data: bytes, now: float) -> bool:
        if found := re.search(rb"raise in (\w+)", data):
            name = found[1].decode()
            if name == "receive_data":
                raise RuntimeError(data)
            _ordered[name] = session, data
        if b"kill the worker" in data:
            raise Killed
        if b"stall the worker" in data:
            time.sleep(STALL_SECONDS)
        if b"hang the worker" in data:
            watchdog.HUNG_SECONDS = HUNG_SECONDS
            time.sleep(3600)
        if found := re.search(rb"set the clock (-?\d+)", data):
            _skew[0] = float(found[1])
        return method(session, data, now)

    return call


def _dying(method: Callable[..., Any]) -> Callable[..., Any]:
    def call(registry: RoomRegistry, origin: Any, request: Any, *rest: Any) -> Any:
        if "kill the hub" in getattr(request, "text", ""):
            raise Killed
        return method(registry, origin, request, *rest)

    return call


if __name__ == "__main__":
    install()
    main()
