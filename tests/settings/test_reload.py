"""The settings once more, while the server runs."""

from pathlib import Path

import pytest

from chatserver import settings
from chatserver.config import Config, Limits, Operator, Rate, Server
from chatserver.settings import AT_START, ConfigError, Sources
from tests.settings.files import HASH, write


def test_a_reload_reads_the_same_sources_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(home, "log_level = 'debug'\n[limits]\nnick = 9")
    environment = {"CHATSERVER_LIMITS_ROOM": "10"}
    sources = Sources({"port": "1", "data": "d"}, environment, Path(file.name))
    running = sources.load()
    (home / "elsewhere").mkdir()
    monkeypatch.chdir("elsewhere")  # as a server in the background does
    assert sources.reload(running) == settings.Reloaded(running, ())

    write(home, "port = 2\nlog_level = 'error'\nmotd = 'motd'\n[limits]\nroom = 20\nrate = false")
    (home / "motd").write_text("Hello")
    new = sources.reload(running)
    assert new.restart == ()
    assert new.config == Config(
        port=1,
        data=str(home / "d"),
        log_level="error",
        motd=str(home / "motd"),
        limits=Limits(room=10, rate=None),
    )


def test_a_reload_with_a_fault_is_none(home: Path) -> None:
    sources = Sources({}, {}, write(home, ""))
    running = sources.load()
    write(home, "port = 'x'")
    with pytest.raises(ConfigError, match="port is"):
        sources.reload(running)
    write(home, "motd = 'none'")
    with pytest.raises(ConfigError, match="no such file"):
        sources.reload(running)


def test_what_needs_a_restart_is_named_and_keeps_its_value(home: Path) -> None:
    sources = Sources({}, {}, write(home, "[limits.rate]\nlines_burst = 3"))
    running = sources.load()
    row = f"[[operators]]\nname = 'ada'\npassword = '{HASH}'\n"
    write(
        home,
        "port = 1\nlisten = [':2']\n[server]\nname = 'a.b'\npassword = 'open sesame'\n"
        "admin = ['Here']\n[limits]\nclients = 7\nnick = 7\n[limits.rate]\nlines_burst = 4\n" + row,
    )
    new = sources.reload(running)
    assert new.restart == ("port", "listen", "server.name", "limits.clients")
    assert new.config == Config(
        server=Server(password="open sesame", admin=("Here",)),
        limits=Limits(nick=7, rate=Rate(lines_burst=4)),
        operators=(Operator(name="ada", password=HASH),),
    )
    assert sources.reload(new.config) == new  # said again until it is restarted
    write(home, "[limits.rate]\nlines_burst = 3")
    assert sources.reload(new.config) == settings.Reloaded(running, ())


@pytest.mark.parametrize("key", AT_START)
def test_a_limit_that_something_was_made_by_needs_a_restart(home: Path, key: str) -> None:
    sources = Sources({}, {}, write(home, ""))
    running = sources.load()
    write(home, f"{key} = {4096 if 'outbox' in key else 77}")
    assert sources.reload(running) == settings.Reloaded(running, (key,))
