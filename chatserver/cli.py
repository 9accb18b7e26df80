"""The command line: serve, config, hash-password, status, stop; history_cli.py adds the rest."""

from __future__ import annotations

import logging
import logging.handlers
import os
import shlex
import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from chatserver import daemonize, passwords, settings
from chatserver.checks import cautions
from chatserver.config import Config, default_data
from chatserver.history.errors import HistoryError
from chatserver.history_cli import backup, history
from chatserver.instance import (
    ControlError,
    Instance,
    InstanceError,
    Status,
    ask_status,
    running_pid,
    wait_until_gone,
)
from chatserver.options import METAVARS, Failure, WrongValue, load, options, read
from chatserver.toml import render_toml

if TYPE_CHECKING:
    from chatserver.server import Server

EXIT_NOT_RUNNING = 3  # as the init scripts of the LSB have it

_STOP_GRACE = 2.0  # seconds on top of the server's own deadline
_START_SECONDS = 10.0

_log = logging.getLogger("chatserver")

LOG_FORMAT = "%(asctime)s %(levelname)s %(message)s"
LOG_TIME = "%Y-%m-%d %H:%M:%S"

EXAMPLES = """\b
Examples:
  chatserver                       then, in another terminal: telnet localhost 8000
  chatserver --listen :9000        also for everyone on the network, on port 9000
  chatserver --port 0              any free port; the log says which
  chatserver --daemon              in the background; then: chatserver status, chatserver stop
  chatserver config > chat.toml    every setting with its meaning, to edit
  chatserver --config chat.toml    and to use
"""


class ServeByDefault(click.Group):
    """A group whose command is `serve` where none is named."""

    _OWN = ("--help", "--version")

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `serve` in front of options that come first, and in place of nothing."""
        if not args or (args[0].startswith("-") and args[0] not in self._OWN):
            args = ["serve", *args]
        return super().parse_args(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show what serve accepts too, since it needs no name."""
        serve = self.commands["serve"]
        own = [param.get_help_record(ctx) for param in self.get_params(ctx)]
        of_serve = [
            param.get_help_record(ctx)
            for param in serve.get_params(ctx)
            if "--help" not in param.opts
        ]
        with formatter.section("Options"):
            formatter.write_dl([record for record in (*of_serve, *own) if record])
        self.format_commands(ctx, formatter)


@click.group(cls=ServeByDefault, epilog=EXAMPLES, subcommand_metavar="[COMMAND] [OPTIONS]")
@click.version_option(package_name="chatserver", message="%(prog)s %(version)s")
def cli() -> None:
    """A chat server for telnet, nc and the terminal. Without a command it serves."""


cli.add_command(history)
cli.add_command(backup)


@cli.command(epilog=EXAMPLES)
@options(*METAVARS)
@click.option(
    "--recover",
    is_flag=True,
    help="Move a history that cannot be opened aside, and begin a new one",
)
@click.option(
    "--daemon",
    "in_background",
    is_flag=True,
    help="Run in the background; log to --log-file or DIR/chatserver.log",
)
def serve(in_background: bool, recover: bool, config_file: Path | None, **flags: Any) -> None:
    """Run the server until it is stopped (the default command)."""
    sources = settings.Sources(flags, os.environ, config_file)
    config = read(sources)
    directory = Path(config.data)
    try:
        with Instance(directory) as instance:
            handler = _set_up_logging(config, directory if in_background else None)
            for caution in cautions(config):
                _log.warning("%s", caution)
            control = instance.bind_control()
            if recover:
                _recover(directory)
            server = _listen(config, control, sources)
            if in_background:
                _check_history(config)
                _go_into_background(config, instance, server, control, handler)
            code = server.run()
    except (InstanceError, HistoryError) as error:
        raise Failure(error) from error
    sys.exit(code)


def _check_history(config: Config) -> None:
    """Let a fault of the history show on the terminal, before there is none."""
    from chatserver.history.opening import check_history  # noqa: PLC0415 (see _listen)

    check_history(config)


def _recover(directory: Path) -> None:
    """Move the history aside if it cannot be opened; one that can stays where it is."""
    from chatserver.history.files import recover  # noqa: PLC0415 (see _listen)

    moved = recover(directory)
    if moved:
        click.echo(f"The old history is now {moved}.", err=True)


@cli.command("config")
@options(*METAVARS)
def show_config(config_file: Path | None, **flags: Any) -> None:
    """Print all settings in effect as a TOML file with comments, and no password but as a hash."""
    click.echo(render_toml(load(flags, config_file)), nl=False)


@cli.command("hash-password")
def show_hash() -> None:
    """Ask for a password, or read a line, and print its hash for the configuration."""
    try:
        click.echo(passwords.hash_password(_read_password()))
    except ValueError as error:
        raise WrongValue(error) from error


def _read_password() -> str:
    """The password that somebody types twice, or the first line of a pipe.

    Raises:
        ValueError: the line is not UTF-8.
    """
    if sys.stdin.isatty():
        password: str = click.prompt(
            "Password", hide_input=True, confirmation_prompt="Once more", err=True
        )
        return password
    # Two bytes more for the end of the line, and one by which a longer line shows.
    line = sys.stdin.buffer.readline(passwords.LONGEST + 3)
    try:
        return line.removesuffix(b"\n").removesuffix(b"\r").decode()
    except UnicodeDecodeError as error:
        raise ValueError("A password must be UTF-8 text.") from error


