"""Reloader: reads the settings again while the server runs, in a helper thread."""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

from chatserver.chat import answers, requests
from chatserver.chat.deliveries import Lookup
from chatserver.chat.errors import NotReloaded
from chatserver.chat.hub import Parcel, Wish
from chatserver.chat.recorder import Librarian
from chatserver.checks import ConfigError, cautions
from chatserver.config import Config
from chatserver.faults import trace
from chatserver.settings import Reloaded, Sources, reason

Adopt = Callable[[Config, tuple[str, ...]], None]

_log = logging.getLogger("chatserver")


class Reader(Protocol):
    """Where the settings come from."""

    def reload(self, running: Config) -> Reloaded:
        """Read them again, see settings.Sources."""


class Reloader:
    """Answers Reload, and passes every other question on to the librarian.

    What it has read is in effect first, then the hub lets the limits hold for all that comes
    behind, and answers who has asked. Without somebody who asks, it is itself the one.
    """

    def __init__(
        self,
        sources: Sources | Reader | None,
        running: Callable[[], Config],
        adopt: Adopt,
        submit: Callable[[Sequence[Wish]], None],
        librarian: Librarian,
    ) -> None:
        """`adopt` puts settings and the message of the day into effect; from any thread."""
        self._sources = sources
        self._running = running
        self._adopt = adopt
        self._submit = submit
        self._librarian = librarian
        self._helper = ThreadPoolExecutor(1, thread_name_prefix="reloader")

    @property
    def home(self) -> "Reloader":
        """Where the answer goes that nobody waits for (chat.room.Peer)."""
        return self

    def post(self, parcels: list[Parcel]) -> None:
        """Nobody waits for it (chat.hub.Home)."""

    def look_up(self, lookup: Lookup) -> None:
        """Find the answer and post it to the one who asks, without keeping the caller."""
        if isinstance(lookup.request, requests.Reload):
            self._helper.submit(self._reload, lookup)
        else:
            self._librarian.look_up(lookup)

    def reload(self) -> None:
        """Read the settings again, as the one who runs the server wishes."""
        self._helper.submit(self._reload, Lookup(self, requests.Reload(), "", (), 0, 0))

    def close(self) -> None:
        """Read nothing any more."""
        self._helper.shutdown(cancel_futures=True)

    def _reload(self, lookup: Lookup) -> None:
        request = lookup.request
        assert isinstance(request, requests.Reload)
        try:
            found = self._read()
        except NotReloaded as error:
            _log.error("The settings were not reloaded: %s", error)
            lookup.peer.home.post([(lookup.peer, answers.Refused(request, error))])
        else:
            govern = requests.Govern(found.config.limits, request, found.restart)
            self._submit([(lookup.peer, govern)])

    def _read(self) -> Reloaded:
        """Read, and put into effect.

        Raises:
            NotReloaded: something is wrong with them; nothing has changed.
        """
        if self._sources is None:
            raise NotReloaded("There is nothing to read them from.")
        try:
            found = self._sources.reload(self._running())
            motd = read_motd(found.config.motd)
        except ConfigError as error:
            raise NotReloaded(" ".join(str(error).split())) from error
        except (OSError, ValueError) as error:
            why = reason(error) if isinstance(error, OSError) else str(error)
            raise NotReloaded(f"Cannot read the message of the day: {why}.") from error
        except Exception as error:
            _log.error("fault while the settings were read\n%s", trace(error))
            raise NotReloaded("There is a fault in the server; its log says more.") from error
        self._adopt(found.config, motd)
        _log.info("The settings were reloaded")
        for setting in found.restart:
            _log.warning("%s takes effect after a restart", setting)
        for caution in cautions(found.config):
            _log.warning("%s", caution)
        return found


def read_motd(path: str) -> tuple[str, ...]:
    """Return the lines of the message of the day; none without a file.

    Raises:
        OSError: it cannot be read.
        ValueError: it is not UTF-8.
    """
    if not path:
        return ()
    text = Path(path).read_text(encoding="utf-8")
    return tuple(text.rstrip("\n").split("\n"))
