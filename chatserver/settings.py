"""Where the configuration comes from: defaults < TOML file < environment < flags.

Each layer is turned into `Found` values that remember their source, so that every complaint can
name it. A value is checked in its own layer: a wrong one is an error even where a higher layer
overrides it, because it would come as a surprise on the day the other is taken away.
"""

from __future__ import annotations

import difflib
import math
import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import platformdirs

from chatserver.config import Config, is_host, parse_address
from chatserver.schema import SETTINGS, Setting
from chatserver.toml import shown

PREFIX = "CHATSERVER_"
CONFIG_VARIABLE = "CHATSERVER_CONFIG"
TEST_PREFIX = "CHATSERVER_TEST_"  # for the tests; a server that they start must not mind it
MOTD_BYTES = 65536

_BY_PATH = {setting.path: setting for setting in SETTINGS}
_BY_VARIABLE = {setting.variable: setting for setting in SETTINGS}
_TABLES = {setting.path[:-1] for setting in SETTINGS if len(setting.path) > 1}

Flags = Mapping[str, str | tuple[str, ...] | None]


class ConfigError(Exception):
    """A setting is wrong. Its text is what a person reads: the source, the key, what is allowed."""


@dataclass(frozen=True)
class Found:
    """A checked value and where it was found."""

    setting: Setting
    value: object
    source: str


Values = dict[tuple[str, ...], Found]


def default_config_file() -> Path:
    """The file that is read where nobody names one, if it exists."""
    return platformdirs.user_config_path("chatserver") / "chatserver.toml"


def load(
    flags: Flags,
    environment: Mapping[str, str],
    config_file: Path | None = None,
    *,
    check_files: bool = True,
) -> Config:
    """Join the layers and check the result.

    Args:
        flags: top-level settings by name (`log_level`), as texts; None was not given.
        environment: as `os.environ`; only CHATSERVER_* is looked at.
        config_file: must exist; without it CHATSERVER_CONFIG or the default file, if it exists.
        check_files: whether the files that the settings name must be readable.

    Raises:
        ConfigError: anything is wrong with any layer.
    """
    values: Values = {}
    for layer in (
        _read_file(_choose_file(environment, config_file)),
        _read_environment(environment),
        _read_flags(flags),
    ):
        values.update(_collect(layer))
    _check_together(values)
    if check_files:
        _check_motd(values)
    return _build(values)


# --- the file ---


def _choose_file(environment: Mapping[str, str], chosen: Path | None) -> Path | None:
    if chosen is None and environment.get(CONFIG_VARIABLE):
        chosen = Path(environment[CONFIG_VARIABLE])
    if chosen is not None:
        return chosen.absolute()
    default = default_config_file()
    return default if default.exists() else None


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
            yield _check(setting, value, str(file), file.parent)
        elif path in _TABLES:
            raise ConfigError(
                f"{file}: {'.'.join(path)} is {shown(value)}; it must be a table, "
                f"[{'.'.join(path)}]."
            )
        else:
            raise ConfigError(_unknown(f"{file}: there is no setting", ".".join(path), _keys()))


def _keys() -> list[str]:
    return [setting.key for setting in SETTINGS] + [".".join(path) for path in _TABLES]


def _unknown(complaint: str, name: str, known: Iterable[str]) -> str:
    """The sentence about an unknown name, with the nearest known one."""
    names = list(known)
    last = name.rpartition(".")[2]
    homeless = [each for each in names if each.rpartition(".")[2] == last]
    near = homeless or difflib.get_close_matches(name, names, n=1)
    hint = f" Did you mean {near[0]}?" if near else " See: chatserver config."
    return f"{complaint} {name}.{hint}"


# --- the environment and the flags ---


def _read_environment(environment: Mapping[str, str]) -> Iterator[Found]:
    for name in sorted(environment):
        if not name.startswith(PREFIX) or name.startswith(TEST_PREFIX) or name == CONFIG_VARIABLE:
            continue
        source = f"environment variable {name}"
        setting = _BY_VARIABLE.get(name)
        if setting is None:
            known = [*_BY_VARIABLE, CONFIG_VARIABLE]
            raise ConfigError(_unknown("There is no setting for environment variable", name, known))
        yield _check_text(setting, environment[name], source)


def _read_flags(flags: Flags) -> Iterator[Found]:
    for name, value in flags.items():
        setting = _BY_PATH[(name,)]
        source = "--" + name.replace("_", "-")
        if isinstance(value, tuple) and value:
            yield _check(setting, list(value), source, Path.cwd())
        elif isinstance(value, str):
            yield _check_text(setting, value, source)


def _check_text(setting: Setting, text: str, source: str) -> Found:
    """Check a value that can only be a text where it comes from."""
    return _check(setting, _from_text(setting, text), source, Path.cwd())


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


