"""Where the configuration comes from: defaults < TOML file < environment < flags.

Each layer is turned into `Found` values that remember their source, so that every complaint can
name it. A value is checked in its own layer: a wrong one is an error even where a higher layer
overrides it, because it would come as a surprise on the day the other is taken away.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import platformdirs

from chatserver import checks
from chatserver.checks import ConfigError, Found, Values, check, reason, unknown
from chatserver.config import Config
from chatserver.schema import SETTINGS, Setting, value_in
from chatserver.toml import shown

__all__ = [
    "AT_START",
    "CONFIG_VARIABLE",
    "PREFIX",
    "REREAD",
    "TEST_PREFIX",
    "ConfigError",
    "Flags",
    "Reloaded",
    "Sources",
    "default_config_file",
    "load",
    "reason",
]

PREFIX = "CHATSERVER_"
CONFIG_VARIABLE = "CHATSERVER_CONFIG"
TEST_PREFIX = "CHATSERVER_TEST_"  # for the tests; a server that they start must not mind it

# What a reload takes over: these, and all limits but those that something was made by at the start.
REREAD = ("motd", "log_level", "server.description", "server.password", "server.admin", "operators")
AT_START = (
    "limits.clients",
    "limits.keepalive_idle",
    "limits.keepalive_interval",
    "limits.keepalive_count",
    "limits.user_timeout",
    "limits.outbox_total",
    "limits.history_days",
    "limits.history_lines",
)

_BY_PATH = {setting.path: setting for setting in SETTINGS}
_BY_VARIABLE = {setting.variable: setting for setting in SETTINGS}
_TABLES = {setting.path[:-1] for setting in SETTINGS if len(setting.path) > 1}

Flags = Mapping[str, str | tuple[str, ...] | None]


def default_config_file() -> Path:
    """The file that is read where nobody names one, if it exists."""
    return platformdirs.user_config_path("chatserver") / "chatserver.toml"


@dataclass(frozen=True, repr=False)
class Sources:
    """Where a server's configuration comes from, so that it can be read again.

    Attributes:
        flags: top-level settings by name (`log_level`), as texts; None was not given.
        environment: as `os.environ`; only CHATSERVER_* is looked at.
        config_file: must exist; without it CHATSERVER_CONFIG or the default file, if it exists.
        directory: where relative paths of flags and environment start: a server in the background
            has left the directory that it was started in.
    """

    flags: Flags
    environment: Mapping[str, str]
    config_file: Path | None = None
    directory: Path = field(default_factory=Path.cwd)

    def load(self, *, check_files: bool = True) -> Config:
        """Join the layers and check the result.

        Args:
            check_files: whether the files that the settings name must be readable.

        Raises:
            ConfigError: anything is wrong with any layer.
        """
        values: Values = {}
        for layer in (
            _read_file(self._choose_file()),
            _read_environment(self.environment, self.directory),
            _read_flags(self.flags, self.directory),
        ):
            values.update(_collect(layer))
        checks.check_together(values)
        if check_files:
            checks.check_files(values)
        return _build(values)

    def reload(self, running: Config) -> Reloaded:
        """Read the configuration again.

        Args:
            running: what is in effect now.

        Raises:
            ConfigError: anything is wrong with it; then nothing has changed.
        """
        new = self.load()
        restart = [
            setting
            for setting in SETTINGS
            if value_in(new, setting) != value_in(running, setting) and not _is_reread(setting)
        ]
        tree = msgspec.to_builtins(new)
        for setting in restart:
            _put(tree, setting.path, value_in(running, setting))
        return Reloaded(msgspec.convert(tree, Config), tuple(setting.key for setting in restart))

    def _choose_file(self) -> Path | None:
        named = self.config_file or self.environment.get(CONFIG_VARIABLE)
        if named:
            return self.directory / named
        default = default_config_file()
        return default if default.exists() else None


@dataclass(frozen=True)
class Reloaded:
    """What a reload has found.

    `config` is in effect from now on; settings that need a `restart` have their old values in it.
    """

    config: Config
    restart: tuple[str, ...]


def load(
    flags: Flags,
    environment: Mapping[str, str],
    config_file: Path | None = None,
    *,
    check_files: bool = True,
) -> Config:
    """Read the configuration once; see `Sources`, also for the errors."""
    return Sources(flags, environment, config_file).load(check_files=check_files)


def _is_reread(setting: Setting) -> bool:
    if setting.path[0] == "limits":
        return setting.key not in AT_START
    return setting.key in REREAD


# --- the file ---


def _read_file(file: Path | None) -> Iterator[Found]:
    if file is None:
        return iter(())
    return _walk(_parse(file), (), file)


def _parse(file: Path) -> dict[str, Any]:
    """The tables of a TOML file; a byte order mark is no fault."""
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise ConfigError(f"Cannot read the configuration file {file}: {reason(error)}.") from error
    try:
        return tomllib.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line, column = _place(raw[: error.start].decode("utf-8", "replace"))
        raise ConfigError(
            f"{file}, line {line}, column {column}: this is not UTF-8 text. Save it as UTF-8."
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(_syntax_error(file, raw, str(error))) from error


def _syntax_error(file: Path, raw: bytes, message: str) -> str:
    """Put the place, which tomllib says at the end of its message, where editors look for it."""
    text, _, place = message.rpartition(" (at ")
    found = re.fullmatch(r"line (\d+), column (\d+)\)", place)
    if found:
        line, column = int(found[1]), int(found[2])
    else:  # « (at end of document) »
        line, column = _place(raw.decode("utf-8-sig"))
    return f"{file}, line {line}, column {column}: this is not valid TOML: {text or message}."


def _place(before: str) -> tuple[int, int]:
    """Line and column, counted from 1, of what follows a text."""
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _walk(table: Mapping[str, Any], above: tuple[str, ...], file: Path) -> Iterator[Found]:
    for name, value in table.items():
        path = (*above, name)
        setting = _BY_PATH.get(path)
        if path in _TABLES and isinstance(value, dict):
            if setting is not None:
                yield Found(setting, True, str(file))
            yield from _walk(value, path, file)
        elif setting is not None:
            yield check(setting, value, str(file), file.parent)
        elif path in _TABLES:
            raise ConfigError(
                f"{file}: {'.'.join(path)} is {shown(value)}; it must be a table, "
                f"[{'.'.join(path)}]."
            )
        else:
            raise ConfigError(unknown(f"{file}: there is no setting", ".".join(path), _keys()))


def _keys() -> list[str]:
    return [setting.key for setting in SETTINGS] + [".".join(path) for path in _TABLES]


# --- the environment and the flags ---


def _read_environment(environment: Mapping[str, str], directory: Path) -> Iterator[Found]:
    for name in sorted(environment):
        if not name.startswith(PREFIX) or name.startswith(TEST_PREFIX) or name == CONFIG_VARIABLE:
            continue
        source = f"environment variable {name}"
        setting = _BY_VARIABLE.get(name)
        if setting is None:
            known = [*_BY_VARIABLE, CONFIG_VARIABLE]
            raise ConfigError(unknown("There is no setting for environment variable", name, known))
        yield _check_text(setting, environment[name], source, directory)


def _read_flags(flags: Flags, directory: Path) -> Iterator[Found]:
    for name, value in flags.items():
        setting = _BY_PATH[(name,)]
        source = "--" + name.replace("_", "-")
        if isinstance(value, tuple) and value:
            yield check(setting, list(value), source, directory)
        elif isinstance(value, str):
            yield _check_text(setting, value, source, directory)


def _check_text(setting: Setting, text: str, source: str, directory: Path) -> Found:
    """Check a value that can only be a text where it comes from."""
    return check(setting, _from_text(setting, text), source, directory)


def _from_text(setting: Setting, text: str) -> object:
    """What a text says; the text itself where it does not say what the setting needs."""
    if setting.type is str:
        return text
    if setting.type == tuple[str, ...]:
        return [entry.strip() for entry in text.split(",") if entry.strip()]
    if setting.choices:
        return text.strip().lower()
    try:
        return msgspec.convert(text.strip(), setting.type, strict=False)
    except msgspec.ValidationError:
        return text


# --- all of them together ---


def _collect(layer: Iterable[Found]) -> Values:
    """A layer's values; a setting of a table that can be switched off switches it on."""
    values = {found.setting.path: found for found in layer}
    for found in list(values.values()):
        above = found.setting.path[:-1]
        switch = _BY_PATH.get(above)
        if switch is None:
            continue
        said = values.setdefault(above, Found(switch, True, found.source))
        if not said.value:
            raise ConfigError(
                f"{said.source} turns {switch.key} off, but {found.source} sets "
                f"{found.setting.key}; take one of them away."
            )
    return values


def _build(values: Values) -> Config:
    tree: dict[str, Any] = {}
    for path, found in values.items():
        if not found.setting.is_switch:
            _put(tree, path, found.value)
    for path, found in values.items():
        if found.setting.is_switch and not found.value:
            _put(tree, path, None)
    return msgspec.convert(tree, Config)


def _put(tree: dict[str, Any], path: tuple[str, ...], value: object) -> None:
    for name in path[:-1]:
        tree = tree.setdefault(name, {})
    tree[path[-1]] = value
