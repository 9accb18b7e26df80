"""The configuration as TOML with comments, and single values as they stand in it."""

from __future__ import annotations

import json

from chatserver.config import Config
from chatserver.schema import SETTINGS, Setting


def shown(value: object) -> str:
    """A value as it would stand in the file, cut where it is long."""
    text = "a table" if isinstance(value, dict) else toml_value(value)
    return text if len(text) <= 80 else text[:77] + "..."


def toml_value(value: object) -> str:
    """A value in TOML. JSON's texts, numbers and lists are TOML's too, but for DEL."""
    if isinstance(value, float):
        return repr(value)  # nan and inf are written as TOML does
    try:
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    except TypeError:  # a date or a time
        return str(value)


def render_toml(config: Config) -> str:
    """The whole configuration as a file with comments; loading it gives an equal `Config`."""
    lines = ["# The configuration of chatserver. Every setting is here, with the value in effect."]
    table: tuple[str, ...] = ()
    for setting in sorted(SETTINGS, key=_table_order):
        value = _value_in(config, setting)
        if value is None or (setting.is_switch and value is not False):
            continue  # a table that is switched off has no settings; its own name says it is on
        if setting.path[:-1] != table:
            table = setting.path[:-1]
            lines += ["", "", f"[{'.'.join(table)}]"]
        lines += ["", f"# {setting.description}.", f"# {_allowed(setting)}"]
        lines.append(f"{setting.path[-1]} = {toml_value(value)}")
    return "\n".join(lines) + "\n"


def _table_order(setting: Setting) -> tuple[int, tuple[str, ...]]:
    """TOML wants a table's own settings before its sub-tables."""
    return len(setting.path), setting.path[:-1]


def _allowed(setting: Setting) -> str:
    allowed = setting.allowed[:1].upper() + setting.allowed[1:]
    return f"{allowed}; default {toml_value(setting.default)}."


def _value_in(config: Config, setting: Setting) -> object:
    """The value; None in a table that is switched off, and False for its switch."""
    value: object = config
    for name in setting.path:
        value = getattr(value, name, None)
    return value is not None if setting.is_switch else value