@cli.command()
@options("data")
def status(config_file: Path | None, **flags: Any) -> None:
    """Say whether the server runs, since when, where, and for how many people."""
    directory = Path(load(flags, config_file, check_files=False).data)
    pid = _running_pid(directory)
    try:
        answer = ask_status(directory)
    except ControlError as error:
        raise Failure(
            f"chatserver is running as pid {pid}, but does not answer: {error}."
        ) from error
    click.echo(describe(answer, directory))


@cli.command()
@options("data")
def stop(config_file: Path | None, **flags: Any) -> None:
    """Stop the server in order and wait until it has ended."""
    config = load(flags, config_file, check_files=False)
    directory = Path(config.data)
    pid = _running_pid(directory)
    click.echo(f"Stopping chatserver (pid {pid}) ...")
    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        pass  # it has just ended by itself
    except PermissionError as error:
        raise Failure(f"Cannot stop pid {pid}: it belongs to another user.") from error
    if not wait_until_gone(directory, config.limits.stop_seconds + _STOP_GRACE):
        raise Failure(
            f"chatserver (pid {pid}) has not ended in "
            f"{config.limits.stop_seconds + _STOP_GRACE:g} seconds. "
            f"Look at its log, or end it with: kill -KILL {pid}"
        )
    click.echo("Stopped.")


def _running_pid(directory: Path) -> int:
    """The pid of the running server; ends the command where there is none."""
    try:
        pid = running_pid(directory)
    except InstanceError as error:
        raise Failure(error) from error
    if pid is None:
        click.echo(f"chatserver is not running (nothing uses {directory}).")
        raise click.exceptions.Exit(EXIT_NOT_RUNNING)
    return pid


def describe(answer: Status, directory: Path) -> str:
    """The lines of `chatserver status`."""
    rows = (
        ("pid", answer.pid),
        ("uptime", duration(answer.uptime)),
        ("addresses", ", ".join(answer.addresses)),
        ("people", answer.people),
        ("rooms", answer.rooms),
        ("data", directory),
    )
    return "\n".join(
        [f"chatserver {answer.version} is running", *(f"  {name:<9}  {it}" for name, it in rows)]
    )


def duration(seconds: float) -> str:
    """A time in its two largest units: `3 d 4 h`, `12 min 5 s`, `7 s`."""
    left = int(seconds)
    parts: list[str] = []
    for name, size in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        amount, left = divmod(left, size)
        if amount or parts:
            parts.append(f"{amount} {name}")
    return " ".join(parts[:2]) or "0 s"


def _listen(config: Config, control: socket.socket, sources: settings.Sources) -> Server:
    # Imported here: status and stop answer at once without loading a server.
    from chatserver.net.doors import ListenError  # noqa: PLC0415
    from chatserver.server import Server  # noqa: PLC0415

    server = Server(config, control, sources)
    try:
        server.listen()
    except ListenError as error:
        raise Failure(error) from error
    return server


def _set_up_logging(config: Config, background: Path | None) -> logging.StreamHandler[Any]:
    """Send the log to its file, or to standard error; `background` is the data directory."""
    name = config.log_file or (str(background / "chatserver.log") if background else "")
    handler: logging.StreamHandler[Any]
    try:
        # It notices when logrotate has moved the file.
        handler = logging.handlers.WatchedFileHandler(name) if name else logging.StreamHandler()
    except OSError as error:
        raise WrongValue(
            f"Cannot write the log file {name}: {settings.reason(error)}. "
            "Choose another with --log-file."
        ) from error
    logging.basicConfig(
        level=config.log_level.upper(),
        format=LOG_FORMAT,
        datefmt=LOG_TIME,
        handlers=[handler],
        force=True,
    )
    return handler


def _go_into_background(
    config: Config,
    instance: Instance,
    server: Server,
    control: socket.socket,
    handler: logging.StreamHandler[Any],
) -> None:
    """Return in the process in the background; the launching one says how it went and exits."""
    log: Any = handler.stream
    keep = [*instance.descriptors, *server.descriptors, control.fileno(), log.fileno()]
    try:
        pid = daemonize.detach(keep, log)
    except daemonize.DetachError as error:
        raise Failure(f"Cannot run in the background: {error}.") from error
    if pid is None:
        instance.write_pid()
        return
    # While this process has them open too, the death of the other one would not be seen.
    control.close()
    instance.hand_over()
    try:
        ask_status(instance.directory, _START_SECONDS)
    except ControlError as error:
        raise Failure(
            f"The server was started in the background as pid {pid}, but does not answer: "
            f"{error}. Look at its log: {log.name}"
        ) from error
    where = "" if config.data == default_data() else f" --data {shlex.quote(config.data)}"
    click.echo(f"Running in the background as pid {pid}; stop it with: chatserver stop{where}")
    raise click.exceptions.Exit(0)
