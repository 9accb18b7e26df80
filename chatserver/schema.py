"""The settings as a table, read from the declaration in config.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec
from msgspec import Meta

from chatserver.config import Config


@dataclass(frozen=True)
class Setting:
    """One setting, as the declaration above describes it.

    `path` is where it stands (`("limits", "line")`), `type` what msgspec converts it to. A switch
    (`limits.rate`) is true or false here; the settings of its table are settings of their own.
    A list of tables (`operators`) is one setting; `columns` are the settings of each of its tables.
    """

    path: tuple[str, ...]
    type: Any
    meta: Meta
    make_default: Callable[[], object] = field(repr=False)
    is_switch: bool = False
    columns: tuple[Setting, ...] = ()

    @property
    def key(self) -> str:
        """Its name in the file: `limits.line`."""
        return ".".join(self.path)

    @property
    def variable(self) -> str:
        """Its name in the environment: `CHATSERVER_LIMITS_LINE`."""
        return "_".join(("CHATSERVER", *self.path)).upper()

    @property
    def annotated(self) -> object:
        """The type with its bounds, for msgspec.convert."""
        return Annotated[self.type, self.meta]

    @property
    def description(self) -> str:
        """What it means, with its unit."""
        return self.meta.description or ""

    @property
    def default(self) -> object:
        """Its value where nobody has set it."""
        return self.make_default()

    @property
    def is_path(self) -> bool:
        """Whether it names a file or a directory."""
        return "path" in self._marks

    @property
    def is_secret(self) -> bool:
        """Whether its value is, or has in it, what nobody may print."""
        return "secret" in self._marks or any(column.is_secret for column in self.columns)

    @property
    def is_required(self) -> bool:
        """Whether it must be given; only a column can be."""
        return self.make_default is _no_default

    @property
    def choices(self) -> tuple[str, ...]:
        """The texts that are allowed, where only some are."""
        return get_args(self.type) if get_origin(self.type) is Literal else ()

    @property
    def allowed(self) -> str:
        """What is allowed, to stand after « it must be »."""
        if self.is_switch:
            return "true, false or a table"
        if "allowed" in self._marks:
            return str(self._marks["allowed"])
        if self.choices:
            return "one of " + ", ".join(self.choices)
        if self.type in _NUMBERS:
            return f"{_NUMBERS[self.type]} from {self.meta.ge:g} to {self.meta.le}"
        if self.type is str:
            noun = "a path" if self.is_path else "a text"
            return f"{noun} that is not empty" if self.meta.min_length else noun
        return _OTHERS[self.type]

    @property
    def _marks(self) -> dict[str, Any]:
        return self.meta.extra or {}


_NUMBERS = {int: "a whole number", float: "a number"}
_OTHERS = {bool: "true or false", tuple[str, ...]: "a list of texts"}


def _settings(struct: type[msgspec.Struct], above: tuple[str, ...]) -> Iterator[Setting]:
    """The settings of a struct and of the structs in it, in the order of the declaration."""
    for each in msgspec.structs.fields(struct):
        path = (*above, each.name)
        kind, meta = _without_meta(each.type)
        table = _struct_in(kind)
        if table is None or get_origin(kind) is tuple:
            columns = tuple(_settings(table, path)) if table else ()
            yield Setting(path, kind, meta, _default_of(each), columns=columns)
            continue
        if table is not kind:  # « Rate | None »: can be switched off
            yield Setting(path, bool, meta, lambda: True, is_switch=True)
        yield from _settings(table, path)


def _without_meta(kind: object) -> tuple[object, Meta]:
    if get_origin(kind) is Annotated:
        bare, meta = get_args(kind)
        return bare, meta
    return kind, Meta()


def _struct_in(kind: object) -> type[msgspec.Struct] | None:
    for each in (kind, *get_args(kind)):
        if isinstance(each, type) and issubclass(each, msgspec.Struct):
            return each
    return None


def _default_of(each: msgspec.structs.FieldInfo) -> Callable[[], object]:
    if each.default_factory is not msgspec.NODEFAULT:
        factory: Callable[[], object] = each.default_factory
        return factory
    if each.default is msgspec.NODEFAULT:
        return _no_default
    value = each.default
    return lambda: value


def _no_default() -> object:
    raise LookupError("this setting has no default")


def value_in(config: Config, setting: Setting) -> object:
    """The value; None in a table that is switched off, and False for its switch."""
    value: object = config
    for name in setting.path:
        value = getattr(value, name, None)
    return value is not None if setting.is_switch else value


SETTINGS: tuple[Setting, ...] = tuple(_settings(Config, ()))
