"""A file of settings, and what is said about it."""

from pathlib import Path

import pytest

from chatserver import passwords
from chatserver.settings import ConfigError, load


def write(directory: Path, text: str) -> Path:
    file = directory / "chat.toml"
    file.write_text(text, encoding="utf-8")
    return file


def complaint(
    text: str = "", environment: dict[str, str] | None = None, **flags: str | tuple[str, ...]
) -> str:
    """What is said about a wrong layer; FILE stands for the file's name."""
    file = write(Path.cwd(), text)
    with pytest.raises(ConfigError) as caught:
        load(flags, environment or {}, file)
    return str(caught.value).replace(str(file), "FILE")


HASH = passwords.hash_password("a password")
