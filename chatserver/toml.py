"""The configuration as TOML with comments, and single values as they stand in it."""

from __future__ import annotations

import json
from typing import Any

from chatserver import passwords
from chatserver.config import Config
from chatserver.schema import SETTINGS, Setting, value_in


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
    """The whole configuration as a file with comments; loading it gives an equal `Config`.

    Equal but for one thing: of a password that is not a hash its hash is printed. That takes as
    long as a log-in.
    """
    lines = ["# The configuration of chatserver. Every setting is here, with the value in effect."]
    table: tuple[str, ...] = ()
    for setting in sorted(SETTINGS, key=_table_order):
        value = value_in(config, setting)
        if value is None or (setting.is_switch and value is not False):
            continue  # a table that is switched off has no settings; its own name says it is on
        if setting.columns:
            lines += _tables(setting, value)
            continue
        if setting.path[:-1] != table:
            table = setting.path[:-1]
            lines += ["", "", f"[{'.'.join(table)}]"]
        lines += ["", *_comments(setting), _line(setting, value)]
    return "\n".join(lines) + "\n"


def _tables(setting: Setting, rows: Any) -> list[str]:
    """A list of tables; where there is none, an example that is a comment."""
    lines = ["", "", *_comments(setting)]
    head = f"[[{setting.key}]]"
    if not rows:
        examples = (f"# {column.path[-1]} = {toml_value('…')}" for column in setting.columns)
        return [*lines, f"# {head}", *examples]
    for row in rows:
        lines += ["", head]
        for column in setting.columns:
            lines += [*_comments(column), _line(column, getattr(row, column.path[-1]))]
    return lines


def _comments(setting: Setting) -> list[str]:
    return [f"# {setting.description}.", f"# {_allowed(setting)}"]


def _line(setting: Setting, value: object) -> str:
    if setting.is_secret and value and not passwords.is_hash(str(value)):
        value = passwords.hash_password(str(value))
    return f"{setting.path[-1]} = {toml_value(value)}"


def _table_order(setting: Setting) -> tuple[bool, bool, int, int]:
    """What TOML wants: a table's own settings before its sub-tables, those of no table first."""
    nested = len(setting.path) > 1
    top = Config.__struct_fields__.index(setting.path[0]) if nested else 0
    return bool(setting.columns), nested, top, len(setting.path)


def _allowed(setting: Setting) -> str:
    allowed = setting.allowed[:1].upper() + setting.allowed[1:]
    default = "" if setting.is_required else f"; default {toml_value(setting.default)}"
    return f"{allowed}{default}."
