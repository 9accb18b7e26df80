"""Settings of the client: a TOML file, read with its mistakes named, written whole."""

from __future__ import annotations

import getpass
import os
import re
import tempfile
import tomllib
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec
import platformdirs
from msgspec import Meta, Struct

DEFAULT_HOST: Final = "localhost"
DEFAULT_PORT: Final = 8000
DEFAULT_TLS_PORT: Final = 6697
LOBBY: Final = "#lobby"

THEMES: Final = ("dark", "light", "solarized", "high-contrast", "mono")

Theme = Literal["dark", "light", "solarized", "high-contrast", "mono"]
Sort = Literal["opened", "name", "news"]
Notify = Literal["off", "mentions", "all"]
Port = Annotated[int, Meta(ge=1, le=65535)]

SWITCHES: Final = {"theme": "mono", "notify": "off", "clock": ""}
"""Settings that can be switched off, and what each is then; NAME_on is what it was before."""

_NOT_IN_NICK: Final = re.compile(r"[^A-Za-z0-9_\-\[\]{}|`^]")
_NICK: Final = re.compile(r"[^\s\d\-.,:!?@*#&$~%+][^\s.,:!?@*#&]*")
_ADDRESS: Final = re.compile(
    r"(?:(?P<nick>[^@\s]+)@)?(?:\[(?P<six>[0-9A-Fa-f:.%\w]+)\]|(?P<host>[^:@\s\[\]]+))(?::(?P<port>\d{1,5}))?"
)


class SettingsError(Exception):
    """A file or a value is not right; the message is for the person."""


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that is remembered.

    Attributes:
        host, port, tls: the server.
        nick: what one wants to be called.
        rooms: where one goes at the start.
        theme: the colours.
        sort: the order of the list on the left: as opened, by name, those with news first.
        notify: what rings the bell.
        sidebar, memberlist: whether the columns on the left and on the right are shown.
        clock: how times are shown (strftime).
        mouse: whether the mouse is asked for.
        typing: whether others are told that one types.
        log: a folder for a log of one's own, or empty for none.
        theme_on, notify_on, clock_on: what each was before it was last switched off.
    """

    host: str = DEFAULT_HOST
    port: Port = DEFAULT_PORT
    tls: bool = False
    nick: str = ""
    rooms: tuple[str, ...] = (LOBBY,)
    theme: Theme = "dark"
    sort: Sort = "opened"
    notify: Notify = "mentions"
    sidebar: bool = True
    memberlist: bool = True
    clock: str = "%H:%M"
    mouse: bool = True
    typing: bool = True
    log: str = ""
    theme_on: Theme = "dark"
    notify_on: Notify = "mentions"
    clock_on: str = "%H:%M"


class Address(Struct, frozen=True):
    """Where a server is, and as whom; what is not said is empty or None."""

    host: str
    port: int | None = None
    nick: str = ""


def parse_address(text: str) -> Address:
    """Read `[nick@]host[:port]`; an IPv6 address stands in brackets.

    Raises:
        SettingsError: it is not one.
    """
    found = _ADDRESS.fullmatch(text.strip())
    if found is None:
        raise SettingsError(f"“{text}” is not a server; it is written [NICK@]HOST[:PORT].")
    port = int(found["port"]) if found["port"] else None
    if port is not None and not 1 <= port <= 65535:
        raise SettingsError(f"{port} is not a port; they go from 1 to 65535.")
    nick = check_nick(found["nick"]) if found["nick"] else ""
    return Address(found["six"] or found["host"], port, nick)


def check_nick(text: str) -> str:
    """Return a name that servers may take; which letters it may have each decides by itself.

    Raises:
        SettingsError: no server takes it; the message names one that may do.
    """
    nick = text.strip()
    if _NICK.fullmatch(nick):
        return nick
    near = _as_nick("_".join(nick.split()))
    advice = f", such as {near}" if near else ""
    raise SettingsError(
        f"“{nick}” cannot be a name; it is one word that begins with a letter{advice}."
    )


def default_nick() -> str:
    """Return the login name as a nick."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError):  # no such user, as in some containers
        name = ""
    return _as_nick(name) or "guest"


def _as_nick(text: str) -> str:
    return _NOT_IN_NICK.sub("", text).lstrip("0123456789-")


def default_path() -> Path:
    """Return where the settings are kept."""
    return platformdirs.user_config_path("chatserver", appauthor=False) / "chat.toml"


def data_path() -> Path:
    """Return the folder of what the client remembers by itself (known certificates)."""
    return platformdirs.user_data_path("chatserver", appauthor=False) / "chat"


def load(path: Path) -> Settings | None:
    """Read the settings; None where there are none yet.

    Raises:
        SettingsError: the file cannot be read, or says something that makes no sense.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}") from None
    try:
        return msgspec.convert(tomllib.loads(text), Settings)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise SettingsError(f"{path}: {error}") from None


def change(settings: Settings, name: str, value: str) -> Settings:
    """Return the settings with one value, given as a person types it.

    Raises:
        SettingsError: there is no such setting, or it cannot be that.
    """
    if name not in Settings.__struct_fields__:
        known = ", ".join(Settings.__struct_fields__)
        raise SettingsError(f"There is no setting “{name}”; there are {known}.")
    if name == "nick":
        value = check_nick(value)
    new: Any = tuple(value.replace(",", " ").split()) if name == "rooms" else value
    whole = msgspec.to_builtins(settings) | {name: new}
    if name in SWITCHES and (was := getattr(settings, name)) != SWITCHES[name]:
        whole[f"{name}_on"] = was
    try:
        return msgspec.convert(whole, Settings, strict=False)
    except msgspec.ValidationError as error:
        reason = str(error).partition(" - at ")[0]
        raise SettingsError(f"{name} cannot be “{value}”: {reason}") from None


def switched(settings: Settings, name: str, *, on: bool) -> str:
    """Return what one of SWITCHES becomes when it is switched: on is as it was before."""
    off = SWITCHES[name]
    now: str = getattr(settings, name)
    was: str = getattr(settings, f"{name}_on")
    return off if not on else was if now == off else now


def render(settings: Settings) -> str:
    """Return the settings as TOML."""
    lines = (f"{name} = {_value(value)}" for name, value in msgspec.to_builtins(settings).items())
    return "\n".join((*lines, ""))


def save(settings: Settings, path: Path) -> None:
    """Write the settings; whoever reads meanwhile finds the old file or the new one.

    Raises:
        SettingsError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(render(settings))
        Path(name).replace(path)
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {error}") from None


def _value(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case list() | tuple():
            return f"[{', '.join(map(_value, value))}]"
        case _:
            # A TOML basic string takes JSON's escapes, but for a bare DEL.
            return msgspec.json.encode(str(value)).decode().replace("\x7f", "\\u007f")
