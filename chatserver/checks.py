"""What is allowed: the checks of one value, of all together, and of the files that they name."""

from __future__ import annotations

import difflib
import math
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from chatserver import passwords
from chatserver.config import Config, is_host, parse_address
from chatserver.schema import SETTINGS, Setting
from chatserver.toml import shown

MOTD_BYTES = 65536

_BY_KEY = {setting.key: setting for setting in SETTINGS}


class ConfigError(Exception):
    """A setting is wrong. Its text is what a person reads: the source, the key, what is allowed."""


@dataclass(frozen=True)
class Found:
    """A checked value and where it was found."""

    setting: Setting
    value: object
    source: str


Values = dict[tuple[str, ...], Found]


# --- one value ---


def check(setting: Setting, raw: object, source: str, directory: Path) -> Found:
    """Check a value; a relative path starts at `directory`.

    Raises:
        ConfigError: the setting does not allow it.
    """
    if setting.columns:
        found = Found(setting, _rows(setting, raw, source, directory), source)
    else:
        found = Found(setting, _value(setting, raw, source, directory), source)
    if setting.path in _CHECKS:
        _CHECKS[setting.path](found)
    return found


def _value(setting: Setting, raw: object, source: str, directory: Path) -> object:
    try:
        value = msgspec.convert(raw, setting.annotated)
    except msgspec.ValidationError as error:
        raise _wrong(setting, raw, source, setting.allowed) from error
    if isinstance(value, float) and not math.isfinite(value):  # NaN passes every comparison
        raise _wrong(setting, raw, source, setting.allowed)
    for text in value if isinstance(value, tuple) else (value,):
        if isinstance(text, str) and not _is_clean(text):
            raise _wrong(setting, raw, source, "UTF-8 text without control characters")
    if setting.is_secret and value and not passwords.is_usable(str(value)):
        raise _wrong(setting, raw, source, setting.allowed)
    if setting.is_path and value:
        return _absolute(setting, str(value), source, directory)
    return value


def _rows(setting: Setting, raw: object, source: str, directory: Path) -> list[dict[str, object]]:
    """The values of a list of tables."""
    if not isinstance(raw, list):
        raise _wrong(setting, raw, source, setting.allowed)
    return [
        _row(setting, row, f"{source}, [[{setting.key}]] number {number}", directory)
        for number, row in enumerate(raw, 1)
    ]


def _row(setting: Setting, raw: object, source: str, directory: Path) -> dict[str, object]:
    if not isinstance(raw, dict):
        raise _wrong(setting, raw, source, setting.allowed)
    columns = {column.path[-1]: column for column in setting.columns}
    for name in raw:
        if name not in columns:
            keys = [column.key for column in setting.columns]
            complaint = f"{source}: there is no setting"
            raise ConfigError(unknown(complaint, f"{setting.key}.{name}", keys))
    for name, column in columns.items():
        if column.is_required and name not in raw:
            raise ConfigError(f"{source}: {column.key} is missing; it must be {column.allowed}.")
    return {name: check(columns[name], raw[name], source, directory).value for name in raw}


def _wrong(setting: Setting, raw: object, source: str, allowed: str) -> ConfigError:
    """The sentence about a wrong value; that of a password is not shown."""
    value = '"…"' if setting.is_secret else shown(raw)
    return ConfigError(f"{source}: {setting.key} is {value}; it must be {allowed}.")


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
                "HOST:PORT, [IPV6]:PORT or :PORT with a port from 0 to 65535, alone or after "
                "irc:// or telnet://."
            ) from error


def _check_operators(found: Found) -> None:
    rows = found.value
    assert isinstance(rows, list)
    names: set[str] = set()
    for row in rows:
        if row["name"] in names:
            raise ConfigError(
                f"{found.source}: operators has two tables of the name {shown(row['name'])}; "
                "take one of them away."
            )
        names.add(row["name"])


_CHECKS: Mapping[tuple[str, ...], Callable[[Found], None]] = {
    ("host",): _check_host,
    ("listen",): _check_listen,
    ("operators",): _check_operators,
}


def _get(values: Values, key: str) -> Found:
    setting = _BY_KEY[key]
    return values.get(setting.path, Found(setting, setting.default, "the default"))


def check_together(values: Values) -> None:
    """Check what one setting says about another.

    Raises:
        ConfigError: two of them contradict.
    """
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


def check_files(values: Values) -> None:
    """Check the files that must be readable.

    Raises:
        ConfigError: one is not.
    """
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


def unknown(complaint: str, name: str, known: Iterable[str]) -> str:
    """The sentence about an unknown name, with the nearest known one."""
    names = list(known)
    last = name.rpartition(".")[2]
    homeless = [each for each in names if each.rpartition(".")[2] == last]
    near = homeless or difflib.get_close_matches(name, names, n=1)
    hint = f" Did you mean {near[0]}?" if near else " See: chatserver config."
    return f"{complaint} {name}.{hint}"


def cautions(config: Config) -> list[str]:
    """What is allowed but not wise, as sentences for the log."""
    return [
        f"The password of the operator {operator.name} is not a hash. Whoever reads the "
        "configuration knows it; make a hash of it with: chatserver hash-password"
        for operator in config.operators
        if not passwords.is_hash(operator.password)
    ]


def reason(error: OSError) -> str:
    """Why the system refused, as a part of a sentence."""
    text = error.strerror or str(error)
    return text[:1].lower() + text[1:]
