"""The command line of the client."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import click
from msgspec.structs import replace

from client import first_run, plain
from client.app import App
from client.pipe import ExitCode, Pipe
from client.settings import (
    DEFAULT_TLS_PORT,
    Settings,
    SettingsError,
    check_nick,
    data_path,
    default_nick,
    default_path,
    load,
    parse_address,
    render,
    save,
)

_EPILOG = """\b
CHAT_PASSWORD in the environment is the server's password, where it wants one.

\b
Exit codes:
  0  done; of a pipe: the server has echoed each line
  1  no server, or it did not let one in
  2  the command line is not right
  3  a room or a line was refused
  4  not every line was confirmed in time
"""


@click.command(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=_EPILOG,
)
@click.argument("server", required=False, metavar="[[NICK@]HOST[:PORT]]")
@click.option("-r", "--room", "rooms", multiple=True, metavar="ROOM", help="Go there. Repeatable.")
@click.option("-n", "--nick", metavar="NAME", help="What to be called.")
@click.option("--tls/--no-tls", default=None, help="Encrypt, and remember the certificate.")
@click.option("--plain", "is_plain", is_flag=True, help="No full screen: lines above a prompt.")
@click.option("--tail", "is_tail", is_flag=True, help="Print what is said from now on.")
@click.option("--json", "as_json", is_flag=True, help="With --tail: an object a line.")
@click.option(
    "--log", type=click.Path(file_okay=False, path_type=Path), help="Keep a log in this folder."
)
@click.option(
    "--config",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The settings; default in the folder that the system has for them.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0.1),
    default=30.0,
    show_default=True,
    help="Of a pipe: seconds to wait for the server.",
)
@click.version_option(package_name="chatserver", prog_name="chat")
def main(
    server: str | None,
    rooms: tuple[str, ...],
    nick: str | None,
    tls: bool | None,
    is_plain: bool,
    is_tail: bool,
    as_json: bool,
    log: Path | None,
    path: Path | None,
    timeout: float,
) -> None:
    """Chat in the terminal.

    Without a server it is the one of last time, or localhost:8000. `chat config` prints the
    settings. Lines that are piped in are said in the room:
    `echo "deploy done" | chat --room ops --nick bot`.
    """
    where = path or default_path()
    try:
        stored = load(where)
        if server == "config":
            click.echo(f"# {where}{'' if stored else ' (not there yet)'}")
            click.echo(render(stored or Settings(nick=default_nick())), nl=False)
            return
        is_piped = not sys.stdin.isatty() and not is_tail
        if stored is None and server is None and not (is_piped or is_tail or rooms):
            stored = _first_run(is_plain=_is_plain(is_plain))
            save(stored, where)
        settings = _settings(stored or Settings(), server, rooms, nick, tls, log)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    app = _maker(settings, where)
    if is_tail:
        sys.exit(_run(lambda: Pipe(app(), timeout).tail(as_json=as_json)))
    if is_piped:
        if isinstance(sys.stdin, TextIOWrapper):
            sys.stdin.reconfigure(errors="replace")  # what is no text in its encoding
        sys.exit(_run(lambda: Pipe(app(), timeout).send(sys.stdin)))
    show = plain.run if _is_plain(is_plain) else _screen()
    _run(lambda: show(app()))


def _settings(
    stored: Settings,
    server: str | None,
    rooms: tuple[str, ...],
    nick: str | None,
    tls: bool | None,
    log: Path | None,
) -> Settings:
    """Return what is stored with what the command line says instead.

    Raises:
        SettingsError: it says something that makes no sense.
    """
    settings = stored
    if tls is not None and tls != settings.tls:
        settings = replace(settings, tls=tls, port=DEFAULT_TLS_PORT if tls else Settings().port)
    if server:
        address = parse_address(server)
        usual = DEFAULT_TLS_PORT if settings.tls else Settings().port
        settings = replace(settings, host=address.host, port=address.port or usual)
        nick = nick or address.nick
    if rooms:
        settings = replace(settings, rooms=tuple(first_run.with_signs(" ".join(rooms)).split()))
    if log:
        settings = replace(settings, log=str(log))
    return replace(settings, nick=check_nick(nick or settings.nick or default_nick()))


def _maker(settings: Settings, path: Path) -> Callable[[], App]:
    """Return what makes the app; it needs a running loop."""
    password = os.environ.get("CHAT_PASSWORD", "")
    return lambda: App(settings, data=data_path(), settings_path=path, password=password)


def _is_plain(wanted: bool) -> bool:
    """Whether the terminal can do no more than lines, or the person wants no more."""
    return wanted or os.environ.get("TERM", "dumb") == "dumb" or not sys.stdout.isatty()


def _first_run(*, is_plain: bool) -> Settings:
    if is_plain:
        return first_run.ask(Settings())
    from client.layout.first_run import ask  # noqa: PLC0415 - only here is a full screen needed

    return ask(Settings())


def _screen() -> Callable[[App], Coroutine[Any, Any, None]]:
    from client.layout.view import run  # noqa: PLC0415 - only here is a full screen needed

    return run


def _run(work: Callable[[], Coroutine[Any, Any, ExitCode | None]]) -> ExitCode:
    """Run to the end; Ctrl-C and a reader who has gone away are ends like others."""

    async def main() -> ExitCode | None:
        return await work()

    with suppress(KeyboardInterrupt):
        try:
            return asyncio.run(main()) or ExitCode.DONE
        except BrokenPipeError:
            # Python would complain once more when it flushes at the end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return ExitCode.DONE