# --- one value ---


def _check(setting: Setting, raw: object, source: str, directory: Path) -> Found:
    """Check a value; a relative path starts at `directory`."""
    try:
        value = msgspec.convert(raw, setting.annotated)
    except msgspec.ValidationError as error:
        raise _wrong(setting, raw, source, setting.allowed) from error
    if isinstance(value, float) and not math.isfinite(value):  # NaN passes every comparison
        raise _wrong(setting, raw, source, setting.allowed)
    for text in value if isinstance(value, tuple) else (value,):
        if isinstance(text, str) and not _is_clean(text):
            raise _wrong(setting, raw, source, "UTF-8 text without control characters")
    check = _CHECKS.get(setting.path)
    if check is not None:
        check(Found(setting, value, source))
    if setting.is_path and value:
        value = _absolute(setting, str(value), source, directory)
    return Found(setting, value, source)


def _wrong(setting: Setting, raw: object, source: str, allowed: str) -> ConfigError:
    return ConfigError(f"{source}: {setting.key} is {shown(raw)}; it must be {allowed}.")


def _is_clean(text: str) -> bool:
    """No control character, and no byte of a path that was not UTF-8 (a lone surrogate)."""
    return not any(unicodedata.category(character) in ("Cc", "Cs") for character in text)


def _absolute(setting: Setting, text: str, source: str, directory: Path) -> str:
    """A server in the background has another working directory, so no path stays relative."""
    try:
        return str(directory / Path(text).expanduser())
    except RuntimeError as error:  # ~nobody
        raise _wrong(setting, text, source, "a path under a home directory that exists") from error


def _check_host(found: Found) -> None:
    if not is_host(str(found.value)):
        raise _wrong(
            found.setting,
            found.value,
            found.source,
            "a host name or an address (its port is the setting port)",
        )


def _check_listen(found: Found) -> None:
    entries = found.value
    assert isinstance(entries, tuple)
    for entry in entries:
        try:
            parse_address(entry)
        except ValueError as error:
            raise ConfigError(
                f"{found.source}: {found.setting.key} has the entry {shown(entry)}; it must be "
                "HOST:PORT, [IPV6]:PORT or :PORT, with a port from 0 to 65535."
            ) from error


_CHECKS: Mapping[tuple[str, ...], Callable[[Found], None]] = {
    ("host",): _check_host,
    ("listen",): _check_listen,
}


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


def _get(values: Values, key: str) -> Found:
    path = tuple(key.split("."))
    setting = _BY_PATH[path]
    return values.get(path, Found(setting, setting.default, "the default"))


def _check_together(values: Values) -> None:
    host, listen = _get(values, "host"), _get(values, "listen")
    if not host.value and not listen.value:
        raise ConfigError(
            f"{host.source}: host is empty and listen has no entry, so there is nothing to "
            "listen on; set one of them."
        )
    for key, relation, other in (
        ("limits.unfinished", "at least", "limits.line"),
        ("limits.dead", "more than", "limits.ping"),
    ):
        left, right = _get(values, key), _get(values, other)
        difference: float = left.value - right.value  # type: ignore[operator]
        if difference < 0 or (difference == 0 and relation == "more than"):
            raise ConfigError(
                f"{key} is {shown(left.value)} ({left.source}); it must be {relation} {other}, "
                f"which is {shown(right.value)} ({right.source})."
            )


def _check_motd(values: Values) -> None:
    found = _get(values, "motd")
    if not found.value:
        return
    file = Path(str(found.value))
    try:
        if not file.is_file():  # a pipe would hang the start
            problem = "is a directory" if file.is_dir() else "no such file"
        else:
            with file.open("rb") as stream:
                raw = stream.read(MOTD_BYTES + 1)
            raw.decode()
            problem = f"longer than {MOTD_BYTES} bytes" if len(raw) > MOTD_BYTES else ""
    except UnicodeDecodeError:
        problem = "not UTF-8 text"
    except OSError as error:
        problem = reason(error)
    if problem:
        raise ConfigError(
            f"{found.source}: motd is {shown(str(file))}, which cannot be used: {problem}. "
            "It must be a text file that this server can read."
        )


def _build(values: Values) -> Config:
    tree: dict[str, Any] = {}
    for path, found in values.items():
        if not found.setting.is_switch:
            table = tree
            for name in path[:-1]:
                table = table.setdefault(name, {})
            table[path[-1]] = found.value
    for path, found in values.items():
        if found.setting.is_switch and not found.value:
            tree.setdefault(path[0], {})[path[-1]] = None
    return msgspec.convert(tree, Config)


def reason(error: OSError) -> str:
    """Why the system refused, as a part of a sentence."""
    text = error.strerror or str(error)
    return text[:1].lower() + text[1:]
