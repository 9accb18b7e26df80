"""The public data for IRC parsers; data/README.md says where it comes from."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

_FOLDER = Path(__file__).parent / "data"


def cases(name: str) -> Sequence[dict[str, Any]]:
    """Return the tests of one file; none would be a file that has changed its form."""
    found: list[dict[str, Any]] = yaml.safe_load((_FOLDER / f"{name}.yaml").read_bytes())["tests"]
    assert found
    return found
