"""What the commands share: the flags of settings, and errors that are a sentence."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from chatserver import settings
from chatserver.config import Config
from chatserver.schema import SETTINGS

EXIT_FAILED = 1
EXIT_WRONG_VALUE = 2  # click's own code for a wrong command line


class Failure(click.ClickException):
    """An error whose text is the whole message."""

    exit_code = EXIT_FAILED

    def __init__(self, message: object) -> None:
        super().__init__(str(message))

    def show(self, file: Any = None) -> None:
        """Print it without click's « Error: »."""
        click.echo(self.message, file=file, err=file is None)


class WrongValue(Failure):
    """A setting has a wrong value."""

    exit_code = EXIT_WRONG_VALUE


Command = Callable[..., Any]

METAVARS = {
    "host": "HOST",
    "port": "PORT",
    "listen": "HOST:PORT",
    "workers": "N",
    "data": "DIR",
    "history": "on|off",
    "durability": "LEVEL",
    "motd": "FILE",
    "log_level": "LEVEL",
    "log_file": "FILE",
}
_BY_NAME = {setting.key: setting for setting in SETTINGS}


def _setting_option(name: str) -> Callable[[Command], Command]:
    """The flag of a top-level setting.

    It is a plain text for click, so that a wrong value is refused in the words of settings.py,
    whichever of flag, environment and file it comes from.
    """
    setting = _BY_NAME[name]
    notes = [f"one of {', '.join(setting.choices)}"] if setting.choices else []
    if setting.default and isinstance(setting.default, str | int):
        notes.append(f"default {setting.default}")
    is_list = isinstance(setting.default, tuple)
    if is_list:
        notes.append("can be given several times")
    return click.option(
        "--" + name.replace("_", "-"),
        metavar=METAVARS[name],
        multiple=is_list,
        help=setting.description + (f"  [{'; '.join(notes)}]" if notes else ""),
    )


def options(*names: str) -> Callable[[Command], Command]:
    """The flags of some settings, and --config."""

    def add(command: Command) -> Command:
        command = click.option(
            "--config",
            "config_file",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help=f"TOML file with settings  [default {settings.default_config_file()}, if there]",
        )(command)
        for name in reversed(names):
            command = _setting_option(name)(command)
        return command

    return add


def load(flags: settings.Flags, config_file: Path | None, *, check_files: bool = True) -> Config:
    """Return the configuration in effect; ends the command where a setting has a wrong value."""
    return read(settings.Sources(flags, os.environ, config_file), check_files=check_files)


def read(sources: settings.Sources, *, check_files: bool = True) -> Config:
    """As `load`, from sources that are at hand."""
    try:
        return sources.load(check_files=check_files)
    except settings.ConfigError as error:
        raise WrongValue(error) from error
